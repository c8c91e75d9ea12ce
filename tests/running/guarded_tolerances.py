"""
Guard of absolute tolerances: one that is not far below the numbers it compares would let anything pass.

A kernel that writes 0 passes a comparison whose `atol` is above the gradients. So NumPy's two comparisons,
when a test calls them, refuse an `atol` above a hundredth of the median of the expected numbers; zeros do not
count. If all are 0, an absolute tolerance is the only one.
"""

import functools
import inspect
import sys

import numpy as np
import pytest

__all__ = ["MOST_OF_MEDIAN", "check_tolerance"]

MOST_OF_MEDIAN = 0.01


def check_tolerance(expected, atol):
    """Raise `ValueError` unless `atol` is far below the median of the expected numbers."""
    if not np.any(atol):
        return
    sizes = np.abs(np.asarray(expected, dtype=complex))
    sizes = sizes[np.isfinite(sizes) & (sizes > 0)]
    if sizes.size and np.max(atol) > MOST_OF_MEDIAN * np.median(sizes):
        message = (
            f"atol={np.max(atol):g} is not far below the expected numbers, of median {np.median(sizes):g}"
        )
        raise ValueError(message)


def guarded(compare):
    """`compare` with its tolerance checked when a test calls it."""
    signature = inspect.signature(compare)

    @functools.wraps(compare)
    def checked(*arguments, **options):
        if sys._getframe(1).f_globals.get("__name__", "").startswith("tests."):  # noqa: SLF001 - its caller, at little cost
            given = signature.bind(*arguments, **options)
            given.apply_defaults()
            expected = list(given.arguments.values())[1]
            check_tolerance(expected, given.arguments["atol"])
        return compare(*arguments, **options)

    return checked


@pytest.fixture(autouse=True, scope="session")
def _guarded_tolerances():
    """Guards of NumPy's comparisons for the whole run."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(np.testing, "assert_allclose", guarded(np.testing.assert_allclose))
        patch.setattr(np, "allclose", guarded(np.allclose))
        yield
