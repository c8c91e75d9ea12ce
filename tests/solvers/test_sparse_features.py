import numpy as np
import pytest
from scipy import sparse

from xent import LogisticRegression
from xent.solvers import kernel_rows, newton_cg, objective_in_memory
from xent.solvers.maximum_likelihood import minimise
from xent.solvers.objective_in_memory import ObjectiveInMemory
from xent.solvers.sparse_sigmoid_rows import SparseSigmoidRows

RNG = np.random.default_rng(3)
X = sparse.random_array((300, 20), density=0.2, rng=RNG, format="csr")
WEIGHTS = RNG.uniform(0.5, 2, 300)


def codes(K):
    return np.argmax(X @ RNG.normal(size=(20, K)) * 3 + RNG.gumbel(size=(300, K)), axis=1)


@pytest.mark.parametrize("K", [2, 4])
@pytest.mark.parametrize("fit_intercept", [True, False])
def test_every_pass_is_that_of_the_dense_objective(K, fit_intercept):
    y = codes(K)
    options = {"decay": 0.1, "weights": WEIGHTS, "fit_intercept": fit_intercept}
    ours = ObjectiveInMemory(X, y, K, **options)
    dense = ObjectiveInMemory(X.toarray(), y, K, **options)
    point, direction = RNG.normal(size=(2, *dense.shape))
    ours_at, dense_at = ours.evaluate(point), dense.evaluate(point)
    assert ours_at.objective == pytest.approx(dense_at.objective, rel=1e-13)
    pairs = [
        (ours_at.gradient, dense_at.gradient),
        (ours.hessian(point), dense.hessian(point)),
        (ours.hessian_product(point, direction), dense.hessian_product(point, direction)),
        (ours.moments(), dense.moments()),
        (ours.moments(diagonal=True), dense.moments(diagonal=True)),
        (ours.row_losses(point), dense.row_losses(point)),
        (ours.tilt(point, np.linspace(0, 0.5, K))[1], dense.tilt(point, np.linspace(0, 0.5, K))[1]),
        (ours.subset(np.arange(9)).moments(), dense.subset(np.arange(9)).moments()),
    ]
    for mine, theirs in pairs:
        np.testing.assert_allclose(mine, theirs, rtol=1e-11, atol=1e-13)
    assert ours.penalised(2.0).decay == dense.penalised(2.0).decay


@pytest.mark.parametrize("form", [sparse.csr_array, sparse.csc_array, sparse.csr_matrix])
@pytest.mark.parametrize("K", [2, 3])
def test_a_sparse_fit_is_the_dense_fit(form, K):
    y = codes(K)
    ours = LogisticRegression(C="auto").fit(form(X), y)
    dense = LogisticRegression(C="auto").fit(X.toarray(), y)
    assert ours.C_ == dense.C_
    np.testing.assert_allclose(ours.coef_, dense.coef_, rtol=1e-6, atol=1e-9)
    np.testing.assert_allclose(ours.predict_proba(form(X)), dense.predict_proba(X.toarray()), rtol=1e-6)
    assert ours.gap_ <= 1e-8


