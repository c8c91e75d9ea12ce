"""Rounded samples: ties in a column, the step of its grid, and a scale that is the same for all columns."""

from __future__ import annotations

import numpy as np

from xent.errors import DomainError
from xent.measures.estimators.count_spectrum import Floats

__all__ = ["ROUNDING", "in_standard_units", "refuse_rounding", "spread_over_steps"]

ROUNDING = "rounding"
# Up to this share of ties, the bias of the estimates is below 0.01 nats.
_MOST_TIED = 0.1


def refuse_rounding(samples: Floats, *, caller: str, argument: str) -> None:
    """
    Raise `DomainError` if more than a tenth of the observations share their value with another, in one
    column.

    `samples` has shape (n, d); the first such column is named. A constant column is not refused: it has no
    grid, and carries no information.
    """
    for column in range(samples.shape[1]):
        values, counts = np.unique(samples[:, column], return_counts=True)
        tied = int(counts[counts > 1].sum())
        if len(values) > 1 and tied > _MOST_TIED * len(samples):
            place = f" in column {column}" if samples.shape[1] > 1 else ""
            hint = (
                f"Ties mean that the data are rounded or discrete. Pass `jitter={ROUNDING!r}` with a `seed`, "
                "which spreads each value over its rounding step, or use an estimator for discrete samples."
            )
            rule = "have no ties in more than a tenth of its observations"
            got = f"{tied} of {len(samples)} tied{place}"
            raise DomainError(caller, argument, rule, got=got, hint=hint)


def spread_over_steps(samples: Floats, rng: np.random.Generator) -> Floats:
    """
    `samples` with uniform noise of half the rounding step of its column to either side.

    The step is the smallest difference of two distinct values of the column. Noise of another shape, or of a
    smaller size, would leave the observations in clusters about the values of the grid.
    """
    steps = np.asarray([_step(samples[:, column]) for column in range(samples.shape[1])])
    return samples + steps * (rng.random(samples.shape) - 0.5)


def in_standard_units(samples: Floats) -> tuple[Floats, Floats]:
    """
    Columns of `samples`, (n, d), divided by their standard deviations, and these deviations, (d,).

    A constant column is divided by 1, and has 1 there. The deviations have the divisor n.
    """
    # Divided first: the square of a large number may overflow, that of a small one underflow.
    reach = np.abs(samples).max(axis=0)
    reach = np.where(reach > 0, reach, 1.0)
    scales = np.std(samples / reach, axis=0) * reach
    scales = np.where(scales > 0, scales, 1.0)
    return samples / scales, scales


def _step(column: Floats) -> float:
    """Smallest difference of two distinct values; 0 for a constant column."""
    differences = np.diff(np.unique(column))
    return float(differences.min()) if len(differences) else 0.0
