"""Tables as one JSON list of objects, one object per row."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pyarrow.json

from xent.data.files.file_format import TableFile, refusal
from xent.data.files.text_encoding import encoding_refusal
from xent.data.files.text_limits import nesting_refusal
from xent.errors import DataError

__all__ = ["read_json_list"]

_RULE = "hold a list of JSON objects, one per row"


class _TwiceError(ValueError):
    """A key that occurs twice in one object."""


def read_json_list(file: TableFile) -> pa.Table:
    """
    The table in a file that is one JSON list of objects, one a row; a key that an object lacks is a missing
    cell.

    Columns have the types that arrow infers, objects and lists among them. Raises `DataError` for text that
    is not UTF-8 or not JSON, more than 100 levels of nesting, an empty list, an entry that is not an object,
    a key twice in one object, and values of different kinds in a column; `UnicodeEncodeError` for half of a
    surrogate pair.
    """
    too_deep = nesting_refusal(file)
    if too_deep is not None:
        raise too_deep
    rows = _rows(file)
    # Each object in a block of its own line, so that arrow infers the types as in JSON lines.
    lines = b"".join(json.dumps(row, ensure_ascii=False).encode() + b"\n" for row in rows)
    options = pyarrow.json.ReadOptions(block_size=max(len(lines), 1))
    try:
        return pyarrow.json.read_json(io.BytesIO(lines), read_options=options)
    except pa.ArrowException as error:
        fault = next(_mixtures(rows, file), None)
        raise fault or refusal(_RULE, got=file.name) from error


def _rows(file: TableFile) -> list[dict[str, Any]]:
    """
    Objects of the list, one a row, as dictionaries; `DataError` unless the file is a list of one or more
    objects.

    A key twice in one object, at any depth, a whole number of more digits than Python converts, and text that
    is not UTF-8 raise it too. The nesting must have been checked: Python's parser raises `RecursionError`
    where it is too deep.
    """
    try:
        found = json.loads(b"".join(file.blocks()).decode("utf-8-sig"), object_pairs_hook=_object)
    except UnicodeDecodeError as error:
        raise encoding_refusal(file) or error from error
    except _TwiceError as error:
        rule = "name each column once per object"
        raise refusal(rule, got=f"{error} twice in one object of {file.name}") from error
    except json.JSONDecodeError as error:
        fact = f"text that is not JSON ({error.msg.lower()}) on line {error.lineno} of {file.name}"
        raise refusal(_RULE, got=fact, hint="Fix that line.") from error
    except ValueError as error:
        rule = f"have numbers of at most {sys.get_int_max_str_digits():,} digits"
        raise refusal(rule, got=f"a longer one in {file.name}") from error
    if not isinstance(found, list):
        raise refusal(_RULE, got=file.name)
    if not found:
        raise refusal("have rows", got=f"{file.name}, which is an empty list")
    for place, row in enumerate(found):
        if not isinstance(row, dict):
            fact = f"{json.dumps(row)[:40]} as entry {place} of {file.name} (entries count from 0)"
            raise refusal(_RULE, got=fact, hint='Write each row as an object, such as `{"age": 31}`.')
    return found


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """
    Dictionary of the `pairs` of a JSON object.

    Raises `_TwiceError` for a key that occurs twice, of which JSON keeps the last.
    """
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        raise _TwiceError(repr(next(name for name in names if names.count(name) > 1)))
    return found


def _mixtures(rows: list[dict[str, Any]], file: TableFile) -> Iterator[DataError]:
    """
    Error, not raised, for each value of another kind than the first value in its column, in the order of the
    rows.

    Kinds are number, bool, str, list and dict; null suits any kind. The message counts entries from 0.
    """
    kinds: dict[str, str] = {}
    for place, row in enumerate(rows):
        for name, value in row.items():
            kind = "number" if isinstance(value, int | float) and not isinstance(value, bool) else None
            kind = kind or type(value).__name__
            if value is not None and kinds.setdefault(name, kind) != kind:
                fact = f"{kind} after {kinds[name]} in column {name!r}, in entry {place} of {file.name}"
                hint = "Make the column all of one kind."
                yield refusal("keep one kind of value per column", got=fact, hint=hint)
