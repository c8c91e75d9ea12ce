"""The Shannon-Fano-Elias code: digits of the cumulative distribution."""

from __future__ import annotations

from itertools import accumulate
from typing import Any

from xent.measures.codes.code import Code, check_radix, in_digits
from xent.measures.codes.exact_distribution import ExactDistribution, exact_distribution

__all__ = ["shannon_fano_elias_code"]


def shannon_fano_elias_code(probs: Any, /, *, radix: int = 2, normalize: bool = False) -> Code:
    r"""
    Code whose codewords are points of the cumulative distribution, in digits of the radix (bits for 2).

    Parameters
    ----------
    probs : array of shape (K,)
        Probability of each symbol: floats, integers or `fractions.Fraction`, which sum to 1.
    radix : int, default 2
        Number of different digits, 2 to 36.
    normalize : bool, default False
        Divide `probs` by their sum first, as for counts.

    Returns
    -------
    Code
        Its codewords keep the order of the symbols: sorted as text they stand as the symbols do.

    Raises
    ------
    DTypeError
        If `probs` does not hold real numbers or fractions.
    ShapeError
        If it has not exactly one axis, or no entry.
    DomainError
        If an entry is negative or not finite, or the sum is not 1; if `radix` is not in 2..36.

    Notes
    -----
    **Definition.** With :math:`\bar F_k = \sum_{j<k} p_j + p_k / 2`, the codeword of symbol :math:`k` is the
    first :math:`\lceil -\log_r p_k \rceil + 1` digits of :math:`\bar F_k`. That is one digit more than
    `shannon_code` takes, and buys the order; arithmetic coding grew from it.

    **Edge cases.** A symbol of probability 0 gets no codeword: its length is None. A certain symbol has
    length 1.

    **Numerics.** As for `shannon_code`; :math:`\bar F_k` is an exact fraction of the sum of `probs`.

    References
    ----------
    .. [1] Cover, T. M., Thomas, J. A. (2006). Elements of Information Theory. Wiley. Section 5.9.

    Examples
    --------
    >>> shannon_fano_elias_code([0.25, 0.5, 0.125, 0.125]).codewords
    ('001', '10', '1101', '1111')
    """
    where = "shannon_fano_elias_code"
    radix = check_radix(radix, where=where)
    dist = exact_distribution(probs, where=where, argument="probs", normalize=normalize)
    code = _code(dist, radix)
    if code.is_prefix_free:
        return code
    # A sum that is 1 only to rounding can push a midpoint over the edge of its cell; an exact one cannot.
    return _code(dist.normalized(), radix, exactly=True)


def _code(dist: ExactDistribution, radix: int, *, exactly: bool = False) -> Code:
    surprisals = dist.surprisal_digits(radix, exactly=exactly)
    lengths = tuple(None if digits is None else digits + 1 for digits in surprisals)
    twice_total = 2 * sum(dist.weights)
    words = tuple(
        None
        if length is None
        else in_digits((2 * above - weight) * radix**length // twice_total, radix, length)
        for weight, above, length in zip(dist.weights, accumulate(dist.weights), lengths, strict=True)
    )
    return Code(lengths, words, radix)
