"""Inputs and parameters that a user of scikit-learn brings along."""

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from sklearn.base import clone
from sklearn.datasets import load_breast_cancer, load_wine
from sklearn.linear_model import LogisticRegression as Reference
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from tests.models.published_data import spector
from xent import LogisticRegression
from xent.errors import DataError, DomainError, DTypeError, ShapeError

FORMS = {
    "csr array": sparse.csr_array,
    "csc matrix": sparse.csc_matrix,
    "single precision": lambda X: X.astype(np.float32),
    "column by column": np.asfortranarray,
    "every second column of a larger array": lambda X: np.repeat(X, 2, axis=1)[:, ::2],
    "integers": lambda X: X.astype(np.int16),
}


@pytest.fixture(scope="module", params=[load_breast_cancer, load_wine], ids=["two classes", "three classes"])
def whole_numbers(request):
    """Features of whole numbers, exact in every form."""
    X, y = request.param(return_X_y=True)
    return np.rint(2 * StandardScaler().fit_transform(X)), y


@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_the_features_gives_the_same_fit(whole_numbers, form):
    X, y = whole_numbers
    plain = LogisticRegression(C=0.1, tol=1e-12).fit(X, y)
    given = FORMS[form](X)
    model = LogisticRegression(C=0.1, tol=1e-12).fit(given, y)
    assert model.gap_ <= 1e-12
    assert np.abs(model.coef_ - plain.coef_).max() < 1e-6 * np.abs(plain.coef_).max()
    assert np.abs(model.predict_proba(given) - plain.predict_proba(X)).max() < 1e-6


@pytest.mark.parametrize("C", [np.inf, "auto"])
def test_sparse_features_do_for_every_c(C):
    X, y = load_breast_cancer(return_X_y=True)
    X = np.rint(StandardScaler().fit_transform(X[:, :4]))
    plain = LogisticRegression(C=C).fit(X, y)
    model = LogisticRegression(C=C).fit(sparse.csr_array(X), y)
    assert pytest.approx(plain.C_) == model.C_
    assert np.abs(model.coef_ - plain.coef_).max() < 1e-3 * np.abs(plain.coef_).max()


@pytest.mark.parametrize(("offset", "solver"), [(None, "newton-cg"), (np.zeros(400), "newton by products")])
def test_many_sparse_columns_are_fitted_by_products_with_the_hessian(offset, solver):
    rng = np.random.default_rng(0)
    X = sparse.random_array((400, 3000), density=0.01, rng=rng, format="csr")
    y = (X @ rng.normal(size=3000) + 0.1 * rng.normal(size=400) > 0).astype(int)
    model = LogisticRegression(C=10.0).fit(X, y, offset=offset)
    assert model.history_[-1].solver == solver
    assert model.gap_ <= 1e-8
    theirs = Reference(C=10.0, solver="newton-cg", tol=1e-10, max_iter=1000).fit(X, y)
    assert np.abs(model.predict_proba(X) - theirs.predict_proba(X)).max() < 1e-4


@pytest.mark.slow
@pytest.mark.parametrize("ratio", [0.3, 1.0])
def test_elastic_nets_agree_with_saga_and_are_certified(whole_numbers, ratio):
    X, y = whole_numbers
    model = LogisticRegression(C=0.05, l1_ratio=ratio, solver="saga").fit(X, y)
    theirs = Reference(C=0.05, l1_ratio=ratio, solver="saga", tol=1e-9, max_iter=50_000).fit(X, y)
    assert model.gap_ <= 1e-8
    assert np.array_equal(model.coef_ == 0, np.abs(theirs.coef_) < 1e-6)
    assert np.abs(model.coef_ - theirs.coef_).max() < 1e-3 * np.abs(theirs.coef_).max()


def test_a_penalty_of_l1_is_a_ratio_of_1():
    X, y = load_wine(return_X_y=True)
    X = StandardScaler().fit_transform(X)
    by_name = LogisticRegression(C=0.1, penalty="l1").fit(X, y)
    assert np.array_equal(by_name.coef_, LogisticRegression(C=0.1, l1_ratio=1).fit(X, y).coef_)


def test_one_hot_targets_are_labels_and_soft_targets_their_mixture(whole_numbers):
    X, y = whole_numbers
    K = len(np.unique(y))
    labels = LogisticRegression(C=0.1).fit(X, y)
    assert np.array_equal(LogisticRegression(C=0.1).fit(X, np.eye(K)[y]).coef_, labels.coef_)
    soft = 0.8 * np.eye(K)[y] + 0.2 / K
    model = LogisticRegression(C=0.1, tol=1e-12).fit(X, soft)
    # Condition of optimality by its definition.
    score = 0.1 * (soft - model.predict_proba(X)).T @ X
    weights = model.coef_ if K > 2 else np.vstack([-model.coef_, model.coef_])
    assert np.abs(score - weights).max() < 1e-5 * np.abs(weights).max()
    assert model.loss_ == pytest.approx(-(soft * model.predict_log_proba(X)).sum(axis=1).mean())


