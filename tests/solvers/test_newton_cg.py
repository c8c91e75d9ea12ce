import numpy as np
import pytest
from scipy import sparse
from tests.solvers.problems import KINDS, problem, random_point

from xent.solvers import kronecker, newton_cg, single_precision_rows
from xent.solvers.conjugate_gradients import newton_direction
from xent.solvers.exact_rows import ExactRows
from xent.solvers.kernel_rows import kernel_rows
from xent.solvers.maximum_likelihood import minimise
from xent.solvers.objective_in_memory import ObjectiveInMemory
from xent.solvers.single_precision_rows import SinglePrecisionRows


def system(size=12, seed=0):
    rng = np.random.default_rng(seed)
    A = rng.normal(size=(3 * size, size)) * np.geomspace(1, 30, size)
    return A.T @ A, rng.normal(size=size)


@pytest.mark.parametrize("forcing", [0.5, 1e-2, 1e-6])
def test_a_direction_solves_the_system_to_the_accuracy_asked_for(forcing):
    H, gradient = system()
    inverse = 1 / H.diagonal()
    x, count = newton_direction(1e6 * gradient, lambda v: H @ v, lambda v: inverse * v, forcing=forcing)
    left = H @ x + 1e6 * gradient
    assert left @ (inverse * left) <= forcing**2 * 1e12 * gradient @ (inverse * gradient)
    # As many as coefficients in exact arithmetic.
    assert count <= 13


def test_near_the_minimum_directions_are_more_accurate_but_not_beyond_the_least():
    H, gradient = system()

    def accuracy(**options):
        x, _ = newton_direction(1e-6 * gradient, lambda v: H @ v, np.copy, forcing=0.5, **options)
        return np.linalg.norm(H @ x + 1e-6 * gradient) / np.linalg.norm(1e-6 * gradient)

    assert accuracy() < 1e-2
    assert 1e-2 < accuracy(least=0.4) <= 0.4


def test_negative_curvature_by_rounding_still_gives_a_descent():
    gradient = np.asarray([1.0, 2.0, -1.0])
    for curvatures in ([-1.0, -1.0, -1.0], [5.0, -0.1, 3.0], [0.0, 0.0, 0.0]):
        x, _ = newton_direction(gradient, np.diag(curvatures).dot, np.copy, forcing=1e-9)
        assert x @ gradient < 0


@pytest.mark.parametrize("blocks", [True, False], ids=["blocks", "no blocks"])
@pytest.mark.parametrize("kind", ["two classes", "three classes"])
def test_the_inverse_hessian_solves_the_newton_system_also_where_all_classes_move_alike(
    monkeypatch, kind, blocks
):
    monkeypatch.setattr(newton_cg, "_MANY_PRODUCTS", 0 if blocks else 1000)
    objective = problem(**KINDS[kind])
    point, gradient = random_point(objective), random_point(objective, seed=5)
    # The gradient of the loss in the intercepts sums to 0.
    gradient[:, -1] -= gradient[:, -1].mean() if len(gradient) > 1 else 0
    inverse = newton_cg.inverse_hessian_at(objective, point)
    truth = np.linalg.solve(objective.hessian(point), gradient.ravel()).reshape(gradient.shape)
    for _ in range(2):
        found = inverse(gradient)
        np.testing.assert_allclose(found.mean(axis=0), truth.mean(axis=0), rtol=1e-2, atol=1e-9)
        assert np.linalg.norm(found - truth) < 1e-2 * np.linalg.norm(truth)


def rough(kind, form):
    dense = problem(**KINDS[kind])
    if form == "exact":
        return ExactRows(dense), dense
    if form == "sparse":
        held = ObjectiveInMemory(
            sparse.csr_array(dense.X),
            dense.codes,
            dense.n_classes,
            weights=dense.weights * dense.total_weight,
            decay=dense.decay,
            fit_intercept=dense.fit_intercept,
        )
        return held.rough_rows(), held
    return dense.rough_rows(), dense


