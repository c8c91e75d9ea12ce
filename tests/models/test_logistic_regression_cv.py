import numpy as np
import pytest
from scipy import sparse
from sklearn.datasets import load_breast_cancer, load_iris, load_wine
from sklearn.linear_model import LogisticRegressionCV as Reference
from sklearn.model_selection import GroupKFold, StratifiedKFold
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

from xent import LogisticRegression, LogisticRegressionCV
from xent.errors import DataError, DomainError
from xent.models import fit_outcome
from xent.models.penalty_search import PenaltySearch

CS = (1e-2, 0.1, 1.0, 10.0)


@pytest.fixture(scope="module")
def wine():
    X, y = load_wine(return_X_y=True)
    return StandardScaler().fit_transform(X), y


@pytest.fixture(scope="module")
def fitted(wine):
    return LogisticRegressionCV(Cs=CS).fit(*wine)


def held_out_losses(X, y, C, *, cv, weights=None, **parameters):
    """Loss of every held-out row and its weight, by separate fits."""
    losses, shares = [], []
    weights = np.ones(len(y)) if weights is None else weights
    for train, out in cv:
        model = LogisticRegression(C=C, tol=1e-10, **parameters).fit(X[train], y[train], weights[train])
        losses.append(-model.predict_log_proba(X[out])[np.arange(len(out)), y[out]])
        shares.append(weights[out])
    return np.concatenate(losses), np.concatenate(shares)


def test_losses_are_those_of_separate_fits(wine, fitted):
    X, y = wine
    cv = list(StratifiedKFold(5).split(X, y))
    for candidate in fitted.paths_[0].candidates:
        losses, _ = held_out_losses(X, y, candidate.C, cv=cv)
        assert candidate.cross_entropy == pytest.approx(losses.mean(), abs=1e-4)
        assert candidate.standard_error == pytest.approx(losses.std() / np.sqrt(len(y)), rel=1e-2)


@pytest.mark.slow
def test_losses_agree_with_scikit_learn(wine, fitted):
    X, y = wine
    theirs = Reference(Cs=list(CS), cv=5, tol=1e-8, max_iter=5000, scoring="neg_log_loss", l1_ratios=(0,),
                       use_legacy_attributes=False).fit(X, y)  # fmt: skip
    assert np.abs(-theirs.scores_.reshape(5, len(CS)) - fitted.paths_[0].fold_losses).max() < 1e-4
    assert theirs.C_ == fitted.C_


def test_the_final_fit_is_that_of_the_selected_penalty(wine, fitted):
    X, y = wine
    assert fitted.C_ == min(fitted.paths_[0].candidates, key=lambda one: one.cross_entropy).C
    plain = LogisticRegression(C=fitted.C_).fit(X, y)
    assert np.array_equal(fitted.coef_, plain.coef_)
    assert fitted.gap_ <= 1e-8
    assert np.array_equal(fitted.predict(X), plain.predict(X))
    assert fitted.inference(X, y).estimation == "penalised likelihood"


def test_one_standard_error_selects_a_stronger_penalty(wine, fitted):
    X, y = wine
    model = LogisticRegressionCV(Cs=CS, rule="one standard error").fit(X, y)
    best = min(fitted.paths_[0].candidates, key=lambda one: one.cross_entropy)
    limit = best.cross_entropy + best.standard_error
    within = [one.C for one in model.paths_[0].candidates if one.cross_entropy <= limit]
    assert min(within) == model.C_
    assert model.C_ < fitted.C_


def test_shares_of_absolute_values_are_compared_too():
    X, y = load_breast_cancer(return_X_y=True)
    X = StandardScaler().fit_transform(X)
    model = LogisticRegressionCV(Cs=(0.1, 1.0), l1_ratios=(0.0, 0.5, 1.0), cv=3).fit(X, y)
    cv = list(StratifiedKFold(3).split(X, y))
    for ratio, path in zip((0.0, 0.5, 1.0), model.paths_, strict=True):
        for candidate in path.candidates:
            losses, _ = held_out_losses(X, y, candidate.C, cv=cv, l1_ratio=ratio)
            assert candidate.cross_entropy == pytest.approx(losses.mean(), abs=1e-4)
    least = min(one.cross_entropy for path in model.paths_ for one in path.candidates)
    chosen = model.paths_[list(model.l1_ratios_).index(model.l1_ratio_)]
    assert least == min(one.cross_entropy for one in chosen.candidates)


