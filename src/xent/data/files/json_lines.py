"""Tables as JSON lines: one object per line, one key per column."""

from __future__ import annotations

import json
import re
from typing import Any

import pyarrow as pa
import pyarrow.json

from xent.data.files.file_format import TableFile, refusal
from xent.data.files.json_list import read_json_list
from xent.data.files.text_encoding import encoding_refusal, text_head
from xent.data.files.text_limits import long_line_refusal, nesting_refusal
from xent.errors import DataError

__all__ = ["read_json_lines"]

# A line must fit into a block.
_BLOCK = 1 << 23
_NULL_LINE = re.compile(rb"[\r\n][ \t]*null")
_KINDS = {
    bool: "true or false",
    int: "a number",
    float: "a number",
    str: "text",
    list: "a list",
    dict: "an object",
}


def read_json_lines(file: TableFile) -> pa.Table:
    """
    Table in a file of JSON lines, one object each, or of one JSON list of objects, one row each.

    A key that is absent from a line is a missing cell; blank lines do not count. Columns have the types that
    arrow infers, objects and lists among them. Raises `DataError` for a line that is no JSON object or longer
    than 8 MiB, more than 100 levels of nesting, a key twice in one line, values of different kinds in a
    column, and text that is not UTF-8 or blank.
    """
    head = text_head(file).removeprefix(b"\xef\xbb\xbf").lstrip()
    if head.startswith(b"["):
        return read_json_list(file)
    too_deep = nesting_refusal(file)
    if too_deep is not None:
        raise too_deep
    if _has_null_line(file):
        raise _first_fault(file) or refusal("hold one JSON object per line", got=f"null in {file.name}")
    try:
        with file.stream() as stream:
            options = pyarrow.json.ReadOptions(block_size=_BLOCK)
            table = pyarrow.json.read_json(stream, read_options=options)
        # Arrow accepts any bytes as text; only validation checks them.
        table.validate(full=True)
        table.column_names  # noqa: B018 - decodes the names, which may raise as well
    except (pa.ArrowException, UnicodeDecodeError) as error:
        # The length of lines is checked first, because `_first_fault` holds whole lines in memory.
        fault = long_line_refusal(file, _BLOCK) or encoding_refusal(file) or _first_fault(file)
        raise fault or refusal("be well-formed JSON lines", got=file.name) from error
    return table


def _has_null_line(file: TableFile) -> bool:
    """
    True if a line of `file` begins with null, after spaces and tabs.

    There Arrow's parser ends the process, or takes the line for missing cells.
    """
    tail = b"\n"
    for number, block in enumerate(file.blocks()):
        data = tail + (block.removeprefix(b"\xef\xbb\xbf") if number == 0 else block)
        if _NULL_LINE.search(data):
            return True
        end = max(data.rfind(b"\n"), data.rfind(b"\r"))
        begun = data[end:].strip() if end >= 0 else data
        # The word may go on in the next block; of a line that begins otherwise nothing has to be kept.
        tail = b"\n" + begun if b"null".startswith(begun) else b""
    return False


def _first_fault(file: TableFile) -> DataError | None:
    """
    Error that names the first faulty line, counted from 1; None if every line that is not blank has no fault.

    A line is faulty if it is no JSON object, has a key twice, or a value of another kind than the column's
    values before: true or false, number, text, list or object; null suits any kind.
    """
    kinds: dict[str, str] = {}
    with file.text() as text:
        for number, line in enumerate(text, start=1):
            if line.strip():
                fault = _fault(line, kinds)
                if fault is not None:
                    rule, got, hint = fault
                    return refusal(rule, got=f"{got} on line {number} of {file.name}", hint=hint)
    return None


def _fault(line: str, kinds: dict[str, str]) -> tuple[str, str, str] | None:
    """
    Rule, fact without its line, and cure for one line with a fault; None for a line without one.

    A fault is text that is no JSON object, a key that the object has twice, or a value of another kind than
    the column's before; null suits any kind. `kinds` holds the kind of each column in the lines before, in
    words ("a number") by name, and is extended by the new columns, up to the first fault.
    """
    whole = "hold one JSON object per line"
    try:
        pairs = json.loads(line, object_pairs_hook=_Pairs)
    except ValueError as error:
        return (
            whole,
            f"text that is not JSON ({str(error).partition(':')[0].lower()})",
            "Fix or remove that line.",
        )
    if not isinstance(pairs, _Pairs):
        return whole, _kind(pairs), 'Write each row as an object, such as `{"age": 31}`.'
    names = [name for name, _ in pairs]
    twice = next((name for place, name in enumerate(names) if name in names[:place]), None)
    if twice is not None:
        return "name each column once per line", f"{twice!r} twice", "Fix or remove that line."
    for name, value in pairs:
        kind = _kind(value)
        if value is not None and kinds.setdefault(name, kind) != kind:
            got = f"{kind} in column {name!r}, which held {kinds[name]} before,"
            return "keep one kind of value per column", got, "Make the column all of one kind."
    return None


class _Pairs(list[Any]):
    """The pairs of a JSON object, in which a key may occur twice."""


def _kind(value: object) -> str:
    if isinstance(value, _Pairs):
        return "an object"
    return _KINDS.get(type(value), "null")
