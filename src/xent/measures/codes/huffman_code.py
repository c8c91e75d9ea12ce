"""Huffman code: the symbol code of least expected length."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from xent.arrays import checked_integer
from xent.errors import DomainError
from xent.measures.codes.code import Code, canonical_code, check_radix
from xent.measures.codes.exact_distribution import exact_distribution
from xent.measures.codes.package_merge import limited_lengths

__all__ = ["huffman_code"]


def huffman_code(
    probs: Any, /, *, radix: int = 2, most_length: int | None = None, normalize: bool = False
) -> Code:
    r"""
    Huffman code, the code of least expected length, in digits of the radix (bits for 2).

    Parameters
    ----------
    probs : array of shape (K,)
        Probability of each symbol: floats, integers or `fractions.Fraction`, of sum 1.
    radix : int, default 2
        Number of different digits, 2 to 36.
    most_length : int, optional
        Largest length of a codeword, >= 1; None, the default, means no limit.
    normalize : bool, default False
        True divides `probs` by their sum first, so that counts are accepted.

    Returns
    -------
    Code
        Code with canonical codewords. Among the codes of least expected length, one with the shortest longest
        codeword is returned, unless the limit `most_length` changes the lengths.

    Raises
    ------
    DTypeError
        If `probs` does not hold real numbers or fractions, or `radix` or `most_length` is not an integer.
    ShapeError
        If `probs` does not have exactly one axis, or has no entry.
    DomainError
        If an entry is negative, not finite or masked, the sum is not 1 (with `normalize`: is 0),
        `most_length` is below 1 or too small for the number of symbols, or `radix` is not in 2..36.

    Notes
    -----
    **Definition.** Lengths :math:`\ell_k` that minimise :math:`\sum_k p_k \ell_k` over all prefix-free codes,
    or over those with :math:`\ell_k \le` `most_length`. The algorithm merges the `radix` smallest weights
    until one is left; symbols of weight 0 are added first, so that every merge has `radix` weights. With a
    limit the lengths come from package-merge, an exact coin-collector problem.

    **Edge cases.** A symbol of probability 0 has no codeword: the length is None. If only one symbol has
    positive probability, its length is 1 although its entropy is 0, so that messages of n and of n + 1
    symbols differ.

    **Numerics.** Weights are added as exact integers: rounding influences no merge.

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
    caller = "huffman_code"
    radix = check_radix(radix, caller=caller)
    dist = exact_distribution(probs, caller=caller, argument="probs", normalize=normalize)
    order = sorted(dist.possible, key=lambda k: dist.weights[k])
    limit = _checked_limit(most_length, len(order), radix, caller)
    weights = [dist.weights[k] for k in order]
    found = _huffman_lengths(weights, radix)
    if limit is not None and max(found) > limit:
        found = limited_lengths(weights, radix, limit)
    lengths: list[int | None] = [None] * len(dist.weights)
    for k, length in zip(order, found, strict=True):
        lengths[k] = length
    return canonical_code(lengths, radix=radix)


def _checked_limit(most_length: int | None, symbols: int, radix: int, caller: str) -> int | None:
    """
    `most_length` as an integer that allows `symbols` codewords; None, for no limit, as it is.

    Raises `DTypeError` for anything else, and `DomainError` if so many codewords of that length do not exist.
    """
    if most_length is None:
        return None
    limit = checked_integer(most_length, "most_length", caller=caller)
    # A huge limit would be a power that no memory holds.
    if limit < 1 or radix ** min(limit, symbols) < symbols:
        rule = f"leave room for {symbols} codewords of radix {radix}"
        needed = next(length for length in range(1, symbols + 1) if radix**length >= symbols)
        raise DomainError(caller, "most_length", rule, got=str(limit), hint=f"It takes at least {needed}.")
    return limit


def _huffman_lengths(weights: Sequence[int], radix: int) -> list[int]:
    """
    Lengths of the codewords of a Huffman code, in digits, in the order of the `weights`, which ascend.

    A given weight may be 0. More weights of 0 are added here, and get no length, so that every merge has
    `radix` weights. Two queues suffice, the leaves and the merged nodes: merged nodes are created in
    ascending order, so the smallest node is at the head of one of them. A single weight gets length 1.
    """
    if len(weights) == 1:
        return [1]
    dummies = (1 - len(weights)) % (radix - 1)
    nodes = [*[0] * dummies, *weights]
    leaves, leaf, merged = len(nodes), 0, len(nodes)
    parents: list[int] = [0] * leaves
    while leaf < leaves or merged < len(nodes) - 1:
        total = 0
        for _ in range(radix):
            # For equal weights the leaf is merged first, which minimises the longest codeword.
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
