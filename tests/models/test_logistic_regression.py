import warnings

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from sklearn.datasets import load_breast_cancer, load_digits, load_iris, load_wine
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression as Reference
from sklearn.model_selection import cross_val_score
from sklearn.utils.estimator_checks import parametrize_with_checks

from xent import LogisticRegression
from xent.errors import DataError, DomainError, DTypeError, ShapeError

REAL = {"digits": load_digits, "breast_cancer": load_breast_cancer, "wine": load_wine, "iris": load_iris}


@pytest.fixture(scope="module", params=REAL)
def real(request):
    return REAL[request.param](return_X_y=True)


def reference(X, y, **parameters):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns of rounding at the tolerance that is asked for
        return Reference(solver="newton-cholesky", tol=1e-12, max_iter=10_000, **parameters).fit(X, y)


def objective(model, X, y, C):
    """Scikit-learn's objective, from its own coefficients."""
    log_probs = model.predict_log_proba(X)
    loss = -log_probs[np.arange(len(y)), np.searchsorted(model.classes_, y)].sum()
    return C * loss + 0.5 * (model.coef_**2).sum()


@pytest.mark.slow
@pytest.mark.parametrize("C", [1.0, 0.01])
def test_it_agrees_with_newton_cholesky_on_real_data(real, C):
    # For all ten digits the reference takes seconds for its Hessian of 650 rows.
    X, y = (array[real[1] < 4] for array in real)
    ours, theirs = LogisticRegression(C=C).fit(X, y), reference(X, y, C=C)
    assert ours.gap_ <= 1e-8
    assert abs(objective(ours, X, y, C) / objective(theirs, X, y, C) - 1) < 1e-9
    assert np.abs(ours.coef_ - theirs.coef_).max() < 1e-5 * np.abs(theirs.coef_).max()
    # A common shift of all intercepts changes nothing; ours sum to 0.
    shift = theirs.intercept_.mean() if len(theirs.intercept_) > 1 else 0
    assert (
        np.abs(ours.intercept_ - (theirs.intercept_ - shift)).max() < 1e-5 * np.abs(theirs.intercept_).max()
    )


@pytest.mark.parametrize("solver", ["newton", "newton-cg", "lbfgs"])
def test_every_solver_is_certified(solver):
    X, y = load_wine(return_X_y=True)
    model = LogisticRegression(solver=solver, max_iter=5000).fit(X, y)
    assert model.gap_ <= 1e-8
    assert {step.solver for step in model.history_} == {solver}
    assert model.n_iter_[0] == model.history_[-1].step


def expected_failures(estimator):
    if estimator.C != "auto":
        return {}
    reason = "a row repeated falls into several folds, a row of weight 2 into one"
    return {f"check_sample_weight_equivalence_on_{form}_data": reason for form in ("dense", "sparse")}


@parametrize_with_checks(
    [LogisticRegression()],
    expected_failed_checks=expected_failures,
)
def test_it_is_a_scikit_learn_estimator(estimator, check):
    check(estimator)


@pytest.mark.slow
@parametrize_with_checks(
    [LogisticRegression(C="auto")],
    expected_failed_checks=expected_failures,
)
def test_it_is_a_scikit_learn_estimator_with_a_searched_penalty(estimator, check):
    check(estimator)


def test_sample_weights_agree_with_newton_cholesky():
    X, y = load_iris(return_X_y=True)
    weights = np.random.default_rng(0).uniform(0, 2, size=len(y))
    ours = LogisticRegression(class_weight="balanced").fit(X, y, sample_weight=weights)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = Reference(solver="newton-cholesky", tol=1e-12, class_weight="balanced").fit(X, y, weights)
    assert np.abs(ours.coef_ - theirs.coef_).max() < 1e-5 * np.abs(theirs.coef_).max()


def test_rows_of_weight_zero_count_for_nothing():
    X, y = load_iris(return_X_y=True)
    keep = np.arange(len(y)) % 3 > 0
    part = LogisticRegression().fit(X[keep], y[keep])
    whole = LogisticRegression().fit(X, y, sample_weight=keep.astype(float))
    assert np.abs(part.coef_ - whole.coef_).max() < 1e-9


def test_an_invalid_weight_of_a_distribution_is_named_as_given():
    X, weights = np.random.default_rng(0).normal(size=(80, 3)), np.ones(80)
    weights[2] = -1
    with pytest.raises(DomainError, match=r"finite and >= 0; got -1.0, first at index \(2,\)"):
        LogisticRegression().fit(X, np.full((80, 2), 0.5), weights)


