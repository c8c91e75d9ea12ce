"""Temperature, structured scaling, beta, isotonic and Venn-Abers maps against references and definitions."""

import json

import numpy as np
import pytest
from scipy.optimize import minimize, minimize_scalar

from tests.scoring.closed_truths import drawn_classes, normalised
from xent.calibration.beta import beta_map
from xent.calibration.candidates import CANDIDATES, isotonic, temperature, venn_abers
from xent.calibration.maps import map_of_plain_data, plain_data_of
from xent.calibration.ridge_newton import ridge_newton
from xent.calibration.structured_scaling import structured_scaling
from xent.calibration.temperature import inverse_temperature
from xent.calibration.venn_abers import venn_abers_pairs
from xent.scoring.isotonic import pool_adjacent_violators

Y = np.asarray([0, 0, 0, 1, 1, 1])
Z = np.asarray([0.4, 0.3, 0.2, 0.1, 0.5, 0.9])


def sharpened(n, K=3, sharpness=2.0, seed=0):
    rng = np.random.default_rng(seed)
    q = rng.dirichlet(np.ones(K), n)
    return normalised(sharpness * np.log(q)), drawn_classes(q, rng)


def squared_chance():
    rng = np.random.default_rng(0)
    f = rng.random(2000)
    return np.stack([np.log1p(-f), np.log(f)], axis=1), (rng.random(2000) < f * f).astype(int)


@pytest.mark.parametrize(
    ("name", "raw", "best", "warmth"),
    [("load_iris", 0.135439, 0.115868, 1.7494), ("load_breast_cancer", 0.720040, 0.161545, 7.8950)],
)
def test_temperatures_are_those_of_the_reference(name, raw, best, warmth):
    from sklearn import datasets
    from sklearn.model_selection import cross_val_predict
    from sklearn.naive_bayes import GaussianNB

    X, y = getattr(datasets, name)(return_X_y=True)
    log_probs = cross_val_predict(GaussianNB(), X, y, method="predict_log_proba")
    found = inverse_temperature(log_probs, y)
    assert -log_probs[np.arange(len(y)), y].mean() == pytest.approx(raw, abs=1e-6)
    assert found.loss == pytest.approx(best, abs=1e-6)
    assert 1 / found.value == pytest.approx(warmth, abs=1e-4)
    assert found.gap <= 1e-10


@pytest.mark.parametrize("n", [50, 30_000])
def test_the_temperature_is_the_minimum_and_its_gap_is_certified(n):
    log_probs, codes = sharpened(n)
    weights = np.random.default_rng(1).integers(0, 3, size=n).astype(float)

    def loss(beta):
        return np.average(-normalised(beta * log_probs)[np.arange(n), codes], weights=weights)

    found = inverse_temperature(log_probs, codes, weights)
    best = minimize_scalar(loss, bounds=(0.01, 10), method="bounded", options={"xatol": 1e-10})
    assert found.bounded
    assert found.gap <= 1e-10
    assert loss(found.value) == pytest.approx(found.loss, rel=1e-12)
    assert found.loss <= best.fun + 1e-10
    assert loss(found.value * 1.1) > found.loss


def test_a_temperature_without_a_minimum_is_said_to_have_none():
    right = np.asarray([[5.0, 0.0], [7.0, 0.0]])
    found = inverse_temperature(right, np.asarray([0, 0]))
    assert not found.bounded
    assert found.loss <= 1e-10
    assert found.gap == found.loss
    wrong = inverse_temperature(right, np.asarray([1, 1]))
    assert not wrong.bounded
    assert wrong.loss == pytest.approx(np.log(2), abs=1e-3)


def test_impossible_wrong_classes_do_not_disturb_the_temperature():
    log_probs, codes = sharpened(400)
    wider = np.column_stack([log_probs, np.full(400, -np.inf)])
    assert inverse_temperature(wider, codes).value == pytest.approx(
        inverse_temperature(log_probs, codes).value, rel=1e-9
    )


@pytest.mark.parametrize("full", [False, True])
def test_structured_scaling_is_the_minimum_of_its_objective(full):
    log_probs, codes = sharpened(300, seed=3)
    n, K = log_probs.shape
    z = log_probs - log_probs.mean(axis=1, keepdims=True)
    found = structured_scaling(log_probs, codes, full=full)

    def objective(flat):
        theta = flat.reshape(K, K + 1)
        moved = normalised(z + z @ theta[:, :K].T + theta[:, K])
        diagonal = np.diag(theta[:, :K])
        off = theta[:, :K] - np.diag(diagonal)
        ridge = K / n * ((theta[:, K] ** 2).sum() + (diagonal**2).sum()) + K * (K - 1) / n * (off**2).sum()
        return -moved[np.arange(n), codes].mean() + ridge

    def restricted(flat):
        theta = flat.reshape(K, K + 1).copy()
        if not full:
            theta[:, :K] = np.diag(np.diag(theta[:, :K]))
        return objective(theta.ravel())

    ours = np.column_stack([found.matrix - np.eye(K), found.shift]).ravel()
    best = minimize(restricted, np.zeros(K * (K + 1)), method="BFGS", options={"gtol": 1e-9})
    assert objective(ours) <= best.fun + 1e-9
    assert found.gap <= 1e-9
    assert found.shift.sum() == pytest.approx(0, abs=1e-12)


