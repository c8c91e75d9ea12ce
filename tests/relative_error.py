"""
The one comparison of numbers: extended relative error, in units in the last place.

Modelled on xsf's ``extended_relative_error``: equal values, and nan against nan, differ by 0; nan against
a number differs by infinity; a subnormal or zero truth is measured in smallest subnormals; a number that
overflowed early counts as the largest finite one. The truth may be given to more digits than its dtype holds.
"""

from dataclasses import dataclass

import numpy as np

__all__ = ["Exact", "assert_within", "units_apart"]


@dataclass(frozen=True)
class Exact:
    """A truth to twice the digits of a float64: ``hi + lo``."""

    hi: np.ndarray
    lo: np.ndarray

    def __getitem__(self, index):
        return Exact(self.hi[index], self.lo[index])


def units_apart(found, truth, *, scale=None, flushes=False):
    """
    How far `found` is from `truth`, in units in the last place of `truth`.

    With `scale`, in units in the last place of that; with `flushes`, no unit is smaller than the smallest
    normal number, for a library that replaces all below it by 0.
    """
    found = np.asarray(found)
    if not isinstance(truth, Exact):
        truth = Exact(np.asarray(truth, dtype=np.float64), np.zeros(np.shape(truth)))
    assert found.shape == truth.hi.shape, (found.shape, truth.hi.shape)
    limits = np.finfo(found.dtype)
    with np.errstate(all="ignore"):
        unit = _unit(truth.hi if scale is None else scale, limits, flushes=flushes)
        wide = found.astype(np.float64)
        early = np.isinf(wide) & np.isfinite(truth.hi) & (np.sign(wide) == np.sign(truth.hi))
        wide = np.where(early, np.sign(wide) * float(limits.max), wide)
        apart = np.abs((wide - truth.hi) - truth.lo) / unit
    same = (wide == truth.hi) & (truth.lo == 0) | np.isinf(wide) & (wide == truth.hi)
    apart = np.where(same | (np.isnan(wide) & np.isnan(truth.hi)), 0.0, apart)
    return np.where(np.isnan(apart), np.inf, apart)


def assert_within(units, found, truth, *, scale=None, flushes=False):
    """Raise, showing the worst entry, if `found` is more than `units` in the last place from `truth`."""
    found = np.asarray(found)
    apart = units_apart(found, truth, scale=scale, flushes=flushes)
    if apart.size and not apart.max() <= units:
        worst = np.unravel_index(np.argmax(apart), apart.shape)
        expected = (truth.hi if isinstance(truth, Exact) else np.asarray(truth))[worst]
        message = f"{apart[worst]:.3g} > {units} units apart at {worst}: {found[worst]!r}, truth {expected!r}"
        raise AssertionError(message)


def _unit(numbers, limits, *, flushes):
    smallest = float(limits.smallest_normal if flushes else limits.smallest_subnormal)
    inside = np.minimum(np.abs(numbers), float(limits.max)).astype(limits.dtype)
    return np.maximum(np.spacing(inside).astype(np.float64), smallest)
