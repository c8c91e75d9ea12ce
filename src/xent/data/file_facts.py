"""Facts about the file that a table came from, which go with the table as metadata of its schema."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

import pyarrow as pa

from xent.data.missing_words import MISSING

__all__ = ["FileFacts", "facts_of", "with_facts"]

_KEY = b"xent"


@dataclass(frozen=True, slots=True)
class FileFacts:
    """
    Facts about a file of delimited text.

    Parameters
    ----------
    first_line : int, optional
        Line of the first row, from 1, where every row is one line; None where that is not known.
    decimal : {".", ","}, default "."
        Decimal mark of the columns that read as numbers at once.
    missing : tuple of str
        Words for a missing cell.
    """

    first_line: int | None = None
    decimal: str = "."
    missing: tuple[str, ...] = MISSING

    def place(self, row: int) -> str:
        """The place of row `row`, counted from 0, as messages have it."""
        if self.first_line is None:
            return f"in row {row} (rows count from 0)"
        return f"on line {row + self.first_line}"


def with_facts(table: pa.Table, facts: FileFacts) -> pa.Table:
    """`table` with `facts` as metadata, which selections of its columns and rows keep."""
    return table.replace_schema_metadata({_KEY: json.dumps(asdict(facts))})


def facts_of(table: pa.Table) -> FileFacts:
    """The facts that go with `table`; the defaults where it has none."""
    stored = (table.schema.metadata or {}).get(_KEY)
    if stored is None:
        return FileFacts()
    facts = json.loads(stored)
    return FileFacts(**facts | {"missing": tuple(facts["missing"])})
