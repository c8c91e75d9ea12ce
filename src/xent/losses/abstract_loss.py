"""
Base of every loss: a frozen object that is called with logits and truth.

A loss implements one method, `AbstractLoss.problem`, which checks the arguments and states the formula.
Calls, derivatives, sums and means are implemented here for all losses.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, fields, replace
from typing import Any, ClassVar, NamedTuple, Protocol, Self

from xent.arrays import (
    Array,
    Formula,
    Namespace,
    differentiable_gradient,
    differentiable_value,
    in_row_blocks,
)
from xent.errors import DomainError
from xent.formulas.adjusted_logits import AdjustedLogits
from xent.kernels.for_formulas import kernel_of
from xent.losses.arguments.examples import Asked, Examples
from xent.losses.character import Character
from xent.losses.mean import Total, mean_of, total_of
from xent.precision.exact_logits import OnExactLogits, rounded_and_rest

__all__ = ["AbstractLoss", "AnyProblem", "Problem", "check_parameter"]


class AnyProblem(Protocol):
    """Loss with checked arguments, ready for evaluation."""

    def value(self) -> Array:
        """Loss of each example."""

    def gradient(self) -> Any:
        """Gradient of the loss."""

    def value_and_gradient(self) -> tuple[Array, Any]:
        """Value and gradient, computed together from their common parts."""

    def hessian_vector_product(self, vectors: Any) -> Any:
        """Product of each example's Hessian with `vectors`."""

    def hessian(self) -> Any:
        """Hessian of each value."""

    def total(self) -> Total:
        """Sum of the weighted values, and sum of the weights."""


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
        """Loss of each example."""
        return _result(self._unweighted_value(), self.examples)

    def gradient(self) -> Array:
        """Gradient of each value in the logits."""
        formula, logits, data = self._on()
        kernel = kernel_of(formula, logits)
        if kernel is not None:
            gradient = kernel("gradient", logits, *data)
        else:
            gradient = differentiable_gradient(formula, logits, *data, xp=self.examples.xp)
        return _result(self._through(gradient), self.examples)

    def value_and_gradient(self) -> tuple[Array, Array]:
        """Value and gradient, computed together from their common parts."""
        formula, logits, data = self._on()
        kernel = kernel_of(formula, logits)
        if kernel is not None:
            value, gradient = kernel("value_and_gradient", logits, *data)
        else:
            value, gradient = in_row_blocks(formula.value_and_gradient, logits, *data, xp=self.examples.xp)
        return _result(value, self.examples), _result(self._through(gradient), self.examples)

    def hessian_vector_product(self, vectors: Array) -> Array:
        """Product of each example's Hessian with `vectors`."""
        xp, (formula, logits, data) = self.examples.xp, self._on()
        vectors = self.examples.vectors(vectors)
        along = self._through(vectors)
        product = in_row_blocks(formula.hessian_vector_product, logits, *data, along, xp=xp)
        product = self._through(product)
        if self.adjusted is not None:
            product = product + self.adjusted.bend * formula.gradient(logits, *data, xp=xp) * vectors
        return _result(product, self.examples)

    def hessian(self) -> Array:
        """Hessian of each value."""
        xp, (formula, logits, data) = self.examples.xp, self._on()
        hessian = formula.hessian(logits, *data, xp=xp)
        if self.adjusted is not None:
            slope, bend = self.adjusted.slope, self.adjusted.bend * formula.gradient(logits, *data, xp=xp)
            hessian = _adjusted_hessian(hessian, slope, bend, xp=xp)
        return _result(hessian, self.examples)

    def total(self) -> Total:
        """Sum of the weighted values, and sum of the weights."""
        return total_of(self._unweighted_value(), self.examples)

    def _on(self) -> tuple[Formula, Array, tuple[Array, ...]]:
        """
        Formula, logits as one array, and data; the low-order part of exact logits becomes the first entry of
        the data.
        """
        if self.adjusted is None:
            return self.formula, self.examples.logits, self.data
        high, low = rounded_and_rest(self.adjusted.logits)
        if isinstance(low, float):
            return self.formula, high, self.data
        return OnExactLogits(self.formula), high, (low, *self.data)

    def _unweighted_value(self) -> Array:
        """Value of each example without weights, in the precision of the computation."""
        formula, logits, data = self._on()
        kernel = kernel_of(formula, logits)
        if kernel is not None:
            return kernel("value", logits, *data)
        return differentiable_value(formula, logits, *data, xp=self.examples.xp)

    def _through(self, array: Array) -> Array:
        """`array` times the derivative of the adjusted logits in the given logits."""
        return array if self.adjusted is None else self.adjusted.slope * array


