import numpy as np
import pytest
from mpmath import mp, mpf
from scipy import sparse
from tests.solvers.problems import KINDS, problem, random_point

from xent.solvers import kernel_rows, objective_in_memory
from xent.solvers.maximum_likelihood import minimise
from xent.solvers.objective_in_memory import ObjectiveInMemory
from xent.solvers.penalised_sums import null_point


@pytest.fixture(params=KINDS, ids=str)
def objective(request, make):
    return problem(make=make, **KINDS[request.param])


def definition(objective, point, digits=50):
    """The objective as it is defined, in many digits."""
    with mp.workdps(digits):
        total = mpf(0)
        weight = mpf(0)
        for x, y, a in zip(
            objective.X.tolist(), objective.codes.tolist(), objective.weights.tolist(), strict=True
        ):
            z = [mp.fdot(row[:-1], x) + row[-1] for row in point.tolist()]
            z = [mpf(0), *z] if objective.n_classes == 2 else z
            total += mpf(a) * (mp.log(mp.fsum(mp.exp(t) for t in z)) - z[y])
            weight += mpf(a)
        squares = mp.fsum(mpf(w) ** 2 for row in point.tolist() for w in row[:-1])
        return total / weight + mpf(objective.decay) / 2 * squares


@pytest.mark.parametrize("K", [2, 4])
def test_the_value_is_that_of_the_definition(make, K):
    objective = problem(n=80, K=K, weighted=True, make=make)
    point = random_point(objective)
    rows = problem(n=80, K=K, weighted=True)
    truth = definition(rows, point)
    assert definition(rows, point, digits=100) == pytest.approx(truth, rel=1e-45)
    assert abs(objective.evaluate(point).objective / float(truth) - 1) < 1e-14


def test_the_gradient_is_the_central_difference(objective):
    point = random_point(objective)
    gradient = objective.evaluate(point).gradient
    rng = np.random.default_rng(2)
    for _ in range(5):
        way = rng.normal(size=point.shape)
        if not objective.fit_intercept:
            way[:, -1] = 0
        h = 1e-5
        ahead = objective.evaluate(point + h * way).objective
        behind = objective.evaluate(point - h * way).objective
        slope = float(np.vdot(gradient, way))
        assert abs((ahead - behind) / (2 * h) - slope) < 1e-7 * max(1, abs(slope))


def test_the_hessian_is_the_difference_of_gradients(objective):
    point = random_point(objective)
    H = objective.hessian(point)
    assert np.abs(H - H.T).max() < 1e-14 * np.abs(H).max()
    rng = np.random.default_rng(3)
    way = rng.normal(size=point.shape)
    # The gauge term answers to a common shift of all intercepts, to which the objective is blind.
    way[:, -1] -= way[:, -1].mean() if len(way) > 1 else 0
    if not objective.fit_intercept:
        way[:, -1] = 0
    h = 1e-6
    ahead = objective.evaluate(point + h * way).gradient
    behind = objective.evaluate(point - h * way).gradient
    product = (H @ way.ravel()).reshape(way.shape)
    assert np.abs((ahead - behind) / (2 * h) - product).max() < 1e-7 * np.abs(product).max()


def test_the_hessian_product_is_the_hessian_times_the_direction(objective):
    point = random_point(objective)
    # Intercepts are moved here even where the objective fits none: the matrix says what becomes of them.
    way = np.random.default_rng(3).normal(size=point.shape) + 0.5
    expected = (objective.hessian(point) @ way.ravel()).reshape(way.shape)
    product = objective.hessian_product(point, way)
    assert np.abs(product - expected).max() < 1e-13 * np.abs(expected).max()
    assert np.abs(expected).min() > 1e-4 * np.abs(expected).max()


def test_losses_of_rows_have_the_loss_as_their_weighted_mean(objective):
    point = random_point(objective)
    losses = objective.row_losses(point)
    assert losses.shape == objective.codes.shape
    assert np.ptp(losses) > 0.1
    assert objective.weights @ losses == pytest.approx(objective.evaluate(point).loss, rel=1e-13)


def test_losses_of_rows_come_in_the_order_of_the_rows(make):
    objective = problem(n=40_000, make=make)
    point = random_point(objective)
    rows = np.asarray([39_999, 3, 20_000, 8_000])
    expected = objective.row_losses(point)[rows]
    assert np.allclose(objective.subset(rows).row_losses(point), expected, rtol=1e-13)
    assert np.array_equal(objective.subset(rows).codes, objective.codes[rows])


def test_a_subset_keeps_penalty_and_intercepts_and_scales_its_weights(make):
    objective = problem(weighted=True, fit_intercept=False, make=make)
    part = objective.subset(np.arange(0, 300, 7), np.linspace(1, 2, 43))
    expected = objective.weights[::7] * np.linspace(1, 2, 43)
    assert np.allclose(part.weights, expected / expected.sum(), rtol=1e-13)
    assert part.decay == objective.decay
    assert not part.fit_intercept
    assert part.penalised(2.0).decay == pytest.approx(objective.decay / (2 * expected.sum()), rel=1e-12)


