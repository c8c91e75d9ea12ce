"""
Everything `xent` raises, in one tree.

::

    XentError
    ├── DTypeError      (TypeError)    an array of the wrong kind of numbers
    ├── ShapeError      (ValueError)   axes that do not fit
    ├── DomainError     (ValueError)   a value outside the range that has a meaning
    ├── ParameterError  (TypeError)    a keyword that a function does not take
    ├── BackendError    (ImportError)  an optional library that is not there
    ├── DataError       (ValueError)   a table or model file that cannot be used as it is
    └── OutputError     (OSError)      a result that cannot be written where it was asked for

Each also inherits the built-in that fits, so ``except ValueError`` keeps working, and each
carries `argument` and `got`. Every message has one shape::

    {function}: `{argument}` must {rule}; got {fact}{, first at index …}. {What to do instead.}
"""

from __future__ import annotations

__all__ = [
    "BackendError",
    "DTypeError",
    "DataError",
    "DomainError",
    "OutputError",
    "ParameterError",
    "ShapeError",
    "XentError",
]


class XentError(Exception):
    """
    Root of the tree; never raised itself.

    Parameters
    ----------
    where : str
        Function that refuses, as the user called it.
    argument : str
        Argument that is wrong.
    rule : str
        What it must do, to follow the word "must".
    got : str
        What was found instead.
    index : tuple of int, optional
        Where it was found first.
    hint : str, optional
        What to do instead: one whole sentence, or two.

    Examples
    --------
    >>> str(DomainError("entropy", "probs", "be >= 0", got="-0.5", index=(3,)))
    'entropy: `probs` must be >= 0; got -0.5, first at index (3,).'
    """

    def __init__(
        self,
        where: str,
        argument: str,
        rule: str,
        *,
        got: str,
        index: tuple[int, ...] | None = None,
        hint: str = "",
    ) -> None:
        self.where = where
        self.argument = argument
        self.rule = rule
        self.got = got
        self.index = index
        self.hint = hint
        # The arguments of __init__ are also `args`, so an error survives a process boundary.
        super().__init__(where, argument, rule)

    @property
    def complaint(self) -> str:
        """The message without the name of the function, for people at a prompt."""
        at = "" if self.index is None else f", first at index {self.index}"
        hint = f" {self.hint}" if self.hint else ""
        return f"`{self.argument}` must {self.rule}; got {self.got}{at}.{hint}"

    def __str__(self) -> str:
        return f"{self.where}: {self.complaint}"

    def __reduce__(self) -> tuple[object, ...]:
        return (_rebuild, (type(self), self.args, self.__dict__.copy()))


def _rebuild(kind: type[XentError], args: tuple[str, str, str], state: dict[str, object]) -> XentError:
    error = kind(*args, got="")
    error.__dict__.update(state)
    return error


class DTypeError(XentError, TypeError):
    """An array of the wrong kind of numbers."""


class ShapeError(XentError, ValueError):
    """Axes that do not fit."""


class DomainError(XentError, ValueError):
    """A value outside the range that has a meaning."""


class ParameterError(XentError, TypeError):
    """A keyword that a function does not take."""


class BackendError(XentError, ImportError):
    """An optional library that is not there, or cannot do what is asked."""


class DataError(XentError, ValueError):
    """A table or a model file that cannot be used as it is."""


class OutputError(XentError, OSError):
    """A result that cannot be written where it was asked for."""
