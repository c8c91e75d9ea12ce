"""Tables as columns on disk: Parquet, and Arrow files (also called Feather)."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.parquet

from xent.data.files.file_format import TableFile

__all__ = ["read_arrow", "read_parquet"]


def read_parquet(file: TableFile) -> pa.Table:
    """
    The table in a Parquet file, without its metadata and index columns written by pandas.

    The cells are validated in full. Raises `pyarrow.ArrowException` or `OSError` if the file is damaged.
    """
    # pyarrow's `read_table` would add columns inferred from the names of folders.
    with pyarrow.parquet.ParquetFile(file.source(), page_checksum_verification=True) as parquet:
        return _checked(parquet.read())


def read_arrow(file: TableFile) -> pa.Table:
    """
    The table in an Arrow file, random access or stream, without its metadata and index columns written by
    pandas.

    The cells are validated in full. Raises `pyarrow.ArrowException` or `OSError` if the file is damaged.
    """
    with pa.OSFile(str(file.path)) if file.content is None else file.source() as source:
        stream = source.read(4) == b"\xff\xff\xff\xff"
        source.seek(0)
        reader = pa.ipc.open_stream(source) if stream else pa.ipc.open_file(source)
        return _checked(reader.read_all())


def _checked(table: pa.Table) -> pa.Table:
    index = [name for name in table.column_names if name.startswith("__index_level_")]
    table = table.drop_columns(index).replace_schema_metadata(None)
    # Without this check damaged offsets crash the process, and text that is not UTF-8 fails only later.
    table.validate(full=True)
    return table
