"""Windows of a signal around the beats, resampled to the samples of a heartbeat."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from xent.data.signals.beat_samples import RATE, SAMPLES, sample_times

__all__ = ["beat_windows", "low_passed"]

Array = NDArray[np.float64]

# Length of the low-pass filter in samples of the lower rate; its cutoff lies at 0.8 of the Nyquist frequency.
_FILTER_LENGTH = 16
_CUTOFF = 0.8


def low_passed(signal: Array, rate: float) -> Array:
    """
    `signal`, (n,), sampled `rate` times a second, without frequencies that `RATE` samples a second cannot
    hold.

    It is returned as it is at a `rate` of at most `RATE`, 128. The filter is a windowed sinc without delay,
    with its cutoff at 51.2 Hz; the signal continues beyond its ends with its end values and must hold no nan.
    """
    from scipy.ndimage import convolve1d
    from scipy.signal import firwin

    if rate <= RATE:
        return signal
    length = 2 * round(_FILTER_LENGTH * rate / RATE / 2) + 1
    taps = firwin(length, _CUTOFF * RATE / 2, fs=rate)
    return np.asarray(convolve1d(signal, taps, mode="nearest"))


def beat_windows(signal: Array, rate: float, times: Array) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """
    Samples around each of `times`, and True for beats whose window lies in the signal and holds numbers only.

    The window reaches from 400 ms before R to 592 ms after it; no nan may lie in it or within 62.5 ms of it.

    Parameters
    ----------
    signal : array of shape (n,)
        Signal in millivolts; nan where the recorder had none.
    rate : float
        Its samples a second.
    times : array of shape (m,)
        Time of each R in seconds.

    Returns
    -------
    samples : array of shape (m, SAMPLES)
        Values at the times of `sample_times` relative to R, by cubic splines of the low-passed signal, minus
        the median of the window; zeros for a beat that is not whole.
    whole : array of bool of shape (m,)
        True for beats that are whole.
    """
    from scipy.ndimage import map_coordinates

    gaps = np.isnan(signal)
    smooth = low_passed(np.where(gaps, 0.0, signal), rate)
    margin = _FILTER_LENGTH / RATE / 2
    offsets = sample_times()
    first = np.ceil((times + offsets[0] - margin) * rate).astype(np.int64)
    last = np.floor((times + offsets[-1] + margin) * rate).astype(np.int64)
    inside = (np.ceil((times + offsets[0]) * rate) >= 0) & ((times + offsets[-1]) * rate <= len(signal) - 1)
    before = np.concatenate([[0], np.cumsum(gaps)])
    held = before[np.clip(last + 1, 0, len(signal))] - before[np.clip(first, 0, len(signal))]
    whole = inside & (held == 0)
    out = np.zeros((len(times), SAMPLES), dtype=np.float32)
    places = (times[whole, None] + offsets) * rate
    windows = map_coordinates(smooth, places[None], order=3, mode="nearest")
    out[whole] = windows - np.median(windows, axis=1, keepdims=True)
    return out, whole
