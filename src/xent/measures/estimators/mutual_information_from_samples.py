"""Mutual information of two discrete variables from paired samples."""

from __future__ import annotations

from typing import Literal

import numpy as np

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
        One category for each observation: integers, strings or any hashables.
    method : {"plug_in", "miller_madow"}
        Frequencies as they are, or with the bias corrected to first order.
    permutations : int
        Number of random pairings for a test of independence; 0 for none.
    seed : int, optional
        Seed of the permutations, which must have one.
    base : float, optional
        Base of the logarithm; by default e, for nats.

    Returns
    -------
    MutualInformationEstimate
        With the standard error of the delta method and, if asked for, the p-value.

    Raises
    ------
    DTypeError
        If samples are floats or not hashable.
    ShapeError
        If they have not one axis, or are not equally long.
    DomainError
        If they are empty, `method` is unknown, or there are permutations without a seed.

    See Also
    --------
    kraskov_mutual_information : Both variables continuous.
    ross_mutual_information : One discrete, one continuous.

    Notes
    -----
    **Definition.** Plug-in: :math:`\hat I = \sum_{ij} \hat p_{ij} \log (\hat p_{ij} / (\hat p_i \hat p_j))`.
    Miller-Madow: :math:`\hat I + (K_x + K_y - K_{xy} - 1) / (2 n)` with the numbers of categories and of
    pairs that were observed, which corrects each of the three entropies. The p-value is
    :math:`(1 + b) / (1 + B)`, with `b` of `B` permutations reaching the value of the sample.

    **Edge cases.** Frequencies that are exactly independent give exactly 0, with a standard error of 0
    because the first-order term vanishes there. The corrected value may be negative.

    **Numerics.** A divergence of whole numbers, :math:`n n_{ij}` from :math:`n_i n_j`, in terms that are not
    negative: a faint dependence keeps its digits up to ``n = 9e7``, where these numbers cease to be exact.
    The work is one pass over the pairs where the ranges are small, and a sort of them otherwise.

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
    where = "mutual_information_from_samples"
    unit = nats_per_unit(base, where=where)
    of_x, of_y = category_codes(x, where=where, argument="x"), category_codes(y, where=where, argument="y")
    _check(of_x, of_y, method, permutations, seed, where=where)
    pairs = _Pairs(of_x, of_y)
    value = pairs.plug_in()
    if method == "miller_madow":
        value += (pairs.K[0] + pairs.K[1] - len(pairs.joint) - 1) / (2 * pairs.n)
    p_value = _p_value(of_x, of_y, permutations, seed) if permutations else None
    return MutualInformationEstimate(value / unit, pairs.error() / unit, pairs.K, pairs.n, method, p_value)


class _Pairs:
    """Counts of pairs that occur, and of their parts, as exact floats."""

    def __init__(self, x: CategoryCodes, y: CategoryCodes) -> None:
        joint, of_x, of_y, _ = joint_counts(x, y)
        self.n = len(x.codes)
        self.joint: Floats = joint.astype(np.float64)
        self.product: Floats = of_x.astype(np.float64) * of_y
        self.K = (int(np.count_nonzero(x.counts())), int(np.count_nonzero(y.counts())))

    def plug_in(self) -> float:
        square = float(self.n) ** 2
        # Pairs that do not occur add what independence would give them.
        truth = np.append(self.n * self.joint, 0.0)
        model = np.append(self.product, max(square - self.product.sum(), 0.0))
        return float(kl_divergence(truth, model, validate=False)) / square

    def error(self) -> float:
        log_ratio = np.log(self.n * self.joint / self.product)
        share = self.joint / self.n
        return float(np.sqrt(np.sum(share * (log_ratio - np.sum(share * log_ratio)) ** 2) / self.n))


def _p_value(x: CategoryCodes, y: CategoryCodes, permutations: int, seed: int | None) -> float:
    """Given the margins, the information grows with the sum of ``c log c`` over the counts of pairs."""
    rng = np.random.default_rng(seed)
    # Equal tables in another order may differ by rounding; they count as reached.
    sample = _order(joint_counts(x, y)[0]) * (1 - 1e-12)
    reached = 0
    for _ in range(permutations):
        shuffled = CategoryCodes(rng.permutation(y.codes), y.size, y.symbols)
        reached += _order(joint_counts(x, shuffled)[0]) >= sample
    return (1 + reached) / (1 + permutations)


def _order(joint: Integers) -> float:
    return float(np.sum(joint * np.log(joint)))


def _check(
    x: CategoryCodes, y: CategoryCodes, method: str, permutations: int, seed: int | None, *, where: str
) -> None:
    if len(x.codes) != len(y.codes):
        rule = f"have shape {x.codes.shape}, that of `x`"
        raise ShapeError(where, "y", rule, got=str(y.codes.shape), hint="Samples are paired by position.")
    if method not in ("plug_in", "miller_madow"):
        raise DomainError(where, "method", "be 'plug_in' or 'miller_madow'", got=repr(method))
    if permutations < 0:
        raise DomainError(where, "permutations", "be >= 0", got=str(permutations))
    if permutations and seed is None:
        hint = "Pass an integer, so that the p-value can be repeated."
        raise DomainError(where, "seed", "be given with `permutations`", got="None", hint=hint)
