import numpy as np
import pytest
from sklearn.datasets import load_wine

from tests.solvers.objective_in_chunks import in_chunks
from tests.solvers.problems import problem
from xent import LogisticRegression
from xent.errors import DataError
from xent.models import penalty_search
from xent.models.linear import linear_logits, row_losses
from xent.models.penalty_search import search_penalty, weighted_mean
from xent.solvers.objective_in_memory import ObjectiveInMemory


def test_the_search_brackets_the_best_by_half_decades():
    told = []
    found = search_penalty(problem(n=200, K=3), on_candidate=told.append)
    assert sorted(c.C for c in told) == [c.C for c in found.candidates]
    assert {c.C for c in told} >= {1.0, 0.1}
    best = min(told, key=lambda c: c.with_one_error)
    assert found.C == best.C
    exponents = sorted(round(2 * np.log10(c.C)) for c in told)
    place = exponents.index(round(2 * np.log10(found.C)))
    assert 0 < place < len(exponents) - 1


def test_the_search_reads_no_features_but_asks_for_passes():
    held, streamed = (
        search_penalty(problem(n=200, K=3, make=make)) for make in (ObjectiveInMemory, in_chunks)
    )
    assert streamed.C == held.C
    for mine, other in zip(streamed.candidates, held.candidates, strict=True):
        assert mine.cross_entropy == pytest.approx(other.cross_entropy, rel=1e-9)


@pytest.mark.parametrize(("signal", "way"), [(0.0, -1), (30.0, 1)])
def test_it_follows_the_loss_downhill_either_way(signal, way):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(120, 3))
    y = (signal * X[:, 0] + rng.logistic(size=120) > 0).astype(int)
    base = problem(n=120, K=2)
    base.X, base.codes = X, y
    assert way * np.log10(search_penalty(base).C) >= 0.5


def test_cross_validated_losses_are_those_of_rows_left_out():
    """Against the definition: fit without each fold by the general solver, mean loss of its rows."""
    base = problem(n=90, K=3, weighted=True)
    found = search_penalty(base)
    rows, fold_of = penalty_search.stratified_folds(base.codes, 3, 20_000)
    candidate = found.candidates[len(found.candidates) // 2]
    part = base.subset(rows)
    losses = np.empty(len(rows))
    for fold in range(5):
        out = fold_of == fold
        solution = penalty_search.minimise(
            part.subset(np.flatnonzero(~out)).penalised(candidate.C), tol=1e-12
        )
        logits = linear_logits(part.X[out], solution.point)
        losses[out] = row_losses(logits, part.codes[out])
    mean = float(part.weights @ losses)
    assert candidate.cross_entropy == pytest.approx(mean, abs=1e-4 * mean)
    assert candidate.standard_error == pytest.approx(
        np.sqrt(part.weights**2 @ (losses - mean) ** 2), rel=0.02
    )


@pytest.mark.half_second
def test_folds_are_not_left_near_the_optimum_of_all_rows_where_penalties_are_weak():
    """Folds start there, near rows that are left out: at a tolerance of 1e-4 wine's loss is off by 1e-3."""
    features, y = load_wine(return_X_y=True)
    X = (features - features.mean(axis=0)) / features.std(axis=0)
    rows, fold_of = penalty_search.stratified_folds(y, 3, 20_000)
    for candidate in LogisticRegression(C="auto").fit(X, y).penalty_search_.candidates:
        losses = np.empty(len(rows))
        for fold in range(5):
            kept, out = rows[fold_of != fold], fold_of == fold
            model = LogisticRegression(C=candidate.C, tol=1e-12).fit(X[kept], y[kept])
            losses[out] = -model.predict_log_proba(X[rows[out]])[np.arange(out.sum()), y[rows[out]]]
        assert candidate.cross_entropy == pytest.approx(losses.mean(), abs=1e-4)


def test_folds_spread_every_class_and_differ_by_a_row_at_most():
    codes = np.repeat([0, 1, 2], [50, 23, 7])
    rows, folds = penalty_search.stratified_folds(codes, 3, 1000)
    assert sorted(rows) == list(range(80))
    assert np.ptp(np.bincount(folds)) <= 1
    for k in range(3):
        assert np.ptp(np.bincount(folds[codes[rows] == k], minlength=5)) <= 1


def test_many_rows_are_searched_on_a_sample_with_every_class():
    codes = np.zeros(50_000, dtype=int)
    codes[:30] = 1
    rows, folds = penalty_search.stratified_folds(codes, 2, 1000)
    assert 1000 <= len(rows) <= 1020
    assert np.bincount(codes[rows])[1] == 10
    assert set(folds[codes[rows] == 1]) == set(range(5))


def test_a_search_without_errors_does_not_go_to_its_limit():
    X, y = load_wine(return_X_y=True)
    X = (X - X.mean(axis=0)) / X.std(axis=0)
    search = LogisticRegression(C="auto").fit(X, y).penalty_search_
    assert 1 <= search.C <= 100
    rng = np.random.default_rng(0)
    line = rng.uniform(-1, 1, size=(150, 1))
    assert LogisticRegression(C="auto").fit(line, line[:, 0] > 0).C_ < 1e4


def test_a_row_of_weight_zero_and_no_loss_leaves_the_mean_with_a_wrong_row_finite():
    found = weighted_mean(1.0, np.asarray([0.0, 1.0]), np.asarray([0.0, 1.0]))
    assert found.with_one_error == pytest.approx((2 - np.log(1 - np.exp(-1))) / 3, rel=1e-14)


def test_one_wrong_row_hardly_counts_where_classes_overlap():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(2000, 5))
    y = X[:, 0] + rng.logistic(size=2000) > 0
    search = LogisticRegression(C="auto").fit(X, y).penalty_search_
    least = min(candidate.cross_entropy for candidate in search.candidates)
    (chosen,) = [each for each in search.candidates if each.C == search.C]
    assert chosen.cross_entropy < least + 1e-5
    # -log(1 - p) of the average row, once among 2,001.
    assert 0 < chosen.with_one_error - chosen.cross_entropy < 1e-3


def test_folds_consist_of_whole_groups_where_groups_are_given(monkeypatch):
    seen = []
    monkeypatch.setattr(
        penalty_search._Folds,  # noqa: SLF001 - the folds that were made are looked at
        "cross_validate",
        lambda self, C: seen.append(self.fold_of) or penalty_search.PenaltyCandidate(C, 1 / C, 0.1, 1 / C),
    )
    groups = np.arange(200) // 10
    search_penalty(problem(n=200, K=3), groups=groups)
    # The rows of the search are those of all classes in turn.
    rows, _ = penalty_search.stratified_folds(problem(n=200, K=3).codes, 3, 20_000)
    for group in range(20):
        assert len(set(seen[0][groups[rows] == group])) == 1
    assert len(set(seen[0])) == 5


def test_rows_of_a_class_in_one_fold_are_never_left_out():
    codes = np.asarray([0, 1] * 20 + [2])
    fold_of = penalty_search.stratified_folds(codes, 3, 1000)
    rows, folds = fold_of
    kept = penalty_search.without_lone_classes(codes[rows], folds)
    assert kept[codes[rows] == 2].tolist() == [-1]
    assert np.array_equal(kept[codes[rows] < 2], folds[codes[rows] < 2])


def test_a_search_in_which_no_row_can_be_left_out_is_refused():
    base = problem(n=40, K=2)
    with pytest.raises(
        DataError, match='`y` must have a class with rows in two folds, which C="auto" compares'
    ):
        search_penalty(base, groups=base.codes)
