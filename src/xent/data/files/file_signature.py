"""First bytes of a file, which tell what it holds, beside the format and compression that its name tells."""

from __future__ import annotations

from dataclasses import replace

from xent.data.files.file_format import BINARY, COMPRESSIONS, FORMATS, TableFile, named, refusal

__all__ = ["check_signature", "told_by_content"]

# First bytes, name of the format, and the ending of such files; the ending is "" if xent does not read them.
_SIGNATURES = (
    (b"PAR1", "Parquet", ".parquet"),
    (b"ARROW1", "Arrow", ".arrow"),
    (b"\xff\xff\xff\xff", "Arrow", ".arrow"),
    (b"\x1f\x8b", "gzip", ".gz"),
    (b"\x28\xb5\x2f\xfd", "zstd", ".zst"),
    (b"PK\x03\x04", "ZIP or Excel", ""),
    (b"\xd0\xcf\x11\xe0", "Excel", ".xls"),
    (b"SQLite format 3", "SQLite", ""),
    (b"\x89HDF", "HDF5", ""),
    (b"BZh", "bzip2", ""),
    (b"\xfd7zXZ", "xz", ""),
    (b"%PDF", "PDF", ""),
)


def told_by_content(file: TableFile, first: bytes) -> TableFile:
    """
    `file`, of format "text" by its name or for want of one, with what its `first` bytes, up to 64, tell.

    Bytes of gzip or zstd set the compression, and the format stays "text"; those of Parquet, Arrow or a
    spreadsheet set the format, "Excel" for any ZIP file too. Raises `DataError` for any other signature, such
    as PDF or SQLite, and for a file that is not compressed as its name says. Bytes without a signature are
    text.
    """
    kind, _ = _signature(first) or ("text", "")
    if file.compression is None and kind in COMPRESSIONS.values():
        return replace(file, compression=kind)
    # The reader of Excel files reads OpenDocument files as well.
    kind = "Excel" if kind == "ZIP or Excel" else kind
    if kind != (file.compression or "text") and (file.compression or kind not in BINARY):
        hint = "Export the table as CSV or Parquet."
        raise refusal("hold a table", got=f"{file.name}, which holds {named(kind)}", hint=hint)
    return file if file.compression else replace(file, format=kind)


def check_signature(file: TableFile, first: bytes) -> None:
    """
    Raise `DataError` unless the `first` bytes fit the format and compression that the name of `file` tells.

    They fit if they are those of the compression, or without one those of Parquet, Arrow or the spreadsheet;
    text must begin with none that is known, such as those of PDF. The error is raised also if the ending is
    unknown (the format of `file` is then ""), and for a columnar file or spreadsheet within a compression.
    """
    found = _signature(first)
    columnar = file.format in BINARY
    expected = file.compression or (file.format if columnar else None)
    if expected in {"Excel", "OpenDocument"} and found is not None and found[0] in {"ZIP or Excel", "Excel"}:
        return
    if found is not None and found[0] != expected:
        rule = (
            f"be {named(expected or file.format)}, as its name says" if file.format else "have a known ending"
        )
        fact = f"{file.name}, which holds {named(found[0])}"
        raise refusal(rule, got=fact, hint=_renamed(file, found[1]))
    if not file.format:
        hint = f"Known endings are {', '.join(FORMATS)}; text may be compressed, {' or '.join(COMPRESSIONS)}."
        raise refusal("have a known ending", got=file.name, hint=hint)
    if file.compression and columnar:
        hint = "Decompress it first; the format compresses its columns by itself."
        raise refusal(f"be {named(file.format)} without compression around it", got=file.name, hint=hint)
    if found is None and expected is not None:
        raise refusal(f"be {named(expected)}, as its name says", got=f"{file.name}, which is not one")


def _signature(first: bytes) -> tuple[str, str] | None:
    """
    Format and usual ending that the `first` bytes of a file tell; None if they have no known mark.

    The ending is "" for a format that xent does not read, and for a ZIP file.
    """
    return next(((kind, ending) for mark, kind, ending in _SIGNATURES if first.startswith(mark)), None)


def _renamed(file: TableFile, ending: str) -> str:
    if not ending:
        return "Export the table as CSV or Parquet."
    path = file.path.with_suffix("") if file.compression else file.path
    return f"Rename it to {path.name + ending if ending in COMPRESSIONS else path.with_suffix(ending).name}."
