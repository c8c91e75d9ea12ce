"""Choice between reading a source whole and in batches, by its size and the memory of the machine."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from xent.data.records.record_folder import holds_records
from xent.data.source import is_path
from xent.errors import DomainError

__all__ = ["check_share", "is_read_in_batches", "stream_name"]

# Bytes in memory for a byte of a file that is not Parquet, whose footer tells its numbers.
_GROWTH = {".feather": 1.5, ".arrow": 1.0, ".ipc": 1.0, ".csv": 1.5, ".tsv": 1.5, ".tab": 1.5}
_PARQUET = frozenset({".parquet", ".pq"})
# Of the URLs that pyarrow's file systems read; the reader of tables refuses others.
_SCHEMES = frozenset({"file", "s3", "gs", "gcs", "abfs", "abfss", "hdfs", "viewfs"})
_LIMIT = Path("/sys/fs/cgroup/memory.max")


def check_share(share: float, *, caller: str) -> None:
    """Raise `DomainError` unless `share` lies in (0, 1]."""
    if not 0 < share <= 1:
        raise DomainError(caller, "memory", "lie above 0 and up to 1", got=f"{share:g}")


def is_read_in_batches(data: Any, share: float) -> bool:
    """
    True if `data` is a path to be read in batches: of a folder, a pattern, a URL, or a large file.

    A pattern is a text with ``*``, ``?`` or ``[`` that names no file. A URL counts if its scheme is file, s3,
    gs, gcs, abfs, abfss, hdfs or viewfs. A file is large if its table would take more than `share`, 0 to 1,
    of the memory; only Parquet, Arrow (.arrow, .feather, .ipc) and text (.csv, .tsv, .tab) can be. False for
    a folder of WFDB records, a missing or unreadable file, an empty text and data that are no path.
    """
    if not is_path(data):
        return False
    text = os.fspath(data)
    if not text or "://" in text:
        return text.partition("://")[0] in _SCHEMES
    try:
        path = Path(text)
        if path.is_dir():
            return not holds_records(path)
        if not path.is_file():
            return any(sign in text for sign in "*?[")
        return _bytes_in_memory(path) > share * _memory()
    except (OSError, ValueError):  # reading the file will report the fault of its name
        return False


def stream_name(data: Any) -> str:
    """
    Name for a source: that of a file, of a folder, or of the folder of a pattern; else ``table``.

    It is the last part of the path `data` that has none of ``*``, ``?``, ``[`` and ``:``, cut at its first
    dot; ``table`` for data that are no path, or if nothing is left.
    """
    if not is_path(data):
        return "table"
    parts = [part for part in os.fspath(data).split("/") if part and not any(sign in part for sign in "*?[:")]
    return (parts[-1].split(".")[0] if parts else "") or "table"


def _bytes_in_memory(path: Path) -> float:
    """
    Estimated bytes in memory of the table in the file `path`; 0 for an unknown format or a damaged Parquet
    file.

    They are 8 for each cell of Parquet, by its footer, else the size of the file times 1 (.arrow, .ipc) or
    1.5 (.feather, .csv, .tsv, .tab). Raises `OSError` if the file cannot be read.
    """
    kind = path.suffix.lower()
    if kind in _PARQUET:
        import pyarrow as pa
        import pyarrow.parquet as pq

        try:
            footer = pq.read_metadata(path)
        except pa.ArrowException:  # reading the file will report the damage
            return 0.0
        return float(8 * footer.num_rows * footer.num_columns)
    return _GROWTH.get(kind, 0.0) * path.stat().st_size


def _memory() -> float:
    """
    Bytes of memory of the machine, free or not, or the limit of the control group if that is lower.

    The machine counts as 8e9 bytes if the system does not tell.
    """
    whole = float(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")) if hasattr(os, "sysconf") else 8e9
    try:
        return min(whole, float(_LIMIT.read_text(encoding="ascii")))
    except (OSError, ValueError):  # no limit, or no control groups
        return whole
