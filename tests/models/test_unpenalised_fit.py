import warnings

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_breast_cancer, load_digits, load_iris, load_wine
from sklearn.exceptions import ConvergenceWarning

from tests.models.published_data import endometrial, spector
from xent import LogisticRegression
from xent.errors import DataError, DomainError


def overlapping(n=300, K=3, seed=0):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, 3)) @ rng.normal(size=(3, 3)) + [5, -2, 100]
    y = (X @ rng.normal(size=(3, K)) / 2 + 10 * rng.gumbel(size=(n, K))).argmax(axis=1)
    assert len(np.unique(y)) == K
    return X, y


@pytest.mark.parametrize("K", [2, 3])
@pytest.mark.parametrize("fit_intercept", [True, False])
def test_maximum_likelihood_is_the_limit_of_weak_penalties(K, fit_intercept):
    X, y = overlapping(K=K)
    model = LogisticRegression(C=np.inf, fit_intercept=fit_intercept).fit(X, y)
    near = LogisticRegression(C=1e7, tol=1e-13, fit_intercept=fit_intercept).fit(X, y)
    assert np.abs(model.coef_ - near.coef_).max() < 1e-5
    assert np.abs(model.intercept_ - near.intercept_).max() < 1e-3
    assert model.loss_ == pytest.approx(near.loss_, rel=1e-9)
    assert (model.C_, model.estimation_) == (np.inf, "maximum likelihood")
    probs = model.predict_proba(X)
    design = np.column_stack([X, np.full(len(y), float(fit_intercept))])
    score = (np.eye(K)[y] - probs).T @ design
    assert np.abs(score).max() < 1e-9 * np.abs(design).sum()


def test_the_gap_of_maximum_likelihood_is_certified_and_closes():
    X, y = spector()
    model = LogisticRegression(C=np.inf).fit(X, y)
    assert 0 <= model.gap_ < 1e-15
    for step in model.history_:
        assert step.gap >= step.objective - model.history_[-1].objective - 1e-15


@pytest.mark.parametrize("K", [2, 3])
def test_dependent_columns_take_the_least_weights_of_all_maxima(K):
    X, y = overlapping(K=K)
    more = np.column_stack([X, 2 * X[:, 0] - X[:, 1] / 2 + 3, np.full(len(y), 7.0)])
    model = LogisticRegression(C=np.inf).fit(more, y)
    near = LogisticRegression(C=1e7, tol=1e-13).fit(more, y)
    assert np.abs(model.coef_ - near.coef_).max() < 1e-5
    assert not model.coef_[:, 4].any()
    assert np.abs(model.decision_function(more) - near.decision_function(more)).max() < 1e-4
    plain = LogisticRegression(C=np.inf).fit(X, y)
    assert model.loss_ == pytest.approx(plain.loss_, rel=1e-12)


def test_a_penalty_of_none_is_an_infinite_c():
    X, y = spector()
    none = LogisticRegression(penalty=None).fit(X, y)
    plain = LogisticRegression(C=np.inf).fit(X, y)
    assert np.array_equal(none.coef_, plain.coef_)
    with pytest.warns(UserWarning, match=r"penalty=None will ignore the C parameter, here 2\.0"):
        assert np.array_equal(LogisticRegression(penalty=None, C=2.0).fit(X, y).coef_, plain.coef_)


def test_no_steps_return_the_start():
    X, y = spector()
    for parameters in ({}, {"C": np.inf}, {"l1_ratio": 0.5}, {"penalty": "firth"}):
        with pytest.warns(ConvergenceWarning, match="after 0 steps because the limit of 0 steps"):
            model = LogisticRegression(max_iter=0, **parameters).fit(X, y)
        assert not model.coef_.any()


@pytest.mark.parametrize("load", [load_wine, load_breast_cancer, load_digits])
def test_complete_separation_is_told(load):
    X, y = load(return_X_y=True)
    with pytest.raises(DomainError) as caught:
        LogisticRegression(C=np.inf).fit(X, y)
    assert str(caught.value) == (
        "LogisticRegression.fit: `C` must be finite for these data; got inf, and the classes are completely "
        'separated by all columns together. The likelihood has no maximum. Use `penalty="firth"`, or a '
        "finite `C`."
    )


def test_a_column_that_alone_separates_completely_is_named():
    X, y = overlapping(K=2)
    frame = pd.DataFrame(X, columns=["a", "b", "c"]).assign(copy_of_target=3 - 2 * y)
    with pytest.raises(DomainError) as caught:
        LogisticRegression(C=np.inf).fit(frame, y)
    assert "completely separated by column 'copy_of_target'. The likelihood" in str(caught.value)


def test_quasi_complete_separation_is_told_with_its_column():
    X, y = endometrial()
    with pytest.raises(DomainError) as caught:
        LogisticRegression(C=np.inf).fit(X, y)
    assert str(caught.value) == (
        "LogisticRegression.fit: `C` must be finite for these data; got inf, and the classes are "
        "quasi-completely separated by column 'NV'. The likelihood has no maximum. Use "
        '`penalty="firth"`, or a finite `C`, or drop the column.'
    )


