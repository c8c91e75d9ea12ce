"""Tables as columns on disk: Parquet, and Arrow files (also called Feather)."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.parquet

from xent.data.file_format import TableFile

__all__ = ["read_arrow", "read_parquet"]


def read_parquet(file: TableFile) -> pa.Table:
    """The table in a Parquet file, without the index that pandas may have put there."""
    # `read_table` of pyarrow would add columns that it reads out of folder names.
    with pyarrow.parquet.ParquetFile(file.path, page_checksum_verification=True) as parquet:
        return _checked(parquet.read())


def read_arrow(file: TableFile) -> pa.Table:
    """The table in an Arrow file, random access or stream, without the index of pandas."""
    with pa.OSFile(str(file.path)) as source:
        stream = source.read(4) == b"\xff\xff\xff\xff"
        source.seek(0)
        reader = pa.ipc.open_stream(source) if stream else pa.ipc.open_file(source)
        return _checked(reader.read_all())


def _checked(table: pa.Table) -> pa.Table:
    index = [name for name in table.column_names if name.startswith("__index_level_")]
    table = table.drop_columns(index).replace_schema_metadata(None)
    # Damaged offsets would otherwise be found by a crash, and text that is not UTF-8 far from here.
    table.validate(full=True)
    return table
