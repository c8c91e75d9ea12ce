"""
Shape of each kind of heartbeat on one lead: the place, height and width of its waves.

Synthetic and schematic: not for clinical use.

The kinds are the beat annotations of the MIT-BIH Arrhythmia Database. The normal beat is that of McSharry,
Clifford, Tarassenko and Smith (2003), A dynamical model for generating synthetic electrocardiogram
signals, IEEE Transactions on Biomedical Engineering 50(3), 289-294, table I; the other beats differ from the
normal beat as textbooks of electrocardiography describe.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["BEAT_COUNTS", "BEAT_NAMES", "BEAT_SHAPES", "WAVES", "BeatShape"]

BEAT_NAMES = {
    "N": "normal",
    "L": "left bundle branch block",
    "R": "right bundle branch block",
    "e": "atrial escape",
    "j": "nodal (junctional) escape",
    "A": "atrial premature",
    "a": "aberrated atrial premature",
    "J": "nodal (junctional) premature",
    "S": "supraventricular premature",
    "V": "premature ventricular contraction",
    "E": "ventricular escape",
    "F": "fusion of ventricular and normal",
    "/": "paced",
    "f": "fusion of paced and normal",
    "Q": "unclassifiable",
}
"""Symbol of each kind of heartbeat, as the MIT-BIH annotations write it, and its name."""

# Beats of each kind in the MIT-BIH Arrhythmia Database (Moody and Mark 2001, 109,494 beats).
BEAT_COUNTS = {
    "N": 75052,
    "L": 8075,
    "R": 7259,
    "e": 16,
    "j": 229,
    "A": 2546,
    "a": 150,
    "J": 83,
    "S": 2,
    "V": 7130,
    "E": 106,
    "F": 803,
    "/": 7028,
    "f": 982,
    "Q": 33,
}

WAVES = ("spike", "P", "Q", "R", "R'", "S", "T")
_Wave = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class BeatShape:
    """
    One kind of beat.

    Parameters
    ----------
    waves : array of shape (7, 3)
        Per wave of `WAVES`: angle of its centre in radians (a whole beat is 2 pi, R is at 0), height in
        millivolts, width in radians as the standard deviation of a Gaussian. A wave of height 0 is absent.
    rr_before, rr_after : float
        Time to the previous and to the next beat, as multiples of the usual time.
    wobble : float
        Spread of the waves between beats of this kind, relative to the usual spread.
    """

    waves: NDArray[np.float64]
    rr_before: float = 1.0
    rr_after: float = 1.0
    wobble: float = 1.0


def _normal() -> dict[str, _Wave]:
    """
    Angle in radians from R, height in mV and width in radians of each wave of the normal beat, by its name.

    The waves are P, Q, R, S and T.
    """
    # Integrating equation (1) of the paper without its pull to the baseline, a wave of table I with
    # parameters a and b has height a b^2 and width b. Heights are scaled to an R wave of 1 mV.
    table = {
        "P": (-np.pi / 3, 1.2, 0.25),
        "Q": (-np.pi / 12, -5.0, 0.1),
        "R": (0.0, 30.0, 0.1),
        "S": (np.pi / 12, -7.5, 0.1),
        "T": (np.pi / 2, 0.75, 0.4),
    }
    scale = 1 / (30.0 * 0.1**2)
    return {wave: (angle, scale * a * b**2, b) for wave, (angle, a, b) in table.items()}


def _shape(rr: tuple[float, float] = (1.0, 1.0), wobble: float = 1.0, **changed: _Wave | None) -> BeatShape:
    """
    Normal beat with some waves `changed`: by name (angle, height, width), or None to leave the wave out.

    Angles and widths are in radians, heights in mV; `R2` names the wave R'. `rr` holds the times to the
    previous and to the next beat, as multiples of the usual time, and `wobble` the spread of waves, relative
    to the usual.
    """
    waves = np.zeros((len(WAVES), 3))
    waves[:, 2] = 1.0
    # R' cannot be a keyword, so R2 stands for R'.
    asked = {wave.replace("2", "'"): values for wave, values in changed.items()}
    for wave, values in {**_normal(), **asked}.items():
        if values is not None:
            waves[WAVES.index(wave)] = values
    return BeatShape(waves, *rr, wobble)


def _mean(first: BeatShape, second: BeatShape, **changed: _Wave) -> BeatShape:
    """
    Beat between two, with mean heights and mean times to the neighbours, and the usual spread.

    A wave that only one of the beats has takes that beat's angle and width, at half its height; of a wave
    that both have, these are means. `changed` then sets waves, also those that neither beat has: angle in
    radians, height in mV and width in radians by the name of a wave in `WAVES`.
    """
    # Fusion beat: two impulses meet, and each contributes half of the beat.
    waves = first.waves.copy()
    waves[:, 1] = (first.waves[:, 1] + second.waves[:, 1]) / 2
    absent = first.waves[:, 1] == 0
    waves[absent, 0], waves[absent, 2] = second.waves[absent, 0], second.waves[absent, 2]
    both = ~absent & (second.waves[:, 1] != 0)
    waves[both] = (first.waves[both] + second.waves[both]) / 2
    for wave, values in changed.items():
        waves[WAVES.index(wave)] = values
    return BeatShape(waves, (first.rr_before + second.rr_before) / 2, (first.rr_after + second.rr_after) / 2)


_NORMAL = _shape()
# No P wave; the impulse spreads from muscle to muscle, so QRS is wide and tall and T is opposite to QRS.
_VENTRICULAR = _shape(
    (0.62, 1.38), P=None, Q=None, R=(0.08, 1.5, 0.33), S=(0.75, -0.25, 0.2), T=(1.95, -0.6, 0.45)
)
_PACED = _shape(
    (1.0, 1.0),
    0.5,
    spike=(-0.55, 0.8, 0.045),
    P=None,
    Q=None,
    R=(0.0, -1.1, 0.3),
    S=None,
    T=(1.8, 0.55, 0.45),
)

BEAT_SHAPES = {
    "N": _NORMAL,
    # The left ventricle is late: QRS is wide and notched, without Q; T is opposite to QRS.
    "L": _shape(Q=None, R=(-0.12, 0.75, 0.17), R2=(0.36, 0.8, 0.19), S=None, T=(1.75, -0.35, 0.4)),
    # The right ventricle is late: a narrow R, then a wide and slurred S.
    "R": _shape(Q=(-0.26, -0.08, 0.08), R=(0.0, 0.85, 0.1), S=(0.48, -0.5, 0.22), T=(1.65, 0.35, 0.4)),
    # Late impulse from another place in the atria: a small and early P.
    "e": _shape((1.45, 1.0), P=(-0.85, 0.1, 0.2)),
    # Late impulse from the node: P is inverted and comes after QRS.
    "j": _shape((1.5, 1.0), P=(0.55, -0.12, 0.14)),
    # Early impulse from another place in the atria: P is pointed and closer to QRS.
    "A": _shape((0.66, 1.2), P=(-0.88, 0.2, 0.14)),
    # Early atrial impulse, so early that the right bundle is still refractory.
    "a": _shape(
        (0.55, 1.25), P=(-0.88, 0.2, 0.14), R=(0.0, 0.9, 0.14), S=(0.5, -0.45, 0.24), T=(1.6, 0.25, 0.4)
    ),
    # Early impulse from the node: P is inverted, just before QRS.
    "J": _shape((0.68, 1.2), P=(-0.5, -0.15, 0.12)),
    # Early impulse from above the ventricles, with a P that is hardly visible.
    "S": _shape((0.6, 1.15), P=(-0.7, 0.04, 0.2), T=(1.5, 0.28, 0.4)),
    "V": _VENTRICULAR,
    # As the ventricular beat, but late, since no other impulse came.
    "E": _shape((1.7, 1.1), P=None, Q=None, R=(0.1, 1.1, 0.38), S=(0.8, -0.3, 0.22), T=(2.0, -0.45, 0.5)),
    "F": _mean(_VENTRICULAR, _NORMAL),
    "/": _PACED,
    "f": _mean(_PACED, _NORMAL, spike=(-0.55, 0.7, 0.045)),
    "Q": _shape((0.9, 1.0), 4.0, T=(1.6, 0.2, 0.5)),
}