@pytest.mark.parametrize("kept", [True, False], ids=["kept", "computed"])
@pytest.mark.parametrize("form", ["dense", "sparse", "exact"])
def test_rough_rows_have_the_curvature_of_the_objective(monkeypatch, form, kept):
    monkeypatch.setattr(single_precision_rows, "_KEPT", 10.0 if kept else 0.0)
    monkeypatch.setattr(single_precision_rows, "_BLOCK", 100 * 128)
    for kind in ("three classes", "weighted"):
        rows, objective = rough(kind, form)
        coordinates = objective.standardisation
        point, way = random_point(objective), random_point(objective, seed=3)
        assert np.allclose(rows.settle(point), objective.covariance(point), rtol=1e-5, atol=1e-7)
        moved = coordinates.point(way)
        product = objective.hessian_product(point, moved)
        product[:, :-1] -= objective.decay * moved[:, :-1]
        product[:, -1] -= moved[:, -1].mean()
        truth = coordinates.slopes(product)
        # Probabilities are kept with 8 significant bits.
        accuracy = 4e-3 if kept and form == "dense" else 1e-5
        assert np.abs(rows.product(way) - truth).max() < accuracy * np.abs(truth).max()
        moments = objective.moments()
        expected = coordinates.slopes(coordinates.slopes(moments).T)
        assert np.allclose(rows.moments(), expected, rtol=1e-5, atol=1e-5)
        blocks = rows.blocks(10**6)
        M, P = objective.shape
        H = objective.hessian(point).reshape(M, P, M, P)
        for k in range(M):
            block = H[k, :, k].copy()
            block[-1, -1] -= 1 / M
            block[np.arange(P - 1), np.arange(P - 1)] -= objective.decay
            truth = coordinates.slopes(coordinates.slopes(block).T)
            assert np.abs(blocks[k] - truth).max() < 10 * accuracy * np.abs(truth).max()
            if form != "exact":
                assert np.allclose(rows.diagonal()[k], truth.diagonal(), rtol=10 * accuracy)


def test_rows_beyond_the_memory_to_keep_have_the_same_curvature(monkeypatch):
    monkeypatch.setattr(single_precision_rows, "_BLOCK", 128 * 8)
    # More rows than a group of them has, whose blocks begin anew.
    objective = problem(**KINDS["weighted"] | {"n": 9000})
    point, way = random_point(objective), random_point(objective, seed=3)
    products, blocks = [], []
    # 0.099 keeps 4,752 rows, which is no border of blocks.
    for share in (0.0, 0.099, 10.0):
        monkeypatch.setattr(single_precision_rows, "_KEPT", share)
        monkeypatch.setattr(single_precision_rows, "_POINTS", 0)
        rows = SinglePrecisionRows(objective, kernel_rows(objective))
        rows.settle(point)
        held = rows.bytes_kept
        assert held <= share * objective.X.nbytes
        assert (held > 0) == (share > 0)
        products.append(rows.product(way))
        blocks.append(rows.blocks(10**6))
    for other in blocks[1:]:
        assert np.abs(blocks[0] - other).max() < 1e-2 * np.abs(blocks[0]).max()
    for other in products[1:]:
        assert np.abs(products[0] - other).max() < 4e-3 * np.abs(products[0]).max()


@pytest.mark.parametrize("kind", ["three classes", "weighted", "without intercept", "more rows than a block"])
def test_it_ends_where_newton_ends(make, kind):
    objective = problem(make=make, **KINDS[kind])
    ours = minimise(objective, solver="newton-cg", tol=1e-13)
    theirs = minimise(objective, solver="newton", tol=1e-13)
    assert ours.converged, ours.reason
    assert {i.solver for i in ours.iterations} == {"newton-cg"}
    assert np.abs(ours.point - theirs.point).max() < 1e-6 * np.abs(theirs.point).max()
    assert abs(ours.point[:, -1].sum()) < 1e-12


def test_the_block_of_a_class_of_few_rows_is_made_of_those():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(8000, 4))
    codes = (X[:, 0] + rng.logistic(size=8000) > 0).astype(int)
    codes[np.argsort(X[:, 1])[-6:]] = 2
    objective = ObjectiveInMemory(X, codes, 3).penalised(100.0)
    point = minimise(objective, tol=1e-6).point
    rows = objective.rough_rows()
    rows.settle(point)
    H = objective.hessian(point).reshape(3, 5, 3, 5)
    for k, found in enumerate(rows.blocks(400)):
        block = H[k, :, k] - np.diag([objective.decay] * 4 + [1 / 3])
        truth = objective.standardisation.of_matrix(block)
        error = np.linalg.eigvals(np.linalg.solve(truth, found)).real
        assert 0.7 < error.min() < error.max() < 1.4, k


