import numpy as np
import pytest
from scipy import sparse

from xent import LogisticRegression
from xent.solvers.objective_in_memory import ObjectiveInMemory

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
