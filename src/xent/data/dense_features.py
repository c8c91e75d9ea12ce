"""Features of a fitted encoder that are no words: their names, their values, the check of their variances."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from xent.data.gap_indicators import set_gaps
from xent.data.level_indicators import indicator_names, set_indicators
from xent.data.numeric_features import numeric_block, numeric_names
from xent.data.numeric_scaling import filled
from xent.data.row_batches import RowBatch
from xent.errors import DataError

__all__ = ["check_variances", "dense_names", "write_dense"]


def dense_names(encoder: Any) -> list[str]:
    """
    Names of the features of a fitted `encoder` but words, in the order of their columns in the matrix.

    First numbers ("age", the parts of a date such as "born month sine", and the "grade rank" of an ordered
    category), then the gaps of those that had gaps in training ("age missing"), indicators of levels
    ("city=Oslo", and of other and missing levels), and gaps of dropped columns.
    """
    names = numeric_names(encoder.numeric_)
    gaps = [] if encoder.imputer_ is None else encoder.imputer_.indicator_.features_
    levels = [name for category in encoder.categories_ for name in indicator_names(category)]
    dropped = [f"{name} missing" for name in encoder.gaps_]
    return [*names, *(f"{names[place]} missing" for place in gaps), *levels, *dropped]


def write_dense(batch: RowBatch, encoder: Any, out: NDArray[np.float64]) -> None:
    """
    Write the features of `batch` into `out`, (rows, features) in the order of `dense_names`.

    Numbers have the medians of training for gaps, and mean 0 and variance 1 in training; all other features
    are 0 or 1. `out` must be filled with 0. A level unseen in training sets the indicator of other levels, if
    the category has one. Raises `DataError` if a column holds another kind of value than in training, or an
    infinite number.
    """
    numeric = _write_numbers(numeric_block(batch, encoder.numeric_), encoder, out)
    dropped = out.shape[1] - len(encoder.gaps_)
    set_indicators(batch, encoder.categories_, out[:, numeric:dropped])
    set_gaps(batch, encoder.gaps_, out[:, dropped:])


def _write_numbers(block: NDArray[np.float64], encoder: Any, out: NDArray[np.float64]) -> int:
    """
    Write filled and standardised numbers, then the indicators of their gaps, to the first columns of `out`.

    `block`, (rows, numbers), holds the numbers as they are, NaN where one is missing; it may be overwritten.
    Gaps get the medians of training; then the mean of training is subtracted, and its standard deviation
    divides. Indicators exist for the numbers with gaps in training. Returns the number of these columns, 0 if
    the encoder has no numbers; a block without gaps leaves the indicators as they are, 0.
    """
    if not encoder.numeric_:
        return 0
    numbers = block.shape[1]
    whole = filled(block, encoder.imputer_)
    out[:, :numbers] = encoder.scaler_.transform(whole[:, :numbers])
    out[:, numbers : whole.shape[1]] = whole[:, numbers:]
    return int(numbers + encoder.imputer_.indicator_.features_.size)


def check_variances(encoder: Any) -> None:
    """
    Raise `DataError` if a variance of the fitted `encoder` has overflowed; it names the first such column.

    `encoder` must have numeric features.
    """
    beyond = np.flatnonzero(~np.isfinite(encoder.scaler_.var_))
    if beyond.size:
        name = numeric_names(encoder.numeric_)[int(beyond[0])]
        fact = f"numbers beyond 1e150 in column {name!r}"
        hint = "Divide the column by a large constant."
        rule = "hold numbers whose squares are finite"
        raise DataError("TableEncoder", "table", rule, got=fact, hint=hint)
