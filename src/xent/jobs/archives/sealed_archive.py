"""
Zip archives sealed by a checksum: a change of any byte is found, and the memory to read one is bounded.

The archive's comment ends with the SHA-256 of every byte before it. The checksum finds damage, not malice: an
attacker who edits a file can compute its checksum anew. Therefore members are also checked before they are
read: stored without compression, together no larger than the file, plain names, arrays of the size that they
claim.
"""

from __future__ import annotations

import hashlib
import math
import os
import re
import zipfile
from pathlib import Path
from typing import BinaryIO

import numpy as np

__all__ = ["MOST_BYTES", "SealError", "check_members", "check_seal", "seal"]

MOST_BYTES = 4 << 30
"""Size of the largest archive that is read: 4 GiB."""

_COMMENT = b"xent model, sha256 "
_DIGITS = 64
_BLOCK = 1 << 20
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")
_ENCRYPTED = 1


class SealError(Exception):
    """An archive that is not as it was written; the message completes "FILE, which …"."""


def seal(path: Path) -> None:
    """
    Write the SHA-256 of the archive at `path` into its comment, in place of the comment that it had.

    The comment counts in it but for the digits themselves. `check_seal` then finds any later change of the
    file. Raises `OSError` if it cannot be written.
    """
    with zipfile.ZipFile(path, "a") as archive:
        archive.comment = _COMMENT + b"0" * _DIGITS
    with path.open("r+b") as stream:
        digest = _digest(stream)
        stream.seek(-_DIGITS, os.SEEK_END)
        stream.write(digest)


def check_seal(stream: BinaryIO) -> None:
    """
    Raise `SealError` if the file in `stream` is larger than 4 GiB, has no seal, or was changed after `seal`.

    A seal is a comment of the archive with a SHA-256 of all other bytes. The position of `stream` is moved.
    """
    size = stream.seek(0, os.SEEK_END)
    if size > MOST_BYTES:
        raise SealError(f"is larger than {MOST_BYTES >> 30} GiB")
    stream.seek(max(0, size - len(_COMMENT) - _DIGITS))
    tail = stream.read()
    if tail != _COMMENT + _digest(stream):
        raise SealError("was changed or damaged after it was written")


def check_members(archive: zipfile.ZipFile) -> None:
    """
    Raise `SealError` unless all members are of the kinds that `save_model` writes.

    Names must be distinct, of ASCII letters, digits, ``_``, ``.`` and ``-``, the first neither ``.`` nor
    ``-``; members neither compressed nor encrypted, and their sizes together no larger than the file, which
    must lie on the disk; arrays (``.npy``) of NumPy's format 1 or 2, without Python objects and of the size
    that their header states. A damaged header raises NumPy's `ValueError`.
    """
    members = archive.infolist()
    names = [each.filename for each in members]
    if len(set(names)) < len(names) or not all(_NAME.fullmatch(name) for name in names):
        raise SealError("has members with names that no model has")
    if any(each.compress_type != zipfile.ZIP_STORED or each.flag_bits & _ENCRYPTED for each in members):
        raise SealError("has compressed or encrypted members, which no model has")
    # Members may overlap, so that a small file claims to be a large one.
    if sum(each.file_size for each in members) > os.fstat(archive.fp.fileno()).st_size:  # type: ignore[union-attr] # open
        raise SealError("claims to hold more than its size")
    for each in members:
        if each.filename.endswith(".npy"):
            with archive.open(each) as stream:
                _check_array(stream, each.file_size)  # type: ignore[arg-type] # reads like a file


def _check_array(stream: BinaryIO, size: int) -> None:
    """
    Raise `SealError` unless `stream`, at its start, holds an array of NumPy's format 1 or 2 and nothing else.

    The array has `size` bytes with its header, and neither Python objects nor entries of no bytes. A damaged
    header raises NumPy's `ValueError`.
    """
    version = np.lib.format.read_magic(stream)
    read = {
        (1, 0): np.lib.format.read_array_header_1_0,
        (2, 0): np.lib.format.read_array_header_2_0,
    }.get(version)
    if read is None:
        raise SealError("has an array of another version of NumPy's format")
    shape, _, dtype = read(stream)
    if dtype.hasobject or dtype.itemsize == 0:
        raise SealError("has an array of Python objects")
    if min(shape, default=0) < 0 or stream.tell() + math.prod(shape) * dtype.itemsize != size:
        raise SealError("has an array of another size than it claims")


def _digest(stream: BinaryIO) -> bytes:
    """
    SHA-256 of all bytes of `stream` but its last 64, as 64 hexadecimal digits in ASCII.

    It is read from its start, and its position is moved. With 64 bytes or fewer the SHA-256 is that of none.
    """
    left = stream.seek(0, os.SEEK_END) - _DIGITS
    stream.seek(0)
    digest = hashlib.sha256()
    while left > 0:
        block = stream.read(min(_BLOCK, left))
        if not block:
            break
        digest.update(block)
        left -= len(block)
    return digest.hexdigest().encode("ascii")
