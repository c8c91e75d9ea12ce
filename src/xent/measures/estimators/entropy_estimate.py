"""Result of an estimator of an entropy."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["EntropyEstimate"]


@dataclass(frozen=True, slots=True)
class EntropyEstimate:
    """
    Estimated entropy in the requested unit: nats, or the unit of `base`.

    Parameters
    ----------
    value : float
        Estimate. Bias corrections are not clipped, so the value may lie outside ``0 .. log K``.
    standard_error : float or None
        Standard deviation of the estimate over repeated samples, or of the posterior where `method` is a
        posterior mean; None if no standard error is established for the method.
    K : int or None
        Number of categories, as passed or else as observed; None for continuous samples.
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
