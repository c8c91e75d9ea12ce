"""Mutual information of two discrete variables from paired samples."""

from __future__ import annotations

from typing import Literal

import numpy as np

from xent.arrays import checked_integer
from xent.errors import DomainError, ShapeError
from xent.measures.estimators.category_codes import (
    CategoryCodes,
    Integers,
    Samples,
    category_codes,
    joint_counts,
)
from xent.measures.estimators.count_spectrum import Floats
from xent.measures.estimators.logarithm_base import nats_per_unit
from xent.measures.estimators.mutual_information_estimate import MutualInformationEstimate
from xent.measures.kl_divergence import kl_divergence

__all__ = ["mutual_information_from_samples"]


def mutual_information_from_samples(
    x: Samples,
    y: Samples,
    /,
    *,
    method: Literal["plug_in", "miller_madow"] = "plug_in",
    permutations: int = 0,
    seed: int | None = None,
    base: float | None = None,
) -> MutualInformationEstimate:
    r"""
    Mutual information of paired samples of categories, in nats or in the unit of `base`.

    Parameters
    ----------
    x, y : iterables of n hashables, or arrays of shape (n,)
        Category of each observation: integers, strings or any hashables, but no floats.
    method : {"plug_in", "miller_madow"}
        Estimator: plug-in from the observed frequencies, or with the first-order bias corrected.
    permutations : int
        Number of random permutations for a test of independence; 0, the default, means no test.
    seed : int, optional
        Seed of the permutations; must be passed if `permutations` is positive.
    base : float, optional
        Base of the logarithm, > 0, finite and not 1; None, the default, means nats.

    Returns
    -------
    MutualInformationEstimate
        Estimate with the standard error of the delta method and, if the test was requested, the p-value.

    Raises
    ------
    DTypeError
        If a sample is a mapping or not iterable, or holds floats or entries that are not hashable,
        `permutations` or `seed` is not an integer, or `base` is not a number.
    ShapeError
        If a sample does not have exactly one axis, or the two differ in length.
    DomainError
        If the samples are empty or have a masked entry, `method` is unknown, `permutations` or `seed` is
        negative, `permutations` is positive without a `seed`, or `base` is not > 0, finite and not 1.

    See Also
    --------
    kraskov_mutual_information : Estimator for two continuous variables.
    ross_mutual_information : Estimator for a discrete and a continuous variable.

    Notes
    -----
    **Definition.** Plug-in: :math:`\hat I = \sum_{ij} \hat p_{ij} \log (\hat p_{ij} / (\hat p_i \hat p_j))`.
    Miller-Madow: :math:`\hat I + (K_x + K_y - K_{xy} - 1) / (2 n)` with the numbers of categories and of
    pairs that were observed, which corrects each of the three entropies. The p-value is
    :math:`(1 + b) / (1 + B)`, with `b` of `B` permutations reaching the value of the sample.

    **Edge cases.** Frequencies that are exactly independent give exactly 0, with a standard error of 0
    because the first-order term of the delta method vanishes. The corrected value may be negative.

    **Numerics.** The value is a divergence of whole numbers, :math:`n n_{ij}` from :math:`n_i n_j`, without
    negative terms: a weak dependence loses no digits up to ``n = 9e7``, above which these numbers are not
    exact in 64-bit floats. Pairs of small ranges of codes are counted in one pass, others by sorting.

    References
    ----------
    .. [1] Roulston, M. S. (1999). Estimating the errors on measured entropy and mutual information.
       Physica D 125.
    .. [2] Phipson, B., Smyth, G. K. (2010). Permutation p-values should never be zero. Stat. Appl.
       Genet. Mol. Biol. 9(1).

    Examples
    --------
    >>> mutual_information_from_samples("aabb", "xxyy", base=2).value
    1.0
    >>> mutual_information_from_samples([0, 0, 1, 1], [0, 1, 0, 1], method="miller_madow").value
    -0.125
    """
    caller = "mutual_information_from_samples"
    unit = nats_per_unit(base, caller=caller)
    of_x, of_y = (
        category_codes(x, caller=caller, argument="x"),
        category_codes(y, caller=caller, argument="y"),
    )
    _check(of_x, of_y, method, permutations, seed, caller=caller)
    pairs = _Pairs(of_x, of_y)
    value = pairs.plug_in()
    if method == "miller_madow":
        value += (pairs.K[0] + pairs.K[1] - len(pairs.joint) - 1) / (2 * pairs.n)
    p_value = _p_value(of_x, of_y, permutations, seed) if permutations else None
    return MutualInformationEstimate(value / unit, pairs.error() / unit, pairs.K, pairs.n, method, p_value)


