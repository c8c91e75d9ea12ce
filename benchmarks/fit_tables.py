"""Tables of the page about fits, written between its markers from the stored results."""

from __future__ import annotations

from pathlib import Path
from typing import Any

__all__ = ["write_tables"]


def write_tables(results: dict[str, Any], page: Path) -> None:
    """Replace the passages of `page` between ``<!-- NAME -->`` and ``<!-- end of NAME -->``."""
    text = page.read_text(encoding="utf-8")
    passages = {
        "sets": _sets(results),
        "folds": _folds(results["cv"]),
        "memory": _memory(results["memory"]),
    }
    for name, passage in passages.items():
        begin, end = f"<!-- {name} -->", f"<!-- end of {name} -->"
        before, after = text.split(begin)[0], text.split(end)[1]
        text = f"{before}{begin}\n{passage}\n{end}{after}"
    page.write_text(text, encoding="utf-8")


def _table(header: list[str], rows: list[list[str]]) -> str:
    lines = [header, ["---", *["---:"] * (len(header) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _sets(results: dict[str, Any]) -> str:
    header = ["set", "rows x features, classes", "fastest of scikit-learn", "seconds", "xent to 1e-6"]
    header += ["times faster", "xent certified", "times faster", "glum", "statsmodels"]
    rows = []
    for one in results["sets"]:
        best, rough, sure = one["best_seconds"], one["rough_seconds"], one["certified_seconds"]
        rows.append(
            [
                *(str(one[key]) for key in ("set", "shape", "best")),
                *(_number(each) for each in (best, rough, best / rough, sure, best / sure)),
                *(_number(one[key]) for key in ("glum", "statsmodels")),
            ]
        )
    seconds = "seconds of processor, on one thread" if results["clock"] == "processor" else "seconds"
    note = f"Medians of {results['runs']} fits in {seconds}. {results['machine']}."
    defaults = [
        f"{one['set']} {one['default_seconds']:.4f} s, error {one['default_error']:.0e}"
        for one in results["sets"]
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
    return _table(["set", "contestant", "seconds", "largest error of a fold, nats", "xent faster by"], lines)


def _memory(rows: list[dict[str, Any]]) -> str:
    lines = [[one["set"], f"{one['megabytes']:.1f}", f"{one['share']:.2f}"] for one in rows]
    return _table(["set", "megabytes of X", "peak beyond X, as a share of X"], lines)


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.3g}"