def test_gradients_of_intercepts_sum_to_zero(make):
    objective = problem(K=4, weighted=True, make=make)
    gradient = objective.evaluate(random_point(objective)).gradient
    assert abs(gradient[:, -1].sum()) < 1e-15


def test_two_classes_are_softmax_with_one_logit_fixed():
    binary = problem(K=2, weighted=True)
    point = random_point(binary)
    softmax = ObjectiveInMemory(binary.X, binary.codes, 3, weights=binary.weights, decay=binary.decay)
    # A third class that cannot happen, and the first as the reference.
    both = np.vstack([np.zeros_like(point), point, np.zeros_like(point)])
    both[2, -1] = -800
    assert softmax.evaluate(both).loss == pytest.approx(binary.evaluate(point).loss, rel=1e-14)


def test_a_weight_counts_like_a_repeated_row():
    once = problem(K=3, n=60)
    times = np.random.default_rng(4).integers(0, 4, size=60)
    weighted = ObjectiveInMemory(once.X, once.codes, 3, weights=times.astype(float)).penalised(2.0)
    rows = np.repeat(np.arange(60), times)
    repeated = ObjectiveInMemory(once.X[rows], once.codes[rows], 3).penalised(2.0)
    point = random_point(once)
    assert weighted.evaluate(point).objective == pytest.approx(repeated.evaluate(point).objective, rel=1e-13)
    assert np.allclose(
        weighted.evaluate(point).gradient, repeated.evaluate(point).gradient, rtol=1e-11, atol=1e-15
    )
    assert np.allclose(weighted.hessian(point), repeated.hessian(point), rtol=1e-11, atol=1e-15)


@pytest.mark.parametrize("K", [2, 3])
def test_blocks_and_groups_of_rows_add_up_to_what_the_kernel_gives(monkeypatch, K):
    objective = problem(n=20_000, K=K, weighted=True)
    point, direction = random_point(objective), random_point(objective, seed=1)
    whole = (
        objective.evaluate(point),
        objective.covariance(point),
        objective.hessian_product(point, direction),
    )
    monkeypatch.setattr(kernel_rows, "runs_here", lambda: False)
    losses = []
    for block in (8 * 300, 65_536):
        monkeypatch.setattr(objective_in_memory, "_BLOCK", block)
        parts = problem(n=20_000, K=K, weighted=True)
        found = parts.evaluate(point)
        losses.append(found.loss)
        assert found.loss == pytest.approx(whole[0].loss, rel=1e-13)
        assert np.allclose(found.gradient, whole[0].gradient, rtol=1e-11, atol=1e-15)
        assert np.allclose(parts.covariance(point), whole[1], rtol=1e-12)
        assert np.allclose(parts.hessian_product(point, direction), whole[2], rtol=1e-10, atol=1e-14)
    assert len({whole[0].loss, *losses}) > 1


def test_the_null_point_predicts_the_classes_frequencies(make):
    for K in (2, 5):
        objective = problem(K=K, weighted=True, make=make)
        gradient = objective.evaluate(null_point(objective)).gradient
        assert np.abs(gradient[:, -1]).max() < 1e-15


def test_moments_are_those_of_the_features_and_one(make):
    objective, rows = problem(weighted=True, make=make), problem(weighted=True)
    ones = np.column_stack([rows.X, np.ones(len(rows.X))])
    moments = (ones * objective.weights[:, None]).T @ ones
    assert np.allclose(objective.moments(), moments, rtol=1e-13)
    assert np.allclose(objective.moments(diagonal=True), moments.diagonal(), rtol=1e-13)


@pytest.mark.parametrize("K", [2, 3])
def test_a_centre_is_subtracted_from_the_features_in_every_pass(K):
    plain = problem(K=K, weighted=True, n=20_000)
    centre = np.linspace(-3, 5, plain.shape[1] - 1)
    moved = ObjectiveInMemory(
        plain.X + centre, plain.codes, K, weights=plain.weights, centre=centre
    ).penalised(1)
    moved.decay = plain.decay
    point, way = random_point(plain), random_point(plain, seed=5)
    ours, truth = moved.evaluate(point), plain.evaluate(point)
    assert ours.objective == pytest.approx(truth.objective, rel=1e-13)
    assert np.allclose(ours.gradient, truth.gradient, rtol=1e-10, atol=1e-13)
    assert np.allclose(moved.covariance(point), plain.covariance(point), rtol=1e-12)
    product = moved.hessian_product(point, way)
    assert np.allclose(product, plain.hessian_product(point, way), rtol=1e-10, atol=1e-13)
    assert np.allclose(moved.hessian(point), plain.hessian(point), rtol=1e-10, atol=1e-13)
    assert np.allclose(moved.standardisation.mean, plain.standardisation.mean, atol=1e-13)
    rows = np.arange(0, 20_000, 50)
    assert np.allclose(moved.subset(rows).row_losses(point), plain.subset(rows).row_losses(point), rtol=1e-12)