class _Pairs:
    """Counts of the pairs that occur, and products of the counts of the pairs' parts, as exact floats."""

    def __init__(self, x: CategoryCodes, y: CategoryCodes) -> None:
        joint, of_x, of_y, _ = joint_counts(x, y)
        self.n = len(x.codes)
        self.joint: Floats = joint.astype(np.float64)
        self.product: Floats = of_x.astype(np.float64) * of_y
        self.K = (int(np.count_nonzero(x.counts())), int(np.count_nonzero(y.counts())))

    def plug_in(self) -> float:
        """Plug-in estimate in nats."""
        square = float(self.n) ** 2
        # Pairs that do not occur contribute their share of the product of the marginals.
        truth = np.append(self.n * self.joint, 0.0)
        model = np.append(self.product, max(square - self.product.sum(), 0.0))
        return float(kl_divergence(truth, model, validate=False)) / square

    def error(self) -> float:
        """Standard error of `plug_in` in nats, by the delta method."""
        log_ratio = np.log(self.n * self.joint / self.product)
        share = self.joint / self.n
        return float(np.sqrt(np.sum(share * (log_ratio - np.sum(share * log_ratio)) ** 2) / self.n))


def _p_value(x: CategoryCodes, y: CategoryCodes, permutations: int, seed: int | None) -> float:
    """
    P-value of the permutation test of independence: ``(1 + reached) / (1 + permutations)``, so never 0.

    `reached` counts the permutations of `y` with a mutual information at least that of the samples; without
    permutations the result is 1. For fixed margins the mutual information is an increasing function of the
    sum of ``c log(c)`` over the counts of pairs, so only that sum is computed. A `seed` of None is not
    repeatable.
    """
    rng = np.random.default_rng(seed)
    # The sums of equal tables with another order of cells may differ by rounding; they count as reached.
    sample = _order(joint_counts(x, y)[0]) * (1 - 1e-12)
    reached = 0
    for _ in range(permutations):
        shuffled = CategoryCodes(rng.permutation(y.codes), y.size, y.symbols)
        reached += _order(joint_counts(x, shuffled)[0]) >= sample
    return (1 + reached) / (1 + permutations)


def _order(joint: Integers) -> float:
    """Sum of ``c log(c)`` over the counts of pairs."""
    # Marginals stay under permutations, so that this orders tables as their mutual information does.
    return float(np.sum(joint * np.log(joint)))


def _check(
    x: CategoryCodes, y: CategoryCodes, method: str, permutations: int, seed: int | None, *, caller: str
) -> None:
    """
    Raise `ShapeError` if lengths differ, and `DomainError` if `method` is unknown or `permutations` is
    negative.

    A `seed` of None raises `DomainError` unless `permutations` is 0.
    """
    if len(x.codes) != len(y.codes):
        rule = f"have shape {x.codes.shape}, that of `x`"
        raise ShapeError(caller, "y", rule, got=str(y.codes.shape), hint="Samples are paired by position.")
    if method not in ("plug_in", "miller_madow"):
        raise DomainError(caller, "method", "be 'plug_in' or 'miller_madow'", got=repr(method))
    checked_integer(permutations, "permutations", least=0, caller=caller)
    if seed is not None:
        checked_integer(seed, "seed", least=0, caller=caller)
    elif permutations:
        hint = "Pass an integer, so that the p-value can be repeated."
        raise DomainError(caller, "seed", "be given with `permutations`", got="None", hint=hint)
