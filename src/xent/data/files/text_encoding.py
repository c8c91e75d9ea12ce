"""Check that a file is UTF-8 text, and the place of the first byte that is not."""

from __future__ import annotations

from collections.abc import Iterable

from xent.data.files.file_format import TableFile, named, refusal
from xent.errors import DataError

__all__ = ["encoding_refusal", "first_bad_byte", "text_head"]

_HEAD = 1 << 16


def text_head(file: TableFile) -> bytes:
    """
    First 64 KiB of the decompressed text of `file`, or all of a shorter one.

    Raises `DataError` if a NUL is among them, or the file is shorter and blank, a byte order mark aside.
    """
    with file.stream() as stream:
        head: bytes = stream.read(_HEAD)
    if b"\0" in head:
        raise refusal(f"be {named(file.format)}, as its name says", got=f"{file.name}, which is not text")
    if not head.removeprefix(b"\xef\xbb\xbf").strip() and len(head) < _HEAD:
        raise refusal("hold a table", got=f"{file.name}, which is empty")
    return head


def encoding_refusal(file: TableFile) -> DataError | None:
    """
    Error that names the first byte of a text file that is not UTF-8, its line and a command; None if all
    bytes are.

    The command converts from Windows-1252 or, where that has no such byte, ISO-8859-1. The error is not
    raised.
    """
    found = first_bad_byte(file.blocks())
    if found is None:
        return None
    line, byte = found
    # Windows-1252 leaves five bytes undefined, Latin-1 none.
    undefined = byte in {0x81, 0x8D, 0x8F, 0x90, 0x9D}
    source = "ISO-8859-1" if undefined else "WINDOWS-1252"
    meaning = "" if undefined else f" ({bytes([byte]).decode('cp1252')!r} in Windows-1252)"
    return _refusal(file, f"byte 0x{byte:02x}{meaning} on line {line} of {file.name}", source)


def first_bad_byte(blocks: Iterable[bytes]) -> tuple[int, int] | None:
    r"""
    Line, counted from 1, and value of the first byte that is not UTF-8; None if all bytes are.

    Examples
    --------
    >>> first_bad_byte([b"a,b\n", b"caf\xe9,1\n"])
    (2, 233)
    """
    line, pending = 1, b""
    for block in blocks:
        data = pending + block
        pending = b""
        try:
            data.decode()
        except UnicodeDecodeError as error:
            if error.reason != "unexpected end of data":
                return line + data.count(b"\n", 0, error.start), data[error.start]
            # The block ends inside a character, which the next block may complete.
            data, pending = data[: error.start], data[error.start :]
        line += data.count(b"\n")
    return (line, pending[0]) if pending else None


def _refusal(file: TableFile, got: str, source: str) -> DataError:
    stem = file.path.with_suffix("") if file.compression else file.path
    unpacked = " after decompressing it" if file.compression else ""
    command = f"`iconv -f {source} -t UTF-8 {stem.name} > {stem.stem}-utf8{stem.suffix}`"
    return refusal("be UTF-8 text", got=got, hint=f"Convert it{unpacked}, for example with {command}.")
