"""Smooth calibration error: kernel-smoothed residuals at the bandwidth that equals the error itself."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.fft import dct, idct

__all__ = ["smooth_calibration_error"]

Array = NDArray[np.float64]

_CELLS = 4096
_HALVINGS = 30


def smooth_calibration_error(
    forecasts: Array, events: NDArray[np.bool_], weights: Array | None = None
) -> float:
    r"""
    Smooth calibration error of probabilities of events, in [0, 1].

    Parameters
    ----------
    forecasts : ndarray of shape (n,)
        Probabilities.
    events : ndarray of bool, of shape (n,)
        True where the event happened.
    weights : ndarray of shape (n,), optional
        Weight of each row, with a positive sum.

    Returns
    -------
    float
        The error to 2**-30, 0 if it is at most twice that; below the width of a cell, see Numerics, it is
        about the sum of the cells' absolute residuals.

    Notes
    -----
    **Definition.** :math:`\mathrm{smECE}_\sigma = \int_0^1 |\sum_i \tilde K_\sigma(t, f_i) (f_i - y_i) / n|\,
    dt` with a Gaussian kernel reflected at 0 and 1, at the :math:`\sigma` for which it equals :math:`\sigma`.
    It has no bins, is consistent, and changes continuously with the forecasts.

    **Numerics.** Residuals are collected in 4,096 cells; reflection makes the smoothing a product in the
    cosine basis, :math:`e^{-(\pi k \sigma)^2 / 2}`. :math:`\mathrm{smECE}_\sigma` falls with :math:`\sigma`,
    so bisection finds the fixed point.

    References
    ----------
    .. [1] Błasiok, J. and Nakkiran, P. (2023). Smooth ECE: principled reliability diagrams via kernel
       smoothing. arXiv:2309.12236.

    Examples
    --------
    >>> float(smooth_calibration_error(np.full(100, 0.5), np.arange(100) % 2 == 0))
    0.0
    """
    w = np.full(len(forecasts), 1 / len(forecasts)) if weights is None else weights / weights.sum()
    cell = np.minimum((forecasts * _CELLS).astype(np.int64), _CELLS - 1)
    residuals = np.bincount(cell, weights=w * (forecasts - events), minlength=_CELLS)
    spectrum = dct(residuals, type=2, norm="ortho")
    order = np.pi * np.arange(_CELLS)

    def smoothed(sigma: float) -> float:
        return float(np.abs(idct(spectrum * np.exp(-((order * sigma) ** 2) / 2), type=2, norm="ortho")).sum())

    low, high = 0.0, 1.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if smoothed(middle) > middle:
            low = middle
        else:
            high = middle
    # Below the width of a cell the error is not resolved; residuals that cancel exactly have none.
    return high if high > 2.0 ** (1 - _HALVINGS) else 0.0
