"""`entropy`: entropy, perplexity and best code of the symbols of a file or a column."""

from __future__ import annotations

import math

import numpy as np

from xent.arrays import checked_integer
from xent.data.pair_counts import PairCounts
from xent.data.symbol_counts import SymbolCounts, column_counts, source_counts
from xent.drawing.short_text import short
from xent.errors import DomainError
from xent.measures.codes import huffman_code
from xent.measures.estimators.conditional_entropy_from_counts import conditional_entropy_from_counts
from xent.measures.estimators.entropy_from_counts import METHODS, entropy_from_counts
from xent.measures.estimators.entropy_interval import entropy_interval
from xent.report.measures.measure_findings import Amount, EntropyFindings, SymbolFrequency, amount

__all__ = ["WITHOUT_PRIOR", "entropy"]

_CALLER = "xent entropy"
_FOR_FRACTIONS = "If these are probabilities of symbols, `xent code TABLE --for COLUMN` has their entropy."
_MOST_SYMBOLS = 20
_MOST_POSSIBLE = (1 << 63) - 1

WITHOUT_PRIOR = tuple(method for method in METHODS if method not in {"bayesian", "wolpert_wolf"})
"""Estimators that need no prior."""


def entropy(
    file: str,
    *,
    unit: str | None = None,
    column: str | None = None,
    method: str = "miller_madow",
    possible: int | None = None,
    bigrams: bool = False,
) -> EntropyFindings:
    """
    Entropy, perplexity and best code of the symbols of a file or of a table's column.

    Parameters
    ----------
    file : str
        The file, ``-`` for standard input, ``TABLE:COLUMN``, or the table that `column` belongs to; a file
        whose name ends in ``.gz`` is decompressed.
    unit : {"bytes", "characters", "words"}, optional
        Kind of symbols of a file; bytes by default.
    column : str, optional
        Column whose values are the symbols.
    method : str, default "miller_madow"
        Estimator of the entropy of the source.
    possible : int, optional
        Number of symbols that could occur, which ``"james_stein"`` and ``"nemenman_shafee_bialek"``, short
        ``"nsb"``, need.
    bigrams : bool, default False
        True to count pairs of successive symbols too.

    Returns
    -------
    EntropyFindings
        Entropy of the sample and estimate for the source with a 95 % interval, in nats and bits; mean length
        of a Huffman code and length of codewords of equal length, in bits; the 20 most frequent symbols.

    Raises
    ------
    DataError
        If the file cannot be read, or holds no symbol, or the column holds fractional numbers.
    DomainError
        If `method` is not one of `WITHOUT_PRIOR` or `unit` of the three, or both `unit` and `column` are
        given; if `possible` is below the number of symbols that occur, above 2**63 - 1, or missing where the
        estimator needs it; if ``"jackknife"`` gets a single symbol.
    DTypeError
        If `possible` is not an integer.
    """
    if column is not None and unit is not None:
        raise DomainError(_CALLER, "unit", "be left out with a column", got=repr(unit))
    if method not in WITHOUT_PRIOR:
        raise DomainError(_CALLER, "method", f"be one of {', '.join(WITHOUT_PRIOR)}", got=repr(method))
    if possible is not None and checked_integer(possible, "K", caller=_CALLER) > _MOST_POSSIBLE:
        rule = f"be at most {_MOST_POSSIBLE}"
        raise DomainError(_CALLER, "K", rule, got=f"a number of {len(str(possible))} digits")
    if column is None:
        found = source_counts(file, unit, caller=_CALLER, bigrams=bigrams, for_fractions=_FOR_FRACTIONS)
    else:
        found = column_counts(file, column, caller=_CALLER, bigrams=bigrams, for_fractions=_FOR_FRACTIONS)
    return _findings(found, method, possible)


def _findings(found: SymbolCounts, method: str, possible: int | None) -> EntropyFindings:
    """
    Findings of a sample of at least one symbol: its entropy, the estimate by `method` and an interval.

    `method` is one of `METHODS`, `possible` the number of possible symbols, None if unknown. Raises
    `DomainError` if `possible` is below the number of symbols that occur, or None where `method` needs it,
    and for "jackknife" of a sample of size 1. Entropies are in nats, lengths in bits. The 95 % interval is of
    the source's entropy; its ends may be None, with the reason. A Huffman code, the 20 most frequent symbols,
    by falling count and then by name, and the entropy of pairs, if they were counted, are added.
    """
    # Frequent symbols first; among equally frequent ones, in alphabetical order.
    symbols, counts = zip(*sorted(found.counts.items(), key=lambda item: (-item[1], item[0])), strict=True)
    n = sum(counts)
    of_sample = entropy_from_counts(np.asarray(counts)).value
    estimate = METHODS[method](np.asarray(counts), K=possible)
    code = huffman_code(counts, normalize=True)
    interval = entropy_interval(np.asarray(counts))
    return EntropyFindings(
        name=found.name,
        unit=found.unit,
        symbols=n,
        distinct=len(counts),
        missing=found.missing,
        entropy=amount(of_sample),
        perplexity=math.exp(of_sample),
        method=estimate.method,
        estimate=amount(estimate.value),
        low=None if interval.low is None else amount(interval.low),
        high=None if interval.high is None else amount(interval.high),
        no_interval=interval.reason,
        huffman_bits=code.expected_length(counts, normalize=True),
        fixed_bits=(len(counts) - 1).bit_length(),
        most_frequent=tuple(
            SymbolFrequency(short(symbol, 30), count, count / n, math.log2(n / count), length or 0)
            for symbol, count, length in list(zip(symbols, counts, code.lengths, strict=True))[:_MOST_SYMBOLS]
        ),
        **_of_pairs(found.pairs),
    )


def _of_pairs(pairs: PairCounts | None) -> dict[str, Amount]:
    """
    Entropy of pairs of successive symbols, "of_pairs", and that of a symbol given the one before,
    "conditional".

    The dict is empty without `pairs` or if there is no pair.
    """
    counts = np.zeros(0) if pairs is None else pairs.counts()
    if pairs is None or not len(counts):
        return {}
    return {
        "of_pairs": amount(entropy_from_counts(counts).value),
        "conditional": amount(conditional_entropy_from_counts(counts, pairs.firsts())),
    }
