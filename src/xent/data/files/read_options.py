"""Options of reading a file as a table."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from numbers import Integral
from types import MappingProxyType
from typing import Any

from xent.data.missing_words import MISSING
from xent.errors import DomainError
from xent.given_names import names_of

__all__ = ["DEFAULTS", "ReadOptions", "check_taken", "read_options"]

DEFAULTS: Mapping[str, Any] = MappingProxyType(
    {"delimiter": None, "header": True, "skip": None, "encoding": None}
)
"""Options of the layout of text that every caller gives, with the values that request nothing."""

_DELIMITERS = {"tab": "\t", "\\t": "\t", "space": " "}


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """
    Options of `xent.data.read_table`, checked.

    Parameters
    ----------
    missing : tuple of str
        Cells that count as missing.
    delimiter : str, optional
        Separator of the cells; None finds it.
    header : bool, default True
        False if the first line is a row and not a line of names.
    skip : int, optional
        Number of lines above the header; None finds it.
    encoding : str, optional
        Encoding of the text; None finds it.
    """

    missing: tuple[str, ...] = MISSING
    delimiter: str | None = None
    header: bool = True
    skip: int | None = None
    encoding: str | None = None


def read_options(
    *, missing: str | Sequence[str], delimiter: Any, header: Any, skip: Any, encoding: Any
) -> ReadOptions:
    """
    Checked options, with the delimiter as one character even if it is given by name.

    Such names are "tab", a backslash with a t, and "space". `missing` are all words for a missing cell, in
    place of the usual ones; an empty cell is missing anyway. None for `delimiter`, `skip` or `encoding` stays
    None: it is found from the file. Raises `DomainError` for a delimiter that is not one ASCII character, or
    is NUL, a quote or a line break, a `skip` that is not a whole number >= 0, a `header` that is no truth
    value, and an unknown encoding.
    """
    is_text = isinstance(delimiter, str)
    delimiter = _DELIMITERS.get(delimiter, delimiter) if is_text else delimiter
    if delimiter is not None and not (is_text and len(delimiter) == 1):
        raise DomainError("read_table", "delimiter", "be one character", got=repr(delimiter))
    if delimiter is not None and (not delimiter.isascii() or delimiter in '\0\r\n"'):
        rule = "be an ASCII character other than NUL, a quote or a line break"
        raise DomainError("read_table", "delimiter", rule, got=repr(delimiter))
    if skip is not None and (isinstance(skip, bool) or not isinstance(skip, Integral) or int(skip) < 0):
        raise DomainError("read_table", "skip", "be a whole number >= 0", got=repr(skip))
    if header not in (True, False):
        raise DomainError("read_table", "header", "be True or False", got=repr(header))
    if encoding is not None and not (isinstance(encoding, str) and _is_encoding(encoding)):
        hint = "Common ones are utf-8, windows-1252, mac-roman and utf-16."
        rule = "be an encoding of text that Python knows"
        raise DomainError("read_table", "encoding", rule, got=repr(encoding), hint=hint)
    return ReadOptions(names_of(missing), delimiter, header, None if skip is None else int(skip), encoding)


def check_taken(options: ReadOptions, taken: Collection[str], kind: str) -> None:
    """
    Raise `DomainError` for a delimiter, header, skip or encoding given with a file that does not take it.

    An option is given if it differs from its value in `DEFAULTS`. `taken` are the names of the options that
    the file takes, `kind` is its format with an article, for the message.
    """
    for name, unasked in DEFAULTS.items():
        value = getattr(options, name)
        if name not in taken and value != unasked:
            raise DomainError("read_table", name, f"be left out for {kind}", got=repr(value))


def _is_encoding(name: str) -> bool:
    """True if `name` is an encoding of text that Python knows."""
    try:
        b"a".decode(name)
    except UnicodeDecodeError:
        return True
    except (LookupError, ValueError):
        return False
    return True