@dataclass(frozen=True, repr=False)
class AbstractLoss(ABC):
    """
    Loss with one value for each example, its gradient, its Hessian and products with the Hessian.

    Every method takes the logits, the truth and, by keyword, ``sample_weight``, a factor of each value;
    ``validate=False`` skips the checks of values, ``validate="strict"`` adds checks for likely mistakes.
    Parameters of the loss are accepted as keywords too; they apply to that call only.
    """

    name: ClassVar[str]
    character: ClassVar[Character]

    @abstractmethod
    def problem(self, asked: Asked) -> AnyProblem:
        """Check the arguments and state the formula to evaluate."""

    def __call__(
        self,
        logits: Array,
        truth: Array,
        /,
        *,
        sample_weight: Array | None = None,
        validate: bool | str = True,
        **parameters: Any,
    ) -> Array:
        """Loss of each example; arguments and errors are those of the class docstring."""
        asked = Asked(self.name, logits, truth, sample_weight, validate)
        return self._with(parameters).problem(asked).value()

    def gradient(
        self,
        logits: Array,
        truth: Array,
        /,
        *,
        sample_weight: Array | None = None,
        validate: bool | str = True,
        **parameters: Any,
    ) -> Array:
        """Gradient of each value in the logits, of the shape and dtype of the logits."""
        asked = Asked(f"{self.name}.gradient", logits, truth, sample_weight, validate)
        return self._with(parameters).problem(asked).gradient()

    def value_and_gradient(
        self,
        logits: Array,
        truth: Array,
        /,
        *,
        sample_weight: Array | None = None,
        validate: bool | str = True,
        **parameters: Any,
    ) -> tuple[Array, Array]:
        """Value and `gradient`, computed together from their common parts."""
        asked = Asked(f"{self.name}.value_and_gradient", logits, truth, sample_weight, validate)
        return self._with(parameters).problem(asked).value_and_gradient()

    def hessian_vector_product(
        self,
        logits: Array,
        truth: Array,
        vectors: Array,
        /,
        *,
        sample_weight: Array | None = None,
        validate: bool | str = True,
        **parameters: Any,
    ) -> Array:
        """
        Product of each example's Hessian in the logits with the example's part of `vectors`, of the logits'
        shape.
        """
        asked = Asked(f"{self.name}.hessian_vector_product", logits, truth, sample_weight, validate)
        return self._with(parameters).problem(asked).hessian_vector_product(vectors)

    def hessian(
        self,
        logits: Array,
        truth: Array,
        /,
        *,
        sample_weight: Array | None = None,
        validate: bool | str = True,
        **parameters: Any,
    ) -> Array:
        """
        Hessian of each value in the logits of its row, of shape (..., K, K).

        For a loss with one value for each logit the Hessian is the second derivative, of the logits' shape.
        """
        asked = Asked(f"{self.name}.hessian", logits, truth, sample_weight, validate)
        return self._with(parameters).problem(asked).hessian()

    def total(
        self,
        logits: Array,
        truth: Array,
        /,
        *,
        sample_weight: Array | None = None,
        validate: bool | str = True,
        **parameters: Any,
    ) -> Total:
        """
        Sum of the weighted values, sum of the weights (class weight times sample weight), and number of rows.

        Totals of parts of the data (micro-batches, devices) can be added; the mean over all data is the sum
        of the sums over the sum of the weights, not the mean of the parts' means.
        """
        asked = Asked(f"{self.name}.total", logits, truth, sample_weight, validate)
        return self._with(parameters).problem(asked).total()

    def mean(
        self,
        logits: Array,
        truth: Array,
        /,
        *,
        denominator: str | float | Array = "weights",
        on_empty: str = "raise",
        sample_weight: Array | None = None,
        validate: bool | str = True,
        **parameters: Any,
    ) -> Array:
        """
        Sum of the weighted values over a named denominator.

        Parameters
        ----------
        logits, truth, sample_weight, validate
            Arguments of the call without `mean`; no argument differs.
        denominator : "weights", "rows" or a number
            ``"weights"``: the sum of class weight times sample weight, which gives a weighted mean.
            ``"rows"``: the number of rows of positive weight. A number, or an array of one: a denominator
            that the caller knows, such as the number of tokens of all micro-batches; finite and >= 0.
        on_empty : "raise", "zero" or "nan"
            Result for a denominator of 0: an error, 0, or the quotient by 0 (``nan`` or ``inf``). For traced
            or off-host values ``"raise"`` gives 0.
        **parameters
            Parameters of the loss that apply to this call only.

        Returns
        -------
        array of shape ()
            Mean, in the precision of the computation, 32 bits or more.
        """
        asked = Asked(f"{self.name}.mean", logits, truth, sample_weight, validate)
        total = self._with(parameters).problem(asked).total()
        return mean_of(total, denominator=denominator, on_empty=on_empty, where=asked.where)

    def _with(self, parameters: dict[str, Any]) -> Self:
        """Loss with some parameters replaced."""
        return replace(self, **parameters) if parameters else self

    def __repr__(self) -> str:
        """Class name and the parameters that differ from their defaults."""
        shown = [f"{f.name}={getattr(self, f.name)!r}" for f in fields(self) if self._was_given(f)]
        return f"{type(self).__name__}({', '.join(shown)})"

    def _was_given(self, field: Any) -> bool:
        """True if a parameter differs from its default."""
        value = getattr(self, field.name)
        return value is not field.default and not (isinstance(value, (int, float)) and value == field.default)


def check_parameter(loss: AbstractLoss, argument: str, rule: str, *, holds: bool, hint: str = "") -> None:
    """Raise `DomainError` with `rule` for the parameter `argument` of `loss` unless `holds` is True."""
    if not holds:
        got = repr(getattr(loss, argument))
        raise DomainError(type(loss).__name__, argument, rule, got=got, hint=hint)


def _adjusted_hessian(hessian: Array, slope: Array, bend: Array, *, xp: Namespace) -> Array:
    """Hessian in the given logits from that in the adjusted ones, by the chain rule."""
    if hessian.ndim == slope.ndim:
        return slope * slope * hessian + bend
    units = xp.eye(slope.shape[-1], dtype=slope.dtype)
    return slope[..., :, None] * slope[..., None, :] * hessian + bend[..., None] * units


def _result(quantity: Array, examples: Examples) -> Array:
    """`quantity` times the weight of each value, in the dtype of the result."""
    if examples.weight is not None:
        weight = examples.weight
        quantity = weight[(..., *(None,) * (quantity.ndim - weight.ndim))] * quantity
    return examples.xp.astype(quantity, examples.dtype, copy=False)