def test_groups_must_have_an_entry_for_each_row_and_more_than_one_name():
    X, y = load_iris(return_X_y=True)
    with pytest.raises(ShapeError, match=r"`groups` must have shape \(150,\), one entry per row; got \(3,\)"):
        LogisticRegression(C="auto").fit(X, y, groups=[1, 2, 3])
    with pytest.raises(DataError, match="`groups` must name at least two groups; got one"):
        LogisticRegression(C="auto").fit(X, y, groups=["a"] * 150)
    assert LogisticRegression(C=1.0).fit(X, y, groups=["a"] * 150).C_ == 1.0


@pytest.mark.parametrize("missing", [None, np.nan, "nan among numbers"])
def test_a_row_of_no_group_is_named_and_mixed_groups_are_refused(missing):
    X, y = load_iris(return_X_y=True)
    groups = np.arange(150.0) if missing == "nan among numbers" else np.asarray(["a", "b"] * 75, object)
    groups[7] = np.nan if missing == "nan among numbers" else missing
    message = r"`groups` must have a value in every row; got none, first at index \(7,\)"
    with pytest.raises(DataError, match=message):
        LogisticRegression(C="auto").fit(X, y, groups=groups)
    with pytest.raises(DTypeError, match=r"`groups` must hold values of one kind, .*; got int beside str"):
        LogisticRegression(C="auto").fit(X, y, groups=np.asarray([1, "a"] * 75, object))


def test_without_an_intercept_it_is_zero_and_agrees():
    X, y = load_wine(return_X_y=True)
    ours, theirs = LogisticRegression(fit_intercept=False).fit(X, y), reference(X, y, fit_intercept=False)
    assert not ours.intercept_.any()
    assert np.abs(ours.coef_ - theirs.coef_).max() < 1e-5 * np.abs(theirs.coef_).max()


@pytest.mark.parametrize("load", [load_breast_cancer, load_wine], ids=["two classes", "three classes"])
def test_without_an_intercept_every_solver_leaves_it_zero(load):
    X, y = load(return_X_y=True)
    # Off the origin, where a constant is no rotation of the features.
    X = (X - X.mean(axis=0)) / X.std(axis=0) + 1
    plain = LogisticRegression(fit_intercept=False, solver="newton").fit(X, y)
    model = LogisticRegression(fit_intercept=False, solver="lbfgs", tol=1e-10).fit(X, y)
    assert not model.intercept_.any()
    assert np.abs(model.coef_ - plain.coef_).max() < 1e-4 * np.abs(plain.coef_).max()


def test_probabilities_log_probabilities_and_decisions_agree(real):
    X, y = real
    model = LogisticRegression().fit(X, y)
    probs = model.predict_proba(X)
    assert probs.shape == (len(y), len(model.classes_))
    assert np.abs(probs.sum(axis=1) - 1).max() < 1e-14
    assert np.allclose(np.log(probs), model.predict_log_proba(X), rtol=1e-9, atol=1e-12)
    assert np.array_equal(model.classes_[probs.argmax(axis=1)], model.predict(X))
    loss = -model.predict_log_proba(X)[np.arange(len(y)), y].mean()
    assert loss == pytest.approx(model.loss_, rel=1e-12)


def test_log_probabilities_of_a_sure_model_keep_their_digits():
    X = np.asarray([[-1.0], [1.0]])
    model = LogisticRegression(C=1e12).fit(X, [0, 1])
    logit = model.decision_function(np.asarray([[4.0]]))[0]
    assert logit > 60
    assert model.predict_log_proba(np.asarray([[4.0]]))[0, 1] == pytest.approx(-np.exp(-logit), rel=1e-14)
    assert model.predict_proba(np.asarray([[4.0]]))[0, 0] == pytest.approx(np.exp(-logit), rel=1e-14)


def test_labels_of_any_type_come_back():
    X, y = load_iris(return_X_y=True)
    for names in (
        np.asarray(["a", "b", "c"]),
        np.asarray([10, 20, 30]),
        np.asarray([1.5, 2.5, 3.5]).astype(str),
    ):
        model = LogisticRegression().fit(X, names[y])
        assert np.array_equal(model.classes_, names)
        assert set(model.predict(X)) == set(names)


