"""
Findings of a fit as frozen dataclasses, computed once and rendered as text, JSON and HTML.

The renderers have no other input, so the three outputs cannot disagree.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from xent.lab.descent_race import Race
from xent.scoring.estimate import Estimate
from xent.scoring.judgement import Judgement
from xent.solvers.iteration import Iteration

__all__ = ["Candidate", "Coefficient", "ColumnFinding", "FitFindings", "RowCounts", "Training"]


@dataclass(frozen=True, slots=True)
class RowCounts:
    """
    Numbers of rows, with `read` = `without_target` (dropped) + `train` + `held_out`.

    `remarks` are further sentences about the rows.
    """

    read: int
    without_target: int
    train: int
    held_out: int
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ColumnFinding:
    """
    One column of the table: name, kind, number of missing cells, and its treatment in words (`note`).

    `odd` is the number of cells that do not have the kind of the other cells.
    """

    name: str
    kind: str
    missing: int
    note: str
    odd: int = 0

    @property
    def used(self) -> bool:
        """True if the column is a feature of the model."""
        return self.kind in {"numeric", "categorical", "boolean", "datetime"}


@dataclass(frozen=True, slots=True)
class Candidate:
    """One value of C in the search, with the cross-validated cross-entropy in nats."""

    C: float
    cross_entropy: Estimate


@dataclass(frozen=True, slots=True)
class Training:
    """
    Summary of the optimisation.

    Parameters
    ----------
    C : float
        Inverse strength of the penalty, with the meaning of scikit-learn.
    candidates : tuple of Candidate
        Values of C that cross-validation compared, in ascending order; empty if C was given.
    cross_validation_rows : int
        Number of rows in the cross-validation; 0 if C was given.
    iterations : tuple of Iteration
        Steps of the final fit; the `gap` of the last step is the certified distance to the minimum.
    tol : float
        Requested bound of the gap, in nats per row.
    converged : bool
        True if the last gap is at most `tol`.
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
    """
    Coefficient of one encoded feature for the class `label`, for standardised features.

    `low` and `high` are the ends of the 95 % interval of the penalised fit; nan if it was not computed.
    """

    label: str
    feature: str
    value: float
    low: float = math.nan
    high: float = math.nan


@dataclass(frozen=True, slots=True)
class FitFindings:
    """
    All findings of one `fit`.

    Parameters
    ----------
    name : str
        Name of the data.
    target : str
        Name of the predicted column.
    classes : tuple of str
        Classes of the target, in the order of the model, as text.
    rows : RowCounts
        Numbers of rows read, dropped, trained on and held out.
    columns : tuple of ColumnFinding
        All columns except the target, in the order of the table.
    training : Training
        Summary of the optimisation.
    held_out : Judgement
        Scores of the model on the held-out rows.
    coefficients : tuple of Coefficient
        Coefficients of largest absolute value, in descending order.
    races : tuple of Race
        Races of cross-entropy and squared error, one for each starting point.
    seconds : dict of str to float
        Duration of each phase, in the order of execution.
    version : str
        Version of `xent` that computed the findings.
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
