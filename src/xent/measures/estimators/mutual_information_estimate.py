"""What an estimator of a mutual information answers."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["MutualInformationEstimate"]


@dataclass(frozen=True, slots=True)
class MutualInformationEstimate:
    """
    An estimated mutual information, in the unit it was asked for: nats without a base.

    Parameters
    ----------
    value : float
        The estimate. It is not clipped: near independence a corrected estimate is often negative.
    standard_error : float or None
        By the delta method; None where no such number is established for the method.
    K : tuple of (int or None), two of them
        Numbers of categories observed in x and in y; None for a continuous variable.
    n : int
        Number of pairs.
    method : str
        Name of the estimator.
    p_value : float or None
        Of the permutation test of independence, if one was asked for.
    """

    value: float
    standard_error: float | None
    K: tuple[int | None, int | None]
    n: int
    method: str
    p_value: float | None = None