def test_weights_count_in_fits_and_in_losses(wine):
    X, y = wine
    weights = np.random.default_rng(0).uniform(0, 2, size=len(y))
    model = LogisticRegressionCV(Cs=(0.1, 1.0), cv=3).fit(X, y, weights)
    cv = list(StratifiedKFold(3).split(X, y))
    for candidate in model.paths_[0].candidates:
        losses, shares = held_out_losses(X, y, candidate.C, cv=cv, weights=weights)
        assert candidate.cross_entropy == pytest.approx(np.average(losses, weights=shares), abs=1e-4)


def test_groups_stay_together(wine):
    X, y = wine
    groups = np.arange(len(y)) % 9
    model = LogisticRegressionCV(Cs=(1.0,), cv=GroupKFold(3)).fit(X, y, groups=groups)
    losses, _ = held_out_losses(X, y, 1.0, cv=list(GroupKFold(3).split(X, y, groups)))
    assert model.n_folds_ == 3
    assert model.paths_[0].candidates[0].cross_entropy == pytest.approx(losses.mean(), abs=1e-4)


def test_sparse_features_have_the_same_path(wine, fitted):
    X, y = wine
    model = LogisticRegressionCV(Cs=CS).fit(sparse.csr_array(X), y)
    for one, other in zip(model.paths_[0].candidates, fitted.paths_[0].candidates, strict=True):
        assert one.cross_entropy == pytest.approx(other.cross_entropy, abs=1e-4)
    assert model.C_ == fitted.C_


def test_every_candidate_is_reported_in_order(wine):
    heard = []
    LogisticRegressionCV(Cs=(1.0, 0.1), cv=3).fit(*wine, on_candidate=heard.append)
    assert [one.C for one in heard] == [0.1, 1.0]


@pytest.mark.parametrize(
    ("parameters", "text"),
    [
        ({"Cs": 0}, "`Cs` must be an integer > 0 or hold finite numbers > 0; got 0."),
        ({"Cs": (1.0, np.inf)}, "`Cs` must be an integer > 0 or hold finite numbers > 0"),
        ({"l1_ratios": (2.0,)}, "`l1_ratios` must hold numbers between 0 and 1; got (2.0,)."),
        ({"l1_ratios": 0.5}, "`l1_ratios` must hold numbers between 0 and 1; got 0.5."),
        ({"tol": -1.0}, "LogisticRegressionCV.fit: `tol` must be a finite number > 0; got -1.0."),
        ({"solver": "none"}, "LogisticRegressionCV.fit: `solver` must be one of"),
        ({"max_iter": 0.5}, "LogisticRegressionCV.fit: `max_iter` must be an integer >= 0; got 0.5."),
        ({"rule": "best"}, "`rule` must be one of minimum, one standard error; got 'best'."),
    ],
)
def test_a_parameter_out_of_range_is_named_before_any_fit(wine, parameters, text):
    heard = []
    with pytest.raises(DomainError) as caught:
        LogisticRegressionCV(**parameters).fit(*wine, on_candidate=heard.append)
    assert text in str(caught.value)
    assert not heard


def test_rows_in_batches_are_refused():
    message = (
        "^LogisticRegressionCV.fit_batches: `source` must be rows in memory, given to `fit`; got batches"
    )
    with pytest.raises(DomainError, match=message):
        LogisticRegressionCV(Cs=[1.0]).fit_batches(list)


@pytest.mark.parametrize(
    "model",
    [
        *(LogisticRegression(solver=solver) for solver in ("auto", "newton", "newton-cg", "lbfgs")),
        *(LogisticRegression(C=C) for C in ("auto", np.inf)),
        LogisticRegression(penalty="firth"),
        LogisticRegression(l1_ratio=0.5),
        LogisticRegressionCV(Cs=[1.0]),
    ],
    ids=repr,
)
def test_features_whose_squares_overflow_are_refused_by_every_solver(wine, model):
    X, y = wine
    X = X * [1e250, *np.ones(X.shape[1] - 1)]
    message = (
        r"fit: `X` must hold features whose squares are finite in double precision; got -2.43424e\+250\."
    )
    for rows in (X, np.asfortranarray(X), X[:, ::-1], sparse.csr_array(X)):
        with pytest.raises(DomainError, match=message):
            model.fit(rows, y)