def test_columns_of_soft_targets_name_the_classes():
    X, y = load_wine(return_X_y=True)
    targets = pd.DataFrame(np.eye(3)[y], columns=["barolo", "grignolino", "barbera"])
    model = LogisticRegression().fit(X, targets)
    assert list(model.classes_) == ["barolo", "grignolino", "barbera"]


def test_inference_takes_labels_of_classes_in_the_order_of_the_columns_of_distributions():
    X, y = spector()
    model = LogisticRegression(C=np.inf).fit(X, pd.DataFrame({"yes": y, "no": 1 - y}, dtype=float))
    assert list(model.classes_) == ["yes", "no"]
    found = model.inference(X, np.where(y == 1, "yes", "no"))
    same = LogisticRegression(C=np.inf).fit(X, y).inference(X, y)
    np.testing.assert_allclose(found.log_likelihood, same.log_likelihood, rtol=1e-9)
    np.testing.assert_allclose(found.standard_errors, same.standard_errors, rtol=1e-6)


def test_rows_that_are_not_distributions_are_refused_with_their_place():
    X, y = load_wine(return_X_y=True)
    targets = np.eye(3)[y]
    targets[5] = [0.5, 0.6, 0.0]
    with pytest.raises(DomainError, match=r"got \[0\.5, 0\.6, 0\.0\], first at index \(5,\)"):
        LogisticRegression().fit(X, targets)
    with pytest.raises(ShapeError, match=r"`y` must have 178 rows, as X; got \(177, 3\)"):
        LogisticRegression().fit(X, targets[1:])
    with pytest.raises(DTypeError, match=r"`y` must hold distributions .*; got an array of object"):
        LogisticRegression().fit(X, np.where(targets > 0, "a", "b").astype(object))


def test_offsets_enter_the_logits(whole_numbers):
    X, y = whole_numbers
    K = len(np.unique(y))
    rng = np.random.default_rng(0)
    offset = rng.normal(size=len(y) if K == 2 else (len(y), K))
    model = LogisticRegression(C=0.1, tol=1e-12).fit(X, y, offset=offset)
    probs = model.predict_proba(X, offset=offset)
    score = 0.1 * (np.eye(K)[y] - probs).T @ X
    weights = model.coef_ if K > 2 else np.vstack([-model.coef_, model.coef_])
    assert np.abs(score - weights).max() < 1e-5 * np.abs(weights).max()
    assert np.abs((np.eye(K)[y] - probs).sum(axis=0)).max() < 1e-4
    assert model.loss_ == pytest.approx(
        -model.predict_log_proba(X, offset=offset)[np.arange(len(y)), y].mean()
    )
    assert np.array_equal(model.classes_[probs.argmax(axis=1)], model.predict(X, offset=offset))
    logits = model.decision_function(X, offset=offset) - model.decision_function(X)
    assert logits == pytest.approx(offset, abs=1e-9)


def test_an_offset_of_the_wrong_shape_is_refused():
    X, y = load_wine(return_X_y=True)
    with pytest.raises(
        ShapeError, match=r"`offset` must have shape \(178, 3\), one number per row and class"
    ):
        LogisticRegression().fit(X, y, offset=np.zeros(178))
    offset = np.zeros((178, 3))
    offset[3, 1] = np.nan
    with pytest.raises(DomainError, match=r"`offset` must be finite; got nan, first at index \(3, 1\)"):
        LogisticRegression().fit(X, y, offset=offset)


def test_the_parameters_of_scikit_learn_are_accepted_at_their_defaults():
    theirs = Reference().get_params()
    ours = LogisticRegression().get_params()
    assert set(theirs) <= set(ours)
    keep = {name: value for name, value in theirs.items() if name not in {"tol", "max_iter"}}
    X, y = load_wine(return_X_y=True)
    model = LogisticRegression(**keep).fit(X, y)
    assert np.array_equal(model.coef_, LogisticRegression(solver="lbfgs").fit(X, y).coef_)


@pytest.mark.parametrize("solver", ["newton-cholesky", "newton-cg", "liblinear", "sag", "saga", "lbfgs"])
def test_solvers_of_scikit_learn_are_wishes(solver):
    X, y = load_wine(return_X_y=True)
    X = StandardScaler().fit_transform(X)
    plain = LogisticRegression(tol=1e-12).fit(X, y)
    model = LogisticRegression(solver=solver, tol=1e-12).fit(X, y)
    assert np.abs(model.coef_ - plain.coef_).max() < 1e-5


