"""
Base of every loss: a frozen object that is called with logits and truth.

A loss implements one method, `AbstractLoss.problem`, which checks the arguments and states the formula.
Calls, derivatives, sums and means are implemented here for all losses.
"""

from __future__ import annotations

import sys
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, ClassVar, NoReturn, Self

from xent.arrays import (
    Array,
    as_autocast_loss,
    is_distributed,
    refuse_call_by_keras,
    refuse_script,
    without_autocast,
)
from xent.errors import DomainError
from xent.losses.arguments.examples import Request, check_validate
from xent.losses.distributed_problem import problem_of_rank
from xent.losses.facts import LossFacts
from xent.losses.mean import Total, mean_of
from xent.losses.parameters import check_kinds, check_names, check_names_of_class, kinds_of
from xent.losses.problem import LossProblem
from xent.losses.traced_parameters import with_questions

__all__ = ["AbstractLoss", "check_parameter"]


@dataclass(frozen=True, repr=False)
class AbstractLoss(ABC):
    """
    Loss with one value for each example, its gradient, its Hessian and products with the Hessian.

    Every method takes the logits, the truth and, by keyword, ``sample_weight``, a factor of each value;
    ``validate=False`` skips the checks of values, ``validate="strict"`` adds checks for likely mistakes in
    the logits of a softmax: a `ShapeError` for a single class, and a ``UserWarning`` for rows that look like
    probabilities and for classes that may lie on axis 1. Parameters of the loss are accepted as keywords too;
    they apply to that call only. A keyword that is no parameter raises `ParameterError`, a parameter of
    another type `DTypeError`.

    A class whose parameters have no defaults, or useless ones, gives some for three classes in `example`;
    tests, documentation and the command line take them.
    """

    name: ClassVar[str]
    facts: ClassVar[LossFacts]
    example: ClassVar[Mapping[str, Any]] = {}
    _rules: ClassVar[Any]

    def __new__(cls, *_: Any, **parameters: Any) -> Self:
        """New object, whose parameters are not set yet; raises `ParameterError` for an unknown keyword."""
        # Before the `__init__` of dataclasses, which raises a TypeError of Python's without near names.
        check_names_of_class(parameters, cls)
        return super().__new__(cls)

    def __init_subclass__(cls, **options: Any) -> None:
        """
        Make ``__post_init__`` of a new class check the kinds of its parameters before the class's own rules.

        The rules are the class's own ``__post_init__`` or those it inherits, and are kept as ``_rules``. A
        parameter that is traced and breaks a rule becomes nan (`with_questions`).
        """
        super().__init_subclass__(**options)
        annotations = [vars(base).get("__annotations__", {}) for base in reversed(cls.__mro__)]
        kinds = kinds_of({name: text for each in annotations for name, text in each.items()})
        # The rules alone: the method that a class inherits checks kinds already.
        own: Any = vars(cls).get("__post_init__", getattr(cls, "_rules", cls.__post_init__))
        cls._rules = own

        def check(self: Any) -> None:
            check_kinds(self, kinds)
            with_questions(self, kinds, own)

        cls.__post_init__ = check  # type: ignore[method-assign]

    def __post_init__(self) -> None:  # noqa: B027 - not abstract: most classes have no rules
        """
        Rules for the values of parameters, none here; a class that has some overrides this method to raise
        `DomainError`.
        """

    @abstractmethod
    def problem(self, request: Request) -> LossProblem:
        """
        Problem of a call: the checked arguments of `request` and the formula; raises as the class docstring
        says.
        """

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
        """
        Loss of each example; arguments and errors are those of the class docstring.

        Further keywords are parameters of the loss, for this call only; `ParameterError` for any other. With
        `validate` False values are not checked; ``"strict"`` adds checks for likely mistakes in the logits of
        a softmax: `ShapeError` for a single class, and a ``UserWarning`` for rows that look like
        probabilities and for classes that may lie on axis 1.
        Under autocast of PyTorch logits of 16 bits give a loss in float32, as PyTorch's own losses do.
        """
        if "keras" in sys.modules:
            refuse_call_by_keras(self.name, "logits")
        logits = as_autocast_loss(logits)
        request = Request(self.name, logits, truth, sample_weight, validate)
        with without_autocast(logits):
            return self._problem(parameters, request).value()

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
        """
        Gradient of each value in the logits, of the shape and dtype of the logits.

        Arguments and errors are those of the call; a `sample_weight` of None means 1.
        """
        request = Request(f"{self.name}.gradient", logits, truth, sample_weight, validate)
        with without_autocast(logits):
            return self._problem(parameters, request).gradient()

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
        """
        Value and `gradient`, computed together from their common parts.

        Arguments and errors are those of the call; a `sample_weight` of None means 1.
        """
        request = Request(f"{self.name}.value_and_gradient", logits, truth, sample_weight, validate)
        with without_autocast(logits):
            return self._problem(parameters, request).value_and_gradient()

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
        Product of each example's Hessian in the logits with its part of `vectors`, of the logits' shape.

        Arguments and errors are those of the call; a `sample_weight` of None means 1. `ShapeError` or
        `DTypeError` if `vectors` does not fit the logits.
        """
        request = Request(f"{self.name}.hessian_vector_product", logits, truth, sample_weight, validate)
        with without_autocast(logits):
            return self._problem(parameters, request).hessian_vector_product(vectors)

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
        Arguments and errors are those of the call; a `sample_weight` of None means 1.
        """
        request = Request(f"{self.name}.hessian", logits, truth, sample_weight, validate)
        with without_autocast(logits):
            return self._problem(parameters, request).hessian()

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
        Sum of the weighted values, sum of the weights, and number of rows of positive weight.

        A weight is class weight times sample weight; values of a multi-label loss count as rows. Totals of
        parts of the data (micro-batches, devices) can be added; the mean over all data is the sum of the sums
        over the sum of the weights, not the mean of the parts' means. Arguments and errors are those of the
        call; a `sample_weight` of None means 1, and no rows give three zeros.
        """
        request = Request(f"{self.name}.total", logits, truth, sample_weight, validate)
        with without_autocast(logits):
            return self._problem(parameters, request).total()

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
            Arguments of the call without `mean`: logits, labels or targets, the factor of each value (None
            for 1), and False to skip the checks of values, ``"strict"`` to add those for likely mistakes.
        denominator : "weights", "rows" or a number
            ``"weights"``: the sum of sample weight times the class weight of the label, or times the sum of
            class weight times target; for events with a `positive_weight`, also times their two masses'
            sum. ``"rows"``: the number of rows of positive weight. A number, or an array of shape (): one
            that the caller knows, such as the number of tokens of all micro-batches; finite and >= 0, and
            ``nan`` results if it is not and cannot be read.
        on_empty : "raise", "zero" or "nan"
            Result for a denominator of 0: an error, 0, or the quotient by 0 (``nan`` or ``inf``). For traced
            or off-host values ``"raise"`` gives 0.
        **parameters
            Parameters of the loss that apply to this call only.

        Returns
        -------
        array of shape ()
            Mean, in the precision of the computation, 32 bits or more.

        Raises
        ------
        DomainError
            If `denominator` is an unknown name, negative or not finite, or is 0 under ``"raise"``, or
            `on_empty` is none of the three. Arguments of the call raise as there.
        DTypeError, ShapeError
            If `denominator` is not a real number, or is an array with axes.
        ParameterError
            If one of the `parameters` is none of the loss.
        """
        if "keras" in sys.modules:
            refuse_call_by_keras(f"{self.name}.mean", "logits")
        request = Request(f"{self.name}.mean", logits, truth, sample_weight, validate)
        with without_autocast(logits):
            total = self._problem(parameters, request).total()
        return mean_of(total, denominator=denominator, on_empty=on_empty, caller=request.caller)

    def __prepare_scriptable__(self) -> NoReturn:
        """Raise `BackendError`: `torch.jit.script` asks for an object that it can compile."""
        refuse_script(self.name)

    def _problem(self, parameters: dict[str, Any], request: Request) -> LossProblem:
        """
        Problem of a call with the `parameters` replaced; of this rank's rows if logits or truth are DTensors.

        Raises `ParameterError` for an unknown parameter, `DomainError` for an unknown `validate`, and the
        errors of the class docstring.
        """
        check_validate(request)
        loss = self._with(parameters, request.caller)
        if is_distributed(request.logits, request.truth):
            return problem_of_rank(loss, request)
        return loss.problem(request)

    def _with(self, parameters: dict[str, Any], caller: str) -> Self:
        """
        Loss with the `parameters` of one call replaced; the loss itself without any.

        Raises `ParameterError` for an unknown name, and the errors of the class for a value out of range.
        `caller` is the name of the method for the message.
        """
        if not parameters:
            return self
        check_names(parameters, self, caller=caller)
        return replace(self, **parameters)

    def __repr__(self) -> str:
        """Class name, and the parameters that differ from their defaults, by name."""
        shown = [f"{f.name}={getattr(self, f.name)!r}" for f in fields(self) if self._was_given(f)]
        return f"{type(self).__name__}({', '.join(shown)})"

    def _was_given(self, field: Any) -> bool:
        """True if the parameter differs from its default; an array, or another object, always does."""
        value = getattr(self, field.name)
        return value is not field.default and not (isinstance(value, (int, float)) and value == field.default)


def check_parameter(loss: object, argument: str, rule: str, *, holds: bool, hint: str = "") -> None:
    """
    Raise `DomainError` with `rule` for the parameter `argument` of `loss` unless `holds` is True.

    The error is in the name of the loss's class; `hint` is advice at its end.
    """
    if not holds:
        got = repr(getattr(loss, argument))
        raise DomainError(type(loss).__name__, argument, rule, got=got, hint=hint)
