"""
What every loss is: a small frozen object, called with logits and truth.

A loss fills in two things: how it reads its arguments, and which formula it is. Calling, differentiating and
averaging are here, once.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, fields, replace
from typing import Any, ClassVar, NamedTuple, Self

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
from xent.formulas.exact_logits import OnExactLogits, rounded_and_rest
from xent.kernels.for_formulas import kernel_of
from xent.losses.character import Character
from xent.losses.examples import Asked, Examples
from xent.losses.mean import Total, mean_of, total_of

__all__ = ["AbstractLoss", "Problem", "check_parameter"]


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


@dataclass(frozen=True, repr=False)
class AbstractLoss(ABC):
    """
    A loss: one value for each example, with gradient, Hessian and products with it.

    Every function takes the logits, the truth and, by name, ``sample_weight``, a factor for each value;
    ``validate=False`` leaves out the checks of values, ``validate="strict"`` adds those of likely mistakes.
    Any parameter of the loss can be named too, and then counts for this call alone.
    """

    name: ClassVar[str]
    character: ClassVar[Character]

    @abstractmethod
    def problem(self, asked: Asked) -> Problem:
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
        return _value(self._with(parameters).problem(asked))

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
        return _gradient(self._with(parameters).problem(asked))

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
        return _value_and_gradient(self._with(parameters).problem(asked))

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
        return _hessian_vector_product(self._with(parameters).problem(asked), vectors)

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
        return _hessian(self._with(parameters).problem(asked))

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
        return self._with(parameters).summed(asked)

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
        total = self._with(parameters).summed(asked)
        return mean_of(total, denominator=denominator, on_empty=on_empty, where=asked.where)

    def summed(self, asked: Asked) -> Total:
        """The total of what was asked."""
        problem = self.problem(asked)
        return total_of(_unweighted_value(problem), problem.examples)

    def _with(self, parameters: dict[str, Any]) -> Self:
        return replace(self, **parameters) if parameters else self

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


def _on(problem: Problem) -> tuple[Formula, Array, tuple[Array, ...]]:
    """The formula, the logits it takes as one array, and its data."""
    if problem.adjusted is None:
        return problem.formula, problem.examples.logits, problem.data
    high, low = rounded_and_rest(problem.adjusted.logits)
    if isinstance(low, float):
        return problem.formula, high, problem.data
    return OnExactLogits(problem.formula), high, (low, *problem.data)


def _unweighted_value(problem: Problem) -> Array:
    formula, logits, data = _on(problem)
    kernel = kernel_of(formula, logits)
    if kernel is not None:
        return kernel("value", logits, *data)
    return differentiable_value(formula, logits, *data, xp=problem.examples.xp)


def _value(problem: Problem) -> Array:
    return _result(_unweighted_value(problem), problem.examples)


def _gradient(problem: Problem) -> Array:
    formula, logits, data = _on(problem)
    kernel = kernel_of(formula, logits)
    if kernel is not None:
        gradient = kernel("gradient", logits, *data)
    else:
        gradient = differentiable_gradient(formula, logits, *data, xp=problem.examples.xp)
    return _result(_through(problem, gradient), problem.examples)


def _value_and_gradient(problem: Problem) -> tuple[Array, Array]:
    formula, logits, data = _on(problem)
    xp = problem.examples.xp
    kernel = kernel_of(formula, logits)
    if kernel is not None:
        value, gradient = kernel("value_and_gradient", logits, *data)
    else:
        value, gradient = in_row_blocks(formula.value_and_gradient, logits, *data, xp=xp)
    return _result(value, problem.examples), _result(_through(problem, gradient), problem.examples)


def _hessian_vector_product(problem: Problem, vectors: Array) -> Array:
    xp, (formula, logits, data) = problem.examples.xp, _on(problem)
    vectors = problem.examples.vectors(vectors)
    along = _through(problem, vectors)
    product = in_row_blocks(formula.hessian_vector_product, logits, *data, along, xp=xp)
    product = _through(problem, product)
    if problem.adjusted is not None:
        product = product + problem.adjusted.bend * formula.gradient(logits, *data, xp=xp) * vectors
    return _result(product, problem.examples)


def _hessian(problem: Problem) -> Array:
    xp, (formula, logits, data) = problem.examples.xp, _on(problem)
    hessian = formula.hessian(logits, *data, xp=xp)
    if problem.adjusted is not None:
        slope, bend = problem.adjusted.slope, problem.adjusted.bend * formula.gradient(logits, *data, xp=xp)
        hessian = _adjusted_hessian(hessian, slope, bend, xp=xp)
    return _result(hessian, problem.examples)


def _adjusted_hessian(hessian: Array, slope: Array, bend: Array, *, xp: Namespace) -> Array:
    if hessian.ndim == slope.ndim:
        return slope * slope * hessian + bend
    units = xp.eye(slope.shape[-1], dtype=slope.dtype)
    return slope[..., :, None] * slope[..., None, :] * hessian + bend[..., None] * units


def _through(problem: Problem, array: Array) -> Array:
    """`array` times the derivative of the adjusted logits in the given ones."""
    return array if problem.adjusted is None else problem.adjusted.slope * array


def _result(quantity: Array, examples: Examples) -> Array:
    """`quantity`, one entry or block of entries for each value, weighted and in the dtype of the result."""
    if examples.weight is not None:
        weight = examples.weight
        quantity = weight[(..., *(None,) * (quantity.ndim - weight.ndim))] * quantity
    return examples.xp.astype(quantity, examples.dtype, copy=False)
