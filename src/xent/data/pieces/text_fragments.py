"""Fragments of delimited text: files that are read block by block, with settled types."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from xent.data.column_values import is_text
from xent.data.files.delimited_text import Parser
from xent.data.missing_words import is_missing_word

__all__ = ["TextFragment", "trimmed_cells"]


@dataclass(frozen=True, slots=True)
class TextFragment:
    """
    File of delimited text.

    Parameters
    ----------
    parser : Parser
        File, layout and options.
    kinds : mapping of str to pyarrow.DataType
        Type of each column, by its name as it stands in the file.
    padded : mapping of str to pyarrow.DataType
        Type of the trimmed cells of each column of text that has spaces around a cell.
    metadata : mapping of bytes to bytes
        Facts of the file, for the schema of the pieces.
    constants : mapping of str to object
        Columns that the folders of the file tell.
    rows : int or None
        Number of rows.
    """

    parser: Parser
    kinds: Mapping[str, pa.DataType]
    padded: Mapping[str, pa.DataType] = field(default_factory=dict)
    metadata: Mapping[bytes, bytes] = field(default_factory=dict)
    constants: Mapping[str, pa.Scalar] = field(default_factory=dict)
    rows: int | None = None

    @property
    def name(self) -> str:
        """Path of the file."""
        return str(self.parser.file.path)

    def pieces(self, columns: tuple[str, ...]) -> Iterator[Any]:
        """
        Record batches with `columns`, by trimmed names, in that order, with the metadata of the file.

        Columns of folder names are filled in. Text is not dictionary-encoded. Raises `pyarrow.ArrowInvalid`
        for a malformed row and for a cell that does not have the type of its column, and `OSError` if the
        file cannot be read.
        """
        raw = {name.strip(): name for name in self.kinds}
        inside = [name for name in columns if name in raw]
        # Without a column arrow would read all of them; one tells the number of the rows.
        read = [raw[name] for name in inside] or list(self.kinds)[:1]
        options = self.parser.options_of(
            include_columns=read, column_types={name: self.kinds[name] for name in read}
        )
        options["convert_options"].auto_dict_encode = False
        missing = self.parser.options.missing
        with self.parser.file.stream() as stream:
            for batch in pyarrow.csv.open_csv(stream, **options):
                cells = {name: batch.column(raw[name]) for name in inside}
                for name, kind in self.padded.items():
                    if name in cells:
                        cells[name] = trimmed_cells(cells[name], missing).cast(kind)
                for name, value in self.constants.items():
                    cells[name] = pa.repeat(value, batch.num_rows)
                arrays = [cells[name] for name in columns]
                kinds = [pa.field(name, array.type) for name, array in zip(columns, arrays, strict=True)]
                yield pa.RecordBatch.from_arrays(arrays, schema=pa.schema(kinds, dict(self.metadata)))


def trimmed_cells(cells: pa.Array, missing: tuple[str, ...]) -> pa.Array:
    """
    Trimmed cells of text, with null for empty cells and words of `missing`; cells of another type as they
    are.
    """
    if not is_text(cells.type):
        return cells
    trimmed = pc.utf8_trim_whitespace(cells)
    gaps = is_missing_word(pa.chunked_array([trimmed]), missing)
    return pc.if_else(pa.array(gaps), pa.scalar(None, trimmed.type), trimmed)
