"""
Journal of the folds in which a linear model and a network are compared, from which a killed run goes on.

It lies beside the checkpoint of the training, as FILE.folds, and holds the losses of each fold that has
ended. The training of the fold that was under way has the checkpoint itself.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xent.jobs.fit_problem import FitProblem
from xent.streams.journal import Entry, Journal, open_journal
from xent.version import __version__

__all__ = ["ModelWishes", "fold_journal", "keep_fold", "remove_checkpoints"]

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ModelWishes:
    """Arguments of `fit` about the model, which its docstring describes."""

    model: str
    C: float | str
    tol: float
    seed: int
    checkpoint: Path | None = None
    resume: bool = False


def fold_journal(wishes: ModelWishes, linear: Any, X: Any, problem: FitProblem) -> Journal:
    """
    Journal of the comparison on the training rows `X`: the losses of each fold, in FILE.folds beside the
    checkpoint.

    Without a checkpoint in `wishes` it is kept in memory alone. With ``resume`` it holds the folds that a
    killed run has ended, if there is a file; otherwise an earlier file is removed and the journal is empty.
    `linear` is the fitted linear model, whose C must be that of the killed run.

    Raises
    ------
    DataError
        With ``resume``, if the file is no journal, or that of other rows, parameters or another version of
        xent.
    OutputError
        If there is no folder for it.
    """
    if wishes.checkpoint is None:
        return Journal(None, "", "fit")
    path = _journal_of(wishes.checkpoint)
    if not wishes.resume and os.path.exists(path):  # noqa: PTH110 - never raises, however long the name is
        path.unlink()
    return open_journal(path, _digest(wishes, linear, X, problem), resume=wishes.resume, caller="fit")


def keep_fold(journal: Journal, fold: int, losses: Array, wishes: ModelWishes) -> Entry:
    """
    Entry of the number `fold` with its `losses`, added to the journal, and to its file if it has one.

    `losses`, (2, n), in nats, are those of the linear model, then those of the network, of the n rows that
    the fold leaves out. The checkpoint of the fold's training, that of `wishes`, is removed first: the next
    fold would take it for its own. Raises `OutputError` if the file cannot be written.
    """
    if wishes.checkpoint is not None:
        # Before the entry: the next fold would take this file for its own.
        wishes.checkpoint.unlink(missing_ok=True)
    entry = Entry(str(fold), "fold", np.zeros(0), (losses,))
    journal.add(entry)
    return entry


def remove_checkpoints(checkpoint: Path) -> None:
    """
    Remove the checkpoint of a training, and the journal of its folds, if they exist.

    The journal is FILE.folds beside it. Raises `OSError` if the system refuses.
    """
    for each in (checkpoint, _journal_of(checkpoint)):
        each.unlink(missing_ok=True)


def _journal_of(checkpoint: Path) -> Path:
    return checkpoint.with_name(f"{checkpoint.name}.folds")


def _digest(wishes: ModelWishes, linear: Any, X: Any, problem: FitProblem) -> str:
    """
    Hexadecimal SHA-256 of all that the losses of the folds depend on.

    These are the version of xent, the seed and tolerance of `wishes`, the C that `linear` was fitted with,
    the factors of the classes, and features, `X`, classes, weights and groups of the training rows.
    """
    facts = [__version__, wishes.seed, wishes.tol, linear.C_, repr(problem.factors), list(X.shape)]
    digest = hashlib.sha256(json.dumps(facts).encode())
    parts = (X,) if isinstance(X, np.ndarray) else (X.data, X.indices, X.indptr)
    for each in (*parts, problem.train_codes, problem.train_weights, problem.train_groups):
        digest.update(b"-" if each is None else np.ascontiguousarray(each).tobytes())
    return digest.hexdigest()
