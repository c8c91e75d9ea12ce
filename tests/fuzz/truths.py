"""Numbers of mpmath as truths, and the comparison with them in units in the last place."""

import numpy as np
from mpmath import isnan, mp, mpf
from tests.relative_error import Exact, assert_within

__all__ = ["exact", "met", "number"]


def number(value):
    """A float as mpmath sees it."""
    return mpf(float(value))


def exact(values):
    """Numbers of mpmath, in lists of any depth, as pairs of floats."""
    if isinstance(values, (list, tuple)):
        parts = [exact(value) for value in values]
        if not parts:
            return Exact(np.zeros(0), np.zeros(0))
        return Exact(np.stack([part.hi for part in parts]), np.stack([part.lo for part in parts]))
    value = mpf(values)
    hi = float(value) if not isnan(value) else np.nan
    with mp.workdps(mp.dps + 20):
        lo = float(value - mpf(hi)) if np.isfinite(hi) else 0.0
    return Exact(np.asarray(hi), np.asarray(lo))


def met(units, found, truth, note, **options):
    """Raise, with a note, if `found` is more than `units` from the truth."""
    truth = truth if isinstance(truth, Exact) else exact(truth)
    found = np.asarray(found)
    try:
        assert_within(units, found.astype(found.dtype.newbyteorder("=")), truth, **options)
    except AssertionError as error:
        raise AssertionError(f"{note}: {error}") from None