def test_a_fold_whose_training_rows_lack_a_class_is_refused():
    X, y = load_iris(return_X_y=True)
    folds = [(np.arange(50, 150), np.arange(50)), (np.arange(100), np.arange(100, 150))]
    with pytest.raises(DataError, match="got a fold, number 0, without class '0'"):
        LogisticRegressionCV(cv=folds).fit(X, y)


def test_a_fold_whose_held_out_rows_have_no_weight_is_refused():
    X, y = load_iris(return_X_y=True)
    out = np.arange(0, 150, 10)
    weights = np.ones(150)
    weights[out] = 0
    folds = [(np.arange(1, 150, 2), np.arange(0, 150, 2)), (np.setdiff1d(np.arange(150), out), out)]
    with pytest.raises(
        DataError, match="must hold out a row of positive weight in every fold; got a fold, number 1"
    ):
        LogisticRegressionCV(cv=folds).fit(X, y, weights)


@pytest.mark.slow
@parametrize_with_checks([LogisticRegressionCV(Cs=(0.1, 1.0), cv=3)])
def test_it_is_a_scikit_learn_estimator(estimator, check):
    check(estimator)


def test_rows_of_one_distribution_are_in_one_fold(wine):
    X, y = wine
    soft = 0.9 * np.eye(3)[y] + 0.1 / 3
    folds = list(StratifiedKFold(4).split(X, y))
    ours, named = (LogisticRegressionCV(Cs=(1.0,), cv=cv).fit(X, soft) for cv in (4, folds))
    losses = np.empty(len(y))
    for train, out in folds:
        model = LogisticRegression(C=1.0).fit(X[train], soft[train])
        losses[out] = -(soft[out] * model.predict_log_proba(X[out])).sum(axis=1)
    for model in (ours, named):
        assert model.paths_[0].candidates[0].cross_entropy == pytest.approx(losses.mean(), rel=1e-4)


@pytest.mark.parametrize("kind", ["labels", "distributions"])
def test_folds_of_masks_and_of_numbers_from_the_end_are_those_of_numbers(wine, kind):
    X, y = wine
    truth = y if kind == "labels" else 0.9 * np.eye(3)[y] + 0.1 / 3
    folds = list(StratifiedKFold(4).split(X, y))
    masks = [tuple(np.isin(np.arange(len(y)), rows) for rows in fold) for fold in folds]
    from_end = [tuple(rows - len(y) for rows in fold) for fold in folds]
    fits = [LogisticRegressionCV(Cs=(1.0,), cv=cv).fit(X, truth) for cv in (folds, masks, from_end)]
    assert len({fit.paths_[0].candidates[0].cross_entropy for fit in fits}) == 1


def test_rows_of_one_distribution_are_in_one_fold_of_a_search(monkeypatch, wine):
    X, y = wine
    seen, found = [], PenaltySearch(1.0, (), 1)
    monkeypatch.setattr(fit_outcome, "search_penalty", lambda *_, groups, **__: seen.append(groups) or found)
    LogisticRegression(C="auto").fit(X, 0.9 * np.eye(3)[y] + 0.1 / 3)
    LogisticRegression(C="auto").fit(X, 0.9 * np.eye(3)[y] + 0.1 / 3, groups=np.arange(len(y)) // 2)
    assert np.array_equal(seen[0], np.repeat(np.arange(len(y)), 3))
    assert np.array_equal(seen[1], np.repeat(np.arange(len(y)) // 2, 3))


def test_a_strength_beyond_the_range_of_floats_is_refused(wine):
    with pytest.raises(DomainError, match=r"`Cs` must .* got a number beyond the range of floats"):
        LogisticRegressionCV(Cs=(1.0, 10**5000)).fit(*wine)
