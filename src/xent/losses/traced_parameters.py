"""
Parameters that are traced: rules for their values as conditions, under which a parameter becomes nan.

The rules of a loss are comparisons of its parameters. A traced number cannot answer a comparison; so while
the rules are checked a `_Questioned` number stands in its place, which answers every comparison by True and
keeps the condition. A parameter that breaks a rule becomes nan, and so do the loss and its gradient.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NoReturn

from xent.arrays import is_traced, namespace_of
from xent.errors import DTypeError

__all__ = ["with_questions"]


def with_questions(loss: Any, names: Iterable[str], check: Callable[[Any], None]) -> None:
    """
    Call `check` on a frozen `loss`, whose traced parameters among `names` become nan where a rule is broken.

    While `check` runs, each of them is a number whose comparisons count as true and are kept as conditions.
    Then the parameters are changed in place: all of these are nan if any condition is broken. Without traced
    ones `check` is called alone; it raises for rules that plain numbers break, in both cases.

    Raises
    ------
    DTypeError
        If a rule asks which whole number a traced parameter is.
    """
    traced = {name: getattr(loss, name) for name in names if is_traced(getattr(loss, name))}
    if not traced:
        check(loss)
        return
    conditions: list[Any] = []
    try:
        for name, value in traced.items():
            object.__setattr__(loss, name, _Questioned(value, name, type(loss).__name__, conditions))
        check(loss)
    finally:
        for name, value in traced.items():
            object.__setattr__(loss, name, value)
    for name, value in traced.items():
        for holds in conditions:
            value = namespace_of(value).where(holds, value, float("nan"))  # noqa: PLW2901 - one after the other
        object.__setattr__(loss, name, value)


class _Condition:
    """Condition on traced numbers; it counts as true, and is kept as soon as its truth is asked for."""

    def __init__(self, holds: Any, conditions: list[Any]) -> None:
        self._holds, self._conditions = holds, conditions

    def __bool__(self) -> bool:
        self._conditions.append(self._holds)
        return True


class _Questioned:
    """
    Traced number whose comparisons are conditions.

    Parameters
    ----------
    value : array of shape ()
        The number.
    name, caller : str
        Name of the parameter, and of its loss.
    conditions : list
        Conditions so far.
    """

    def __init__(self, value: Any, name: str, caller: str, conditions: list[Any]) -> None:
        self._value, self._name, self._caller, self._conditions = value, name, caller, conditions

    def __lt__(self, other: Any) -> _Condition:
        return _Condition(self._value < _number(other), self._conditions)

    def __le__(self, other: Any) -> _Condition:
        return _Condition(self._value <= _number(other), self._conditions)

    def __gt__(self, other: Any) -> _Condition:
        return _Condition(self._value > _number(other), self._conditions)

    def __ge__(self, other: Any) -> _Condition:
        return _Condition(self._value >= _number(other), self._conditions)

    def __add__(self, other: Any) -> _Questioned:
        value = self._value + _number(other)
        return _Questioned(value, self._name, self._caller, self._conditions)

    __radd__ = __add__

    def __eq__(self, other: object) -> bool:
        return self._refuse()

    def __int__(self) -> int:
        return self._refuse()

    def __float__(self) -> float:
        return self._refuse()

    __hash__ = None  # type: ignore[assignment]

    def _refuse(self) -> NoReturn:
        """
        Raise `DTypeError`, always, in the name of the loss: the rule depends on which number the parameter
        is.
        """
        hint = "Make it static: `jax.jit(..., static_argnames=...)`."
        raise DTypeError(
            self._caller, self._name, "be known while the call is traced", got="traced", hint=hint
        )


def _number(value: Any) -> Any:
    """Number that stands behind `value` if that is a `_Questioned`; else `value` itself."""
    return value._value if isinstance(value, _Questioned) else value  # noqa: SLF001 - of the same file
