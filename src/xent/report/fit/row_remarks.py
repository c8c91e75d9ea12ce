"""Remarks on the rows of a target, for the report: words taken for missing, classes of one row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["row_remarks"]

Codes = NDArray[np.integer[Any]]

_SHOWN = 3


def row_remarks(classes: Sequence[Any], codes: Codes, words: Counter[str]) -> tuple[str, ...]:
    """
    Remarks on the rows of a target as sentences, perhaps none.

    Parameters
    ----------
    classes : sequence
        Classes of the target, in the order of the codes.
    codes : ndarray of shape (n,)
        Class of each row that has a target, of training and held out, from 0.
    words : Counter of str
        Number of target cells that hold each word taken for missing.

    Returns
    -------
    tuple of str
        One sentence on the three most frequent of `words`, if there are any, then one that names the first
        three classes of a single row, if there are any, and counts the others.
    """
    return (*_words(words), *_single_rows(classes, codes))


def _words(words: Counter[str]) -> Iterator[str]:
    if words:
        named = ", ".join(f'{count:,} hold "{word}"' for word, count in words.most_common(_SHOWN))
        yield f'Rows without a target: {named}, which counts as missing; `--missing ""` makes a class of it.'


def _single_rows(classes: Sequence[Any], codes: Codes) -> Iterator[str]:
    """
    One sentence that names at most three classes of a single row and counts the others; none without any.

    `codes`, (n,), are the places in `classes` of all rows with a target.
    """
    counts: NDArray[np.int64] = np.bincount(codes, minlength=len(classes))
    single = [str(name) for name, count in zip(classes, counts.tolist(), strict=True) if count == 1]
    if single:
        named = ", ".join(f'"{name}"' for name in single[:_SHOWN])
        more = f" and {len(single) - _SHOWN} more" if len(single) > _SHOWN else ""
        yield f"A single row has the class {named}{more}: it is used for training only."
