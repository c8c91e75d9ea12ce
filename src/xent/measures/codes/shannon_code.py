"""Shannon code: codeword lengths are the surprisals, rounded up to whole digits."""

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
        Probability of each symbol: floats, integers or `fractions.Fraction`, of sum 1.
    radix : int, default 2
        Number of different digits, 2 to 36.
    normalize : bool, default False
        True divides `probs` by their sum first, so that counts are accepted.

    Returns
    -------
    Code
        Code with canonical codewords.

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
    **Definition.** :math:`\ell_k = \lceil -\log_r p_k \rceil`, the least :math:`\ell` with
    :math:`r^{-\ell} \le p_k`. On symbols of distribution :math:`p`, the code of :math:`q` has an expected
    length between :math:`H(p) + \mathrm{KL}(p \,\|\, q)` and one digit more.

    **Edge cases.** A symbol of probability 0 has no codeword: the length is None. A certain symbol has
    length 0 and the codeword ``""``.

    **Numerics.** Lengths are not computed from logarithms: the stored numbers are compared with
    :math:`r^{-\ell}` as exact fractions. If :math:`r` is not a power of 2, :math:`r^{-\ell}` is not exact in
    floating point; an entry that differs from :math:`r^{-\ell}` by less than one rounding of the dtype is
    treated as equal, so that ``1 / 3`` has length 1 in radix 3. If the Kraft sum of these lengths exceeds 1,
    because the sum of `probs` is 1 only up to rounding, as in ``[1.0, 1e-20]``, the lengths are those of the
    exact ratios of the entries to their sum.

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
    caller = "shannon_code"
    radix = check_radix(radix, caller=caller)
    dist = exact_distribution(probs, caller=caller, argument="probs", normalize=normalize)
    lengths = dist.surprisal_digits(radix)
    if kraft_sum(lengths, radix) <= 1:
        return canonical_code(lengths, radix=radix)
    # Entries treated as powers, or a sum of 1 up to rounding, gave a Kraft sum above 1; exact ratios cannot.
    return canonical_code(dist.normalized().surprisal_digits(radix, exactly=True), radix=radix)
