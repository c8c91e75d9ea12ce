"""Shannon-Fano-Elias code: digits of the cumulative distribution."""

from __future__ import annotations

from itertools import accumulate
from typing import Any

from xent.measures.codes.code import Code, check_radix, in_digits
from xent.measures.codes.exact_distribution import ExactDistribution, exact_distribution

__all__ = ["shannon_fano_elias_code"]


def shannon_fano_elias_code(probs: Any, /, *, radix: int = 2, normalize: bool = False) -> Code:
    r"""
    Code whose codewords are points of the cumulative distribution, in digits of the radix (bits for 2).

    The order of the codewords is that of the symbols.

    Parameters
    ----------
    probs : array of shape (K,)
        Probability of each symbol: floats, integers or `fractions.Fraction`, of sum 1.
    radix : int, default 2
        Number of different digits, 2 to 36.
    normalize : bool, default False
        True divides `probs` by their sum first, so that counts are accepted.

    Returns
    -------
    Code
        Code whose codewords, sorted as text, are in the order of the symbols.

    Raises
    ------
    DTypeError
        If `probs` does not hold real numbers or fractions, or `radix` is not an integer.
    ShapeError
        If `probs` does not have exactly one axis, or has no entry.
    DomainError
        If an entry is negative, not finite or masked, the sum is not 1 (with `normalize`: is 0), or `radix`
        is not in 2..36.

    Notes
    -----
    **Definition.** With :math:`\bar F_k = \sum_{j<k} p_j + p_k / 2`, the codeword of symbol :math:`k` is the
    first :math:`\lceil -\log_r p_k \rceil + 1` digits of :math:`\bar F_k`. A codeword is one digit longer
    than that of `shannon_code`; in return the codewords keep the order of the symbols. Arithmetic coding is a
    generalisation.

    **Edge cases.** A symbol of probability 0 has no codeword: the length is None. A certain symbol has
    length 1.

    **Numerics.** Lengths are computed as in `shannon_code`, without logarithms; :math:`\bar F_k` is an exact
    fraction of the sum of `probs`. If the codewords are not prefix-free, because the sum is 1 only up to
    rounding, they are recomputed from the exact ratios of the entries to their sum.

    References
    ----------
    .. [1] Cover, T. M., Thomas, J. A. (2006). Elements of Information Theory. Wiley. Section 5.9.

    Examples
    --------
    >>> shannon_fano_elias_code([0.25, 0.5, 0.125, 0.125]).codewords
    ('001', '10', '1101', '1111')
    """
    caller = "shannon_fano_elias_code"
    radix = check_radix(radix, caller=caller)
    dist = exact_distribution(probs, caller=caller, argument="probs", normalize=normalize)
    code = _code(dist, radix)
    if code.is_prefix_free:
        return code
    # With a sum of 1 up to rounding a midpoint can fall outside its cell; with exact ratios it cannot.
    return _code(dist.normalized(), radix, exactly=True)


def _code(dist: ExactDistribution, radix: int, *, exactly: bool = False) -> Code:
    """
    Code from the midpoints of the symbols' cells in the cumulative distribution, in the order given.

    A codeword has one digit of `radix` more than the surprisal in digits rounded up; a symbol of probability
    0 has none. `exactly` False treats a probability that differs from a power of the radix by less than one
    rounding as that power; True compares the exact numbers.
    """
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