@pytest.mark.parametrize(
    ("parameters", "text"),
    [
        ({"dual": True}, "`dual` must be False; got True."),
        ({"intercept_scaling": 2.0}, "`intercept_scaling` must be 1, as intercepts are not penalised"),
        ({"l1_ratio": 1.5}, "`l1_ratio` must lie between 0 and 1; got 1.5."),
        (
            {"C": "auto", "l1_ratio": 0.5},
            "`C` must be a number for a penalty of absolute values; got 'auto'.",
        ),
    ],
)
def test_parameters_without_a_meaning_here_are_refused(parameters, text):
    X, y = load_wine(return_X_y=True)
    with pytest.raises(DomainError) as caught:
        LogisticRegression(**parameters).fit(X, y)
    assert text in str(caught.value)


def test_coefficients_become_sparse_and_dense_again(whole_numbers):
    X, y = whole_numbers
    model = LogisticRegression(C=0.02, l1_ratio=1).fit(X, y)
    dense, probs = model.coef_.copy(), model.predict_proba(X)
    assert (dense == 0).any()
    model.sparsify()
    assert sparse.issparse(model.coef_)
    assert np.array_equal(model.predict_proba(X), probs)
    assert np.array_equal(model.densify().coef_, dense)


def test_callbacks_are_not_metadata_to_route():
    requests = LogisticRegression().get_metadata_routing().fit.requests
    assert set(requests) == {"sample_weight", "groups", "offset"}


def test_it_fits_in_a_pipeline_and_clones():
    X, y = load_wine(return_X_y=True)
    pipe = make_pipeline(StandardScaler(), LogisticRegression(C=0.5, l1_ratio=0.2))
    assert clone(pipe).fit(X, y).score(X, y) > 0.95


def test_balanced_weights_of_an_empty_class_are_refused():
    X, y = load_wine(return_X_y=True)
    weights = np.where(y == 1, 0.0, 1.0)
    with pytest.raises(DataError, match=r"`class_weight` must .* got no weight in class '1'"):
        LogisticRegression(class_weight="balanced").fit(X, y, weights)


def test_masked_weights_of_soft_targets_are_refused():
    X, y = np.arange(6.0)[:, None], np.full((6, 2), 0.5)
    weights = np.ma.masked_array(np.ones(6), mask=[0, 0, 1, 0, 0, 0])
    with pytest.raises(DomainError, match="`sample_weight` must"):
        LogisticRegression().fit(X, y, weights)


@pytest.mark.parametrize("is_soft", [False, True])
def test_weights_that_are_no_numbers_are_refused(is_soft):
    X, y = np.arange(6.0)[:, None], np.full((6, 2), 0.5) if is_soft else np.arange(6) % 2
    for weights, dtype in (
        (["heavy"] * 6, "<U5"),
        (np.full(6, 1 + 1j), "complex128"),
        (np.full(6, "2020-01-01", "M8[D]"), r"datetime64\[D\]"),
    ):
        with pytest.raises(DTypeError, match=rf"fit: `sample_weight` must be real numbers; got {dtype}"):
            LogisticRegression().fit(X, y, weights)


@pytest.mark.parametrize(("value", "dtype"), [("far", "<U3"), (1j, "complex128")])
def test_offsets_and_probabilities_that_are_no_real_numbers_are_refused(value, dtype):
    X, y = np.arange(6.0)[:, None], np.arange(6) % 2
    with pytest.raises(DTypeError, match=f"fit: `offset` must be real numbers; got {dtype}"):
        LogisticRegression().fit(X, y, offset=[value] * 6)
    with pytest.raises(DTypeError, match=f"fit: `y` must hold distributions .*; got an array of {dtype}"):
        LogisticRegression().fit(X, np.full((6, 2), value))


def test_masked_groups_are_refused():
    X, y = np.arange(6.0)[:, None], np.arange(6) % 2
    groups = np.ma.masked_array([0, 0, 1, 1, 2, 2], mask=[0, 0, 1, 0, 0, 0])
    with pytest.raises(DomainError, match="`groups` must"):
        LogisticRegression(C="auto").fit(X, y, groups=groups)
    model = LogisticRegression(penalty="firth").fit(X, y)
    with pytest.raises(DomainError, match="`groups` must"):
        model.inference(X, y, covariance="clustered", groups=groups)


def test_a_warm_start_takes_sparse_coefficients():
    X, y = np.random.default_rng(5).normal(size=(60, 3)), np.arange(60) % 3
    model = LogisticRegression(warm_start=True).fit(X, y)
    coefficients = model.coef_
    model.sparsify()
    model.fit(X, y)
    np.testing.assert_allclose(model.coef_, coefficients, rtol=1e-6)