def test_features_of_any_size_have_products_in_single_precision():
    plain = problem(K=3, C=1e9)
    scales = np.asarray([1e-30, 1e25, 1.0, 1e3])
    objective = ObjectiveInMemory(plain.X * scales, plain.codes, 3)
    rows, usual = objective.rough_rows(), plain.rough_rows()
    point, way = random_point(plain), random_point(plain, seed=3)
    scaled = np.column_stack([point[:, :-1] / scales, point[:, -1]])
    assert np.allclose(rows.settle(scaled), usual.settle(point), rtol=1e-5, atol=1e-7)
    assert np.allclose(rows.product(way), usual.product(way), rtol=1e-4, atol=1e-5)


def test_nearly_separable_classes_are_solved_with_blocks(monkeypatch):
    monkeypatch.setattr(newton_cg, "_MANY_PRODUCTS", 1)
    objective = problem(K=4, C=1e4)
    for most in (0, 10**6):
        monkeypatch.setattr(newton_cg, "_MOST_INVERTED", most)
        solution = minimise(objective, solver="newton-cg")
        assert solution.converged, solution.reason
        assert len(solution.iterations) < 15


@pytest.mark.parametrize("K", [2, 3])
def test_many_sparse_features_are_solved_with_the_diagonal(monkeypatch, K):
    monkeypatch.setattr(kronecker, "MOST_FEATURES", 2)
    monkeypatch.setattr(newton_cg, "_MOST_FEATURES", 2)
    dense = problem(K=K, n=2000)
    held = ObjectiveInMemory(sparse.csr_array(dense.X), dense.codes, K).penalised(1.0)
    ours, theirs = minimise(held, solver="newton-cg", tol=1e-12), minimise(dense, solver="newton", tol=1e-12)
    assert ours.converged, ours.reason
    assert np.abs(ours.point - theirs.point).max() < 1e-5 * np.abs(theirs.point).max()


@pytest.mark.half_second
def test_sums_are_the_same_bits_whichever_thread_adds_them(monkeypatch):
    objective = problem(n=40_000, K=3)
    results = []
    for cores in (1, 2, 5):
        monkeypatch.setattr("joblib.cpu_count", lambda cores=cores: cores)
        results.append(minimise(objective, solver="newton-cg", tol=1e-9).point)
    assert all(np.array_equal(results[0], other) for other in results[1:])


@pytest.mark.parametrize("form", ["dense", "sparse", "without intercept"])
def test_two_classes_are_solved_by_products_too(form):
    held = problem(K=2, fit_intercept=form != "without intercept")
    if form == "sparse":
        _, held = rough("two classes", form)
    found = minimise(held, solver="newton-cg", tol=1e-12)
    truth = minimise(held, solver="newton", tol=1e-12)
    assert found.converged
    assert found.iterations[-1].solver == "newton-cg"
    assert np.abs(found.point - truth.point).max() < 1e-6 * np.abs(truth.point).max()


@pytest.mark.parametrize("fit_intercept", [True, False])
def test_blocks_of_two_classes_are_the_curvature_of_the_loss(fit_intercept):
    held = problem(K=2, fit_intercept=fit_intercept)
    rows, point = held.rough_rows(), random_point(held)
    rows.settle(point)
    block = rows.blocks(len(held.codes))[0]
    for way in np.eye(len(block)):
        product = rows.product(way[None])[0]
        assert np.abs(block @ way - product)[:-1].max() < 1e-9 * np.abs(block).max()


@pytest.mark.parametrize("kind", ["three classes", "without intercept"])
def test_weights_sum_to_0_over_the_classes_from_any_start(kind):
    objective = problem(**KINDS[kind])
    start = random_point(objective)
    found = minimise(objective, solver="newton-cg", start=start, tol=1e-10)
    assert np.abs(start[:, :-1].sum(axis=0)).min() > 0.01
    assert np.abs(found.point[:, :-1].sum(axis=0)).max() < 1e-14 * np.abs(found.point).max()
