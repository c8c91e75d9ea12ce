"""Target cells of a file that were taken for missing, though they may be meant as a class."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from xent.data.source import is_path, read_path

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["words_for_missing"]

_NOTHING: Mapping[str, Any] = MappingProxyType({})


def words_for_missing(
    data: Any, table: pa.Table, target: str, missing: Sequence[str], reading: Mapping[str, Any] = _NOTHING
) -> Counter[str]:
    """
    Count of each word of `missing` that occurs in the column `target` of the file `data`, most frequent
    first.

    A cell, without spaces around it, must be a word letter by letter, in its case. `table` is what was read
    from `data` with further options `reading` of `read_path`. The file is read again only if `data` is a
    path, `missing` has a word, and `table` a column `target` with a gap; otherwise the result is empty.
    Raises `DataError` if it cannot be read, and `BackendError` without the library for a spreadsheet.
    """
    complete = target not in table.column_names or not table.column(target).null_count
    if complete or not missing or not is_path(data):
        return Counter()
    column = read_path(data, missing=[], reading={**reading, "text": [target]}).column(target)
    found = Counter(str(value) for value in column.to_pylist() if value is not None)
    return Counter({word: count for word, count in found.most_common() if word in missing})
