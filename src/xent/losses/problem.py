"""
Problem of a call: a formula and the checked arguments to apply it to.

The steps from logits as given to a result are the same for all losses, and stand here. Logits are capped,
scaled, moved and masked (`adjusted_logits.py`), and split into high and low parts; the formula is evaluated
by a kernel if there is one, else by its own steps; its derivatives are multiplied by those of the adjusted
logits, by the chain rule; the weight of each value comes last, and the dtype of the result. Nothing is
checked any more.
"""

from __future__ import annotations

from typing import Any, NamedTuple, Protocol

from xent.arrays import (
    Array,
    Formula,
    Namespace,
    differentiable,
    differentiable_pair,
    in_row_blocks,
    unit_vectors,
)
from xent.formulas.adjusted_logits import AdjustedLogits
from xent.kernels.for_formulas import kernel_of, on_kernel
from xent.losses.arguments.examples import Examples
from xent.losses.mean import Total, total_of
from xent.precision.exact_difference import high_and_low
from xent.precision.exact_logits import OnExactLogits

__all__ = ["LossProblem", "Problem"]


class LossProblem(Protocol):
    """Loss with checked arguments, ready for evaluation; its results do not check values any more."""

    def value(self) -> Array:
        """Loss of each example or anchor times its weight, in the dtype of the logits."""

    def gradient(self) -> Any:
        """
        Gradient of each weighted value in the logits, of their shape; of embeddings, that of the sum of all
        values.

        For several arrays of embeddings it is a tuple.
        """

    def value_and_gradient(self) -> tuple[Array, Any]:
        """Value and gradient, as the two methods give them, computed together from their common parts."""

    def hessian_vector_product(self, vectors: Any) -> Any:
        """Product of each weighted value's Hessian with `vectors`, both of the form of the gradient."""

    def hessian(self) -> Any:
        """
        Hessian of each weighted value, of shape (..., K, K).

        For a loss with a value for each logit it is the second derivative, of the logits' shape. For
        embeddings it is that of the sum of all values.
        """

    def total(self) -> Total:
        """
        Sum of the weighted values, sum of the weights, and number of rows of positive weight, each of shape
        ().
        """


class Problem(NamedTuple):
    """
    Formula of a loss and the checked arguments to evaluate it on.

    Parameters
    ----------
    examples : Examples
        Checked arguments.
    formula : Formula
        Formula to evaluate.
    data : tuple of array
        Arguments of the formula after the logits.
    adjusted : AdjustedLogits or None
        Adjusted logits with their derivatives in the given logits; None means that the logits of the examples
        are used.
    """

    examples: Examples
    formula: Formula
    data: tuple[Array, ...]
    adjusted: AdjustedLogits | None = None

    def value(self) -> Array:
        """Loss of each example times its weight, in the dtype of the logits as given."""
        return _result(self._evaluated("value"), self.examples)

    def gradient(self) -> Array:
        """Gradient of each weighted value in the given logits, of their shape and dtype."""
        return _result(self._through(self._evaluated("gradient")), self.examples)

    def value_and_gradient(self) -> tuple[Array, Array]:
        """
        Weighted value of each example and its gradient in the given logits, (..., K), both in their dtype.

        They are computed in one pass, by a kernel if there is one, except where PyTorch records the call and
        in TensorFlow.
        """
        formula, logits, data = self._on()
        kernel = kernel_of(formula, logits)
        if kernel is not None:
            value, gradient = kernel("value_and_gradient", logits, *data)
        else:
            formula = on_kernel(formula, logits)
            value, gradient = differentiable_pair(formula, logits, *data, xp=self.examples.xp)
        return _result(value, self.examples), _result(self._through(gradient), self.examples)

    def hessian_vector_product(self, vectors: Array) -> Array:
        """
        Product of each weighted value's Hessian in the given logits with `vectors`, of their shape.

        Raises `ShapeError` or `DTypeError` for vectors that do not fit.
        """
        xp, (formula, logits, data) = self.examples.xp, self._on()
        vectors = self.examples.vectors(vectors)
        along = self._through(vectors)
        product = in_row_blocks(formula.hessian_vector_product, logits, *data, along, xp=xp)
        product = self._through(product)
        if self.adjusted is not None:
            product = (
                product + self.adjusted.second_derivative * formula.gradient(logits, *data, xp=xp) * vectors
            )
        return _result(product, self.examples)

    def hessian(self) -> Array:
        """
        Hessian of each weighted value in the given logits, of shape (..., K, K), in their dtype.

        For a formula with one value for each logit it is the second derivative, of the logits' shape.
        """
        xp, (formula, logits, data) = self.examples.xp, self._on()
        hessian = formula.hessian(logits, *data, xp=xp)
        if self.adjusted is not None:
            first_derivative, second_derivative = (
                self.adjusted.first_derivative,
                self.adjusted.second_derivative * formula.gradient(logits, *data, xp=xp),
            )
            hessian = _adjusted_hessian(hessian, first_derivative, second_derivative, xp=xp)
        return _result(hessian, self.examples)

    def total(self) -> Total:
        """
        Sum of the weighted values, sum of the weights, and number of rows of positive weight, each of shape
        ().

        They are in the precision of the computation.
        """
        return total_of(self._evaluated("value"), self.examples)

    def _on(self) -> tuple[Formula, Array, tuple[Array, ...]]:
        """
        Formula, adjusted logits as one array, and data, for an evaluation; without an adjustment as they are.

        If the adjusted logits have low-order parts, these become the first entry of the data, and the formula
        an `OnExactLogits`, which takes them from there.
        """
        if self.adjusted is None:
            return self.formula, self.examples.logits, self.data
        high, low = high_and_low(self.adjusted.logits)
        if isinstance(low, float):
            return self.formula, high, self.data
        return OnExactLogits(self.formula), high, (low, *self.data)

    def _evaluated(self, name: str) -> Array:
        """
        Unweighted ``"value"``, (...), or ``"gradient"`` in the adjusted logits, (..., K), as `name` says.

        By a kernel if there is one; in the precision of the computation.
        """
        formula, logits, data = self._on()
        kernel = kernel_of(formula, logits)
        if kernel is not None:
            return kernel(name, logits, *data)
        return differentiable(name, on_kernel(formula, logits), logits, *data, xp=self.examples.xp)

    def _through(self, array: Array) -> Array:
        """
        `array`, of the logits' shape, times the derivative of each adjusted logit in its own given one;
        itself without an adjustment.
        """
        return array if self.adjusted is None else self.adjusted.first_derivative * array


def _adjusted_hessian(
    hessian: Array, first_derivative: Array, second_derivative: Array, *, xp: Namespace
) -> Array:
    """
    Hessian in the given logits from that in the adjusted ones, by the chain rule.

    `second_derivative` is that of the adjusted logits times the gradient in them. A `hessian` of the shape of
    the logits holds second derivatives, and so does the result; else both have shape (..., K, K).
    """
    if hessian.ndim == first_derivative.ndim:
        return first_derivative * first_derivative * hessian + second_derivative
    units = unit_vectors(first_derivative, xp=xp)
    return (
        first_derivative[..., :, None] * first_derivative[..., None, :] * hessian
        + second_derivative[..., None] * units
    )


def _result(quantity: Array, examples: Examples) -> Array:
    """
    `quantity` times the weight of each value, in the dtype of the logits as given.

    The axes of `quantity` begin with those of the weights; a weight of None means 1.
    """
    if examples.weight is not None:
        weight = examples.weight
        quantity = weight[(..., *(None,) * (quantity.ndim - weight.ndim))] * quantity
    return examples.xp.astype(quantity, examples.dtype, copy=False)
