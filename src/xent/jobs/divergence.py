"""`divergence`: divergences between the frequencies of symbols in two files or two columns."""

from __future__ import annotations

import math
from collections.abc import Sequence
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xent.data.symbol_counts import SymbolCounts, source_counts
from xent.drawing.short_text import short
from xent.errors import DomainError
from xent.formulas.measures import js_divergence as js_formula
from xent.jobs.weighted_columns import Weights, weighted_columns
from xent.measures.cross_entropy import cross_entropy
from xent.measures.entropy import entropy
from xent.measures.estimators.one_source_test import one_source_test
from xent.measures.kl_divergence import kl_divergence
from xent.models.real_numbers import float_of
from xent.report.measures.measure_findings import (
    Amount,
    DivergenceFindings,
    SampleFindings,
    SymbolContrast,
    amount,
)

__all__ = ["divergence"]

_CALLER = "xent divergence"
_FOR_FRACTIONS = "If these are probabilities of symbols, pass --probabilities; if weights, --counts."
_MOST_SYMBOLS = 20
_EXAMPLES = 5
_MANY_SYMBOLS = 10_000
_MOST_TESTED = 10**9


def divergence(
    a: str,
    b: str,
    *,
    unit: str | None = None,
    weights: Weights | None = None,
    symbols: str | None = None,
    smoothing: float = 0.0,
) -> DivergenceFindings:
    """
    Divergences (Kullback-Leibler both ways, Jensen-Shannon) and cross-entropies of frequencies of symbols.

    Parameters
    ----------
    a, b : str
        Two files, or two columns as ``TABLE:COLUMN``.
    unit : {"bytes", "characters", "words"}, optional
        Kind of symbols of the files; bytes by default.
    weights : {"probabilities", "counts"}, optional
        Meaning of the numbers in two columns of distributions, with a row for each symbol. None, the default,
        counts how often each value occurs.
    symbols : str, optional
        With `weights`, column that names the symbols; by default the first of each table that is not
        compared, or the row numbers.
    smoothing : float, default 0
        Number added to the count of each symbol of either source, in both, for the Kullback-Leibler
        divergences and cross-entropies alone. With 0 a symbol that occurs in one source only makes the
        divergence of this source from the other infinite.

    Returns
    -------
    DivergenceFindings
        The divergences in nats and bits, the Jensen-Shannon divergence with weights of 1/2, and for numbers
        of occurrences, at most 10**9 in all, the p-value of a test of the hypothesis of one source.

    Raises
    ------
    DataError
        If a source cannot be read, or holds no symbol; if a column is missing, or holds fractions and
        `weights` is None; if with `weights` it does not hold a distribution, or a symbol has two rows.
    DomainError
        If one source is a file and the other a column, `unit` is not a kind of symbols or is given for
        columns, `symbols` is given without `weights`, or `weights` for files or unknown, or `smoothing` is
        negative, not finite, or given for probabilities.
    """
    if weights is not None:
        first, second = weighted_columns(a, b, unit=unit, weights=weights, symbols=symbols, caller=_CALLER)
    elif symbols is not None:
        hint = "Pass --probabilities or --counts with it."
        raise DomainError(_CALLER, "symbols", "be left out for values", got=repr(symbols), hint=hint)
    else:
        first, second = (
            source_counts(source, unit, caller=_CALLER, for_fractions=_FOR_FRACTIONS) for source in (a, b)
        )
    _check_one_kind(first, second)
    _check_smoothing(smoothing, weights)
    names = sorted({**first.counts, **second.counts})
    p, q = _shares(first, names), _shares(second, names)
    smooth_p, smooth_q = (_shares(each, names, smoothing) for each in (first, second))
    # Each symbol on a class axis of length 1: its value is the contribution of the symbol, never negative.
    parts = js_formula.value(p[:, None], q[:, None], weights=(0.5, 0.5), xp=np)
    return DivergenceFindings(
        unit=first.unit,
        a=_sample(first, second, p),
        b=_sample(second, first, q),
        kl_ab=_amount(kl_divergence(smooth_p, smooth_q)),
        kl_ba=_amount(kl_divergence(smooth_q, smooth_p)),
        cross_entropy_ab=_amount(cross_entropy(smooth_p, smooth_q)),
        cross_entropy_ba=_amount(cross_entropy(smooth_q, smooth_p)),
        js=_amount(parts.sum()),
        contrasts=_contrasts(names, p, q, parts),
        smoothing=smoothing,
        one_source=_p_value(first, second, names),
    )


