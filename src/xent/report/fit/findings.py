"""
What a fit found, as frozen tables: computed once, rendered as text, JSON and HTML.

The renderers read nothing else, so the three cannot disagree.
"""

from __future__ import annotations

from dataclasses import dataclass

from xent.lab.descent_race import Race
from xent.scoring.estimate import Estimate
from xent.scoring.judgement import Judgement
from xent.solvers.iteration import Iteration

__all__ = ["Candidate", "Coefficient", "ColumnFinding", "FitFindings", "RowCounts", "Training"]


@dataclass(frozen=True, slots=True)
class RowCounts:
    """Where the rows went: `read` = `without_target` + `train` + `held_out`; `remarks` are sentences."""

    read: int
    without_target: int
    train: int
    held_out: int
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ColumnFinding:
    """
    One column of the table: its kind, how many cells are missing, and what is done with it in words.

    `odd` cells do not read as the others do.
    """

    name: str
    kind: str
    missing: int
    note: str
    odd: int = 0

    @property
    def used(self) -> bool:
        """Whether the model sees the column."""
        return self.kind in {"numeric", "categorical", "boolean", "datetime"}


@dataclass(frozen=True, slots=True)
class Candidate:
    """One value of C that was tried, with its cross-validated cross-entropy in nats."""

    C: float
    cross_entropy: Estimate


@dataclass(frozen=True, slots=True)
class Training:
    """
    How the model was fitted.

    Parameters
    ----------
    C : float
        Inverse strength of the penalty, scikit-learn's.
    candidates : tuple of Candidate
        The values of C that cross-validation compared, by rising C; empty where C was given.
    cross_validation_rows : int
        Rows on which they were compared; 0 where C was given.
    iterations : tuple of Iteration
        Steps of the final fit; the last one's `gap` is the certificate.
    tol : float
        Bound on the gap that was asked for, in nats per row.
    converged : bool
        Whether the last gap is at most `tol`.
    cross_entropy : float
        Mean cross-entropy of the training rows in nats.
    error : float
        Share of the training rows that are misclassified.
    """

    C: float
    candidates: tuple[Candidate, ...]
    cross_validation_rows: int
    iterations: tuple[Iteration, ...]
    tol: float
    converged: bool
    cross_entropy: float
    error: float


@dataclass(frozen=True, slots=True)
class Coefficient:
    """Weight of one encoded feature for one class, in the scale of the standardised features."""

    label: str
    feature: str
    value: float


@dataclass(frozen=True, slots=True)
class FitFindings:
    """
    All that one `fit` found.

    Parameters
    ----------
    name : str
        What was fitted: the name of the data.
    target : str
        Column that is predicted.
    classes : tuple of str
        The target's classes, in the model's order, as text.
    rows : RowCounts
        Where the rows went.
    columns : tuple of ColumnFinding
        Every column but the target, in the table's order.
    training : Training
        How the model was fitted.
    held_out : Judgement
        What it is worth on rows that it has not seen.
    coefficients : tuple of Coefficient
        The strongest, by falling absolute value.
    races : tuple of Race
        Cross-entropy against squared error, one race per start.
    seconds : dict of str to float
        Time of each phase, in the order in which they ran.
    version : str
        Version of the package that found it.
    """

    name: str
    target: str
    classes: tuple[str, ...]
    rows: RowCounts
    columns: tuple[ColumnFinding, ...]
    training: Training
    held_out: Judgement
    coefficients: tuple[Coefficient, ...]
    races: tuple[Race, ...]
    seconds: dict[str, float]
    version: str
