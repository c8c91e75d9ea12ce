"""Spaces of predictions (probabilities, log-probabilities, logits): recognised, checked and converted."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from xent.errors import DomainError, DTypeError, ShapeError, XentError

__all__ = ["SPACES", "TOLERANCE", "checked_matrix", "log_normaliser", "log_probs_of", "space_of"]

Array = NDArray[np.float64]

SPACES = ("probs", "log-probs", "logits")
"""Spaces that predictions may have, by the names of their options."""

TOLERANCE = 1e-5
"""Largest distance of a row's sum of probabilities from 1; single precision keeps well within it."""

_BLOCK = 1 << 16


def space_of(values: Array) -> str:
    """
    Space of `values` by their range and their sums.

    Parameters
    ----------
    values : ndarray of shape (n, K)
        Finite or ``-inf`` predictions, at least one.

    Returns
    -------
    {"probs", "log-probs", "logits"}
        Probabilities if all entries lie in [0, 1]; log-probabilities if none is above 1e-5 and the
        exponentials of each of the first 65,536 rows sum to 1 within 1e-5; otherwise logits.

    Examples
    --------
    >>> (
    ...     space_of(np.asarray([[0.2, 0.8]])),
    ...     space_of(np.log([[0.2, 0.8]])),
    ...     space_of(np.asarray([[-3.0, 2.0]])),
    ... )
    ('probs', 'log-probs', 'logits')
    """
    low, high = values.min(), values.max()
    if low >= 0 and high <= 1:
        return "probs"
    if high <= TOLERANCE and np.all(np.abs(log_normaliser(values[:_BLOCK])) <= TOLERANCE):
        return "log-probs"
    return "logits"


def log_probs_of(values: Any, space: str, *, normalize: bool = False, caller: str, argument: str) -> Array:
    """
    Checked log-probabilities in nats from predictions in `space`; nothing is clipped.

    Parameters
    ----------
    values : ndarray of shape (n, K)
        Predictions, one column for each class; a mask is ignored.
    space : {"probs", "log-probs", "logits"}
        Space of `values`.
    normalize : bool
        True to divide probabilities, also those of log-probabilities, by their sums, row by row, instead of
        refusing other sums than 1. Without it, sums within 1e-5 of 1 stay as they are.
    caller, argument : str
        Names for errors.

    Returns
    -------
    ndarray of shape (n, K)
        Log-probabilities in float64, at most 0; a new array unless `values` are such log-probabilities
        already.

    Raises
    ------
    DTypeError, ShapeError
        If `values` are not real numbers, or do not have two axes and at least one column.
    DomainError
        If `space` is unknown, an entry is nan or out of its range, by more than 1e-5 for log-probabilities, a
        row does not sum to 1 within 1e-5, or the largest entry of a row of logits is infinite; the message
        names the first row. With `normalize`, probabilities above 1 and any finite sum above 0 pass.
    """
    if space not in SPACES:
        raise DomainError(caller, "space", f"be one of {', '.join(map(repr, SPACES))}", got=repr(space))
    values = checked_matrix(values, caller=caller, argument=argument)
    if space == "logits":
        return _of_logits(values, caller, argument)
    if space == "probs":
        return _of_probs(values, caller, argument, normalize=normalize)
    _check_log_probs(values, caller, argument, normalize=normalize)
    if normalize:
        values = np.asarray(values - log_normaliser(values)[:, None])
    # A rounding error above 0, within the tolerance of the sums, would be a negative loss.
    return np.asarray(np.minimum(values, 0.0)) if values.size and values.max() > 0 else values


def log_normaliser(values: Array) -> Array:
    """
    Logarithm of the sum of exponentials of each row of `values`, (n, K) with K > 0, in nats: shape (n,).

    No exponential overflows. It is ``-inf`` for a row of ``-inf`` only, ``inf`` for one with ``inf``, and nan
    for one with nan.
    """
    out = np.empty(len(values))
    for start in range(0, len(values), _BLOCK):
        block = values[start : start + _BLOCK]
        peak = block.max(axis=1)
        # A row of -inf has no finite peak to subtract.
        shift = np.where(np.isfinite(peak), peak, 0.0)
        with np.errstate(divide="ignore"):
            out[start : start + _BLOCK] = shift + np.log(np.exp(block - shift[:, None]).sum(axis=1))
    return out


