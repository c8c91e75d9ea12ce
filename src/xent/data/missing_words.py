"""Words for a missing cell in delimited text."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

__all__ = ["MISSING", "is_missing_word"]

MISSING = (
    *("", "?", "-", "--", ".", "NA", "na", "N/A", "n/a", "N.A.", "n.a.", "#N/A", "#NA", "#N/A N/A", "<NA>"),
    *("NULL", "Null", "null", "None", "none", "NONE", "Missing", "missing", "Unknown", "unknown"),
    *("NaN", "nan", "-NaN", "-nan", "NaT", "1.#IND", "-1.#IND", "1.#QNAN", "-1.#QNAN"),
    *("#VALUE!", "#REF!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!"),
)
"""Cells that count as missing when a text file is read, padded with spaces or not."""


def is_missing_word(texts: pa.Array, words: tuple[str, ...] = MISSING) -> NDArray[np.bool_]:
    """True where a text is one of `words`, empty or null, in the shape of `texts`, which must be trimmed."""
    found = pc.is_in(texts, pa.array(["", *words], texts.type), skip_nulls=True)
    return np.asarray(pc.or_(found, pc.is_null(texts)).to_numpy(zero_copy_only=False), dtype=bool)
