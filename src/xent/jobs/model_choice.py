"""Classifier that a fit asks for: linear, a network, or the better of both by cross-validation."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xent.errors import BackendError, DataError, DomainError
from xent.jobs.fit_problem import FitProblem
from xent.jobs.fold_journal import ModelWishes, fold_journal, keep_fold
from xent.jobs.interruptions import interrupts_as_keyboard
from xent.jobs.watcher import Watcher
from xent.models import LogisticRegression
from xent.models.penalty_search import stratified_folds, without_lone_classes
from xent.models.row_weights import row_weights
from xent.report.fit.network_findings import ModelChoice
from xent.scoring.bootstrap import bootstrap_mean
from xent.scoring.clusters import clusters_of
from xent.scoring.whole_groups import deal_groups

__all__ = ["MODELS", "ModelWishes", "best_so_far", "check_model", "fitted_classifier"]

MODELS = ("linear", "network", "auto")
_TOL = 1e-8
_FOLDS = 5
_MOST_ROWS = 20_000
Array = NDArray[np.float64]
Codes = NDArray[np.integer[Any]]


def check_model(wishes: ModelWishes) -> None:
    """
    Raise an error at once if the model of `wishes` is unknown, or needs a library that is not installed.

    Raises
    ------
    DomainError
        If the model is not "linear", "network" or "auto", ``resume`` is requested of a linear model, or a
        network has a `C` other than "auto" or a `tol` other than the default, 1e-8.
    BackendError
        If the model is not linear, and PyTorch or safetensors is missing.
    """
    if wishes.model not in MODELS:
        raise DomainError("fit", "model", f"be one of {', '.join(MODELS)}", got=repr(wishes.model))
    if wishes.model == "linear":
        if wishes.resume:
            rule = "be asked of a network, whose training it continues"
            raise DomainError("fit", "resume", rule, got='a model "linear"')
        return
    given = {"C": (wishes.C, "auto"), "tol": (wishes.tol, _TOL)} if wishes.model == "network" else {}
    for name, (value, default) in given.items():
        if value != default:
            rule = "be left out for a network, whose training it does not change"
            raise DomainError("fit", name, rule, got=repr(value))
    for library in ("torch", "safetensors"):
        try:
            __import__(library)
        except ModuleNotFoundError as error:
            raise BackendError(
                "fit",
                "model",
                f"be linear where the package {library} is not installed",
                got=repr(wishes.model),
                hint='Run `pip install "xent[network]"`.',
            ) from error


def fitted_classifier(
    wishes: ModelWishes, X: Any, problem: FitProblem, watcher: Watcher
) -> tuple[Any, ModelChoice | None]:
    """
    Classifier fitted to the training rows, whose features are `X`, and the comparison that chose it.

    The comparison is None unless the model in `wishes` is "auto": then the linear model is fitted to all of
    them, both kinds to folds, and the network, if it is chosen, to all. Classes are the numbers in `problem`,
    whose weights and factors enter the loss. `watcher` is called at each step. A network keeps its state in
    the checkpoint of `wishes` and goes on from it with ``resume``. Raises `DataError` for "auto" if no class
    has rows in two folds, and for a checkpoint of another fit. An interrupt after the first epoch of a
    network's fit to all rows ends that fit with the best epoch; one before is raised as `KeyboardInterrupt`,
    and one in another fit is not caught.
    """
    if wishes.model == "linear":
        return _linear(wishes, X, problem, watcher), None
    if wishes.model == "network":
        return _network(wishes, X, problem, watcher), None
    linear = _linear(wishes, X, problem, watcher)
    choice = _compared(wishes, linear, X, problem, watcher)
    return (_network(wishes, X, problem, watcher) if choice.chosen == "network" else linear), choice


def _linear(wishes: ModelWishes, X: Any, problem: FitProblem, watcher: Watcher) -> LogisticRegression:
    """
    Linear model fitted to the training rows, with the weights, factors and groups of `problem`.

    `C` and tolerance are those of `wishes`, "auto" searching for `C`; `watcher` is told of each step. Raises
    errors and gives the `ConvergenceWarning` of `LogisticRegression.fit`.
    """
    return LogisticRegression(C=wishes.C, tol=wishes.tol, class_weight=problem.factors).fit(
        X,
        problem.train_codes,
        problem.train_weights,
        groups=problem.train_groups,
        on_trial=watcher.trial,
        on_candidate=watcher.candidate,
        on_iteration=watcher.iteration,
    )


def _new_network(wishes: ModelWishes, problem: FitProblem) -> Any:
    from xent.networks import NeuralClassifier

    return NeuralClassifier(class_weight=problem.factors, random_state=wishes.seed)


def _network(wishes: ModelWishes, X: Any, problem: FitProblem, watcher: Watcher) -> Any:
    """
    Network fitted to all training rows, with the weights, factors and groups of `problem`.

    Its training writes the checkpoint of `wishes`, goes on from it with ``resume``, and tells `watcher` of
    each epoch. An interrupt after the first epoch ends it with the best epoch so far; one before raises
    `KeyboardInterrupt`.
    """
    network = _new_network(wishes, problem)
    with best_so_far(network):
        network.fit(
            X,
            problem.train_codes,
            problem.train_weights,
            groups=problem.train_groups,
            on_epoch=watcher.epoch,
            checkpoint=wishes.checkpoint,
            resume=wishes.resume,
        )
    return network


@contextmanager
def best_so_far(network: Any) -> Iterator[None]:
    """
    Context of the training of `network`, whose first interrupt (SIGINT) ends the training, not the program.

    The network then keeps its best epoch. `KeyboardInterrupt` is raised if it has none, as before the end of
    the first epoch.
    """
    try:
        with interrupts_as_keyboard():
            yield
    except KeyboardInterrupt:
        if not getattr(network, "interrupted_", False):
            raise


def _compared(
    wishes: ModelWishes, linear: LogisticRegression, X: Any, problem: FitProblem, watcher: Watcher
) -> ModelChoice:
    """
    Choice between both models by their losses in five folds of the same training rows, about 20,000 at most.

    `linear` is fitted already and lends its C and factors, not its coefficients; `X` are the features of the
    training rows. Folds that the journal holds are not fitted again, and new ones are added to it; a fold
    without rows is not fitted at all. `watcher` is told of each fold. Raises `DataError` if no class has rows
    in two folds, or the journal or checkpoint to go on from is that of another fit.
    """
    codes = problem.train_codes
    rows, fold_of = _folds(codes, problem.train_groups, len(problem.labels))
    journal = fold_journal(wishes, linear, X, problem)
    losses = np.empty((2, len(rows)))
    for fold in range(_FOLDS):
        watcher.comparison(fold + 1, _FOLDS)
        inside, outside = rows[(fold_of != fold)], rows[fold_of == fold]
        if not len(outside):
            continue
        known = journal.entries.get(str(fold))
        if known is None:
            models = (_copy(linear), _new_network(wishes, problem))
            found = _fold_losses(models, X, problem, (inside, outside), wishes, watcher)
            known = keep_fold(journal, fold, found, wishes)
        losses[:, fold_of == fold] = known.sums[0]
    judged = fold_of >= 0
    return _choice(losses[:, judged], rows[judged], problem, len(set(fold_of[judged])))


def _fold_losses(  # noqa: PLR0917 - all of one fold
    models: tuple[Any, Any],
    X: Any,
    problem: FitProblem,
    parts: tuple[Codes, Codes],
    wishes: ModelWishes,
    watcher: Watcher,
) -> Array:
    """
    Losses in nats, (2, n), of both models on n rows, linear model first, after a fit of both to other rows.

    `models` are the linear model and the network, not yet fitted, and `X` the features of the training rows
    alone. `parts` are the numbers, among these, of the rows to fit and of the n rows to judge. Weights enter
    the fit and not the losses; the network holds out whole groups, writes the checkpoint of `wishes`, and
    with ``resume`` goes on from it. A class without rows to fit must have none to judge.
    """
    codes, weights, groups = problem.train_codes, problem.train_weights, problem.train_groups
    inside, outside = parts
    given = None if weights is None else weights[inside]
    # A single group cannot be divided into rows to train on and rows that end the training.
    members = None if groups is None or len(set(groups[inside])) < 2 else groups[inside]
    losses = np.empty((2, len(outside)))
    training: dict[str, Any] = {"groups": members, "on_epoch": watcher.compared_epoch}
    training |= {"checkpoint": wishes.checkpoint, "resume": wishes.resume}
    for place, model in enumerate(models):
        model.fit(X[inside], codes[inside], given, **(training if place else {}))
        log_probs = model.predict_log_proba(X[outside])
        at = np.searchsorted(model.classes_, codes[outside])
        losses[place] = -log_probs[np.arange(len(outside)), at]
    return losses


def _folds(codes: Codes, groups: Codes | None, n_classes: int) -> tuple[Codes, Codes]:
    """
    Numbers of the training rows to compare on, class by class, and the fold of each, 0 .. 4; -1 for never
    left out.

    Such are the rows of a class that lies in one fold, which are always fitted. About 20,000 rows are taken
    at most, ten of each class or all of fewer at least, always the same; classes are spread evenly over the
    folds, groups stay whole and may leave a fold empty. Raises `DataError` if no class has rows in two folds.
    """
    rows, fold_of = stratified_folds(codes, n_classes, _MOST_ROWS)
    if groups is not None:
        fold_of = deal_groups(codes[rows], groups[rows], [1 / _FOLDS] * _FOLDS, seed=0)
    fold_of = without_lone_classes(codes[rows], fold_of)
    if fold_of.max() < 0:
        rule = "have a class with rows in two folds, which `model` auto compares"
        raise DataError("fit", "target", rule, got="no such class", hint="Choose linear or network.")
    return rows, fold_of


def _choice(losses: Array, rows: Codes, problem: FitProblem, folds: int) -> ModelChoice:
    """
    The network if the 95 % interval of its mean loss minus that of the linear model is below 0, else the
    linear model.

    `losses`, (2, n), in nats and unweighted, has those of the linear model, then of the network; `rows` are
    the numbers of the n rows among the training rows. Means count row and class weights, "balanced" ones by
    all training rows. Units of the interval are groups, or rows without groups; an interval of nan, as of a
    single unit, chooses the linear model. `folds`, the number of folds, is only recorded.
    """
    codes = problem.train_codes
    weights = row_weights(
        problem.train_weights, problem.factors, codes, (np.unique(codes), codes), caller="fit"
    )
    groups = problem.train_groups
    members = None if groups is None else np.unique(groups[rows], return_inverse=True)[1]
    units = clusters_of(len(rows), groups=members, weights=None if weights is None else weights[rows])
    difference = bootstrap_mean(losses[1] - losses[0], clusters=units)
    means = [units.mean(each) for each in losses]
    chosen = "network" if difference.high < 0 else "linear"
    return ModelChoice(chosen, len(rows), folds, means[0], means[1], difference)


def _copy(linear: LogisticRegression) -> LogisticRegression:
    """
    Linear classifier, not yet fitted, of the class weights of `linear` and its C, with a tolerance of
    1e-6.
    """
    return LogisticRegression(C=linear.C_, tol=1e-6, class_weight=linear.class_weight)