def test_frames_keep_their_names():
    frame = pd.DataFrame(load_iris().data, columns=list("abcd"))
    model = LogisticRegression().fit(frame, load_iris().target)
    assert list(model.feature_names_in_) == list("abcd")


@pytest.mark.slow
def test_c_auto_takes_the_least_cross_validated_loss():
    X, y = load_wine(return_X_y=True)
    X = (X - X.mean(axis=0)) / X.std(axis=0)
    model = LogisticRegression(C="auto").fit(X, y)
    candidates = model.penalty_search_.candidates
    assert model.C_ == min(candidates, key=lambda c: c.cross_entropy).C
    assert [c.C for c in candidates] == sorted(c.C for c in candidates)
    assert candidates[0].C < model.C_ < candidates[-1].C
    # Its losses are those of another library's cross-validation, up to the choice of folds.
    for candidate in candidates:
        scores = cross_val_score(Reference(C=candidate.C, max_iter=1000), X, y, scoring="neg_log_loss")
        assert abs(-scores.mean() - candidate.cross_entropy) < 4 * candidate.standard_error


def test_a_warm_start_begins_where_the_last_fit_ended():
    X, y = load_wine(return_X_y=True)
    model = LogisticRegression(warm_start=True).fit(X, y)
    model.fit(X, y)
    assert model.history_[0].gap <= 1e-8


def test_a_fit_that_is_cut_short_says_how_close_it_came():
    X, y = load_wine(return_X_y=True)
    with pytest.warns(
        ConvergenceWarning, match=r"after 2 steps because the limit .* certified only to .* nats"
    ):
        LogisticRegression(max_iter=2).fit(X, y)


@pytest.mark.parametrize(
    ("parameters", "text"),
    [
        ({"C": 0}, '`C` must be a number > 0, which may be infinite, or "auto"; got 0.'),
        ({"C": -np.inf}, "got -inf"),
        ({"C": "best"}, "got 'best'"),
        ({"C": True}, "got True"),
        ({"solver": "cholesky"}, "`solver` must be one of auto, newton, newton-cg, lbfgs, newton-cholesky,"),
        ({"tol": 0.0}, "`tol` must be a finite number > 0; got 0.0."),
        ({"max_iter": -1}, "`max_iter` must be an integer >= 0; got -1."),
        ({"solver": ["lbfgs"]}, "`solver` must be one of "),
        ({"max_iter": False}, "got False"),
        ({"max_iter": 1.5}, "got 1.5"),
    ],
)
def test_a_parameter_out_of_range_is_named(parameters, text):
    X, y = load_iris(return_X_y=True)
    with pytest.raises(DomainError) as caught:
        LogisticRegression(**parameters).fit(X, y)
    assert text in str(caught.value)
    assert str(caught.value).startswith("LogisticRegression.fit: `")


def test_one_class_is_refused():
    with pytest.raises(DataError, match="at least two classes among rows of positive weight; got 1 class"):
        LogisticRegression().fit(np.eye(3), [1, 1, 1])
    with pytest.raises(DataError, match="got 1 class"):
        LogisticRegression().fit(np.eye(3), [1, 1, 2], sample_weight=[1.0, 1.0, 0.0])


def test_a_bad_sample_weight_is_named_with_its_place():
    X, y = load_iris(return_X_y=True)
    weights = np.ones(len(y))
    weights[7] = -1
    with pytest.raises(DomainError, match=r"got -1\.0, first at index \(7,\)"):
        LogisticRegression().fit(X, y, sample_weight=weights)
    with pytest.raises(ShapeError, match=r"have shape \(150,\), one entry per row; got \(3,\)"):
        LogisticRegression().fit(X, y, sample_weight=np.ones(3))


@pytest.mark.parametrize("argument", ["C", "tol", "class_weight", "sample_weight"])
def test_a_number_beyond_the_range_of_floats_is_refused(argument):
    X, y = load_iris(return_X_y=True)
    huge = 10**5000
    value = {1: huge} if argument == "class_weight" else huge
    given = {argument: [huge] * len(y)} if argument == "sample_weight" else {}
    model = LogisticRegression(**({} if given else {argument: value}))
    with pytest.raises(DomainError, match=f"`{argument}` must .* got a number beyond the range of floats"):
        model.fit(X, y, **given)


