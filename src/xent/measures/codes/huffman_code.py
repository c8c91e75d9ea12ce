"""Huffman's code: no symbol code is shorter on average."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import Any

from xent.errors import DomainError
from xent.measures.codes.code import Code, canonical_code, check_radix
from xent.measures.codes.exact_distribution import exact_distribution
from xent.measures.codes.package_merge import limited_lengths

__all__ = ["huffman_code"]


def huffman_code(
    probs: Any, /, *, radix: int = 2, most_length: int | None = None, normalize: bool = False
) -> Code:
    r"""
    Code of the least expected length, in digits of the radix (bits for 2).

    Parameters
    ----------
    probs : array of shape (K,)
        Probability of each symbol: floats, integers or `fractions.Fraction`, which sum to 1.
    radix : int, default 2
        Number of different digits, 2 to 36.
    most_length : int, optional
        Longest codeword that is allowed; by default any.
    normalize : bool, default False
        Divide `probs` by their sum first, as for counts.

    Returns
    -------
    Code
        With canonical codewords. Among the codes of least expected length it is one whose longest
        codeword is shortest, unless `most_length` had to be enforced.

    Raises
    ------
    DTypeError
        If `probs` does not hold real numbers or fractions.
    ShapeError
        If it has not exactly one axis, or no entry.
    DomainError
        If an entry is negative or not finite, or the sum is not 1; if so many symbols have no
        codewords of `most_length` digits; if `radix` is not in 2..36.

    Notes
    -----
    **Definition.** Lengths :math:`\ell_k` that minimise :math:`\sum_k p_k \ell_k` over all prefix-free codes,
    or over those with :math:`\ell_k \le` `most_length`. The `radix` least weights are merged until one is
    left, after symbols of weight 0 have made up the number so that every merge is full; with a limit the
    least packages of an exact coin-collector problem are taken.

    **Edge cases.** A symbol of probability 0 gets no codeword: its length is None. A single possible symbol
    has length 1, so that a message of n symbols can be told from one of n + 1; its entropy is 0.

    **Numerics.** Weights are added as exact integers: no merge is decided by rounding.

    References
    ----------
    .. [1] Huffman, D. A. (1952). A method for the construction of minimum-redundancy codes. Proc. IRE 40(9).
    .. [2] van Leeuwen, J. (1976). On the construction of Huffman trees. Proc. ICALP, 382-410: two queues.
    .. [3] Larmore, L. L., Hirschberg, D. S. (1990). A fast algorithm for optimal length-limited Huffman
       codes. J. ACM 37(3): package-merge.

    Examples
    --------
    >>> huffman_code([0.4, 0.2, 0.2, 0.1, 0.1]).lengths
    (2, 2, 2, 3, 3)
    >>> huffman_code([55, 34, 21, 13, 8, 5], normalize=True).lengths
    (1, 2, 3, 4, 5, 5)
    >>> huffman_code([55, 34, 21, 13, 8, 5], normalize=True, most_length=3).lengths
    (2, 2, 3, 3, 3, 3)
    """
    where = "huffman_code"
    radix = check_radix(radix, where=where)
    dist = exact_distribution(probs, where=where, argument="probs", normalize=normalize)
    order = sorted(dist.possible, key=lambda k: dist.weights[k])
    limit = _checked_limit(most_length, len(order), radix, where)
    weights = [dist.weights[k] for k in order]
    found = _huffman_lengths(weights, radix)
    if limit is not None and max(found) > limit:
        found = limited_lengths(weights, radix, limit)
    lengths: list[int | None] = [None] * len(dist.weights)
    for k, length in zip(order, found, strict=True):
        lengths[k] = length
    return canonical_code(lengths, radix=radix)


def _checked_limit(most_length: int | None, symbols: int, radix: int, where: str) -> int | None:
    if most_length is None:
        return None
    limit = operator.index(most_length)
    if limit < 1 or radix**limit < symbols:
        rule = f"leave room for {symbols} codewords of radix {radix}"
        needed = next(length for length in range(1, symbols + 1) if radix**length >= symbols)
        raise DomainError(where, "most_length", rule, got=str(limit), hint=f"It takes at least {needed}.")
    return limit


def _huffman_lengths(weights: Sequence[int], radix: int) -> list[int]:
    """Lengths for ascending `weights`, by two queues: the leaves, and the merged nodes in order of making."""
    if len(weights) == 1:
        return [1]
    dummies = (1 - len(weights)) % (radix - 1)
    nodes = [*[0] * dummies, *weights]
    leaves, leaf, merged = len(nodes), 0, len(nodes)
    parents: list[int] = [0] * leaves
    while leaf < leaves or merged < len(nodes) - 1:
        total = 0
        for _ in range(radix):
            # Of equal weights the leaf goes first: that keeps the longest codeword short.
            if merged >= len(nodes) or (leaf < leaves and nodes[leaf] <= nodes[merged]):
                least, leaf = leaf, leaf + 1
            else:
                least, merged = merged, merged + 1
            total += nodes[least]
            parents[least] = len(nodes)
        nodes.append(total)
        parents.append(0)
    depths = [0] * len(nodes)
    for node in reversed(range(len(nodes) - 1)):
        depths[node] = depths[parents[node]] + 1
    return depths[dummies:leaves]
