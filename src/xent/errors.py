"""
All exceptions of `xent`, in one tree.

::

    XentError
    ├── DTypeError      (TypeError)    an array of the wrong dtype
    ├── ShapeError      (ValueError)   axes that do not fit
    │   └── LinearShapeError     (RuntimeError)  where PyTorch raises that: axes of `linear_cross_entropy`
    ├── DomainError     (ValueError)   a value out of range
    │   ├── LabelError           (IndexError)    where PyTorch raises that: a label out of range
    │   └── LinearArgumentError  (RuntimeError)  where PyTorch raises that: arguments that exclude each other
    ├── ParameterError  (TypeError)    a keyword that a function does not take
    ├── BackendError    (ImportError)  an optional library that is missing or cannot do what is requested
    ├── DataError       (ValueError)   a table or model file that cannot be used as it is
    └── OutputError     (OSError)      a result that cannot be written to the requested place

Each class also inherits the built-in exception in brackets, so ``except ValueError`` keeps working, and each
exception carries `argument` and `got`. Every message has one shape::

    {function}: `{argument}` must {rule}; got {fact}{, first at index …}. {What to do instead.}

An exception that one module raises for another to catch, and that no user meets, stands where it is raised.
"""

from __future__ import annotations

from collections.abc import Mapping

__all__ = [
    "BackendError",
    "DTypeError",
    "DataError",
    "DomainError",
    "LabelError",
    "LinearArgumentError",
    "LinearShapeError",
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
    caller : str
        Name of the function that raises, as the user called it.
    argument : str
        Name of the invalid argument.
    rule : str
        Rule for the argument, which follows the word "must".
    got : str
        Value or fact that was found instead.
    index : tuple of int, optional
        Index of the first invalid entry; None for an argument without entries.
    hint : str, optional
        Advice: one whole sentence, or two; "" for none.

    Examples
    --------
    >>> str(DomainError("entropy", "probs", "be >= 0", got="-0.5", index=(3,)))
    'entropy: `probs` must be >= 0; got -0.5, first at index (3,).'
    """

    def __init__(
        self,
        caller: str,
        argument: str,
        rule: str,
        *,
        got: str,
        index: tuple[int, ...] | None = None,
        hint: str = "",
    ) -> None:
        self.caller = caller
        self.argument = argument
        self.rule = rule
        # The repr of an array has several lines.
        self.got = " ".join(line.strip() for line in got.splitlines()) if "\n" in got else got
        self.index = index
        self.hint = hint
        # The arguments of __init__ are also `args`, so an error survives a process boundary.
        super().__init__(caller, argument, rule)

    @property
    def complaint(self) -> str:
        """The message without the name of the function, for the command line."""
        at = "" if self.index is None else f", first at index {self.index}"
        hint = f" {self.hint}" if self.hint else ""
        return _printable(f"`{self.argument}` must {self.rule}; got {self.got}{at}.{hint}")

    def rename(self, names: Mapping[str, str]) -> None:
        """
        Replace names of arguments by those of the function that the user called, in place.

        `names` has the outer name for each inner one. Names are replaced in `argument`, and in `rule` and
        `hint` where they stand in backquotes; `got` stays.

        Examples
        --------
        >>> error = ShapeError("f", "targets", "have the shape of `logits`", got="(2,)")
        >>> error.rename({"targets": "labels", "logits": "cosines"})
        >>> str(error)
        'f: `labels` must have the shape of `cosines`; got (2,).'
        """
        self.argument = names.get(self.argument, self.argument)
        for inner, outer in names.items():
            self.rule = self.rule.replace(f"`{inner}`", f"`{outer}`")
            self.hint = self.hint.replace(f"`{inner}`", f"`{outer}`")

    def __str__(self) -> str:
        return f"{self.caller}: {self.complaint}"

    def __reduce__(self) -> tuple[object, ...]:
        return (_rebuild, (type(self), self.args, self.__dict__.copy()))


def _printable(text: str) -> str:
    """`text` with each character that cannot be printed, such as a line break in a name, as an escape."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


def _rebuild(kind: type[XentError], args: tuple[str, str, str], state: dict[str, object]) -> XentError:
    """Error of a class `kind` with the arguments `args` and the attributes `state`, for `pickle`."""
    error = kind(*args, got="")
    error.__dict__.update(state)
    return error


class DTypeError(XentError, TypeError):
    """An array of the wrong dtype or library, or a value of the wrong type."""


class ShapeError(XentError, ValueError):
    """Axes that do not fit."""


class LinearShapeError(ShapeError, RuntimeError):
    """Axes that do not fit: a `ShapeError` here, a ``RuntimeError`` in PyTorch."""


class DomainError(XentError, ValueError):
    """A value out of range."""


class LabelError(DomainError, IndexError):
    """A label out of range: a `DomainError` here, an ``IndexError`` in PyTorch."""


class LinearArgumentError(DomainError, RuntimeError):
    """An argument that the others exclude: a `DomainError` here, a ``RuntimeError`` in PyTorch."""


class ParameterError(XentError, TypeError):
    """A keyword that a function does not take."""


class BackendError(XentError, ImportError):
    """An optional library that is missing or cannot do what is requested."""


class DataError(XentError, ValueError):
    """A table or a model file that cannot be used as it is."""


class OutputError(XentError, OSError):
    """A result that cannot be written to the requested place."""
