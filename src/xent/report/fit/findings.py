"""
Findings of a fit as frozen dataclasses, computed once and rendered as text, JSON and HTML.

The renderers have no other input, so the three outputs cannot disagree.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from xent.lab.descent_race import Race
from xent.report.fit.network_findings import ModelChoice, NetworkTraining
from xent.report.fit.samples import Samples
from xent.scoring.decision_scores import DecisionScores
from xent.scoring.estimate import Estimate
from xent.scoring.judgement import Judgement
from xent.solvers.iteration import Iteration

__all__ = [
    "Candidate",
    "Caution",
    "Coefficient",
    "ColumnFinding",
    "FitFindings",
    "RowCounts",
    "Training",
]


_USED_KINDS = frozenset({"numeric", "categorical", "ordered", "boolean", "datetime", "text"})


@dataclass(frozen=True, slots=True)
class RowCounts:
    """
    Numbers of rows, with `read` = `without_target` (dropped) + `train` + `held_out` for a fit.

    `remarks` are further sentences about the rows, `reading` sentences on how the file was read. `group` is
    the column by whose groups the rows are split, "" for none, and `groups` the numbers of groups in training
    and held out. `weight` names the weights of the rows, "" for none.
    """

    read: int
    without_target: int
    train: int
    held_out: int
    remarks: tuple[str, ...] = ()
    reading: tuple[str, ...] = ()
    group: str = ""
    groups: tuple[int, int] = (0, 0)
    weight: str = ""


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
        """
        True if the column is a feature of the model: numeric, categorical, ordered, boolean, datetime or
        text.
        """
        return self.kind in _USED_KINDS

    @classmethod
    def of(cls, plan: Any) -> ColumnFinding:
        """Finding of the column that a `ColumnPlan` describes."""
        return cls(plan.name, plan.kind, plan.missing, plan.note, plan.odd)


@dataclass(frozen=True, slots=True)
class Caution:
    """
    One reason to doubt the results, with its remedy.

    Parameters
    ----------
    kind : str
        ``"reading"``, ``"leak"``, ``"repeated"``, ``"groups"``, ``"unknown classes"``, ``"certificate"``,
        ``"target"``, ``"rare"``, ``"interrupted"``, ``"spoiled"``, ``"dropped"`` or ``"unseen"``.
    text : str
        One or two sentences.
    """

    kind: str
    text: str


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
    training : Training or NetworkTraining
        Summary of the optimisation.
    held_out : Judgement
        Scores of the model on the held-out rows.
    decisions : DecisionScores
        Scores of decisions on the held-out rows: precision, recall, thresholds, ranking.
    coefficients : tuple of Coefficient
        Coefficients of largest absolute value, in descending order.
    races : tuple of Race
        Races of cross-entropy and squared error, one for each starting point.
    seconds : dict of str to float
        Duration of each phase, in the order of execution.
    version : str
        Version of `xent` that computed the findings.
    cautions : tuple of Caution, default ()
        Reasons to doubt the results, the gravest first.
    judged : str, default ""
        Name of the saved model that was judged on a table of its own; "" for a fit. Then the held-out rows
        are those of that table, there are no races, and the error of the training rows is nan.
    samples : Samples, optional
        Surprising rows and classes as signals or images; None if the rows are neither.
    choice : ModelChoice or None, default None
        Comparison of a linear model and a network, if one was asked for.
    """

    name: str
    target: str
    classes: tuple[str, ...]
    rows: RowCounts
    columns: tuple[ColumnFinding, ...]
    training: Training | NetworkTraining
    held_out: Judgement
    decisions: DecisionScores
    coefficients: tuple[Coefficient, ...]
    races: tuple[Race, ...]
    seconds: dict[str, float]
    version: str
    cautions: tuple[Caution, ...] = ()
    judged: str = ""
    samples: Samples | None = None
    choice: ModelChoice | None = None
