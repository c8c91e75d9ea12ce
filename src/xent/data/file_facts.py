"""Facts about the file that a table was read from, kept as metadata of the table's schema."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import pyarrow as pa

from xent.data.missing_words import MISSING

__all__ = ["FileFacts", "facts_of", "facts_of_attributes", "with_facts"]

_KEY = b"xent"
_NAME = "xent"


@dataclass(frozen=True, slots=True)
class FileFacts:
    """
    Facts about the file or folder that a table was read from.

    Parameters
    ----------
    first_line : int, optional
        Line of the first row, counted from 1, if every row is one line; None if that is unknown.
    decimal : {".", ","}, default "."
        Decimal mark of the columns that arrow read as numbers.
    missing : tuple of str
        Words for a missing cell.
    notes : tuple of str
        Sentences on how the file was read: an encoding that was guessed, lines above the header.
    target : str, optional
        Column that is predicted if the caller names none; None if the format does not tell.
    group : str, optional
        Column that names the group of each row if the caller names none.
    places : tuple of str, default ()
        Columns that say where a row is from, such as a record and a time; never features.
    reading : mapping of str to str
        Options with which further data must be read to have the same columns, such as the lead.
    """

    first_line: int | None = None
    decimal: str = "."
    missing: tuple[str, ...] = MISSING
    notes: tuple[str, ...] = ()
    target: str | None = None
    group: str | None = None
    places: tuple[str, ...] = ()
    reading: Mapping[str, str] = field(default_factory=dict)

    def place(self, row: int) -> str:
        """Place of row `row` (counted from 0) for messages: its line, or its number if lines are unknown."""
        if self.first_line is None:
            return f"in row {row} (rows count from 0)"
        return f"on line {row + self.first_line}"


def with_facts(table: pa.Table, facts: FileFacts) -> pa.Table:
    """
    `table` with `facts` as its only metadata, which selections of its columns and rows keep.

    If `facts` have a target, a group or places, the frame that `Table.to_pandas` makes of it also has them,
    the notes and the reading in its attributes, for `facts_of_attributes`; without any of the three it has
    none of the five.
    """
    metadata: dict[bytes, str] = {_KEY: json.dumps(asdict(facts))}
    if facts.target or facts.group or facts.places:
        # The form in which arrow keeps the attributes of a frame; the empty lists are obligatory.
        given: dict[str, Any] = {"columns": [], "index_columns": [], "column_indexes": []}
        metadata[b"pandas"] = json.dumps(given | {"attributes": {_NAME: _of_rows(facts)}})
    return table.replace_schema_metadata(metadata)


def facts_of_attributes(attributes: Any, columns: Collection[str]) -> FileFacts | None:
    """
    Facts that `with_facts` put into the `attributes` of a frame of pandas; None if there are none.

    They are target, group, places, notes and reading; the others are the defaults. A target, a group or a
    place that is not among `columns` is left out.
    """
    kept = attributes.get(_NAME) if isinstance(attributes, Mapping) else None
    if not isinstance(kept, Mapping):
        return None
    target, group = (kept.get(name) if kept.get(name) in columns else None for name in ("target", "group"))
    places = tuple(name for name in kept.get("places", ()) if name in columns)
    notes = tuple(map(str, kept.get("notes", ())))
    return FileFacts(
        target=target, group=group, places=places, notes=notes, reading=dict(kept.get("reading", {}))
    )


def _of_rows(facts: FileFacts) -> dict[str, Any]:
    """Target, group, places, notes and reading of `facts`, by name; lines of a file change with its rows."""
    names = ("target", "group", "places", "notes", "reading")
    return {name: value for name, value in asdict(facts).items() if name in names}


def facts_of(table: pa.Table) -> FileFacts:
    """
    Facts stored in the metadata of `table` on the file it was read from; the defaults if none are stored.

    The defaults are no first line, target and group, the decimal mark ".", the usual words for missing, and
    no notes, places and options.
    """
    stored = (table.schema.metadata or {}).get(_KEY)
    if stored is None:
        return FileFacts()
    facts = json.loads(stored)
    lists = ("missing", "notes", "places")
    return FileFacts(**facts | {name: tuple(facts[name]) for name in lists})
