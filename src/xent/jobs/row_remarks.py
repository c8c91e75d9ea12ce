"""What a person should know about the rows of a target: words taken for missing, classes of one row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xent.data import Target, read_table
from xent.jobs.source import is_path

__all__ = ["row_remarks", "words_for_missing"]

_SHOWN = 3


def row_remarks(goal: Target, words: Counter[str]) -> tuple[str, ...]:
    """The remarks on the rows of `goal`, in whole sentences; `words` are the targets taken for missing."""
    return (*_words(words), *_single_rows(goal))


def words_for_missing(data: Any, target: str, missing: Sequence[str]) -> Counter[str]:
    """How often each word of `missing` stands in the column `target` of the file `data`."""
    if not is_path(data) or not missing:
        return Counter()
    column = read_table(data, missing=[], text=[target]).column(target)
    found = Counter(str(value) for value in column.to_pylist() if value is not None)
    return Counter({word: count for word, count in found.items() if word in missing})


def _words(words: Counter[str]) -> Iterator[str]:
    if words:
        named = ", ".join(f'{count:,} hold "{word}"' for word, count in words.most_common(_SHOWN))
        yield f'Rows without a target: {named}, which counts as missing; `--missing ""` makes a class of it.'


def _single_rows(goal: Target) -> Iterator[str]:
    counts: NDArray[np.int64] = np.bincount(goal.codes, minlength=len(goal.classes))
    single = [str(name) for name, count in zip(goal.classes, counts.tolist(), strict=True) if count == 1]
    if single:
        named = ", ".join(f'"{name}"' for name in single[:_SHOWN])
        more = f" and {len(single) - _SHOWN} more" if len(single) > _SHOWN else ""
        yield f"A single row has the class {named}{more}: it is trained on, and nothing judges it."
