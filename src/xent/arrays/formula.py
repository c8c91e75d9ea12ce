"""What a formula is to those who evaluate and differentiate it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from xent.arrays.namespace import Array

__all__ = ["Formula"]


class Formula(Protocol):
    """
    A quantity of logits and data with its derivatives in the logits: a frozen object, the same for equal
    parameters.

    Each function takes the logits, the data and ``xp=``, their namespace.
    """

    @property
    def value(self) -> Callable[..., Array]:
        """Value for each row."""

    @property
    def gradient(self) -> Callable[..., Array]:
        """Gradient of the value in the logits."""

    @property
    def value_and_gradient(self) -> Callable[..., tuple[Array, Array]]:
        """Both, for little more than the price of one."""

    @property
    def hessian_vector_product(self) -> Callable[..., Array]:
        """Product of each row's Hessian with a vector, the last of the data."""

    @property
    def hessian(self) -> Callable[..., Array]:
        """Hessian of the value in the logits."""