@pytest.mark.parametrize("K", [2, 3])
def test_sparse_features_give_the_sums_of_dense_ones(K):
    dense = problem(K=K, weighted=True, n=9000)
    dense.X[np.random.default_rng(0).random(dense.X.shape) < 0.6] = 0
    held = ObjectiveInMemory(
        sparse.csr_matrix(dense.X), dense.codes, K, weights=dense.weights * dense.total_weight
    ).penalised(1.0)
    point, way = random_point(dense), random_point(dense, seed=5)
    ours, truth = held.evaluate(point), dense.evaluate(point)
    assert ours.objective == pytest.approx(truth.objective, rel=1e-13)
    assert np.allclose(ours.gradient, truth.gradient, rtol=1e-11, atol=1e-15)
    assert np.allclose(held.hessian(point), dense.hessian(point), rtol=1e-11, atol=1e-15)
    product = held.hessian_product(point, way)
    assert np.allclose(product, dense.hessian_product(point, way), rtol=1e-11, atol=1e-15)
    assert np.allclose(held.moments(), dense.moments(), rtol=1e-12, atol=1e-15)
    assert np.allclose(held.moments(diagonal=True), dense.moments(diagonal=True), rtol=1e-12)
    shift = np.linspace(0, 0.1, K)
    for mine, other in zip(held.tilt(point, shift), dense.tilt(point, shift), strict=True):
        assert np.allclose(mine, other, rtol=1e-11, atol=1e-15)
    rows = np.asarray([4000, 3, 17])
    assert np.allclose(held.subset(rows).row_losses(point), dense.subset(rows).row_losses(point), rtol=1e-13)


def test_a_rough_subset_holds_centred_features_in_single_precision():
    plain = problem(K=2, n=20_000, weighted=True)
    rows, point = np.arange(0, 20_000, 3), random_point(plain)
    centre = np.asarray([0.0, 1.7e9, 0.0, -5.0][: plain.shape[1] - 1])
    far = ObjectiveInMemory(plain.X + centre, plain.codes, 2, centre=centre)
    part = far.subset(rows, rough=True)
    assert part.X.dtype == np.float32
    assert part.centre is None
    assert np.allclose(part.row_losses(point), plain.subset(rows).row_losses(point), rtol=1e-5)
    for size in (1e-30, 1e25):
        extreme = ObjectiveInMemory(plain.X * [size, 1.0, 1.0, 1.0], plain.codes, 2)
        assert extreme.subset(rows, rough=True).X.dtype == np.float64
    single = ObjectiveInMemory(plain.X.astype(np.float32), plain.codes, 2)
    assert np.array_equal(single.subset(rows, rough=True).X, single.X[rows])


@pytest.mark.parametrize("K", [2, 3])
def test_a_part_is_the_subset_without_a_copy(monkeypatch, K):
    objective = problem(n=3000, K=K, weighted=True)
    rows = np.r_[0:800, 1300:3000]
    part, copied = objective.part(rows), objective.subset(rows)
    assert part.X is objective.X
    point, direction = random_point(objective), random_point(objective, seed=1)
    assert part.total_weight == pytest.approx(copied.total_weight)
    assert np.allclose(part.class_mass, copied.class_mass)
    assert part.evaluate(point).objective == pytest.approx(copied.evaluate(point).objective, rel=1e-13)
    for found, truth in [
        (part.evaluate(point).gradient, copied.evaluate(point).gradient),
        (part.covariance(point), copied.covariance(point)),
        (part.hessian_product(point, direction), copied.hessian_product(point, direction)),
        (part.hessian(point), copied.hessian(point)),
        (part.moments(), copied.moments()),
    ]:
        assert np.allclose(found, truth, rtol=1e-10, atol=1e-14)
    ours, theirs = (each.rough_rows() for each in (part, copied))
    assert np.allclose(ours.settle(point), theirs.settle(point), rtol=1e-4, atol=1e-6)
    assert np.isfinite(ours.blocks(500)).all()
    ends = [minimise(each.penalised(2.0), tol=1e-10).point for each in (part, copied)]
    assert np.allclose(*ends, atol=1e-5)
    assert objective.part(rows[:1000]).X is not objective.X
    monkeypatch.setattr(kernel_rows, "runs_here", lambda: False)
    assert problem(n=3000, K=K).part(rows).X.shape == (2500, objective.X.shape[1])
