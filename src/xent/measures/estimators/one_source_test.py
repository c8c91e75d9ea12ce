"""Test whether two samples of categories come from one source."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from xent.arrays import checked_integer
from xent.errors import DomainError, ShapeError
from xent.measures.estimators.count_spectrum import Floats, whole_counts

__all__ = ["OneSourceTest", "one_source_test"]

# Counts drawn at a time, 32 MB of them.
_CHUNK_ENTRIES = 4_000_000


@final
@dataclass(frozen=True, slots=True)
class OneSourceTest:
    """
    Result of `one_source_test`.

    Parameters
    ----------
    statistic : float
        Mean over all observations of the log-likelihood ratio, in nats: the Jensen-Shannon divergence of the
        relative frequencies, weighted by the sizes of the samples.
    p_value : float
        Probability of a statistic as large if both samples come from one source, from permutations; never 0.
    permutations : int
        Number of permutations.
    """

    statistic: float
    p_value: float
    permutations: int


def one_source_test(
    first: ArrayLike, second: ArrayLike, /, *, permutations: int = 999, seed: int = 0
) -> OneSourceTest:
    r"""
    Permutation test of the hypothesis that two samples come from one source, with its statistic in nats.

    Parameters
    ----------
    first, second : array_like of shape (m,)
        Number of observations of each category in either sample: whole numbers >= 0, at least one above 0.
    permutations : int
        Number of random divisions of all observations into samples of these sizes, >= 1.
    seed : int
        Seed of the divisions.

    Returns
    -------
    OneSourceTest
        Statistic and p-value.

    Raises
    ------
    DTypeError
        If a count is not a real number, or `permutations` or `seed` is not an integer.
    ShapeError
        If the counts do not have one axis, or differ in length.
    DomainError
        If a count is negative, fractional, not finite, masked or above 2**53, a sample is empty, both
        together have more than 10**9 observations, `permutations` is below 1, or `seed` is negative.

    See Also
    --------
    xent.measures.js_divergence : Statistic for samples of equal size.

    Notes
    -----
    **Definition.** With the relative frequencies :math:`p` and :math:`q` of samples of sizes :math:`n` and
    :math:`m` and those of both together, :math:`r`, the statistic is
    :math:`\frac{n}{n + m} \mathrm{KL}(p \,\|\, r) + \frac{m}{n + m} \mathrm{KL}(q \,\|\, r)`; times
    :math:`2 (n + m)` it is the likelihood ratio statistic G of the two-way table. The p-value is
    :math:`(1 + b) / (1 + B)` with the number :math:`b` of the :math:`B` permutations whose statistic is at
    least as large. Under the hypothesis it is at most :math:`\alpha` with a probability of at most
    :math:`\alpha`, however rare the categories are, where the chi-squared distribution of G does not hold.

    **Edge cases.** Equal counts give a p-value of 1. Observations must be independent: letters of running
    text are not, and there the p-value is too small.

    **Numerics.** Counts of a permutation are drawn at once from the multivariate hypergeometric distribution.
    Statistics equal up to rounding count as equal.

    References
    ----------
    .. [1] Phipson, B., Smyth, G. K. (2010). Permutation P-values should never be zero. Stat. Appl. Genet.
       Mol. Biol. 9(1).

    Examples
    --------
    >>> one_source_test([30, 20, 10], [28, 25, 7]).p_value > 0.1
    True
    >>> one_source_test([30, 20, 10], [10, 20, 30]).p_value
    0.001
    """
    caller = "one_source_test"
    a = whole_counts(first, caller=caller, argument="first")
    b = whole_counts(second, caller=caller, argument="second")
    if len(a) != len(b):
        raise ShapeError(caller, "second", f"have {len(a)} entries, as `first`", got=str(len(b)))
    checked_integer(permutations, "permutations", least=1, caller=caller)
    n, m = int(a.sum()), int(b.sum())
    if not n or not m:
        raise DomainError(caller, "first" if not n else "second", "hold an observation", got="none")
    # NumPy draws from no more than that.
    if n + m > 10**9:
        raise DomainError(caller, "first", "hold with `second` at most 10**9 observations", got=str(n + m))
    both = (a + b)[a + b > 0]
    found = _statistics(a[a + b > 0][None], both)[0]
    rng, reached = np.random.default_rng(checked_integer(seed, "seed", least=0, caller=caller)), 0
    chunk = max(1, _CHUNK_ENTRIES // len(both))
    for done in range(0, permutations, chunk):
        size = min(chunk, permutations - done)
        # The other method of NumPy has an entry in memory for each observation.
        drawn = rng.multivariate_hypergeometric(both, n, size=size, method="marginals")
        # Equal tables with another order of cells may differ by rounding; they count as reached.
        reached += int((_statistics(drawn, both) >= found * (1 - 1e-9) - 1e-15).sum())
    return OneSourceTest(float(found), (1 + reached) / (1 + permutations), permutations)


def _statistics(first: NDArray[np.int64], both: NDArray[np.int64]) -> Floats:
    """
    Jensen-Shannon divergence in nats, weighted by the sizes, of two samples for each row of `first`: (rows,).

    `first`, (rows, K), has counts of the first sample, `both`, (K,), those of both together. An empty sample
    gives 0.
    """
    total = both.sum()
    statistic = np.zeros(len(first))
    for counts in (first, both - first):
        share = counts.sum(axis=1, keepdims=True) / total
        ratio = np.where(counts > 0, counts, 1) / np.where(counts > 0, share * both, 1)
        statistic += (counts * np.log(ratio)).sum(axis=1)
    # 0 + x turns -0 into 0.
    found: Floats = 0 + np.maximum(statistic, 0) / total
    return found
