"""Entropy from samples of categories."""

from __future__ import annotations

from xent.errors import XentError
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
        Category of each observation: an integer, a string or any other hashable, including None, but no
        float. A string is a sample of its characters. For continuous samples use
        `kozachenko_leonenko_entropy`.
    method : str
        Name of the estimator, one of those of `entropy_from_counts`; ``"plug_in"`` by default.
    K : int, optional
        Number of possible categories, at least the observed number, which is the default; must be passed for
        the methods ``james_stein``, ``bayesian``, ``wolpert_wolf`` and ``nsb``.
    base : float, optional
        Base of the logarithm, > 0, finite and not 1; None, the default, means nats.
    prior : str or float, optional
        Pseudo-observations per category; must be passed for ``bayesian`` and ``wolpert_wolf``, and not for
        other methods.

    Returns
    -------
    EntropyEstimate
        Value, standard error or None, K, n and the name of the method.

    Raises
    ------
    DTypeError
        If `samples` are a mapping or not iterable, or hold floats or entries that are not hashable, `K` is
        not an integer, `base` is not a number, or `prior` is None where it must be passed, or neither a name
        nor a number.
    ShapeError
        If `samples` does not have exactly one axis.
    DomainError
        If `samples` is empty or has a masked entry, or `method`, `K`, `base` or `prior` is invalid, as listed
        in `entropy_from_counts`.

    Notes
    -----
    **Definition.** Result of `entropy_from_counts` for the counts of the symbols. Symbols are the same if
    they compare equal in Python: ``1`` and ``"1"`` differ, ``1`` and ``True`` do not.

    **Edge cases and numerics.** Those of the method. Integers of a small range are counted in one pass.

    Examples
    --------
    >>> entropy_from_samples("abracadabra", base=2).value
    2.04037...
    """
    caller = "entropy_from_samples"
    found = category_codes(samples, caller=caller)
    try:
        return entropy_from_counts(found.counts(), method=method, K=K, base=base, prior=prior)
    except XentError as error:
        error.caller = caller
        error.rename({"counts": "samples"})
        raise
