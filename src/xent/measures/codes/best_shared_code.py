"""Which of several codes serves a mixture of sources best."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, final

import numpy as np
from numpy.typing import NDArray

from xent.errors import DomainError, ShapeError
from xent.measures.codes.code import Code, check_radix
from xent.measures.codes.exact_distribution import exact_distribution

__all__ = ["SharedCode", "best_shared_code"]


@final
@dataclass(frozen=True)
class SharedCode:
    """
    What each code costs on each source and on their mixture, in digits of the radix (bits for 2).

    Parameters
    ----------
    best : int
        Place of the code that costs least on the mixture; of several, the first.
    expected_lengths : tuple of tuple of float
        A row for each code, in it the expected length on each source.
    averages : tuple of float
        For each code, its expected length on the mixture.
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
    The one of several codes that serves a mixture of sources best, in digits of the radix (bits for 2).

    Parameters
    ----------
    codes : sequence of Code or of arrays of shape (K,)
        Candidates. A distribution q stands for its ideal code, of lengths :math:`-\log_r q_k`, as
        `encode` writes it.
    sources : sequence of arrays of shape (K,)
        Distributions that the symbols come from.
    weights : array of shape (number of sources,), optional
        Share of each source, which sum to 1; by default all are equal.
    radix : int, default 2
        Digits in which distributions among `codes` are measured; every `Code` must have it.

    Returns
    -------
    SharedCode
        The best one's place, and the table it was chosen from.

    Raises
    ------
    DTypeError, ShapeError, DomainError
        If there is no code or no source, one of them is no distribution, they are over different
        numbers of symbols, or a code has another radix.

    Notes
    -----
    **Definition.** The least :math:`\sum_s w_s \sum_k p_{sk} \ell_k`. It equals
    :math:`\sum_k \bar p_k \ell_k` with :math:`\bar p = \sum_s w_s p_s`, so no code at all beats
    ``huffman_code`` of :math:`\bar p`, and no model beats :math:`\bar p` itself, whose excess over the
    sources' entropies is their Jensen-Shannon divergence.

    **Edge cases.** A code that cannot write a symbol of a source of positive weight costs ``inf``; if all
    do, the first is named. A source of weight 0 is shown but does not count.

    References
    ----------
    .. [1] Cover, T. M., Thomas, J. A. (2006). Elements of Information Theory. Wiley. Theorem 5.4.3 and
       section 13.1.

    Examples
    --------
    Two variants of an experiment have six outcomes each, and share one channel. In the first variant one
    outcome takes half of the runs; the second is more even.

    >>> from xent.measures.codes import huffman_code
    >>> steep = [1 / 2, 1 / 4, 1 / 8, 1 / 16, 1 / 32, 1 / 32]
    >>> even = [1 / 4, 1 / 4, 1 / 8, 1 / 8, 1 / 8, 1 / 8]
    >>> codes = [huffman_code(steep), huffman_code(even)]
    >>> found = best_shared_code(codes, [steep, even])
    >>> found.expected_lengths
    ((1.9375, 2.875), (2.25, 2.5))
    >>> found.averages, found.best
    ((2.40625, 2.375), 1)

    Each code is the best one for its own variant. On the steep variant the steep code is shorter by 0.3125
    bits, but on the even one it is longer by 0.375: the even code is the one to share. So many outcomes of
    each variant fit into a message of 280 bits, and so many of both in turn:

    >>> [[int(280 / length) for length in row] for row in found.expected_lengths]
    [[144, 97], [124, 112]]
    >>> [int(280 / length) for length in found.averages]
    [116, 117]
    """
    where = "best_shared_code"
    radix = check_radix(radix, where=where)
    rows = [_source(source, place, where) for place, source in enumerate(sources)]
    if not rows or not len(codes):
        raise ShapeError(where, "codes and sources", "not be empty", got=f"{len(codes)} and {len(rows)}")
    shares = _shares(weights, len(rows), where)
    symbols = len(rows[0])
    lengths = [_lengths(code, symbols, radix, place, where) for place, code in enumerate(codes)]
    for place, row in enumerate(rows):
        if len(row) != symbols:
            raise ShapeError(where, f"sources[{place}]", f"have shape ({symbols},)", got=f"({len(row)},)")
    table = tuple(tuple(_mean(row, costs) for row in rows) for costs in lengths)
    averages = tuple(_mean(shares, np.asarray(row)) for row in table)
    return SharedCode(averages.index(min(averages)), table, averages, tuple(shares.tolist()))


def _source(source: Any, place: int, where: str) -> NDArray[np.float64]:
    return exact_distribution(source, where=where, argument=f"sources[{place}]", normalize=False).probs


def _shares(weights: Any, sources: int, where: str) -> NDArray[np.float64]:
    if weights is None:
        return np.full(sources, 1 / sources)
    shares = exact_distribution(weights, where=where, argument="weights", normalize=False).probs
    if len(shares) != sources:
        rule = f"have shape ({sources},), one entry for each source"
        raise ShapeError(where, "weights", rule, got=f"({len(shares)},)")
    return shares


def _lengths(code: Any, symbols: int, radix: int, place: int, where: str) -> NDArray[np.float64]:
    argument = f"codes[{place}]"
    if isinstance(code, Code):
        if code.radix != radix:
            hint = "Pass the radix of the codes as `radix=`."
            raise DomainError(where, argument, f"have radix {radix}", got=str(code.radix), hint=hint)
        costs = np.asarray([np.inf if length is None else length for length in code.lengths])
    else:
        model = exact_distribution(code, where=where, argument=argument, normalize=False).probs
        logs = np.log2(np.where(model == 0, 1.0, model)) / math.log2(radix)
        costs = np.where(model == 0, np.inf, -logs)
    if len(costs) != symbols:
        rule = f"have {symbols} symbols, as the first source has"
        raise ShapeError(where, argument, rule, got=str(len(costs)))
    return costs.astype(np.float64)


def _mean(p: NDArray[np.float64], costs: NDArray[np.float64]) -> float:
    # A symbol that never comes may cost anything, also infinitely much.
    return math.fsum((p * np.where(p == 0, 0.0, costs)).tolist())
