"""Divergence of two samples as text in a terminal."""

from __future__ import annotations

import math

from rich.console import Console

from xent.drawing.number_format import count, counted, percent
from xent.drawing.text_table import print_table
from xent.report.measures.measure_findings import Amount, DivergenceFindings, SampleFindings
from xent.report.measures.measure_format import in_both_units, measured

__all__ = ["render_divergence"]

_MOST_SYMBOLS = 10


def render_divergence(findings: DivergenceFindings, console: Console) -> None:
    """
    Print the divergences between the symbol frequencies of two samples, in bits and nats per symbol.

    They are both Kullback-Leibler divergences, the Jensen-Shannon divergence, both entropies and
    cross-entropies; then the ten symbols that differ most, and sentences on unseen symbols, missing cells and
    the test of one source.

    Parameters
    ----------
    findings : DivergenceFindings
        Findings of `xent divergence`.
    console : rich.console.Console
        Console to print to; its width limits that of the tables.
    """
    sides = ((name, side) for name, side in (("A", findings.a), ("B", findings.b)))
    given = findings.unit == "probabilities"
    rows = (
        (f"{name}  {side.name}", "-" if side.symbols is None else count(side.symbols), count(side.distinct))
        for name, side in sides
    )
    title = "Two distributions" if given else f"Two samples of {findings.unit}"
    heads = ("Distribution" if given else "Sample", ">Symbols", ">Different")
    print_table(console, title, heads, rows)
    print_table(console, "Per symbol", ("Measure", ">Bits", ">Nats"), _measures(findings))
    _contrasts(findings, console)
    for line in _sentences(findings):
        console.print(line, highlight=False, markup=False)


def _measures(findings: DivergenceFindings) -> list[tuple[str, str, str]]:
    """
    Rows of the table of measures: name, bits, nats, all as text.

    They are both Kullback-Leibler divergences, the Jensen-Shannon divergence, both entropies and both
    cross-entropies.
    """
    measures: list[tuple[str, Amount]] = [
        ("KL(A || B)        A coded with B's frequencies, above H(A)", findings.kl_ab),
        ("KL(B || A)        B coded with A's frequencies, above H(B)", findings.kl_ba),
        ("Jensen-Shannon    symmetric, at most 1 bit", findings.js),
        ("H(A)", findings.a.entropy),
        ("H(B)", findings.b.entropy),
        ("H(A, B)           H(A) + KL(A || B)", findings.cross_entropy_ab),
        ("H(B, A)           H(B) + KL(B || A)", findings.cross_entropy_ba),
    ]
    return [(name, *in_both_units(one)) for name, one in measures]


def _contrasts(findings: DivergenceFindings, console: Console) -> None:
    """
    Print the first ten symbols of the findings, those with the largest parts of the Jensen-Shannon
    divergence.

    Nothing if no part is positive. The contrasts of `findings` are sorted; those of part 0 are left out.
    """
    heads = ("Symbol", ">In A", ">In B", ">Bits of Jensen-Shannon")
    rows = [
        (one.symbol, percent(one.a), percent(one.b), measured(one.js_bits))
        for one in findings.contrasts[:_MOST_SYMBOLS]
        if one.js_bits > 0
    ]
    if rows:
        print_table(console, "Where they differ most", heads, rows)


def _sentences(findings: DivergenceFindings) -> list[str]:
    """
    Sentences on symbols that one sample alone has, missing cells, smoothing, and the test of one source.

    Two on symbols are always there, one for each sample, also if the other sample has all its symbols. The
    others are left out where no cell is missing, no smoothing is applied, or no test was made. An infinite
    divergence without smoothing has a sentence that advises smoothing.
    """
    a, b = findings.a, findings.b
    lines = [_unseen("A", "B", a, findings.kl_ab), _unseen("B", "A", b, findings.kl_ba)]
    lines.extend(
        f"{name}: {counted(side.missing, 'missing cell')} ignored."
        for name, side in (("A", a), ("B", b))
        if side.missing
    )
    if findings.smoothing:
        lines.append(f"Divergences and cross-entropies with {findings.smoothing:g} added to every count.")
    elif math.isinf(findings.kl_ab.bits) or math.isinf(findings.kl_ba.bits):
        lines.append("For finite divergences add to every count, as with --smoothing 0.5.")
    if findings.one_source is not None:
        lines.append(
            f"If both came from one source, a difference as large would have a probability of "
            f"{findings.one_source:.3g} (permutation test of independent symbols)."
        )
    return lines


def _unseen(name: str, other: str, side: SampleFindings, divergence: Amount) -> str:
    """
    Sentence about the symbols of sample `name` that do not occur in sample `other`, or that all do.

    `divergence` is that of `name` from `other`; the sentence says so if it is infinite.
    """
    if not side.unseen:
        return f"Every symbol of {name} occurs in {other}."
    examples = ", ".join(side.unseen_examples)
    more = ", ..." if side.unseen > len(side.unseen_examples) else ""
    price = ", so the divergence is infinite" if math.isinf(divergence.bits) else ""
    return (
        f"{name} has {counted(side.unseen, 'symbol')} that {other} never has ({examples}{more}), "
        f"{percent(side.unseen_share)} of {name}{price}."
    )
