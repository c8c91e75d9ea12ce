"""
Protocol between formulas and all that evaluates them: losses, kernels, and the rules of derivatives.

A formula is written once, against the array-API namespace `xp`, and knows no framework. Its derivatives are
in closed form, so that PyTorch and JAX differentiate by calling them (`derivatives.py`) instead of recording
steps. It checks nothing, so that it can be called on traced arrays and on blocks of rows. It is frozen and
equal for equal parameters, so that compiled code can be kept by formula.
A kernel that takes the place of a formula has the same five methods and the formula's second derivatives.
"""

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
        """Method that gives the value of each row: ``value(logits, *data, xp=xp)``."""

    @property
    def gradient(self) -> Callable[..., Array]:
        """Method that gives the gradient of the value in the logits, of their shape."""

    @property
    def value_and_gradient(self) -> Callable[..., tuple[Array, Array]]:
        """Method that gives value and gradient as a pair, for little more than the cost of one of them."""

    @property
    def hessian_vector_product(self) -> Callable[..., Array]:
        """
        Method that gives the product of each row's Hessian with a vector, the last of the data; both are of
        the shape of the logits.
        """

    @property
    def hessian(self) -> Callable[..., Array]:
        """
        Method that gives the Hessian of the value in the logits of each row, of shape (..., K, K).

        For a formula with one value for each logit it gives the second derivative, of the logits' shape.
        """
