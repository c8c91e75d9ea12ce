"""
What every loss is: a small frozen object, called with logits and truth.

A loss fills in two things: how it reads its arguments, and which formula it is. Calling, differentiating and
averaging are here, once.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
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
from xent.losses.facts import LossFacts
from xent.losses.mean import Total, mean_of, total_of
from xent.losses.parameters import check_names
from xent.precision.exact_logits import OnExactLogits, rounded_and_rest

__all__ = ["AbstractLoss", "AnyProblem", "Problem", "check_parameter"]


class AnyProblem(Protocol):
    """What was asked of a loss, its arguments read and checked."""

    def value(self) -> Array:
        """The loss of each example."""

    def gradient(self) -> Any:
        """Its gradient."""

    def value_and_gradient(self) -> tuple[Array, Any]:
        """Both."""

    def hessian_vector_product(self, vectors: Any) -> Any:
        """The product of its Hessian with `vectors`."""

    def hessian(self) -> Any:
        """Its Hessian."""

    def total(self) -> Total:
        """The sum of all, and what they weigh together."""


class Problem(NamedTuple):
    """
    A formula and what to apply it to.

    Parameters
    ----------
    examples : Examples
        The checked arguments.
    formula : Formula
        What to evaluate.
    data : tuple of array
        What the formula takes after the logits.
    adjusted : AdjustedLogits or None
        Logits to take instead of those of the examples, with the derivatives of the one in the other.
    """

    examples: Examples
    formula: Formula
    data: tuple[Array, ...]
    adjusted: AdjustedLogits | None = None

    def value(self) -> Array:
        """The loss of each example."""
        return _result(self._unweighted_value(), self.examples)

    def gradient(self) -> Array:
        """Its gradient in the logits."""
        formula, logits, data = self._on()
        kernel = kernel_of(formula, logits)
        if kernel is not None:
            gradient = kernel("gradient", logits, *data)
        else:
            gradient = differentiable_gradient(formula, logits, *data, xp=self.examples.xp)
        return _result(self._through(gradient), self.examples)

    def value_and_gradient(self) -> tuple[Array, Array]:
        """Both."""
        formula, logits, data = self._on()
        kernel = kernel_of(formula, logits)
        if kernel is not None:
            value, gradient = kernel("value_and_gradient", logits, *data)
        else:
            value, gradient = in_row_blocks(formula.value_and_gradient, logits, *data, xp=self.examples.xp)
        return _result(value, self.examples), _result(self._through(gradient), self.examples)

    def hessian_vector_product(self, vectors: Array) -> Array:
        """The product of its Hessian with `vectors`."""
        xp, (formula, logits, data) = self.examples.xp, self._on()
        vectors = self.examples.vectors(vectors)
        along = self._through(vectors)
        product = in_row_blocks(formula.hessian_vector_product, logits, *data, along, xp=xp)
        product = self._through(product)
        if self.adjusted is not None:
            product = product + self.adjusted.bend * formula.gradient(logits, *data, xp=xp) * vectors
        return _result(product, self.examples)

    def hessian(self) -> Array:
        """Its Hessian."""
        xp, (formula, logits, data) = self.examples.xp, self._on()
        hessian = formula.hessian(logits, *data, xp=xp)
        if self.adjusted is not None:
            slope, bend = self.adjusted.slope, self.adjusted.bend * formula.gradient(logits, *data, xp=xp)
            hessian = _adjusted_hessian(hessian, slope, bend, xp=xp)
        return _result(hessian, self.examples)

    def total(self) -> Total:
        """The sum of all."""
        return total_of(self._unweighted_value(), self.examples)

    def _on(self) -> tuple[Formula, Array, tuple[Array, ...]]:
        """The formula, the logits it takes as one array, and its data."""
        if self.adjusted is None:
            return self.formula, self.examples.logits, self.data
        high, low = rounded_and_rest(self.adjusted.logits)
        if isinstance(low, float):
            return self.formula, high, self.data
        return OnExactLogits(self.formula), high, (low, *self.data)

    def _unweighted_value(self) -> Array:
        formula, logits, data = self._on()
        kernel = kernel_of(formula, logits)
        if kernel is not None:
            return kernel("value", logits, *data)
        return differentiable_value(formula, logits, *data, xp=self.examples.xp)

    def _through(self, array: Array) -> Array:
        """`array` times the derivative of the adjusted logits in the given ones."""
        return array if self.adjusted is None else self.adjusted.slope * array


@dataclass(frozen=True, repr=False)
class AbstractLoss(ABC):
    """
    A loss: one value for each example, with gradient, Hessian and products with it.

    Every function takes the logits, the truth and, by name, ``sample_weight``, a factor for each value;
    ``validate=False`` leaves out the checks of values, ``validate="strict"`` adds those of likely mistakes.
    Any parameter of the loss can be named too, and then counts for this call alone.

    A class whose parameters have no defaults, or useless ones, gives some for three classes in `example`;
    tests, documentation and the command line take them.
    """

    name: ClassVar[str]
    facts: ClassVar[LossFacts]
    example: ClassVar[Mapping[str, Any]] = {}

    @abstractmethod
    def problem(self, asked: Asked) -> AnyProblem:
        """Read the arguments and say which formula is to be applied to them."""

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
        """Value of the loss for each example; the class describes it."""
        asked = Asked(self.name, logits, truth, sample_weight, validate)
        return self._with(parameters, asked.where).problem(asked).value()

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
        """Gradient of the value in the logits, of their shape and dtype."""
        asked = Asked(f"{self.name}.gradient", logits, truth, sample_weight, validate)
        return self._with(parameters, asked.where).problem(asked).gradient()

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
        """Value and `gradient` for little more than the price of one."""
        asked = Asked(f"{self.name}.value_and_gradient", logits, truth, sample_weight, validate)
        return self._with(parameters, asked.where).problem(asked).value_and_gradient()

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
        """Product of each example's Hessian in the logits with its part of `vectors`."""
        asked = Asked(f"{self.name}.hessian_vector_product", logits, truth, sample_weight, validate)
        return self._with(parameters, asked.where).problem(asked).hessian_vector_product(vectors)

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
        """Hessian of each value in its logits: (..., K, K), or of the logits' shape where each has its own
        value.
        """
        asked = Asked(f"{self.name}.hessian", logits, truth, sample_weight, validate)
        return self._with(parameters, asked.where).problem(asked).hessian()

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
        Sum of the values, and what they weigh together: class weights times sample weights.

        Sums over parts of the data (micro-batches, devices) add up; the mean of all is their sum over the sum
        of their weights, which the mean of means is not.
        """
        asked = Asked(f"{self.name}.total", logits, truth, sample_weight, validate)
        return self._with(parameters, asked.where).problem(asked).total()

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
        Sum of the values over a denominator that has a name.

        Parameters
        ----------
        logits, truth, sample_weight, validate
            As for the values.
        denominator : "weights", "rows" or a number
            ``"weights"``: the sum of class weights times sample weights, so the result is a weighted mean;
            ``"rows"``: the number of rows that are read; a number, or an array of one, where it is known from
            elsewhere, such as the tokens of all micro-batches.
        on_empty : "raise", "zero" or "nan"
            What a denominator of 0 gives. Where values cannot be looked at, ``"raise"`` gives 0.
        **parameters
            Parameters of the loss for this call.

        Returns
        -------
        array of shape ()
            In the precision of the computation, 32 bits or more.
        """
        asked = Asked(f"{self.name}.mean", logits, truth, sample_weight, validate)
        total = self._with(parameters, asked.where).problem(asked).total()
        return mean_of(total, denominator=denominator, on_empty=on_empty, where=asked.where)

    def _with(self, parameters: dict[str, Any], where: str) -> Self:
        """The loss with other `parameters`, for a call of `where`."""
        if not parameters:
            return self
        check_names(parameters, self, where=where)
        return replace(self, **parameters)

    def __repr__(self) -> str:
        shown = [f"{f.name}={getattr(self, f.name)!r}" for f in fields(self) if self._was_given(f)]
        return f"{type(self).__name__}({', '.join(shown)})"

    def _was_given(self, field: Any) -> bool:
        value = getattr(self, field.name)
        return value is not field.default and not (isinstance(value, (int, float)) and value == field.default)


def check_parameter(loss: AbstractLoss, argument: str, rule: str, *, holds: bool, hint: str = "") -> None:
    """Refuse a parameter of `loss` for which a rule does not hold."""
    if not holds:
        got = repr(getattr(loss, argument))
        raise DomainError(type(loss).__name__, argument, rule, got=got, hint=hint)


def _adjusted_hessian(hessian: Array, slope: Array, bend: Array, *, xp: Namespace) -> Array:
    if hessian.ndim == slope.ndim:
        return slope * slope * hessian + bend
    units = xp.eye(slope.shape[-1], dtype=slope.dtype)
    return slope[..., :, None] * slope[..., None, :] * hessian + bend[..., None] * units


def _result(quantity: Array, examples: Examples) -> Array:
    """`quantity`, one entry or block of entries for each value, weighted and in the dtype of the result."""
    if examples.weight is not None:
        weight = examples.weight
        quantity = weight[(..., *(None,) * (quantity.ndim - weight.ndim))] * quantity
    return examples.xp.astype(quantity, examples.dtype, copy=False)