def _check_one_kind(first: SymbolCounts, second: SymbolCounts) -> None:
    """Raise `DomainError` if the units of both differ, as those of a file and a column do."""
    if first.unit != second.unit:
        fact = f"{first.unit} of {first.name} and {second.unit} of {second.name}"
        hint = "Give two files, or two columns as TABLE:COLUMN."
        raise DomainError(_CALLER, "a and b", "be of one kind", got=fact, hint=hint)


def _check_smoothing(smoothing: Any, weights: Weights | None) -> None:
    """
    Raise `DomainError` for a `smoothing` that is no number >= 0 and finite, or above 0 for `weights`
    "probabilities".
    """
    if not (isinstance(smoothing, Real) and 0 <= float_of(smoothing) < math.inf):
        raise DomainError(_CALLER, "smoothing", "be finite and >= 0", got=repr(smoothing))
    if smoothing and weights == "probabilities":
        raise DomainError(_CALLER, "smoothing", "be 0 for probabilities", got=repr(smoothing))


def _p_value(first: SymbolCounts, second: SymbolCounts, symbols: Sequence[str]) -> float | None:
    """
    P-value of a permutation test that two samples have one source, from their counts of each of `symbols`.

    A symbol that a sample lacks counts 0. The result is None if a count is a float, as probabilities and
    weights are, or if there are more than 10**9 occurrences in both. Beyond 10,000 symbols 99 permutations
    are drawn in place of 999, so that the least value is 0.01 in place of 0.001. Equal counts give equal
    permutations.
    """
    counts = [[each.counts.get(symbol, 0) for symbol in symbols] for each in (first, second)]
    if not all(isinstance(n, int) for row in counts for n in row) or sum(map(sum, counts)) > _MOST_TESTED:
        return None
    # The time grows with the number of symbols.
    permutations = 999 if len(symbols) <= _MANY_SYMBOLS else 99
    return one_source_test(*counts, permutations=permutations).p_value


def _shares(found: SymbolCounts, symbols: Sequence[str], smoothing: float = 0.0) -> NDArray[np.float64]:
    counts = np.asarray([found.counts.get(symbol, 0) for symbol in symbols]) + smoothing
    # Probabilities are compared as given: dividing them by a sum of 1 - 2e-16 would change them.
    shares: NDArray[np.float64] = counts if found.unit == "probabilities" else counts / counts.sum()
    return shares


def _amount(nats: object) -> Amount:
    return amount(float(np.asarray(nats)))


def _sample(found: SymbolCounts, other: SymbolCounts, shares: NDArray[np.float64]) -> SampleFindings:
    """
    Findings of the sample `found`, of which `shares` are the probabilities; unseen are its symbols not in
    `other`.

    `symbols` is the number of occurrences, None for probabilities and for weights whose sum is not whole.
    Five of the unseen symbols are named, the most frequent first.
    """
    n = sum(found.counts.values())
    counted = int(n) if found.unit != "probabilities" and float(n).is_integer() else None
    unseen = sorted(found.counts.keys() - other.counts.keys(), key=lambda symbol: -found.counts[symbol])
    return SampleFindings(
        name=found.name,
        symbols=counted,
        distinct=len(found.counts),
        missing=found.missing,
        entropy=_amount(entropy(shares)),
        unseen=len(unseen),
        unseen_share=sum(found.counts[symbol] for symbol in unseen) / n,
        unseen_examples=tuple(short(symbol, 30) for symbol in unseen[:_EXAMPLES]),
    )


def _contrasts(
    symbols: Sequence[str], p: NDArray[np.float64], q: NDArray[np.float64], parts: NDArray[np.float64]
) -> tuple[SymbolContrast, ...]:
    """
    Symbols that contribute most to the Jensen-Shannon divergence, at most 20, the largest part first.

    `parts` are the contributions of the `symbols` in nats, >= 0; `p` and `q` their shares in both sources,
    which the result has beside the contribution in bits and the name, cut to 30 characters.
    """
    order = np.argsort(-parts, kind="stable")[:_MOST_SYMBOLS]
    return tuple(
        SymbolContrast(short(symbols[k], 30), float(p[k]), float(q[k]), _amount(parts[k]).bits) for k in order
    )
