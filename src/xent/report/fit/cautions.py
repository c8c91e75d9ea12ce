"""Reasons to doubt the results of a fit, as sentences, the gravest first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from shlex import quote
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xent.drawing.number_format import count, counted, percent, plain
from xent.drawing.short_text import short
from xent.report.fit import network_sentences, sentences
from xent.report.fit.findings import Caution, ColumnFinding, RowCounts, Training
from xent.report.fit.network_findings import NetworkTraining
from xent.scoring.judgement import Judgement

__all__ = ["TableDoubts", "cautions", "cautions_of_test", "column_cautions", "rare_classes"]

Codes = NDArray[np.integer[Any]]
Array = NDArray[np.float64]

_SHOWN = 5
_FEWEST_HELD_OUT = 5
_FEWEST_TRAINED = 10
_DROPPED = {"identifier", "unsupported"}


@dataclass(frozen=True, slots=True)
class TableDoubts:
    """
    Doubts about a table.

    Parameters
    ----------
    determining : tuple of (str, float)
        Columns that alone nearly determine the class, with the share of errors of guessing that each removes.
    shared : tuple of (str, float)
        Columns named like groups, with the share of held-out rows whose group is also in training.
    equal_by_chance : float
        Probability that two rows are equal, if columns were independent.
    """

    determining: tuple[tuple[str, float], ...]
    shared: tuple[tuple[str, float], ...]
    equal_by_chance: float


def cautions(
    doubts: TableDoubts,
    *,
    rows: RowCounts,
    columns: tuple[ColumnFinding, ...],
    labels: tuple[str, ...],
    counts: Codes,
    judgement: Judgement,
    training: Training | NetworkTraining,
    repeated: NDArray[np.bool_],
    log_probs: Array,
    codes: Codes,
    weights: Array | None = None,
    in_one_group: bool = False,
) -> tuple[Caution, ...]:
    """
    Reasons to doubt the results, the gravest first.

    Parameters
    ----------
    doubts : TableDoubts
        Doubts that the table gives: columns that determine the class, columns named like groups, equal rows.
    rows : RowCounts
        Numbers of rows, with sentences on the target and on how the file was read.
    columns : tuple of ColumnFinding
        All columns except the target.
    labels : tuple of str
        Names of the classes.
    counts : ndarray of shape (K,)
        Training rows of each class.
    judgement : Judgement
        Scores of the held-out rows.
    training : Training or NetworkTraining
        Summary of the optimisation.
    repeated : ndarray of bool of shape (n,)
        True for held-out rows that also stand in training.
    log_probs : ndarray of shape (n, K)
        Predictions of the held-out rows.
    codes : ndarray of shape (n,)
        Classes of the held-out rows.
    weights : ndarray of shape (n,), optional
        Weights of the held-out rows; None for 1.
    in_one_group : bool
        True if all held-out rows are of one group.

    Returns
    -------
    tuple of Caution
        Those that apply, on the reading of the file, columns that determine the class, repeated rows (unless
        chance explains half of them), shared groups, a single group held out, an optimisation that is not
        within its tolerance or was interrupted, the target, rare classes, odd cells, and dropped columns, in
        this order.
    """
    surprisals = 0 - log_probs[np.arange(len(codes)), codes]
    return (
        *(Caution("reading", note) for note in rows.reading),
        *_leaks(doubts),
        *_repeated(doubts, rows, repeated, (surprisals, weights)),
        *_groups(doubts),
        *_lone_group(in_one_group=in_one_group),
        *_certificate(training),
        *(Caution("target", remark) for remark in rows.remarks),
        *rare_classes(labels, counts, [one.rows for one in judgement.classes]),
        *column_cautions(columns),
    )


def _leaks(doubts: TableDoubts) -> Iterator[Caution]:
    """
    Cautions of columns that alone nearly determine the target: one for each of the first five, one for the
    rest.

    Each tells the share of the errors of guessing that the column removes; the last one counts the rest.
    Columns named like groups, of which some are on both sides of the split, are left out. There is none
    without such a column.
    """
    # The values of a group share a class, so a column of groups determines it without being a copy of it.
    groups = {name for name, _ in doubts.shared}
    found = [(name, share) for name, share in doubts.determining if name not in groups]
    for name, share in found[:_SHOWN]:
        yield Caution(
            "leak",
            f'Column "{short(name)}" alone nearly determines the target: it removes {percent(share)} of the '
            "errors of guessing. Is it known before the outcome? If not, fit again without it: "
            f"`--drop {quote(short(name))}`.",
        )
    if len(found) > _SHOWN:
        more = counted(len(found) - _SHOWN, "more column")
        verb = "determines" if len(found) == _SHOWN + 1 else "determine"
        yield Caution("leak", f"{more} alone nearly {verb} the target.")


def _repeated(
    doubts: TableDoubts,
    rows: RowCounts,
    repeated: NDArray[np.bool_],
    weighted: tuple[Array, Array | None],
) -> Iterator[Caution]:
    found, of = int(repeated.sum()), len(repeated)
    # In a table of few distinct values rows are equal without being copies.
    by_chance = of * min(1.0, rows.train * doubts.equal_by_chance)
    if found == 0 or by_chance > found / 2:
        return
    surprisals, weights = weighted
    new = ~repeated if weights is None else ~repeated & (weights > 0)
    others = surprisals[new]
    without = (
        f"without them the cross-entropy is {plain(_mean(others, weights, new))} nats"
        if len(others)
        else ("no held-out row is new to the model")
    )
    stand = "row also stands" if found == 1 else "rows also stand"
    yield Caution(
        "repeated",
        f"{count(found)} of {count(of)} held-out {stand} among the training rows, equal in the class and in "
        f"every column that is used; {without}. Remove copies, or name what they share: `--group COLUMN`.",
    )


def _mean(values: Array, weights: Array | None, chosen: NDArray[np.bool_]) -> float:
    return float(np.average(values, weights=None if weights is None else weights[chosen]))


def _groups(doubts: TableDoubts) -> Iterator[Caution]:
    """
    Caution for each column whose values held-out rows share with training rows; none without such a
    column.
    """
    for name, share in doubts.shared:
        yield Caution(
            "groups",
            f'{percent(share)} of the held-out rows have the same "{short(name)}" as a training row. If rows '
            "of one group are alike, the results are too good: "
            f"`--group {quote(short(name))}` keeps groups whole.",
        )


def _lone_group(*, in_one_group: bool) -> Iterator[Caution]:
    """Caution if `in_one_group`, that all held-out rows are of one group; nothing otherwise."""
    if in_one_group:
        yield Caution(
            "groups",
            "All held-out rows are of one group: the intervals take its rows as independent, and say nothing "
            "about other groups. Hold out more rows, or another part: `--held-out`, `--seed`.",
        )


def _certificate(training: Training | NetworkTraining) -> Iterator[Caution]:
    """
    Caution of a fit whose certified gap is above its tolerance or unknown; for a network, of an interrupted
    training.

    Nothing is yielded for another fit, nor for a network whose training was not interrupted: it has no
    certificate.
    """
    if isinstance(training, NetworkTraining):
        if training.interrupted:
            yield Caution("interrupted", network_sentences.ending(training, plain))
        return
    if not training.converged:
        yield Caution("certificate", sentences.certificate(training, plain))


def rare_classes(labels: Sequence[str], counts: Iterable[int], held_out: Iterable[int]) -> Iterator[Caution]:
    """
    One caution that names the classes with fewer than 10 rows to train on or 5 held out; none without such a
    class.

    `counts` and `held_out` are rows of each class trained on and held out, not weighted, in the order of
    `labels`. The first five are named and the others counted. A class with one row in all is left out, since
    `row_remarks` names it.
    """
    rare = [
        (label, int(trained), int(judged))
        for label, trained, judged in zip(labels, counts, held_out, strict=True)
        if (trained < _FEWEST_TRAINED or judged < _FEWEST_HELD_OUT) and trained + judged > 1
    ]
    if rare:
        named = ", ".join(
            f'"{short(label)}" ({count(trained)} to train on, {count(judged)} held out)'
            for label, trained, judged in rare[:_SHOWN]
        )
        more = f" and {counted(len(rare) - _SHOWN, 'more class')}" if len(rare) > _SHOWN else ""
        have = "Too rare for figures of its own" if len(rare) == 1 else "Too rare for figures of their own"
        yield Caution("rare", f"{have}: {named}{more}.")


def cautions_of_test(
    unknown: dict[str, int], sentences_of_columns: Iterable[str], judged: int
) -> tuple[Caution, ...]:
    """
    Cautions about a table on which a saved model is judged.

    Parameters
    ----------
    unknown : dict of str to int
        Rows of each class that the model does not know.
    sentences_of_columns : iterable of str
        Sentences about cells that cannot be read, or whose levels training did not have.
    judged : int
        Number of rows of known classes.

    Returns
    -------
    tuple of Caution
        One on the unknown classes, of which five are named, if there are any, then one for each sentence.
    """
    found = [Caution("unseen", f"{sentence}.") for sentence in sentences_of_columns]
    if unknown:
        named = ", ".join(
            f'"{short(label)}" ({count(rows)})' for label, rows in list(unknown.items())[:_SHOWN]
        )
        more = f" and {len(unknown) - _SHOWN} more" if len(unknown) > _SHOWN else ""
        rows_of = counted(sum(unknown.values()), "row")
        text = (
            f"{rows_of} of classes that the model does not know: {named}{more}. "
            "It gives these classes probability 0, so their loss is infinite; the results are those of the "
            f"other {counted(judged, 'row')}."
        )
        found.insert(0, Caution("unknown classes", text))
    return tuple(found)


def column_cautions(columns: tuple[ColumnFinding, ...]) -> Iterator[Caution]:
    """
    Cautions about columns with odd cells: one for each of the first five, and one with the number of the
    rest.

    A last one names the first five columns that were dropped as identifiers, or as lists, records or bytes,
    each with the reason, and counts the others. There is none without columns of either kind.
    """
    spoiled = [column for column in columns if column.odd]
    for column in spoiled[:_SHOWN]:
        yield Caution("spoiled", f'Column "{short(column.name)}": {column.note}.')
    if len(spoiled) > _SHOWN:
        yield Caution(
            "spoiled", f"{counted(len(spoiled) - _SHOWN, 'more column')} with odd cells: see Columns."
        )
    dropped = [column for column in columns if column.kind in _DROPPED and not column.used]
    if dropped:
        named = ", ".join(
            f'"{short(column.name)}" ({short(_reason(column.note), 90)})' for column in dropped[:_SHOWN]
        )
        more = f" and {counted(len(dropped) - _SHOWN, 'more column')}" if len(dropped) > _SHOWN else ""
        yield Caution("dropped", f"Not used: {named}{more}. `--keep COLUMN` uses an identifier.")


def _reason(note: str) -> str:
    return note.partition(": dropped")[0]