def test_matrix_scaling_finds_the_affine_map_behind_the_forecasts():
    from tests.scoring.closed_truths import POPULATIONS
    from xent.calibration.candidates import matrix_scaling

    log_probs, codes = POPULATIONS["behind a matrix"].draw(20_000, np.random.default_rng(0))
    loss = -matrix_scaling(log_probs, codes)(log_probs)[np.arange(20_000), codes].mean()
    assert loss == pytest.approx(5 / 6, abs=0.012)


def test_beta_calibration_is_that_of_betacal():
    log_probs, codes = squared_chance()
    found = beta_map(log_probs, codes)
    assert (found.a, found.b, found.midpoint) == pytest.approx((1.42101, 1.25150, 0.71595), abs=5e-5)
    p = np.asarray([0.1, 0.5, 0.9])
    logit = found.logit(np.stack([np.log1p(-p), np.log(p)], axis=1))
    assert 1 / (1 + np.exp(-logit)) == pytest.approx([0.014197, 0.228323, 0.836397], abs=5e-6)
    assert found.gap < 1e-12


def test_the_gap_of_a_ridge_is_exact_for_a_linear_function():
    slope, ridge = np.asarray([3.0, -1.0]), np.asarray([2.0, 0.5])
    start = ridge_newton(lambda point, _: (float(slope @ point), slope, np.zeros((2, 2))), ridge, max_iter=0)
    assert start.gap == pytest.approx(9 / 4 + 1, rel=1e-12)
    end = ridge_newton(lambda point, _: (float(slope @ point), slope, np.zeros((2, 2))), ridge)
    assert end.point == pytest.approx(-slope / ridge)
    assert start.objective - end.objective == pytest.approx(start.gap, rel=1e-12)


def test_a_negative_coefficient_of_beta_calibration_is_dropped():
    log_probs, codes = squared_chance()
    found = beta_map(log_probs[:, ::-1], codes)
    assert found.a >= 0
    assert found.b >= 0
    assert 0 in {found.a, found.b}


def test_venn_abers_pairs_are_those_of_the_reference():
    pairs = venn_abers_pairs(Z, Y == 1)
    lower, upper = pairs(np.asarray([0.35, 0.7]))
    assert lower == pytest.approx([0.2, 0.5])
    assert upper == pytest.approx([0.5, 1.0])
    merged = venn_abers(np.log(np.stack([1 - Z, Z], axis=1)), Y)
    test = np.log(np.asarray([[0.65, 0.35], [0.3, 0.7]]))
    assert np.exp(merged(test))[:, 1] == pytest.approx([0.384615, 0.666667], abs=1e-6)


def test_venn_abers_pairs_are_isotonic_regressions_with_the_row_added():
    rng = np.random.default_rng(4)
    scores = rng.integers(0, 30, size=80) / 10
    events = rng.random(80) < scores / 3
    pairs = venn_abers_pairs(scores, events)
    for s in [-1.0, 0.05, *np.unique(scores)[::3], 1.23, 9.0]:
        found = pairs(np.asarray([s]))
        for label in (0, 1):
            steps = pool_adjacent_violators(np.append(scores, s), np.append(events, label).astype(float))
            assert found[label][0] == pytest.approx(steps(np.asarray([s]))[0], rel=1e-12)


@pytest.mark.parametrize("K", [2, 4])
def test_every_map_gives_log_probabilities_and_survives_as_plain_data(K):
    log_probs, codes = sharpened(500, K=K, seed=K)
    log_probs[0] = np.where(np.arange(K) == codes[0], 0.0, -np.inf)
    fits = [one.fit for one in CANDIDATES if one.classes in {None, K}] + ([venn_abers] if K == 2 else [])
    for fit in fits:
        each = fit(log_probs, codes, None)
        moved = each(log_probs)
        assert np.exp(moved).sum(axis=1) == pytest.approx(np.ones(500), rel=1e-9), each.kind
        assert moved.max() <= 1e-12
        copy = map_of_plain_data(json.loads(json.dumps(plain_data_of(each))))
        np.testing.assert_array_equal(copy(log_probs), moved)


def test_mixing_keeps_the_loss_of_temperature_and_isotonic_maps_finite():
    log_probs, codes = sharpened(60, K=2)
    for fit in (temperature, isotonic):
        surprise = np.asarray([[0.0, -np.inf], [-np.inf, 0.0]])
        assert np.isfinite(fit(log_probs, codes)(surprise)).all()


def test_isotonic_maps_of_two_classes_are_monotone():
    log_probs, codes = squared_chance()
    p = np.linspace(0.001, 0.999, 500)
    moved = isotonic(log_probs, codes)(np.stack([np.log1p(-p), np.log(p)], axis=1))[:, 1]
    assert np.all(np.diff(moved) >= -1e-12)
    assert np.abs(np.exp(moved) - p**2).mean() < 0.04
