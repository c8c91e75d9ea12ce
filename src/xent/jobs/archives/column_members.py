"""
Member of a model file that holds the columns of the encoder as JSON: their plans, levels, words and gaps.

In the schema of skops each of them would be an object of some kilobytes, written with indents by Python's
slow JSON encoder: 20 MB and seconds for 5,000 columns. Here a list of records with the same keys is those
keys once and a list of the values of each. Numbers keep all digits.
"""

from __future__ import annotations

import copy
import json
import zipfile
from typing import Any, BinaryIO

from xent.jobs.archives.sealed_archive import SealError

__all__ = ["MEMBER", "columns_of_encoder", "encoder_without_columns", "restore_columns"]

MEMBER = "columns.json"
"""Name of the member."""

_RECORDS = ("columns_", "numeric_", "categories_", "texts_")
_PLAIN = ("gaps_",)


def columns_of_encoder(encoder: Any) -> str:
    """JSON of the attributes of a fitted `TableEncoder` that describe its columns, for `restore_columns`."""
    document = {name: _runs(getattr(encoder, name)) for name in _RECORDS}
    document |= {name: getattr(encoder, name) for name in _PLAIN}
    return json.dumps(document, separators=(",", ":"), default=_of_numpy)


def encoder_without_columns(encoder: Any) -> Any:
    """
    Shallow copy of `encoder` without `columns_`, `numeric_`, `categories_`, `texts_` and `gaps_`.

    These are the attributes that `columns_of_encoder` writes; `encoder` keeps them. An object that lacks one
    of them is no fitted encoder and is returned itself.
    """
    if not all(hasattr(encoder, name) for name in (*_RECORDS, *_PLAIN)):
        return encoder
    bare = copy.copy(encoder)
    for name in (*_RECORDS, *_PLAIN):
        delattr(bare, name)
    return bare


def restore_columns(encoder: Any, stream: BinaryIO) -> None:
    """
    Set `columns_`, `numeric_`, `categories_`, `texts_` and `gaps_` of `encoder` from the archive in `stream`.

    These are the attributes that `encoder_without_columns` removed and a member of the archive holds as JSON.

    Raises
    ------
    SealError
        If the archive cannot be read, lacks the member, or the member is not of its form; `encoder` is then
        unchanged.
    """
    try:
        with zipfile.ZipFile(stream) as archive:
            document = json.loads(archive.read(MEMBER))
        found = {name: _records(document[name]) for name in _RECORDS}
        found |= {name: list(document[name]) for name in _PLAIN}
    except MemoryError:
        raise
    except Exception as error:
        # The checksum is right, so the file was made on purpose; it can raise exceptions of any kind.
        raise SealError("lacks a part of a model") from error
    for name, value in found.items():
        setattr(encoder, name, value)


def _runs(records: list[dict[str, Any]]) -> list[dict[str, list[Any]]]:
    """
    Consecutive `records` of equal keys in one dict, key to list of values; a list of such dicts in order.

    A run ends where the set of keys changes, whatever the order of the keys; there is none without records.
    """
    runs: list[dict[str, list[Any]]] = []
    for record in records:
        if not runs or runs[-1].keys() != record.keys():
            runs.append({key: [] for key in record})
        for key, value in record.items():
            runs[-1][key].append(value)
    return runs


def _records(runs: list[dict[str, list[Any]]]) -> list[dict[str, Any]]:
    return [dict(zip(run, values, strict=True)) for run in runs for values in zip(*run.values(), strict=True)]


def _of_numpy(value: Any) -> Any:
    """Python's number for a scalar of NumPy, which JSON does not know; `AttributeError` for what is none."""
    return value.item()
