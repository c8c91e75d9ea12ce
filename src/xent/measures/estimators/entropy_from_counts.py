"""Entropy from counts by any of the estimators, chosen by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Literal

from numpy.typing import ArrayLike

from xent.errors import DomainError, XentError
from xent.measures.estimators.bayesian import bayesian_entropy
from xent.measures.estimators.bonachela import bonachela_entropy
from xent.measures.estimators.chao_shen import chao_shen_entropy
from xent.measures.estimators.chao_wang_jost import chao_wang_jost_entropy
from xent.measures.estimators.dirichlet_prior import Prior
from xent.measures.estimators.entropy_estimate import EntropyEstimate
from xent.measures.estimators.grassberger_1988 import grassberger_1988_entropy
from xent.measures.estimators.grassberger_2003 import grassberger_2003_entropy
from xent.measures.estimators.jackknife import jackknife_entropy
from xent.measures.estimators.james_stein import james_stein_entropy
from xent.measures.estimators.miller_madow import miller_madow_entropy
from xent.measures.estimators.nemenman_shafee_bialek import nemenman_shafee_bialek_entropy
from xent.measures.estimators.plug_in import plug_in_entropy
from xent.measures.estimators.schuermann_grassberger import schuermann_grassberger_entropy
from xent.measures.estimators.wolpert_wolf import wolpert_wolf_entropy
from xent.measures.estimators.zhang import zhang_entropy

__all__ = ["METHODS", "Method", "entropy_from_counts"]

Method = Literal[
    "plug_in", "miller_madow", "chao_shen", "grassberger_1988", "grassberger_2003", "schuermann_grassberger",
    "zhang", "chao_wang_jost", "james_stein", "bayesian", "wolpert_wolf", "jackknife", "bonachela",
    "nemenman_shafee_bialek", "nsb",
]  # fmt: skip

METHODS: Mapping[str, Callable[..., EntropyEstimate]] = MappingProxyType(
    {
        "plug_in": plug_in_entropy,
        "miller_madow": miller_madow_entropy,
        "chao_shen": chao_shen_entropy,
        "grassberger_1988": grassberger_1988_entropy,
        "grassberger_2003": grassberger_2003_entropy,
        "schuermann_grassberger": schuermann_grassberger_entropy,
        "zhang": zhang_entropy,
        "chao_wang_jost": chao_wang_jost_entropy,
        "james_stein": james_stein_entropy,
        "bayesian": bayesian_entropy,
        "wolpert_wolf": wolpert_wolf_entropy,
        "jackknife": jackknife_entropy,
        "bonachela": bonachela_entropy,
        "nemenman_shafee_bialek": nemenman_shafee_bialek_entropy,
        "nsb": nemenman_shafee_bialek_entropy,
    }
)

_WITH_PRIOR = ("bayesian", "wolpert_wolf")


def entropy_from_counts(
    counts: ArrayLike | Mapping[Any, int],
    /,
    *,
    method: Method = "plug_in",
    K: int | None = None,
    base: float | None = None,
    prior: Prior | None = None,
) -> EntropyEstimate:
    """
    Entropy of the distribution that `counts` were drawn from, in nats or in the unit of `base`.

    Parameters
    ----------
    counts : array_like of shape (m,), or mapping
        Number of observations in each category: whole numbers >= 0, at least one above 0. Of a mapping, such
        as `collections.Counter`, the values. For probabilities use `xent.measures.entropy`, for samples
        `entropy_from_samples`.
    method : str
        Name of the estimator: ``plug_in`` (maximum likelihood), ``miller_madow``, ``chao_shen``,
        ``grassberger_1988``, ``grassberger_2003``, ``schuermann_grassberger``, ``zhang``,
        ``chao_wang_jost``, ``james_stein``, ``bayesian``, ``wolpert_wolf``, ``jackknife``,
        ``bonachela`` or ``nemenman_shafee_bialek``, short ``nsb``.
    K : int, optional
        Number of possible categories, at least the observed number, which is the default. `K` must be passed
        for ``james_stein``, ``bayesian``, ``wolpert_wolf`` and ``nsb``; the value of ``bonachela`` depends on
        `K` too, those of the other methods do not.
    base : float, optional
        Base of the logarithm, > 0, finite and not 1; None, the default, means nats.
    prior : str or float, optional
        Pseudo-observations per category: ``"jeffreys"``, ``"laplace"``, ``"perks"``,
        ``"schuermann_grassberger"``, ``"minimax"`` or a number >= 0. Must be passed for ``bayesian`` and
        ``wolpert_wolf``, and not for other methods.

    Returns
    -------
    EntropyEstimate
        Value, standard error or None, K, n and the name of the method.

    Raises
    ------
    DTypeError
        If `counts` are not real numbers, `K` is not an integer, `base` is not a number, or `prior` is None
        where it must be passed, or neither a name nor a number.
    ShapeError
        If `counts` does not have exactly one axis.
    DomainError
        If a count is negative, fractional, not finite, masked or above 2**53, all counts are 0 or sum to
        2**63 or more, `K` is None where it must be passed or below the observed number of categories,
        `method` or `prior` is unknown, `prior` is passed to a method without a prior, `base` is not > 0,
        finite and not 1, or ``jackknife`` gets a single observation.

    Notes
    -----
    **Definition, edge cases, numerics.** Those of the function ``{method}_entropy``, with ``nsb`` short for
    ``nemenman_shafee_bialek``.

    Examples
    --------
    Nine observations of five categories: the number of possible categories changes the result more than the
    method does.

    >>> entropy_from_counts([1, 2, 3, 2, 1]).value
    1.52295...
    >>> entropy_from_counts([1, 2, 3, 2, 1], method="nsb", K=5).value
    1.50900...
    >>> entropy_from_counts([1, 2, 3, 2, 1], method="nsb", K=1000).value
    2.24685...
    """
    caller = "entropy_from_counts"
    # A tuple, in which a list is looked up too.
    if method not in tuple(METHODS):
        raise DomainError(caller, "method", f"be one of {', '.join(METHODS)}", got=repr(method))
    numbers = list(counts.values()) if isinstance(counts, Mapping) else counts
    if prior is not None and method not in _WITH_PRIOR:
        rule = f"be left out with method {method!r}"
        hint = "A prior belongs to the methods 'bayesian' and 'wolpert_wolf'."
        raise DomainError(caller, "prior", rule, got=repr(prior), hint=hint)
    priors = {"prior": prior} if method in _WITH_PRIOR else {}
    try:
        return METHODS[method](numbers, K=K, base=base, **priors)
    except XentError as error:
        error.caller = caller
        raise
