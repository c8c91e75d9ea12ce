"""What an estimator of an entropy answers."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["EntropyEstimate"]


@dataclass(frozen=True, slots=True)
class EntropyEstimate:
    """
    An estimated entropy, in the unit it was asked for: nats without a base.

    Parameters
    ----------
    value : float
        The estimate. Bias corrections are not clipped: it may leave ``0 .. log K``.
    standard_error : float or None
        Standard deviation of the estimate over repeated samples, or of the posterior where `method` is a
        posterior mean; None where no such number is established for the method.
    K : int or None
        Number of categories that the estimate assumes, or counted; None for continuous samples.
    n : int
        Number of observations.
    method : str
        Name of the estimator.
    """

    value: float
    standard_error: float | None
    K: int | None
    n: int
    method: str
