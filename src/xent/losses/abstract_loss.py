"""
What every loss is: a small frozen object, called with logits and truth.

A loss fills in two things: how it reads its arguments, and which formula it is. Calling, differentiating and
averaging are here, once.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, ClassVar, Self

from xent.arrays import Array
from xent.errors import DomainError
from xent.losses.arguments.examples import Request
from xent.losses.facts import LossFacts
from xent.losses.mean import Total, mean_of
from xent.losses.parameters import check_names
from xent.losses.problem import LossProblem

__all__ = ["AbstractLoss", "check_parameter"]


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
    def problem(self, request: Request) -> LossProblem:
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
        request = Request(self.name, logits, truth, sample_weight, validate)
        return self._with(parameters, request.where).problem(request).value()

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
        request = Request(f"{self.name}.gradient", logits, truth, sample_weight, validate)
        return self._with(parameters, request.where).problem(request).gradient()

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
        request = Request(f"{self.name}.value_and_gradient", logits, truth, sample_weight, validate)
        return self._with(parameters, request.where).problem(request).value_and_gradient()

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
        request = Request(f"{self.name}.hessian_vector_product", logits, truth, sample_weight, validate)
        return self._with(parameters, request.where).problem(request).hessian_vector_product(vectors)

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
        request = Request(f"{self.name}.hessian", logits, truth, sample_weight, validate)
        return self._with(parameters, request.where).problem(request).hessian()

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
        request = Request(f"{self.name}.total", logits, truth, sample_weight, validate)
        return self._with(parameters, request.where).problem(request).total()

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
        request = Request(f"{self.name}.mean", logits, truth, sample_weight, validate)
        total = self._with(parameters, request.where).problem(request).total()
        return mean_of(total, denominator=denominator, on_empty=on_empty, where=request.where)

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
