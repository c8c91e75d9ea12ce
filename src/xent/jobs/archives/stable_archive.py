"""
Archives of skops with the same bytes for the same objects.

skops names objects and the files of arrays by their addresses in memory, and zip archives hold the time at
which each member was written; both differ from run to run. Here objects are numbered in the order in which
the schema names them, and all members have the earliest time of the format.
"""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import PurePosixPath
from typing import Any

__all__ = ["write_stable"]

_SCHEMA = "schema.json"
_EARLIEST = (1980, 1, 1, 0, 0, 0)
_READABLE = 0o644 << 16


def write_stable(archive_of_skops: bytes, others: dict[str, str | bytes]) -> bytes:
    """
    Archive of the same objects without addresses and times: equal objects give equal bytes.

    Parameters
    ----------
    archive_of_skops : bytes
        Archive that `skops.io.dumps` made.
    others : dict of str to str or bytes
        Further members, by name, which follow those of skops unchanged, in this order.

    Returns
    -------
    bytes
        The archive, without compression. Addresses are replaced by numbers from 1 in the order of their first
        appearance in the schema.
    """
    with zipfile.ZipFile(io.BytesIO(archive_of_skops)) as archive:
        schema, numbers = json.loads(archive.read(_SCHEMA)), dict[str, str]()
        _number(schema, numbers)
        arrays = {_renamed(name, numbers): name for name in archive.namelist() if name != _SCHEMA}
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as stable:
            for name in sorted(arrays, key=lambda name: (len(name), name)):
                stable.writestr(_member(name), archive.read(arrays[name]))
            for name, text in {_SCHEMA: json.dumps(schema, separators=(",", ":")), **others}.items():
                stable.writestr(_member(name), text)
    return stream.getvalue()


def _member(name: str) -> zipfile.ZipInfo:
    member = zipfile.ZipInfo(name, _EARLIEST)
    # The system that made an archive is one of its bytes.
    member.create_system, member.external_attr = 3, _READABLE
    return member


def _number(node: Any, numbers: dict[str, str]) -> None:
    """
    Replace the addresses in `node` by whole numbers from 1, in the order of their first appearance.

    `node` is a schema of skops or any part of one; its ``__id__`` and the names in its ``file`` are changed
    in place. `numbers` maps addresses met so far to numbers, both as text, and is continued.
    """
    if isinstance(node, list):
        for part in node:
            _number(part, numbers)
    elif isinstance(node, dict):
        if isinstance(node.get("__id__"), int):
            node["__id__"] = int(numbers.setdefault(str(node["__id__"]), str(len(numbers) + 1)))
        # Keys of the model's own dictionaries have nodes as values, not plain text.
        if isinstance(node.get("file"), str):
            node["file"] = _renamed(node["file"], numbers)
        for part in node.values():
            _number(part, numbers)


def _renamed(name: str, numbers: dict[str, str]) -> str:
    """
    Name of a member whose stem is an address, with a number in place of the address.

    An address that is not in `numbers` yet gets the next number there.
    """
    path = PurePosixPath(name)
    return numbers.setdefault(path.stem, str(len(numbers) + 1)) + path.suffix
