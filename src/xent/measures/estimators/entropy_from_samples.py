"""Entropy from samples."""

from __future__ import annotations

from xent.measures.estimators.category_codes import Samples, category_codes
from xent.measures.estimators.dirichlet_prior import Prior
from xent.measures.estimators.entropy_estimate import EntropyEstimate
from xent.measures.estimators.entropy_from_counts import Method, entropy_from_counts

__all__ = ["entropy_from_samples"]


def entropy_from_samples(
    samples: Samples,
    /,
    *,
    method: Method = "plug_in",
    K: int | None = None,
    base: float | None = None,
    prior: Prior | None = None,
) -> EntropyEstimate:
    """
    Entropy of the distribution that `samples` were drawn from, in nats or in the unit of `base`.

    Parameters
    ----------
    samples : iterable of n hashables, or array of shape (n,)
        One category for each observation: integers, strings or any hashables, None among them; a text
        is the sequence of its characters. Floats are refused: see `kozachenko_leonenko_entropy`.
    method, K, base, prior
        As for `entropy_from_counts`.

    Returns
    -------
    EntropyEstimate
        Value, standard error or None, K, n and the name of the method.

    Raises
    ------
    DTypeError
        If the samples are floats or not hashable.
    ShapeError
        If they have not one axis.
    DomainError
        If there are none, or as `entropy_from_counts`.

    Notes
    -----
    **Definition.** The samples are counted, and the counts estimated from. Symbols are the same if Python
    finds them equal: ``1`` and ``"1"`` differ, ``1`` and ``True`` do not.

    **Edge cases and numerics.** Those of the method. Integers of a small range are counted in one pass.

    Examples
    --------
    >>> entropy_from_samples("abracadabra", base=2).value
    2.04037...
    """
    found = category_codes(samples, where="entropy_from_samples")
    return entropy_from_counts(found.counts(), method=method, K=K, base=base, prior=prior)