def test_the_class_that_a_column_separates_is_named():
    X, y = overlapping(K=4, n=600)
    names = np.asarray(["ash", "beech", "elm", "oak"])[y]
    only_elm = ((y == 2) & (np.arange(len(y)) % 5 == 0)).astype(float)
    frame = pd.DataFrame(X, columns=["a", "b", "c"]).assign(moss=only_elm)
    with pytest.raises(DomainError, match=r"quasi-completely separated by column 'moss' \(class 'elm'\)\."):
        LogisticRegression(C=np.inf).fit(frame, names)
    never_oak = ((y != 3) & (np.arange(len(y)) % 2 == 0)).astype(float)
    with pytest.raises(DomainError, match=r"by column 'moss' \(class 'oak'\)\."):
        LogisticRegression(C=np.inf).fit(frame.assign(moss=never_oak), names)


def test_iris_is_separated_quasi_completely():
    X, y = load_iris(return_X_y=True)
    with pytest.raises(DomainError, match=r"quasi-completely separated by columns 'x0' \(class '0'\), 'x1'"):
        LogisticRegression(C=np.inf).fit(X, y)


def test_a_class_without_weight_is_refused_without_a_penalty():
    X, y = overlapping(K=3)
    with pytest.raises(
        DataError, match=r"hold every class in rows of positive weight .* got none of class '1'"
    ):
        LogisticRegression(C=np.inf).fit(X, y, np.where(y == 1, 0.0, 1.0))


def test_rows_of_weight_zero_do_not_overlap():
    X, y = load_breast_cancer(return_X_y=True)
    weights = np.ones(len(y))
    flipped = y.copy()
    flipped[::7] = 1 - y[::7]
    LogisticRegression(C=np.inf).fit(X, flipped)
    weights[::7] = 0
    with pytest.raises(DomainError, match="completely separated"):
        LogisticRegression(C=np.inf).fit(X, flipped, weights)


def test_firths_method_is_finite_for_separated_classes_and_has_no_certificate():
    X, y = load_iris(return_X_y=True)
    model = LogisticRegression(penalty="firth").fit(X, y)
    assert np.isfinite(model.coef_).all()
    assert np.abs(model.coef_.sum(axis=0)).max() < 1e-12
    assert np.isnan(model.gap_)
    assert (model.C_, model.estimation_) == (np.inf, "Firth")
    assert model.score(X, y) > 0.95


def test_firths_method_does_not_depend_on_units_or_the_order_of_classes():
    X, y = load_iris(return_X_y=True)
    model = LogisticRegression(penalty="firth", tol=1e-10).fit(X, y)
    moved = LogisticRegression(penalty="firth", tol=1e-10).fit(X * [1e3, 1, 1e-3, 5] + 1e3, 2 - y)
    assert (
        np.abs(model.predict_proba(X) - moved.predict_proba(X * [1e3, 1, 1e-3, 5] + 1e3)[:, ::-1]).max()
        < 1e-7
    )


def test_firths_method_with_one_constant_column_adds_half_a_row_to_each_class():
    # With an intercept alone Jeffreys' prior is that of a proportion: (successes + 1/2) / (n + 1).
    X, y = np.zeros((10, 1)), np.asarray([1] * 3 + [0] * 7)
    model = LogisticRegression(penalty="firth").fit(X, y)
    assert model.predict_proba(X)[0, 1] == pytest.approx(3.5 / 11, rel=1e-8)
    assert not model.coef_.any()


def test_firths_method_refuses_thousands_of_coefficients():
    X, y = np.random.default_rng(0).normal(size=(1200, 1100)), np.arange(1200) % 2
    with pytest.raises(DomainError, match='have at most 1000 coefficients to be "firth"; got 1101'):
        LogisticRegression(penalty="firth").fit(X, y)


@pytest.mark.parametrize("parameters", [{"C": np.inf}, {"penalty": "firth"}], ids=str)
def test_too_few_steps_are_told(parameters):
    X, y = spector()
    with pytest.warns(ConvergenceWarning, match="after 2 steps because the limit of 2 steps was reached"):
        LogisticRegression(max_iter=2, **parameters).fit(X, y)


@pytest.mark.parametrize("parameters", [{"C": np.inf}, {"penalty": "firth"}], ids=str)
def test_a_warm_start_needs_no_more_than_the_last_steps(parameters):
    X, y = spector()
    model = LogisticRegression(warm_start=True, **parameters).fit(X, y)
    before = model.coef_
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model.fit(X, y)
    assert model.n_iter_[0] <= 2
    assert np.abs(model.coef_ - before).max() < 1e-6


@pytest.mark.parametrize(
    ("parameters", "text"),
    [
        ({"penalty": "firth", "C": 2.0}, '`C` must be left at 1 if `penalty` is "firth"'),
        ({"penalty": "l3"}, "`penalty` must be one of"),
    ],
)
def test_contradicting_parameters_are_named(parameters, text):
    X, y = spector()
    with pytest.raises(DomainError) as caught:
        LogisticRegression(**parameters).fit(X, y)
    assert text in str(caught.value)
