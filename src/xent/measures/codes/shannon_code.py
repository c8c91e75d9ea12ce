"""Shannon's code: as many whole digits as the surprisal needs."""

from __future__ import annotations

from typing import Any

from xent.measures.codes.code import Code, canonical_code, check_radix, kraft_sum
from xent.measures.codes.exact_distribution import exact_distribution

__all__ = ["shannon_code"]


def shannon_code(probs: Any, /, *, radix: int = 2, normalize: bool = False) -> Code:
    r"""
    Code whose lengths are the surprisals rounded up, in digits of the radix (bits for 2).

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
        With canonical codewords.

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
    **Definition.** :math:`\ell_k = \lceil -\log_r p_k \rceil`, the least :math:`\ell` with
    :math:`r^{-\ell} \le p_k`. Run on :math:`p`, a code built so for :math:`q` has a mean length of at least
    :math:`H(p) + \mathrm{KL}(p \,\|\, q)` digits, and less than one digit more.

    **Edge cases.** A symbol of probability 0 gets no codeword: its length is None. A certain symbol has
    length 0 and the codeword ``""``.

    **Numerics.** No logarithm decides a length: the stored numbers are exact fractions, and so is the
    comparison with :math:`r^{-\ell}`. Where :math:`r` is not a power of 2, :math:`r^{-\ell}` has no exact
    float; an entry which differs from it by less than one rounding of its dtype counts as equal to it, so
    that ``1 / 3`` has length 1 in radix 3. Where these lengths leave no room for a code, since the sum is 1
    only to rounding, as in ``[1.0, 1e-20]``, they are those of the exact ratios to the sum.

    References
    ----------
    .. [1] Shannon, C. E. (1948). A mathematical theory of communication. Bell System Technical Journal 27,
       section 9.
    .. [2] Cover, T. M., Thomas, J. A. (2006). Elements of Information Theory. Wiley. Section 5.4.

    Examples
    --------
    ``math.ceil(-math.log(p) / math.log(2))`` would give 30 for the last symbol.

    >>> shannon_code([0.5, 0.5 - 2**-29, 2**-29]).lengths
    (1, 2, 29)
    >>> shannon_code([3, 3, 2], normalize=True).codewords
    ('00', '01', '10')
    """
    where = "shannon_code"
    radix = check_radix(radix, where=where)
    dist = exact_distribution(probs, where=where, argument="probs", normalize=normalize)
    lengths = dist.surprisal_digits(radix)
    if kraft_sum(lengths, radix) <= 1:
        return canonical_code(lengths, radix=radix)
    # Powers that were forgiven their rounding, or a sum that is 1 only to rounding, left no room.
    return canonical_code(dist.normalized().surprisal_digits(radix, exactly=True), radix=radix)
