"""Choice of the code with the least expected length on a mixture of sources."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, final

import numpy as np
from numpy.typing import NDArray

from xent.errors import DomainError, DTypeError, ShapeError
from xent.measures.codes.code import Code, check_radix
from xent.measures.codes.exact_distribution import exact_distribution

__all__ = ["SharedCode", "best_shared_code"]


@final
@dataclass(frozen=True)
class SharedCode:
    """
    Expected length of each code on each source and on the mixture, in digits of the radix (bits for 2).

    Parameters
    ----------
    best : int
        Index of the code of least expected length on the mixture; for ties, the first.
    expected_lengths : tuple of tuple of float
        Expected length of each code (row) on each source (column).
    averages : tuple of float
        Expected length of each code on the mixture.
    weights : tuple of float
        Share of each source in the mixture.
    """

    best: int
    expected_lengths: tuple[tuple[float, ...], ...]
    averages: tuple[float, ...]
    weights: tuple[float, ...]


def best_shared_code(
    codes: Sequence[Any], sources: Any, /, *, weights: Any = None, radix: int = 2
) -> SharedCode:
    r"""
    Choose the code of least expected length on a mixture of sources, in digits of the radix (bits for 2).

    Parameters
    ----------
    codes : sequence of Code or of arrays of shape (K,)
        Candidates. A distribution q means its ideal code of lengths :math:`-\log_r q_k`, which `encode`
        attains approximately.
    sources : sequence of arrays of shape (K,)
        Distributions of the symbols.
    weights : array of shape (number of sources,), optional
        Weight of each source in the mixture, >= 0, of sum 1; equal weights by default.
    radix : int, default 2
        Number of different digits, 2 to 36; every `Code` must have this radix.

    Returns
    -------
    SharedCode
        Index of the chosen code, and the expected lengths of all codes.

    Raises
    ------
    DTypeError
        If a source, a distribution among `codes`, or `weights` does not hold real numbers or fractions,
        `radix` is not an integer, or `codes` or `sources` are no sequence, such as a single `Code`.
    ShapeError
        If there is no code or no source, a distribution does not have one axis, sources or codes differ in
        the number of symbols, or `weights` has not one entry for each source.
    DomainError
        If a source, a distribution among `codes`, or `weights` has an entry that is negative, not finite or
        masked, or another sum than 1, a `Code` has another radix, or `radix` is not in 2..36.

    Notes
    -----
    **Definition.** The chosen code minimises :math:`\sum_s w_s \sum_k p_{sk} \ell_k`, which equals
    :math:`\sum_k \bar p_k \ell_k` with :math:`\bar p = \sum_s w_s p_s`. So no symbol code is shorter than
    ``huffman_code`` of :math:`\bar p`, and no ideal code is shorter than that of :math:`\bar p`, whose excess
    over the mean entropy of the sources is the Jensen-Shannon divergence of the sources.

    **Edge cases.** A code without a codeword for a symbol of a source of positive weight has the average
    ``inf``; if all have, `best` is 0. A source of weight 0 is listed in `expected_lengths` but does not
    influence the choice.

    References
    ----------
    .. [1] Cover, T. M., Thomas, J. A. (2006). Elements of Information Theory. Wiley. Theorem 5.4.3 and
       section 13.1.

    Examples
    --------
    Two variants of an experiment have six outcomes each and share one channel. Candidates are the ideal codes
    of each variant, of their mixture, and of the uniform distribution.

    >>> K1 = [0.30, 0.25, 0.20, 0.10, 0.10, 0.05]
    >>> K2 = [0.05, 0.20, 0.25, 0.15, 0.20, 0.15]
    >>> mixture = [(a + b) / 2 for a, b in zip(K1, K2)]
    >>> found = best_shared_code([K1, K2, mixture, [1 / 6] * 6], [K1, K2])
    >>> [round(average, 4) for average in found.averages], found.best
    ([2.6221, 2.6929, 2.5262, 2.585], 2)

    A message of 280 bits holds 106 outcomes in the code of K1 and 103 in that of K2. The code of the uniform
    distribution, which uses neither, beats both, and the code of the mixture is the best of all:

    >>> [int(280 / average) for average in found.averages]
    [106, 103, 110, 108]

    With whole codewords, for a variant in which one outcome has probability 1/2 and a more even one:

    >>> from xent.measures.codes import huffman_code
    >>> steep = [1 / 2, 1 / 4, 1 / 8, 1 / 16, 1 / 32, 1 / 32]
    >>> even = [1 / 4, 1 / 4, 1 / 8, 1 / 8, 1 / 8, 1 / 8]
    >>> codes = [huffman_code(steep), huffman_code(even)]
    >>> found = best_shared_code(codes, [steep, even])
    >>> found.expected_lengths
    ((1.9375, 2.875), (2.25, 2.5))
    >>> found.averages, found.best
    ((2.40625, 2.375), 1)

    Each code is the best one for its own variant. The steep code is shorter by 0.3125 bits on the steep
    variant, but longer by 0.375 bits on the even variant: the even code is the better one to share. Number of
    outcomes that fit into a message of 280 bits, first for each code and variant, then for the mixture:

    >>> [[int(280 / length) for length in row] for row in found.expected_lengths]
    [[144, 97], [124, 112]]
    >>> [int(280 / length) for length in found.averages]
    [116, 117]
    """
    caller = "best_shared_code"
    radix = check_radix(radix, caller=caller)
    rows = [
        _source(source, place, caller) for place, source in enumerate(_listed(sources, "sources", caller))
    ]
    codes = _listed(codes, "codes", caller)
    if not rows or not codes:
        raise ShapeError(caller, "codes and sources", "not be empty", got=f"{len(codes)} and {len(rows)}")
    shares = _shares(weights, len(rows), caller)
    symbols = len(rows[0])
    lengths = [_lengths(code, symbols, radix, place, caller) for place, code in enumerate(codes)]
    for place, row in enumerate(rows):
        if len(row) != symbols:
            raise ShapeError(caller, f"sources[{place}]", f"have shape ({symbols},)", got=f"({len(row)},)")
    table = tuple(tuple(_mean(row, costs) for row in rows) for costs in lengths)
    averages = tuple(_mean(shares, np.asarray(row)) for row in table)
    return SharedCode(averages.index(min(averages)), table, averages, tuple(shares.tolist()))


def _listed(given: Any, argument: str, caller: str) -> list[Any]:
    """Entries of `given`; raises `DTypeError` for a single code, and whatever else is not iterable."""
    try:
        return list(given)
    except TypeError:
        hint = "Put a single one into a list."
        rule, got = f"be a sequence of {argument}", type(given).__name__
        raise DTypeError(caller, argument, rule, got=got, hint=hint) from None


def _source(source: Any, place: int, caller: str) -> NDArray[np.float64]:
    """Checked probabilities, (K,), of the source with index `place`; raises as `exact_distribution` does."""
    return exact_distribution(source, caller=caller, argument=f"sources[{place}]", normalize=False).probs


def _shares(weights: Any, sources: int, caller: str) -> NDArray[np.float64]:
    """
    Checked weights of the sources, of shape (sources,), as given; ``1 / sources`` each if `weights` is None.

    Raises `ShapeError` for another number of weights, `DTypeError` unless they are real, `DomainError` unless
    they are >= 0 and sum to 1 within the square root of their dtype's epsilon.
    """
    if weights is None:
        return np.full(sources, 1 / sources)
    shares = exact_distribution(weights, caller=caller, argument="weights", normalize=False).probs
    if len(shares) != sources:
        rule = f"have shape ({sources},), one entry for each source"
        raise ShapeError(caller, "weights", rule, got=f"({len(shares)},)")
    return shares


def _lengths(code: Any, symbols: int, radix: int, place: int, caller: str) -> NDArray[np.float64]:
    """
    Length of the codeword of each of `symbols` symbols, in digits of `radix`, of shape (symbols,).

    `code` is a `Code`, in which a symbol without a codeword has length ``inf``, or a distribution, which
    stands for ideal lengths: minus the logarithms of its probabilities, ``inf`` for 0. `place` is its
    position in ``codes``, for messages. Raises `DomainError` for a code of another radix, or a distribution
    with an entry that is negative, not finite or masked, or with another sum than 1; `ShapeError` for another
    number of symbols or axes; and `DTypeError` for a distribution that does not hold real numbers.
    """
    argument = f"codes[{place}]"
    if isinstance(code, Code):
        if code.radix != radix:
            hint = "Pass the radix of the codes as `radix=`."
            raise DomainError(caller, argument, f"have radix {radix}", got=str(code.radix), hint=hint)
        costs = np.asarray([np.inf if length is None else length for length in code.lengths])
    else:
        model = exact_distribution(code, caller=caller, argument=argument, normalize=False).probs
        logs = np.log2(np.where(model == 0, 1.0, model)) / math.log2(radix)
        costs = np.where(model == 0, np.inf, -logs)
    if len(costs) != symbols:
        rule = f"have {symbols} symbols, as the first source has"
        raise ShapeError(caller, argument, rule, got=str(len(costs)))
    return costs.astype(np.float64)


def _mean(p: NDArray[np.float64], costs: NDArray[np.float64]) -> float:
    """Expected value of `costs` under the distribution `p`; outcomes of probability 0 add 0."""
    # A symbol of probability 0 contributes 0, also with an infinite cost, where 0 * inf is nan.
    return math.fsum((p * np.where(p == 0, 0.0, costs)).tolist())
