"""`code`: a code built for one column of a table and run on another, or several codes on several sources."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xent.arrays import checked_integer
from xent.data import read_table
from xent.drawing.short_text import short
from xent.errors import DomainError
from xent.jobs.distribution_columns import distribution, symbol_names
from xent.measures.codes import (
    Code,
    account,
    best_shared_code,
    huffman_code,
    shannon_code,
    shannon_fano_elias_code,
)
from xent.measures.codes.code import check_radix
from xent.measures.codes.range_coding import coder_probs
from xent.measures.cross_entropy import cross_entropy
from xent.measures.entropy import entropy
from xent.measures.kl_divergence import kl_divergence
from xent.report.measures.code_findings import CodeComparison, CodedSymbol, CodeFindings, ComparedCode

__all__ = ["KINDS", "code"]

_CALLER = "xent code"
Array = NDArray[np.float64]

KINDS = MappingProxyType(
    {
        "huffman": "Huffman",
        "shannon": "Shannon",
        "shannon-fano-elias": "Shannon-Fano-Elias",
        "ideal": "Ideal",
        "range": "Range",
    }
)
"""Kinds of codes, and their names for print."""

_BUILDERS: dict[str, Callable[..., Code]] = {
    "huffman": huffman_code,
    "shannon": shannon_code,
    "shannon-fano-elias": shannon_fano_elias_code,
}
# Kinds without codewords, whose lengths are logarithms of these probabilities.
_MODELS: dict[str, Callable[[Array], Array]] = {"ideal": lambda q: q, "range": coder_probs}


def code(
    table: str,
    *,
    built_for: str | Sequence[str],
    run_on: str | Sequence[str] | None = None,
    symbols: str | None = None,
    counts: bool = False,
    kind: str = "huffman",
    radix: int = 2,
    most_length: int | None = None,
    message: int | None = None,
) -> CodeFindings | CodeComparison:
    """
    Codewords for the rows of a table with an account of their expected length, or a comparison of codes.

    Parameters
    ----------
    table : str
        File with a row for each symbol.
    built_for : str or sequence of str
        Column of the distribution q that the code is built for, or several. If there are two or more columns
        here or in `run_on`, codes for these columns, for the mean of the sources and for the uniform
        distribution are compared; a list of one column counts as the column.
    run_on : str or sequence of str, optional
        Column of the distribution p that the symbols come from, or several, the sources; by default
        `built_for`.
    symbols : str, optional
        Column that names the symbols; by default the first that is neither `built_for` nor `run_on`, or the
        row numbers if there is no other.
    counts : bool, default False
        True if the columns hold counts, which are then divided by their sums.
    kind : {"huffman", "shannon", "shannon-fano-elias", "ideal", "range"}
        Kind of code. ``"ideal"`` has the lengths ``-log q``, ``"range"`` those of a range coder.
    radix : int, default 2
        Number of different digits, 2 to 36; 2 for a range coder.
    most_length : int, optional
        Longest codeword that a Huffman code may have; None means no limit.
    message : int, optional
        Number of digits of a message, at least 1, for the number of whole symbols that it holds on average.

    Returns
    -------
    CodeFindings or CodeComparison
        The code with the parts of its expected length, which is ``inf`` if a symbol of p > 0 has q = 0; for
        several columns or sources, the lengths of all codes on all sources.

    Raises
    ------
    DataError
        If the table cannot be read, a column is missing, or does not hold a distribution: numbers >= 0 of sum
        1 within 1.5e-8, or counts.
    DomainError
        If `kind` is unknown, `radix` out of range, `message` below 1, or `most_length` too small, or given
        for another kind than ``"huffman"``.
    DTypeError
        If `radix`, `message` or `most_length` is not an integer.
    ShapeError
        If `built_for` is an empty list.
    """
    build = _builder(kind, most_length, radix)
    if message is not None:
        message = checked_integer(message, "message", least=1, caller=_CALLER)
    read = read_table(table)
    codes = [built_for] if isinstance(built_for, str) else list(built_for)
    sources = codes if not run_on else [run_on] if isinstance(run_on, str) else list(run_on)
    models = [_column(read, name, "for", counts=counts) for name in codes]
    truths = [_column(read, name, "on", counts=counts) for name in sources]
    names = symbol_names(read, symbols, {*codes, *sources}, caller=_CALLER)
    common: dict[str, Any] = {
        "name": Path(table).name,
        "kind": KINDS[kind],
        "radix": radix,
        "message": message,
    }
    if len(codes) == len(sources) == 1:
        one = _one(build, models[0], truths[0], radix=radix, names=names, message=message)
        return CodeFindings(**common, built_for=codes[0], run_on=sources[0], **one)
    models = [*models, np.mean(truths, axis=0), np.full(len(names), 1 / len(names))]
    found = best_shared_code([build(q) for q in models], truths, radix=radix)
    rows = zip((*codes, "mixture", "uniform"), found.expected_lengths, found.averages, strict=True)
    return CodeComparison(
        **common,
        sources=tuple(sources),
        entropies=tuple(float(np.asarray(entropy(p, base=radix))) for p in truths),
        codes=tuple(ComparedCode(name, lengths, mean, _words(message, mean)) for name, lengths, mean in rows),
        best=(*codes, "mixture", "uniform")[found.best],
    )


def _builder(kind: str, most_length: int | None, radix: int) -> Callable[[Array], Any]:
    """
    Function from a distribution (K,) to a code or, for "ideal" and "range", to the distribution of its
    lengths.

    The latter is ``p = radix**-length``. Raises `DomainError` for an unknown `kind`, a `radix` other than 2
    for "range" and outside 2 .. 36 for others, and a `most_length`, None for no limit, beside another kind
    than "huffman"; `DTypeError` for a `radix` that is no integer. The function raises `DomainError` for a
    `most_length` that is too small.
    """
    if kind not in KINDS:
        raise DomainError(_CALLER, "kind", f"be one of {', '.join(KINDS)}", got=repr(kind))
    if kind == "range" and radix != 2:
        hint = "A range coder writes bits."
        raise DomainError(_CALLER, "radix", "be 2 for a range code", got=str(radix), hint=hint)
    if most_length is not None and kind != "huffman":
        rule = "be left out unless the code is Huffman's"
        raise DomainError(_CALLER, "most_length", rule, got=f"{most_length} for {kind}")
    radix = check_radix(radix, caller=_CALLER)
    if kind in _MODELS:
        return _MODELS[kind]
    options = {} if most_length is None else {"most_length": most_length}
    return partial(_BUILDERS[kind], radix=radix, **options)


def _column(read: Any, name: str, argument: str, *, counts: bool) -> Array:
    """
    Probabilities in the column `name` of the table `read`, (rows,), with `counts` True divided by their sum.

    Raises `DataError`, about `argument`, unless there is such a column and it holds a distribution or counts.
    """
    values = distribution(read, name, counts=counts, caller=_CALLER, argument=argument)
    return values / values.sum() if counts else values


def _one(
    build: Callable[[Array], Any], q: Array, p: Array, *, radix: int, names: list[str], message: int | None
) -> dict[str, Any]:
    """
    Fields of `CodeFindings` for the code that `build` makes of `q`, (K,), and that is run on `p`, (K,).

    Both are distributions, of sum 1 within 1.5e-8. The fields are ``symbols``, with both probabilities over
    their sums, ``expected_length``, ``entropy``, ``divergence``, ``whole_symbol_penalty``, ``kraft_sum`` (a
    fraction as text, None without codewords) and ``words``, the whole symbols that a `message` of so many
    digits holds on average: 0 for an infinite length, None without a message or for a length of 0. Lengths
    and parts are in digits of `radix`, a length None for a symbol without a codeword or of probability 0 in
    q; `names` are those of the symbols.
    """
    built = build(q)
    if isinstance(built, Code):
        found = account(built, built_for=q, run_on=p)
        lengths: Sequence[float | None] = built.lengths
        words: Sequence[str | None] = built.codewords
        parts = found.entropy, found.divergence, found.whole_symbol_penalty
        expected = found.expected_length
    else:
        lengths = [-math.log(x) / math.log(radix) if x > 0 else None for x in built.tolist()]
        words = [None] * len(q)
        expected = _in_digits(cross_entropy(p, built), radix)
        # The logarithm of the ratio of the two models: no difference of near cross-entropies.
        possible = (p > 0) & (q > 0)
        rounding = math.fsum((p[possible] * np.log(q[possible] / built[possible])).tolist()) / math.log(radix)
        parts = _in_digits(entropy(p), radix), _in_digits(kl_divergence(p, q), radix), rounding
    rows = zip(names, q / q.sum(), p / p.sum(), lengths, words, strict=True)
    return {
        "symbols": tuple(CodedSymbol(short(n, 30), float(a), float(b), k, w) for n, a, b, k, w in rows),
        "expected_length": expected,
        **dict(zip(("entropy", "divergence", "whole_symbol_penalty"), parts, strict=True)),
        "kraft_sum": str(built.kraft_sum) if isinstance(built, Code) else None,
        "words": _words(message, expected),
    }


def _in_digits(nats: Any, radix: int) -> float:
    return float(np.asarray(nats)) / math.log(radix)


def _words(message: int | None, length: float) -> int | None:
    """
    Number of whole symbols of the mean `length`, in digits, that a `message` of so many digits holds.

    None without a message or for a length of 0, and 0 for an infinite one.
    """
    if message is None or length == 0:
        return None
    return math.floor(message / length)
