"""
Random labelled heartbeats on one lead, with a chosen number, imbalance and noise.

Synthetic: not for clinical use.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from xent.data.heartbeat_shapes import BEAT_COUNTS, BEAT_SHAPES
from xent.data.signals.beat_samples import SAMPLES, sample_names, sample_times
from xent.errors import DataError

__all__ = ["heartbeat_table"]

_USUAL_RR = 0.85
_BATCH = 2048
_FEWEST_PER_CLASS = 2
# Frequency in Hz of the drift of the baseline by breathing: McSharry et al. (2003).
_BREATHING = 0.25


def heartbeat_table(
    rows: int = 10_000,
    *,
    noise: float = 0.1,
    imbalance: float = 0.5,
    label_noise: float = 0.0,
    seed: int = 0,
) -> pa.Table:
    r"""
    Heartbeats of 15 kinds as 128 samples in millivolts each. Synthetic, not for clinical use.

    Parameters
    ----------
    rows : int, default 10000
        Number of heartbeats; at least 30.
    noise : float, default 0.1
        Standard deviation of the noise of each sample in millivolts, 0 to 10; the baseline drifts with twice
        that amplitude. The R wave of a normal beat is about 1 millivolt high.
    imbalance : float, default 0.5
        0 for equal frequencies of all kinds, 1 for those of the MIT-BIH Arrhythmia Database, where two thirds
        of the beats are normal and some kinds occur twice in 100,000 beats; a number between raises those
        frequencies to this power.
    label_noise : float, default 0
        Share of the beats with the label of another kind, 0 to 1, limited by the two rows of each kind that
        keep their label.
    seed : int, default 0
        Seed of the random generator, at least 0: equal arguments give equal tables.

    Returns
    -------
    pyarrow.Table
        Columns ``mV at -400 ms`` to ``mV at +592 ms``, relative to R, in float32; ``rr_before`` and
        ``rr_after``, the seconds to the previous and to the next beat; and ``beat``, a symbol of
        `BEAT_NAMES`. The rows are in random order.

    Raises
    ------
    DataError
        If `rows` or `seed` is not a whole number, or an argument is out of the range above.

    Notes
    -----
    **Definition.** A beat is a sum of Gaussians, one per wave [1]_: with angle :math:`\theta_i`, height
    :math:`h_i` and width :math:`b_i` of wave :math:`i`, at the angle :math:`\theta = 2 \pi t`,

    .. math:: z(\theta) = \sum_i h_i \exp \left( -\frac{(\theta - \theta_i)^2}{2 b_i^2} \right).

    Heights, places and widths vary from beat to beat; waves more than 0.8 radians from R, such as P and T,
    move with the square root of the time since the beat before.

    **Edge cases.** Every kind has at least two rows, of which two keep their label at any label noise.

    References
    ----------
    .. [1] McSharry, P. E. et al. (2003). A dynamical model for generating synthetic electrocardiogram
       signals. IEEE Trans. Biomed. Eng. 50(3), 289-294. Equation 1 and table I.
    .. [2] Moody, G. B., Mark, R. G. (2001). The impact of the MIT-BIH Arrhythmia Database. IEEE Eng. in
       Med. and Biol. 20(3), 45-50.

    Examples
    --------
    >>> table = heartbeat_table(100, seed=7)
    >>> table.num_rows, table.num_columns, len(table["beat"].unique())
    (100, 131, 15)
    """
    _check(rows, noise, imbalance, label_noise, seed)
    rng = np.random.default_rng(seed)
    counts = _class_counts(rows, imbalance)
    kinds = rng.permutation(np.repeat(np.arange(len(counts)), counts))
    samples, intervals = _signals(kinds, noise, rng)
    labels = _with_label_noise(kinds, label_noise, rng)
    columns: dict[str, Any] = {name: samples[:, place] for place, name in enumerate(sample_names())}
    columns |= {"rr_before": intervals[:, 0], "rr_after": intervals[:, 1]}
    columns["beat"] = pa.DictionaryArray.from_arrays(labels.astype(np.int32), list(BEAT_SHAPES))
    return pa.table(columns)


def _check(rows: Any, noise: Any, imbalance: Any, label_noise: Any, seed: Any) -> None:
    """
    Raise `DataError` for an option of `heartbeat_table` that is no number or out of its range.

    `rows` must be whole and at least 30, `seed` whole and at least 0, `noise` in 0..10, `imbalance` and
    `label_noise` in 0..1.
    """
    fewest = _FEWEST_PER_CLASS * len(BEAT_SHAPES)
    for name, whole, least in (("rows", rows, fewest), ("seed", seed, 0)):
        if not isinstance(whole, int | np.integer) or whole < least:
            hint = "Every one of the 15 kinds needs two rows." if name == "rows" else ""
            rule = f"be a whole number of at least {least}"
            raise DataError("heartbeat_table", name, rule, got=repr(whole), hint=hint)
    for name, value, most in (
        ("noise", noise, 10),
        ("imbalance", imbalance, 1),
        ("label_noise", label_noise, 1),
    ):
        if not isinstance(value, int | float | np.number) or not 0 <= value <= most:
            raise DataError("heartbeat_table", name, f"lie in 0..{most}", got=repr(value))


def _class_counts(rows: int, imbalance: float) -> NDArray[np.int64]:
    """
    Rows of each kind, in the order of `BEAT_COUNTS`: two, and a share of the rest by largest remainders.

    They sum to `rows`, at least 30. Shares are proportional to the kinds' numbers in the MIT-BIH database to
    the power `imbalance`, 0 to 1.
    """
    weights = np.asarray(list(BEAT_COUNTS.values()), dtype=np.float64) ** imbalance
    exact = (rows - _FEWEST_PER_CLASS * len(weights)) * weights / weights.sum()
    counts = np.floor(exact).astype(np.int64)
    left = rows - _FEWEST_PER_CLASS * len(weights) - counts.sum()
    counts[np.argsort(counts - exact, kind="stable")[:left]] += 1
    return np.asarray(counts + _FEWEST_PER_CLASS)


def _signals(
    kinds: NDArray[np.int64], noise: float, rng: np.random.Generator
) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
    """
    Samples of each beat in mV, (n, SAMPLES), and the seconds to the beats before and after it, (n, 2).

    `kinds`, (n,), are places in `BEAT_SHAPES`. The samples hold white noise of the standard deviation `noise`
    in mV, and a slow sine of twice that amplitude. `rng` is advanced.
    """
    shapes = list(BEAT_SHAPES.values())
    factors = np.asarray([[shape.rr_before, shape.rr_after] for shape in shapes])[kinds]
    usual = _USUAL_RR * np.exp(0.18 * rng.standard_normal((len(kinds), 1)))
    intervals = usual * factors * np.exp(0.12 * rng.standard_normal((len(kinds), 2)))
    samples = np.empty((len(kinds), SAMPLES), dtype=np.float32)
    for start in range(0, len(kinds), _BATCH):
        part = slice(start, start + _BATCH)
        samples[part] = _beats(kinds[part], intervals[part, 0], rng) + _disturbance(
            len(samples[part]), noise, rng
        )
    return samples, intervals


def _beats(
    kinds: NDArray[np.int64], rr: NDArray[np.float64], rng: np.random.Generator
) -> NDArray[np.float32]:
    """
    Samples of beats in mV without noise, (n, SAMPLES): sums of Gaussian waves that vary from beat to beat.

    `kinds`, (n,), are places in `BEAT_SHAPES`; `rr`, (n,), are the seconds since the beat before. The angle
    of a wave more than 0.8 radians from R is multiplied by the square root of ``rr / 0.85``. Places, heights
    and widths vary by `rng`, which is advanced.
    """
    shapes = list(BEAT_SHAPES.values())
    waves = np.stack([shape.waves for shape in shapes])[kinds]
    wobble = np.asarray([shape.wobble for shape in shapes])[kinds][:, None]
    size = waves.shape[:2]
    # The width of QRS does not depend on the heart rate; P and T move closer at a fast rate.
    stretch = np.where(np.abs(waves[..., 0]) > 0.8, np.sqrt(rr / _USUAL_RR)[:, None], 1.0)
    angles = waves[..., 0] * stretch + 0.07 * wobble * rng.standard_normal(size)
    gain = np.exp(0.25 * rng.standard_normal((len(kinds), 1)))
    heights = waves[..., 1] * gain * (1 + 0.25 * wobble * rng.standard_normal(size))
    widths = waves[..., 2] * np.exp(0.2 * np.minimum(wobble, 2) * rng.standard_normal(size))
    theta = (2 * np.pi * sample_times()).astype(np.float32)
    total = np.zeros((len(kinds), SAMPLES), dtype=np.float32)
    for wave in range(size[1]):
        angle, height, width = (x[:, wave, None].astype(np.float32) for x in (angles, heights, widths))
        total += height * np.exp(-0.5 * ((theta - angle) / width) ** 2)
    return total


def _disturbance(rows: int, noise: float, rng: np.random.Generator) -> NDArray[np.float32]:
    phase = rng.uniform(0, 2 * np.pi, (rows, 1))
    drift = 2 * noise * np.sin(2 * np.pi * _BREATHING * sample_times() + phase)
    return np.asarray(drift + noise * rng.standard_normal((rows, SAMPLES)), dtype=np.float32)


def _with_label_noise(kinds: NDArray[np.int64], share: float, rng: np.random.Generator) -> NDArray[np.int64]:
    """
    Labels like `kinds`, (n,), of which ``round(share * n)`` are another kind, drawn evenly from the other 14.

    Two of each kind, drawn by `rng`, keep theirs; if fewer other rows are left, all of those change. `kinds`
    are places in `BEAT_SHAPES`; the result is a new array. `rng` is advanced.
    """
    order = rng.permutation(len(kinds))
    # The first two rows of each kind, in a random order, keep their label.
    by_kind = order[np.argsort(kinds[order], kind="stable")]
    place = np.arange(len(kinds)) - np.searchsorted(kinds[by_kind], kinds[by_kind])
    free = rng.permutation(by_kind[place >= _FEWEST_PER_CLASS])
    wrong = free[: round(share * len(kinds))]
    labels = kinds.copy()
    labels[wrong] = (kinds[wrong] + rng.integers(1, len(BEAT_SHAPES), len(wrong))) % len(BEAT_SHAPES)
    return labels