@pytest.mark.parametrize("factor", [-1.0, np.nan, np.inf])
def test_a_class_weight_that_is_negative_or_not_finite_is_refused(factor):
    X, y = load_iris(return_X_y=True)
    model = LogisticRegression(class_weight={1: factor})
    message = f"`class_weight` must hold finite numbers >= 0; got {factor} for class '1'"
    with pytest.raises(DomainError, match=message):
        model.fit(X, y)
    with pytest.raises(DomainError, match=message):
        model.fit_batches(lambda: iter([(X, y)]))


@pytest.mark.parametrize(
    ("load", "C", "chosen", "steps", "gap", "loss"),
    [
        (load_iris, 1.0, 1.0, 9, 1e-15, 0.11963667798793),
        (load_iris, "auto", 10.0, 11, 1e-13, 0.05744149620569),
        (load_wine, 1.0, 1.0, 11, 1e-15, 0.03589744744994),
        (load_breast_cancer, 1.0, 1.0, 11, 1e-15, 0.08834480506370),
        (load_breast_cancer, "auto", 100.0, 12, 1e-15, 0.05643819856792),
        pytest.param(load_digits, 1.0, 1.0, 13, 1e-15, 0.00319935990137, marks=pytest.mark.slow),
        pytest.param(load_digits, "auto", 10**-1.5, 10, 1e-15, 0.03506814095700, marks=pytest.mark.slow),
    ],
)
def test_a_fit_takes_no_more_steps_and_ends_no_further_from_the_minimum(load, C, chosen, steps, gap, loss):
    X, y = load(return_X_y=True)
    model = LogisticRegression(C=C).fit(X, y)
    assert pytest.approx(chosen, rel=1e-12) == model.C_
    # Rounding differs between processors, and may cost a step.
    assert model.n_iter_[0] <= steps + 1
    assert model.gap_ <= 10 * gap
    # The loss, unlike the objective, is not least at the minimum: its error is a root of the gap's.
    assert model.loss_ == pytest.approx(loss, rel=1e-10 if load is not load_digits else 1e-7)


@pytest.mark.parametrize("solver", ["newton", "lbfgs"])
def test_a_class_whose_rows_all_weigh_nothing_leaves_the_fit_certified(solver):
    X, y = load_iris(return_X_y=True)
    model = LogisticRegression(solver=solver).fit(X, y, np.where(y == 1, 0.0, 1.0))
    others = LogisticRegression(C=2.0).fit(X[y != 1], y[y != 1])
    assert model.gap_ <= 1e-8
    assert model.predict_proba(X)[:, 1].max() < 1e-20
    # Two rows of weights that share the slope cost half the penalty of one.
    assert model.loss_ == pytest.approx(others.loss_, rel=1e-3)


@pytest.mark.parametrize(("K", "start", "spread"), [(2, 1.7e9, 1e7), (3, 1.7e12, 4e7), (3, 1e13, 3e4)])
def test_a_feature_far_from_the_origin_is_certified(K, start, spread):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(900, 4))
    y = (X @ rng.normal(size=(4, K)) + rng.gumbel(size=(900, K))).argmax(axis=1)
    X[:, 2] = np.round(spread * X[:, 2])
    moved = X.copy()
    # Exactly, so that both are the same problem.
    moved[:, 2] += start
    near, far = LogisticRegression().fit(X, y), LogisticRegression().fit(moved, y)
    assert far.gap_ <= 1e-8
    assert far.loss_ == pytest.approx(near.loss_, rel=1e-9)
    assert np.abs(far.coef_ - near.coef_).max(axis=0) == pytest.approx(np.zeros(4), abs=1e-6)
    again = LogisticRegression(warm_start=True).fit(moved, y).fit(moved, y)
    assert again.history_[0].gap <= 1e-6


@pytest.mark.parametrize("form", [sparse.csr_matrix, sparse.csc_array])
def test_sparse_features_are_fitted_like_dense_ones(form):
    for load in (load_breast_cancer, load_wine):
        X, y = load(return_X_y=True)
        held, given = LogisticRegression().fit(form(X), y), LogisticRegression().fit(X, y)
        assert held.gap_ <= 1e-8
        assert np.abs(held.coef_ - given.coef_).max() < 1e-7 * np.abs(given.coef_).max()
        assert np.allclose(held.predict_log_proba(form(X)), given.predict_log_proba(X), rtol=1e-6, atol=1e-12)
        assert held.solver_report_.solver == "newton"
