"""
Search for the coarsest tolerance of each rival that reaches the minimum to 1e-6, in fits of limited time.

Tolerances are decades. What is found is stored beside the rows, so that a rerun does not search again. A fit
that exceeds the limit is ended by a timer of processor time (rivals call Python at every step), and so is the
search for that rival: a finer tolerance would take longer.
"""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from benchmarks.fit_rivals import TARGET, Point, fitter_of, objective, rival_names

__all__ = ["TOLERANCES", "TooSlowError", "at_most", "search"]

TOLERANCES = tuple(10.0**-k for k in range(1, 9))


class TooSlowError(Exception):
    """A fit exceeds its seconds of processor time."""


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Context manager that raises `TooSlowError` in the block after some seconds of processor time."""

    def end(_signal: int, _frame: object) -> None:
        raise TooSlowError

    before = signal.signal(signal.SIGPROF, end)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def search(X: Any, y: Any, least: float, limit: float) -> dict[str, dict[str, float | None]]:
    """
    For each rival its tolerance, the error and the seconds of a fit with it.

    The error is None if no tolerance reaches the minimum in `limit` seconds of a fit. One thread, for two of
    BLAS beside another process take many times as long.
    """
    with threadpool_limits(1):
        return {name: _coarsest(name, X, y, least, limit) for name in rival_names(X, y)}


def _coarsest(name: str, X: Any, y: Any, least: float, limit: float) -> dict[str, float | None]:
    seconds = 0.0
    for tol in (None,) if name == "statsmodels" else TOLERANCES:
        began = time.process_time()
        point = _fitted(name, tol, X, y, limit)
        seconds = time.process_time() - began
        if point is None:
            break
        error = (objective(point, X, y) - least) / least
        if error <= TARGET:
            return {"tol": tol, "error": error, "seconds": seconds}
    return {"tol": None, "error": None, "seconds": seconds}


def _fitted(name: str, tol: float | None, X: Any, y: Any, seconds: float) -> Point | None:
    """Point of a rival's fit; None if it takes longer, or the rival cannot fit these data."""
    try:
        with at_most(seconds):
            return fitter_of(name, tol, X, y)()
    except (TooSlowError, np.linalg.LinAlgError, ValueError):
        return None
