"""Interface of a formula: its value and its derivatives in the logits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from xent.arrays.namespace import Array

__all__ = ["Formula"]


class Formula(Protocol):
    """
    A quantity of logits and data with its derivatives in the logits: a frozen object, equal for equal
    parameters.

    Each method takes the logits, the data and ``xp=``, the namespace of these arrays.
    """

    @property
    def value(self) -> Callable[..., Array]:
        """Value for each row."""

    @property
    def gradient(self) -> Callable[..., Array]:
        """Gradient of the value in the logits."""

    @property
    def value_and_gradient(self) -> Callable[..., tuple[Array, Array]]:
        """Value and gradient together, for little more than the cost of one of them."""

    @property
    def hessian_vector_product(self) -> Callable[..., Array]:
        """Product of each row's Hessian with a vector, which is the last argument of the data."""

    @property
    def hessian(self) -> Callable[..., Array]:
        """Hessian of the value in the logits."""
