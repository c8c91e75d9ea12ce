"""Code and the parts of its expected length as text in a terminal."""

from __future__ import annotations

from rich.console import Console

from xent.drawing.number_format import count, counted, plain
from xent.drawing.text_table import print_table
from xent.report.measures.code_findings import CodeComparison, CodeFindings, ComparedCode
from xent.report.measures.measure_format import measured

__all__ = ["render_code", "render_comparison"]

_MOST_SYMBOLS = 40


def render_code(findings: CodeFindings, console: Console) -> None:
    """
    Print the codewords of the first 40 symbols of a code, and the parts of its expected length.

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


def _length(length: float | None) -> str:
    """Length of a codeword as text, with decimals if it is fractional; a dash for None."""
    if length is None:
        return _NONE
    return str(length) if isinstance(length, int) else measured(length)


def _account(findings: CodeFindings, console: Console) -> None:
    """
    Print the expected length per symbol as a sum of three parts, then sentences on the message and the Kraft
    sum.

    The parts are entropy, divergence, and that of whole digits or, for ideal and range codes, of rounding.
    The first sentence tells how many symbols a message of the given digits holds, and is left out without a
    message or for a length of 0; the second is left out for a code without a Kraft sum.
    """
    one = findings
    rows = (
        ("Entropy", f"lower bound of every code on {one.run_on}", measured(one.entropy)),
        (
            "+ divergence",
            f"KL({one.run_on} || {one.built_for}): built for another source",
            measured(one.divergence),
        ),
        (
            _ROUNDING.get(one.kind, _WHOLE)[0],
            _ROUNDING.get(one.kind, _WHOLE)[1],
            measured(one.whole_symbol_penalty),
        ),
        ("= expected length", "", measured(one.expected_length)),
    )
    heads = ("Part", "Meaning", f">{_unit(one.radix)}")
    print_table(console, f"Run on {one.run_on}, per symbol", heads, rows, wrapped="Meaning")
    if one.message is not None and one.words is not None:
        room = f"{count(one.message)} {_unit(one.radix).lower()}"
        _say(console, f"A message of {room} holds {counted(one.words, 'symbol')}.")
    if one.kraft_sum is None:
        return
    full = ": no codeword could be shorter" if one.kraft_sum == "1" else ""
    # For a radix above 2, a Kraft sum below 1 does not imply that a codeword can be shortened.
    gap = ": some codeword could be shorter" if one.kraft_sum != "1" and one.radix == 2 else ""
    _say(console, f"Kraft sum {one.kraft_sum}{full}{gap}.")


def render_comparison(findings: CodeComparison, console: Console) -> None:
    """
    Print the expected lengths, in digits per symbol, of several codes on several sources, and the best on
    average.

    Lines are codes, columns are sources and the average; the last line has the entropy of each source. With
    a message, a further column tells how many symbols of the code's average length it holds. A further
    sentence tells if the code of the uniform distribution beats those of all columns.

    Parameters
    ----------
    findings : CodeComparison
        Findings of `xent code` for several columns.
    console : rich.console.Console
        Console to print to; its width limits that of the table.
    """
    one = findings
    heads = ["Built for", *(f">on {name}" for name in one.sources), ">Average"]
    rows = [[code.name, *map(measured, code.expected_lengths), measured(code.average)] for code in one.codes]
    rows.append(["(entropy)", *map(measured, one.entropies), ""])
    if one.message is not None:
        heads.append(f">In {count(one.message)} {_unit(one.radix).lower()}")
        rows = [[*row, extra] for row, extra in zip(rows, [*map(_held, one.codes), ""], strict=True)]
    title = f"{one.kind} codes, expected {_unit(one.radix).lower()} per symbol"
    print_table(console, title, tuple(heads), map(tuple, rows))
    _say(console, _verdict(one))


# Names and meanings of the last part of the expected length.
_WHOLE = ("+ or - whole digits", "integer codeword lengths")
_ROUNDING = {
    "Ideal": ("+ rounding", "none: lengths are logarithms"),
    "Range": ("+ rounding", "24-bit probabilities of the coder"),
}


def _held(code: ComparedCode) -> str:
    """
    Number of symbols that the message holds, as text; a dash if the code has none, as for a length of
    0.
    """
    return _NONE if code.words is None else count(code.words)


def _verdict(one: CodeComparison) -> str:
    """
    Sentence about the code of least average length, and one about the uniform code if it beats every
    column's.

    The last two of ``one.codes`` are those of the mixture and of the uniform distribution.
    """
    uniform, named = one.codes[-1], one.codes[:-2]
    least = min(code.average for code in one.codes)
    name = f"the {one.best}" if one.best in {"mixture", "uniform distribution"} else one.best
    said = f"The code of {name} is the shortest on average: {measured(least)} {_unit(one.radix).lower()}."
    if uniform.average < min(code.average for code in named):
        said += " The code of the uniform distribution, which uses no column, is shorter than all of columns."
    return said


def _unit(radix: int) -> str:
    return "Bits" if radix == 2 else f"Digits of radix {radix}"


def _say(console: Console, line: str) -> None:
    console.print(line, highlight=False, markup=False)
