"""Result of an estimator of a mutual information."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["MutualInformationEstimate"]


@dataclass(frozen=True, slots=True)
class MutualInformationEstimate:
    """
    Estimated mutual information in the requested unit: nats, or the unit of `base`.

    Parameters
    ----------
    value : float
        Estimate, not clipped: for nearly independent variables a bias-corrected estimate is often negative.
    standard_error : float or None
        Standard error by the delta method; None if no standard error is established for the method.
    K : tuple of two (int or None)
        Numbers of categories observed in x and in y; None for a continuous variable.
    n : int
        Number of pairs.
    method : str
        Name of the estimator.
    p_value : float or None
        p-value of the permutation test of independence; None if the test was not requested.
    """

    value: float
    standard_error: float | None
    K: tuple[int | None, int | None]
    n: int
    method: str
    p_value: float | None = None
