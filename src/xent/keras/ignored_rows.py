"""Rows that a mask of Keras or a weight of 0 excludes: neither their truth nor their predictions are read."""

from __future__ import annotations

from typing import Any

import numpy as np

import keras
from xent.arrays import is_known_to_hold, may_be_read, namespace_of
from xent.keras.arguments import as_tensor, as_truth, of_numpy
from xent.keras.kept_logits import ANY_PREDICTION, keep_logits

__all__ = ["both_masks", "cast_predictions", "mask_of", "without_ignored", "without_masked"]


def mask_of(tensor: Any) -> Any:
    """Mask that a layer of Keras left on its result, or None."""
    # Not exported, but how Keras' own losses read it.
    return keras.src.backend.get_keras_mask(tensor)


def both_masks(mask: Any, other: Any) -> Any:
    """Mask of the rows that both masks keep; None stands for a mask of all rows."""
    if mask is None or other is None:
        return other if mask is None else mask
    return keras.ops.logical_and(mask, other)


def cast_predictions(y_pred: Any, dtype: Any, *, caller: str) -> Any:
    """
    Predictions in `dtype`, which keep the logits that a softmax or sigmoid of Keras left on them, in `dtype`
    too. Raises as `as_tensor` for `y_pred`.
    """
    y_pred = as_tensor(y_pred, "y_pred", caller=caller)
    found, logits = keras.ops.cast(y_pred, dtype), getattr(y_pred, "_keras_logits", None)
    if found is not y_pred and logits is not None:
        keep_logits(found, keras.ops.cast(logits, dtype))
    return found


def without_masked(y_true: Any, y_pred: Any, *, axis: int = -1, caller: str) -> tuple[Any, Any]:
    """
    Truth and predictions of a function of Keras, valid in the rows that the predictions' mask excludes.

    They are replaced as by `without_ignored`; both are returned as given if Keras left no mask on `y_pred`.
    """
    mask = mask_of(y_pred)
    if mask is None:
        return y_true, y_pred
    return without_ignored(y_true, y_pred, mask, None, axis=axis, caller=caller)


def without_ignored(
    y_true: Any,
    y_pred: Any,
    mask: Any,
    weight: Any,
    *,
    axis: int = -1,
    is_of_samples: bool = False,
    caller: str,
) -> tuple[Any, Any]:
    """
    Truth and predictions, which are replaced by valid ones in the rows of mask False or weight 0.

    There the truth is 0, a prediction 0.5 and a kept logit 0, all with derivatives of 0: Keras multiplies the
    loss of these rows by 0, where the error or the nan of a padding label would remain. `axis` is the class
    axis of `y_pred`. `mask` and `weight` broadcast against the rows as in Keras' losses, or, for
    `is_of_samples`, the weight as in Keras' metrics, where missing axes are the last ones. None excludes no
    row, and a mask or weight that does not fit neither: Keras refuses it later. If all rows are known to
    count, both are returned as given.
    """
    rows = _without(tuple(y_pred.shape), axis)
    read = None
    for factor, is_leading in ((mask, False), (weight, is_of_samples)):
        counts = None if factor is None else _aligned(factor, rows, is_leading=is_leading)
        if counts is not None:
            read = counts if read is None else read & counts
    if read is None or is_known_to_hold(namespace_of(read).all(read)):
        return y_true, y_pred
    behind = keras.ops.expand_dims(read, axis)
    found = _where(behind, as_tensor(y_pred, "y_pred", caller=caller), ANY_PREDICTION)
    logits = getattr(y_pred, "_keras_logits", None)
    if logits is not None:
        keep_logits(found, _where(behind, logits, 0))
    y_true = as_truth(y_true, caller=caller)
    return _truth_where(read if len(y_true.shape) == len(rows) else behind, y_true, caller), found


def _aligned(factor: Any, rows: tuple[int | None, ...], *, is_leading: bool) -> Any:
    """
    Boolean factor of rows with as many axes as `rows`, True where `factor` is not 0; None if it does not fit.

    `rows` is the shape of the rows with None for unknown lengths. Missing axes are added behind if
    `is_leading`, or if only a last axis of length 1 is missing, else in front; a last axis of length 1 beyond
    those of the rows is dropped.
    """
    counts = keras.ops.not_equal(keras.ops.convert_to_tensor(factor), 0)
    if len(counts.shape) == len(rows) + 1 and counts.shape[-1] == 1:
        counts = keras.ops.squeeze(counts, axis=-1)
    missing = len(rows) - len(counts.shape)
    if missing < 0:
        return None
    is_leading = is_leading or (missing == 1 and rows[-1] == 1)
    counts = counts[(..., *(None,) * missing)] if is_leading else counts[(*(None,) * missing, ...)]
    fits = all(
        given == 1 or None in (given, row) or given == row
        for given, row in zip(counts.shape, rows, strict=True)
    )
    return counts if fits else None


def _truth_where(read: Any, y_true: Any, caller: str) -> Any:
    """
    `y_true` where `read` is true, and 0, a valid label and target, elsewhere; `read` broadcasts
    against it.

    The result is an array of NumPy if `y_true` is one and the values of `read` can be read, else a tensor.
    Raises as `of_numpy` or `as_tensor` for `y_true`.
    """
    if isinstance(y_true, np.ndarray) and may_be_read(read):
        # In NumPy, as labels of 64 bits are checked before a backend drops their upper bits.
        truth = of_numpy(y_true, "y_true", caller=caller)
        return np.where(keras.ops.convert_to_numpy(read), truth, 0).astype(y_true.dtype)
    return _where(read, as_tensor(y_true, "y_true", caller=caller), 0)


def _where(read: Any, tensor: Any, instead: float) -> Any:
    xp = namespace_of(tensor)
    return xp.where(read, tensor, xp.full_like(tensor, instead))


def _without(shape: tuple[int | None, ...], axis: int) -> tuple[int | None, ...]:
    axis %= len(shape)
    return shape[:axis] + shape[axis + 1 :]
