"""Code and the parts of its expected length as text in a terminal."""

from __future__ import annotations

from rich.console import Console

from xent.drawing.number_format import counted, plain
from xent.drawing.text_table import print_table
from xent.report.measures.code_findings import CodeFindings
from xent.report.measures.measure_format import measured

__all__ = ["render_code"]

_MOST_SYMBOLS = 40


def render_code(findings: CodeFindings, console: Console) -> None:
    """
    Print the codewords of a code and the parts of its expected length.

    Parameters
    ----------
    findings : CodeFindings
        Findings of `xent code`.
    console : rich.console.Console
        Console to print to; its width limits that of the tables.
    """
    one = findings
    title = f"{one.kind} code, radix {one.radix}, built for {one.built_for}"
    rows = [
        (each.symbol, plain(each.built_for), plain(each.run_on), _length(each.length), each.codeword or _NONE)
        for each in one.symbols[:_MOST_SYMBOLS]
    ]
    heads = ("Symbol", f">{one.built_for}", f">{one.run_on}", ">Length", "Codeword")
    print_table(console, title, heads, rows)
    rest = len(one.symbols) - _MOST_SYMBOLS
    if rest > 0:
        console.print(f"and {counted(rest, 'more symbol')}\n", highlight=False, markup=False)
    _account(findings, console)


_NONE = "-"


def _length(length: int | None) -> str:
    """Length of a codeword as text; a dash for None."""
    return _NONE if length is None else str(length)


def _account(findings: CodeFindings, console: Console) -> None:
    """Print the expected length as a sum, and the Kraft sum."""
    one = findings
    unit = "Bits" if one.radix == 2 else f"Digits of radix {one.radix}"
    rows = (
        ("Entropy            what any code needs", measured(one.entropy)),
        (f"+ divergence       for believing {one.built_for}", measured(one.divergence)),
        ("+ whole digits     for not splitting them", measured(one.whole_symbol_penalty)),
        ("= expected length", measured(one.expected_length)),
    )
    print_table(console, f"Run on {one.run_on}, per symbol", ("Part", f">{unit}"), rows)
    full = ": no codeword could be shorter" if one.kraft_sum == "1" else ""
    # For a radix above 2, a Kraft sum below 1 does not imply that a codeword can be shortened.
    gap = ": some codeword could be shorter" if one.kraft_sum != "1" and one.radix == 2 else ""
    console.print(f"Kraft sum {one.kraft_sum}{full}{gap}.", highlight=False, markup=False)
