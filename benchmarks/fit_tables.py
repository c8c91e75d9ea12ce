"""Tables of the page about fits, written between its markers from the stored results."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Any

__all__ = ["merged", "write_tables"]


def merged(
    stored: dict[str, Any], measured: dict[str, Any], *, replaced: Collection[str] = ()
) -> dict[str, Any]:
    """
    Rows of all parts, by set: `measured` ones in place of those in `stored`, new ones after them.

    Nothing stored remains of the parts `replaced`.
    """
    kept = {part: rows for part, rows in stored.items() if part not in replaced}
    return {
        part: list({row["set"]: row for row in [*kept.get(part, []), *measured.get(part, [])]}.values())
        for part in {**stored, **measured}
    }


def write_tables(results: dict[str, Any], page: Path) -> None:
    """Write the passages of `page` between ``<!-- NAME -->`` and ``<!-- end of NAME -->`` that have rows."""
    text = page.read_text(encoding="utf-8")
    writers = {
        "sets": ("sets", _sets),
        "folds": ("cv", _folds),
        "memory": ("memory", _memory),
        "wide": ("wide", _wide),
    }
    for name, (part, write) in writers.items():
        if part not in results:
            continue
        passage = write(results[part])
        begin, end = f"<!-- {name} -->", f"<!-- end of {name} -->"
        before, after = text.split(begin)[0], text.split(end)[1]
        text = f"{before}{begin}\n{passage}\n{end}{after}"
    page.write_text(text, encoding="utf-8")


def _table(header: list[str], rows: list[list[str]]) -> str:
    lines = [header, ["---", *["---:"] * (len(header) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _sets(results: list[dict[str, Any]]) -> str:
    header = ["set", "rows x features, classes", "fastest of scikit-learn", "seconds", "xent to 1e-6"]
    header += ["times faster", "xent certified", "times faster", "glum", "statsmodels"]
    rows = []
    for one in results:
        best, rough, sure = one["best_seconds"], one["rough_seconds"], one["certified_seconds"]
        none = best is None
        rows.append(
            [
                *(one["set"], one["shape"]),
                f"none reaches 1e-6 in {one['limit']:g} s" if none else one["best"],
                *(_number(best), _number(rough), "" if none else _number(best / rough)),
                *(_number(sure), "" if none else _number(best / sure)),
                *(_number(one[f"{library}_seconds"]) for library in ("glum", "statsmodels")),
            ]
        )
    runs = sorted({one["runs"] for one in results})
    note = f"Medians of {' or '.join(map(str, runs))} fits{_clock(results)}. {results[0]['machine']}."
    note += _states(results)
    defaults = [
        f"{one['set']} {one['default_seconds']:.4f} s, error {one['default_error']:.0e}"
        for one in results
        if "default_seconds" in one
    ]
    if defaults:
        note += f" scikit-learn's defaults on small sets: {'; '.join(defaults)}."
    return f"{_table(header, rows)}\n\n{note}"


def _folds(rows: list[dict[str, Any]]) -> str:
    lines = []
    for one in rows:
        ours = one["seconds"]["xent"]
        for solver, seconds in one["seconds"].items():
            tol = one["tolerances"].get(solver)
            lines.append(
                [
                    f"{one['set']}, {one['rows']:,} rows",
                    solver if tol is None else f"{solver}, tol {tol:.0e}",
                    _number(seconds),
                    f"{one['errors'][solver]:.0e}",
                    "" if solver == "xent" else _number(seconds / ours),
                ]
            )
    header = ["set", "contestant", "seconds", "largest error of a fold, nats", "xent faster by"]
    how = "One run" if rows[0]["runs"] == 1 else f"Medians of {rows[0]['runs']} runs"
    return f"{_table(header, lines)}\n\n{how} of each{_clock(rows)}. {rows[0]['machine']}.{_states(rows)}"


def _states(rows: list[dict[str, Any]]) -> str:
    """Sentence on the commit that was measured."""
    states = {one["state"] for one in rows}
    if len(states) > 1 or "" in states:
        return " Measured over several runs and states of the code."
    return f" One run of commit {states.pop()}."


def _clock(rows: list[dict[str, Any]]) -> str:
    """Clock of the seconds in words; the sets of the rows by the processor's if there are both."""
    by_processor = [one["set"] for one in rows if one["clock"] == "processor"]
    words = " in seconds of the processor, on one thread"
    if len(by_processor) in (0, len(rows)):
        return words if by_processor else ""
    return f"; of {', '.join(by_processor)}{words}"


def _memory(rows: list[dict[str, Any]]) -> str:
    lines = [[one["set"], f"{one['megabytes']:.1f}", f"{one['share']:.2f}"] for one in rows]
    table = _table(["set", "megabytes of X", "peak beyond X, as a share of X"], lines)
    return f"{table}\n\n{_states(rows).strip()}".strip()


def _wide(rows: list[dict[str, Any]]) -> str:
    header = ["process", "of 50 columns", "linear in the columns", "solver alone", "linear / solver"]
    lines = []
    for one in rows:
        linear = one["wide_seconds"] - one["narrow_seconds"]
        figures = (one["wide_seconds"], one["narrow_seconds"], linear, one["solver_seconds"])
        lines.append([*map(_number, figures), _number(linear / one["solver_seconds"])])
    note = f"Medians of {rows[0]['runs']} runs in seconds of processor. {rows[0]['machine']}."
    return f"{_table(header, lines)}\n\n{note}{_states(rows)}"


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.3g}"