@pytest.mark.parametrize("fit_intercept", [True, False])
def test_two_classes_have_the_curvature_of_the_dense_objective(fit_intercept):
    options = {"decay": 0.1, "weights": WEIGHTS, "fit_intercept": fit_intercept}
    y = codes(2)
    far = X + sparse.csr_array(([9.0] * 300, (range(300), [4] * 300)), shape=X.shape)
    ours = ObjectiveInMemory(far, y, 2, **options)
    dense = ObjectiveInMemory(far.toarray(), y, 2, **options)
    rows, coordinates = ours.rough_rows(), ours.standardisation
    assert isinstance(rows, SparseSigmoidRows)
    mean = WEIGHTS @ far.toarray() / WEIGHTS.sum()
    spread = WEIGHTS @ (far.toarray() - mean * fit_intercept) ** 2 / WEIGHTS.sum()
    np.testing.assert_allclose(coordinates.mean, mean * fit_intercept, rtol=1e-12)
    np.testing.assert_allclose(coordinates.scale, np.sqrt(spread), rtol=1e-10)
    point, way = np.random.default_rng(0).normal(size=(2, 1, 21)) / 5
    if not fit_intercept:
        point[0, -1] = way[0, -1] = 0
    assert rows.settle(point)[0, 0] == pytest.approx(dense.covariance(point)[0, 0], rel=1e-12)
    curvature = dense.hessian(point) - np.diag([0.1] * 20 + [0.0])
    H = coordinates.of_matrix(curvature)
    if fit_intercept:
        np.testing.assert_allclose(rows.product(way)[0], H @ way[0], rtol=1e-9, atol=1e-12)
        np.testing.assert_allclose(rows.diagonal()[0], H.diagonal(), rtol=1e-9)
        np.testing.assert_allclose(rows.blocks(300)[0], H, rtol=1e-9, atol=1e-12)
        np.testing.assert_allclose(rows.moments(), coordinates.of_matrix(dense.moments()), atol=1e-12)
    else:
        np.testing.assert_allclose(rows.product(way)[0, :-1], (H @ way[0])[:-1], rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("K", [2, 3])
def test_means_of_sparse_features_do_not_take_products(monkeypatch, K):
    monkeypatch.setattr(newton_cg, "_MOST_FEATURES", 20)
    rng = np.random.default_rng(0)
    often = sparse.random_array((1000, 40), density=0.6, rng=rng, format="csr")
    seldom = sparse.random_array((1000, 300), density=0.03, rng=rng, format="csr")
    both = sparse.csr_array(sparse.hstack([often + sparse.csr_array(often != 0) * 3.0, seldom]))
    y = (both @ rng.normal(size=(340, K)) / 4 + rng.gumbel(size=(1000, K))).argmax(axis=1)

    def products():
        objective = ObjectiveInMemory(both, y, K).penalised(1.0)
        return minimise(objective, solver="newton-cg").report.products

    centred = products()
    for name in ("standardisation_of_moments", "standardisation_of_sparse"):
        plain = getattr(objective_in_memory, name)
        monkeypatch.setattr(
            objective_in_memory, name, lambda *a, plain=plain, **_: plain(*a, fit_intercept=False)
        )
    # Processors round differently: 57 and 81 on one, 37 and 70 on another.
    assert centred < 0.85 * products()


def test_numbers_of_one_place_add_up_in_a_fit():
    y = codes(2)
    half = sparse.csr_array((np.repeat(X.data / 2, 2), np.repeat(X.indices, 2), 2 * X.indptr), shape=X.shape)
    assert not half.has_canonical_format
    ours, plain = LogisticRegression(tol=1e-12).fit(half, y), LogisticRegression(tol=1e-12).fit(X, y)
    np.testing.assert_allclose(ours.coef_, plain.coef_, rtol=1e-6)


def test_without_kernels_a_sparse_objective_is_the_same(monkeypatch):
    (point, way), y = RNG.normal(size=(2, 1, 21)), codes(2)

    def results():
        objective = ObjectiveInMemory(X, y, 2, decay=0.1)
        end = minimise(objective, solver="newton-cg", tol=1e-13).point
        return objective.evaluate(point).gradient, objective.hessian_product(point, way), end

    ours = results()
    monkeypatch.setattr(kernel_rows, "runs_here", lambda: False)
    for mine, other, accuracy in zip(ours, results(), (1e-11, 1e-11, 1e-5), strict=True):
        np.testing.assert_allclose(mine, other, rtol=accuracy, atol=1e-9 * accuracy)


def test_single_precision_is_fitted_without_a_copy_to_the_same_end(monkeypatch):
    y, single = codes(2), X.astype(np.float32)
    given = []
    make = ObjectiveInMemory.__init__

    def record(self, features, *args, **options):
        given.append(features)
        make(self, features, *args, **options)

    monkeypatch.setattr(ObjectiveInMemory, "__init__", record)
    ours = LogisticRegression(tol=1e-12).fit(single, y)
    assert np.shares_memory(given[0].data, single.data)
    plain = LogisticRegression(tol=1e-12).fit(single.astype(np.float64), y)
    np.testing.assert_allclose(ours.coef_, plain.coef_, rtol=1e-6)
    assert ours.gap_ <= 1e-12


@pytest.mark.parametrize("K", [2, 3])
def test_a_sparse_column_of_seconds_is_certified(K):
    rng = np.random.default_rng(0)
    seconds = 1.7e9 + 1e6 * rng.normal(size=300)
    far = sparse.csr_array(np.column_stack([seconds, X.toarray()]))
    y = ((seconds - 1.7e9) / 1e6 + rng.logistic(size=300) > rng.integers(1, K, size=300)).astype(int)
    y += (rng.random(300) < 0.3) * (K - 2)
    model = LogisticRegression().fit(far, y)
    assert model.gap_ <= 1e-8
    assert model.solver_report_.solver == "newton-cg"
    assert model.solver_report_.products < 100


def test_features_whose_spread_is_lost_in_rounding_are_not_centred():
    far = X.toarray() + 1e7 * np.arange(1.0, 21.0)
    coordinates = ObjectiveInMemory(sparse.csr_array(far), codes(2), 2).standardisation
    assert not coordinates.mean.any()
    np.testing.assert_allclose(coordinates.scale, 1e7 * np.arange(1.0, 21.0), rtol=1e-6)
