"""Entropy of a sample as text in a terminal."""

from __future__ import annotations

from rich.console import Console

from xent.drawing.number_format import count, counted, percent
from xent.drawing.text_table import print_table
from xent.report.measures.measure_findings import EntropyFindings
from xent.report.measures.measure_format import in_both_units, measured

__all__ = ["render_entropy"]

_MOST_SYMBOLS = 10


def render_entropy(findings: EntropyFindings, console: Console) -> None:
    """
    Print the entropy of the symbols of a sample, with code lengths and the most frequent symbols.

    In bits and nats per symbol stand the entropy of the frequencies, the estimate for their source with its
    interval if there is one, and that given the symbol before if pairs were counted; in bits the lengths of
    the Huffman code and of codewords of equal length. Ten symbols and sentences follow.

    Parameters
    ----------
    findings : EntropyFindings
        Findings of `xent entropy`.
    console : rich.console.Console
        Console to print to; its width limits that of the tables.
    """
    one = findings
    title = f"{one.name}: {count(one.symbols)} {one.unit}, {count(one.distinct)} different"
    rows = [("Entropy of these frequencies", *in_both_units(one.entropy))]
    rows.append((f"Entropy of their source ({one.method})", *in_both_units(one.estimate)))
    if one.low is not None and one.high is not None:
        low, high = in_both_units(one.low), in_both_units(one.high)
        rows.append(("  95 % interval", f"{low[0]} to {high[0]}", f"{low[1]} to {high[1]}"))
    if one.of_pairs is not None and one.conditional is not None:
        rows.append(("Entropy given the symbol before", *in_both_units(one.conditional)))
        rows.append(("  of pairs, per pair", *in_both_units(one.of_pairs)))
    rows.append(("Best code of whole bits (Huffman)", measured(one.huffman_bits), ""))
    rows.append(("Codewords of equal length", count(one.fixed_bits), ""))
    print_table(console, title, ("Per symbol", ">Bits", ">Nats"), rows)
    _frequencies(findings, console)
    for line in _sentences(findings):
        console.print(line, highlight=False, markup=False)


def _frequencies(findings: EntropyFindings, console: Console) -> None:
    """Print the ten most frequent symbols, with count, share, surprisal and length of the codeword."""
    shown = findings.most_frequent[:_MOST_SYMBOLS]
    heads = ("Symbol", ">Count", ">Share", ">Surprisal", ">Codeword")
    rows = (
        (
            one.symbol,
            count(one.count),
            percent(one.share),
            f"{measured(one.surprisal_bits)} bits",
            counted(one.code_bits, "bit"),
        )
        for one in shown
    )
    print_table(console, "Most frequent", heads, rows)


def _sentences(findings: EntropyFindings) -> list[str]:
    """
    Sentences: first on perplexity, then, as far as they apply, on symbols that do not repeat, and more.

    The others are on missing cells, the reason for no interval, pairs of symbols, and the assumption of an
    interval.
    """
    one = findings
    equal = f"As uncertain as {measured(one.perplexity)} equally frequent symbols (perplexity)."
    lines = [equal]
    if one.distinct == one.symbols > 1:
        lines.append("Every symbol occurs once: nothing repeats from which to estimate the source.")
    if one.missing:
        lines.append(f"Left out: {counted(one.missing, 'missing cell')}.")
    if one.no_interval:
        lines.append(f"No interval is given: {one.no_interval}.")
    if one.conditional is not None:
        lines.append("Entropies of pairs are those of the sample: too low where most pairs are rare.")
    if one.low is not None:
        lines.append("The interval holds for independent draws; symbols of running text are not independent.")
    return lines