def checked_matrix(values: Any, *, caller: str, argument: str) -> Array:
    """
    `values` as float64 of shape (n, K), K > 0, without nan; infinities pass, and n may be 0.

    It is not a copy if it is so already. Raises `DTypeError` for other than real numbers, `ShapeError` for
    other axes, and `DomainError` with the first nan. Masks of masked arrays are ignored.
    """
    try:
        array = np.asarray(values)
        if array.dtype.kind not in "fiub":
            raise DTypeError(caller, argument, "hold real numbers", got=str(array.dtype))
        array = array.astype(np.float64, copy=False)
    except XentError:
        raise
    except (TypeError, ValueError) as error:
        raise DTypeError(caller, argument, "hold real numbers", got=str(error)) from None
    if array.ndim != 2 or array.shape[1] == 0:
        rule = "have shape (n, K), a row for each prediction and a column for each class"
        raise ShapeError(caller, argument, rule, got=f"shape {array.shape}")
    # The sum is nan if an entry is; only then are entries looked at one by one.
    with np.errstate(invalid="ignore", over="ignore"):
        suspicious = bool(np.isnan(array.sum()))
    if suspicious:
        wrong = np.argwhere(np.isnan(array))
        if len(wrong):
            hint = "Leave such rows out, or predict them."
            raise _fault(caller, argument, "not hold nan", values=array, wrong=wrong, hint=hint)
    return array


def _of_probs(values: Array, caller: str, argument: str, *, normalize: bool) -> Array:
    """
    Logarithms in nats, (n, K), of probabilities; with `normalize` of each row over its sum. 0 gives -inf.

    `values` have no nan. Raises `DomainError` for a negative entry, for a row of sum 0 or infinity, and
    without `normalize` for an entry above 1 or a sum that is not 1 within 1e-5.
    """
    if values.size and (values.min() < 0 or (values.max() > 1 and not normalize)):
        wrong = np.argwhere((values < 0) | ((values > 1) & (not normalize)))
        hint = "If these are logits or log-probabilities, say so with --logits or --log-probs."
        raise _fault(
            caller, argument, "lie in [0, 1], being probabilities", values=values, wrong=wrong, hint=hint
        )
    sums = values.sum(axis=1)
    with np.errstate(divide="ignore"):
        if normalize:
            _check_sums(np.where((sums > 0) & np.isfinite(sums), 1.0, sums), caller, argument)
            return np.asarray(np.log(values / sums[:, None]))
        _check_sums(sums, caller, argument)
        return np.asarray(np.log(values))


def _check_log_probs(values: Array, caller: str, argument: str, *, normalize: bool) -> None:
    """
    Raise `DomainError` for an entry above 1e-5, or a row whose probabilities do not sum to 1 within 1e-5.

    With `normalize` a sum need only be above 0 in float64, as it is unless all entries are below about -745;
    no entry may be above 1e-5 all the same. `values`, (n, K), have no nan and may hold -inf.
    """
    if values.size and values.max() > TOLERANCE:
        hint = "Give the logarithms of probabilities; for probabilities or logits name their space."
        rule = "be <= 0, being log-probabilities"
        wrong = np.argwhere(values > TOLERANCE)
        raise _fault(caller, argument, rule, values=values, wrong=wrong, hint=hint)
    sums = np.exp(log_normaliser(values))
    _check_sums(np.where(sums > 0, 1.0, sums) if normalize else sums, caller, argument)


def _of_logits(values: Array, caller: str, argument: str) -> Array:
    """
    Log-probabilities, (n, K), in nats, at most 0, of logits; `DomainError` for a row of invalid logits.

    Such a row has a largest logit that is infinite: it holds inf, or nothing but -inf.
    """
    normaliser = log_normaliser(values)
    wrong = np.flatnonzero(~np.isfinite(normaliser))
    if len(wrong):
        got = f"{values[wrong[0]].tolist()}"
        raise DomainError(
            caller, argument, "have a finite largest logit in each row", got=got, index=(int(wrong[0]),)
        )
    return np.asarray(np.minimum(values - normaliser[:, None], 0.0))


def _check_sums(sums: Array, caller: str, argument: str) -> None:
    """
    Raise `DomainError` with the first of `sums`, (n,), that is not 1 within 1e-5, and the number of such
    rows.

    A sum of nan or infinity counts as wrong.
    """
    wrong = np.flatnonzero(~(np.abs(sums - 1) <= TOLERANCE))
    if not len(wrong):
        return
    first = int(wrong[0])
    rows = "1 row" if len(wrong) == 1 else f"{len(wrong):,} rows"
    got = f"a sum of {sums[first]:.9g} and {rows} of {len(sums):,} that do not"
    hint = "Divide each row by its sum with --normalize (normalize=True), or name the space of the values."
    raise DomainError(
        caller, argument, "have probabilities that sum to 1 in each row", got=got, index=(first,), hint=hint
    )


def _fault(
    caller: str, argument: str, rule: str, *, values: Array, wrong: NDArray[Any], hint: str
) -> DomainError:
    """`DomainError`, not raised here, for the first of the indices `wrong`, (m, 2), and their number."""
    first = tuple(int(i) for i in wrong[0])
    count = "" if len(wrong) == 1 else f" and {len(wrong) - 1:,} more"
    return DomainError(caller, argument, rule, got=f"{values[first]:.9g}{count}", index=first, hint=hint)
