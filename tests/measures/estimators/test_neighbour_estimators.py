"""Kozachenko-Leonenko, Kraskov-Stoegbauer-Grassberger and Ross: what they share, and each on known truths."""

import math

import numpy as np
import pytest
from scipy.special import digamma
from tests.fuzz.rooms import called

from xent.errors import DomainError, DTypeError, ShapeError
from xent.measures.estimators import (
    gaussian_differential_entropy,
    gaussian_mutual_information,
    kozachenko_leonenko_entropy,
    kraskov_mutual_information,
    ross_mutual_information,
)


def gaussian_pair(r, n, seed):
    x, noise = np.random.default_rng(seed).standard_normal((2, n))
    return x, r * x + math.sqrt(1 - r * r) * noise


@pytest.mark.parametrize("norm", ["max", "euclidean"])
@pytest.mark.parametrize("d", [1, 2, 3])
def test_entropy_of_a_gaussian_is_near_the_truth(norm, d):
    x = np.random.default_rng(d).standard_normal((4000, d))
    found = kozachenko_leonenko_entropy(x, norm=norm)
    truth = gaussian_differential_entropy(np.eye(d))
    # The variance of the log-density is d / 2, that of the terms about it psi'(3) = 0.4, and half as much
    # again comes from the neighbours they share; the bias is that of a density that is not flat.
    assert abs(found.value - truth) < 4 * math.sqrt((d / 2 + 0.6) / 4000) + 0.01 * (d - 1)
    assert found.standard_error is None
    assert (found.K, found.n, found.method) == (None, 4000, "kozachenko_leonenko")


@pytest.mark.parametrize("norm", ["max", "euclidean"])
def test_entropy_meets_its_definition_by_brute_force(norm):
    x = np.random.default_rng(1).standard_normal((40, 3))
    scales = x.std(axis=0)
    x = x / scales
    apart = np.linalg.norm(x[:, None] - x, ord=np.inf if norm == "max" else 2, axis=-1)
    radii = np.sort(apart, axis=1)[:, 2]
    volume = 8.0 if norm == "max" else 4 / 3 * np.pi
    expected = digamma(40) - digamma(2) + np.log(volume) + 3 * np.mean(np.log(radii)) + np.log(scales).sum()
    assert kozachenko_leonenko_entropy(x * scales, k=2, norm=norm).value == pytest.approx(expected, rel=1e-13)


def test_scaling_adds_its_logarithm_in_each_dimension():
    x = np.random.default_rng(3).standard_normal((100, 2))
    bits = [kozachenko_leonenko_entropy(s * x, base=2).value for s in (1, 8)]
    assert bits[1] - bits[0] == pytest.approx(6, abs=1e-12)


@pytest.mark.parametrize("variant", [1, 2])
@pytest.mark.parametrize("r", [0.0, 0.6, 0.9])
def test_information_of_a_gaussian_pair_is_near_the_truth(variant, r):
    found = [
        kraskov_mutual_information(*gaussian_pair(r, 1000, seed), variant=variant).value for seed in range(6)
    ]
    # One estimate at n = 1000 and k = 3 has a standard deviation of about 0.03.
    assert abs(np.mean(found) - gaussian_mutual_information(r)) < 4 * 0.03 / math.sqrt(6)


@pytest.mark.parametrize("variant", [1, 2])
def test_information_meets_its_definition_by_brute_force(variant):
    rng = np.random.default_rng(4)
    x, y = rng.standard_normal((30, 2)), rng.standard_normal((30, 1))
    in_x, in_y = (np.abs(z[:, None] - z).max(axis=-1) for z in (x / x.std(axis=0), y / y.std(axis=0)))
    joint = np.maximum(in_x, in_y)
    total = 0.0
    for i in range(30):
        others = np.arange(30) != i
        nearest = np.argsort(np.where(others, joint[i], np.inf))[:3]
        if variant == 1:
            radius = joint[i, nearest[-1]]
            n_x, n_y = ((d[i, others] < radius).sum() for d in (in_x, in_y))
            total += digamma(n_x + 1) + digamma(n_y + 1)
        else:
            n_x, n_y = ((d[i, others] <= d[i, nearest].max()).sum() for d in (in_x, in_y))
            total += digamma(n_x) + digamma(n_y)
    expected = digamma(3) - (1 / 3 if variant == 2 else 0) + digamma(30) - total / 30
    assert kraskov_mutual_information(x, y, k=3, variant=variant).value == pytest.approx(expected, abs=1e-13)


@pytest.mark.parametrize("variant", [1, 2])
def test_estimates_of_no_information_take_either_sign(variant):
    found = [kraskov_mutual_information(*gaussian_pair(0, 200, s), variant=variant).value for s in range(12)]
    assert min(found) < 0 < max(found)


def test_information_is_symmetric():
    x, y = gaussian_pair(0.5, 300, 1)
    assert kraskov_mutual_information(x, y).value == pytest.approx(
        kraskov_mutual_information(y, x).value, abs=1e-14
    )


def test_categories_far_apart_tell_everything():
    rng = np.random.default_rng(5)
    x = np.repeat(["a", "b"], 500)
    found = ross_mutual_information(x, (x == "b") + 0.01 * rng.standard_normal(1000), base=2)
    # psi(n) - psi(n / 2) = log 2 + 1 / (2 n) - ...
    assert found.value == pytest.approx((digamma(1000) - digamma(500)) / math.log(2), abs=1e-12)
    assert (found.K, found.n, found.method) == ((2, None), 1000, "ross")


def test_information_of_shifted_uniforms_is_near_the_truth():
    rng = np.random.default_rng(6)
    x = rng.integers(2, size=4000)
    # Uniform on [0, 1] or [1/2, 3/2]: what is not shared, half of it, tells the category.
    found = ross_mutual_information(x, rng.random(4000) + x / 2)
    assert found.value == pytest.approx(math.log(2) / 2, abs=0.05)


def test_categories_that_tell_nothing_give_about_0():
    rng = np.random.default_rng(7)
    found = [ross_mutual_information(rng.integers(3, size=300), rng.random(300)).value for _ in range(12)]
    assert min(found) < 0 < max(found)
    assert abs(np.mean(found)) < 0.03
    assert abs(ross_mutual_information(np.zeros(50, dtype=int), rng.random(50)).value) < 1e-14


def test_ties_are_refused_and_seeded_jitter_dissolves_them():
    x = np.round(np.random.default_rng(8).standard_normal(200), 1)
    for call in (
        lambda **o: kozachenko_leonenko_entropy(x, k=1, **o),
        lambda **o: kraskov_mutual_information(x, x, k=1, **o),
        lambda **o: ross_mutual_information(np.arange(200) % 2, x, k=1, **o),
    ):
        with pytest.raises(DomainError) as caught:
            call()
        assert "must have no ties in more than a tenth of its observations; got 19" in str(caught.value)
        assert "Pass `jitter='rounding'` with a `seed`" in str(caught.value)
        with pytest.raises(DomainError, match="`seed` must be given with `jitter`; got None"):
            call(jitter=0.05)
        assert call(jitter=0.05, seed=1) == call(jitter=0.05, seed=1)
        assert call(jitter=0.05, seed=1) != call(jitter=0.05, seed=2)


def test_few_ties_are_taken_unless_a_neighbour_is_at_no_distance():
    x = np.random.default_rng(9).standard_normal((2, 100))
    x[:, 1:3] = x[:, :1]
    assert np.isfinite(kraskov_mutual_information(*x).value)
    for call in (
        lambda: kozachenko_leonenko_entropy(x[0], k=2),
        lambda: kraskov_mutual_information(*x, k=2),
        lambda: ross_mutual_information(np.zeros(100, int), x[1], k=2),
    ):
        with pytest.raises(
            DomainError, match="its k-th neighbour must be above 0; got 3 equal observations, 3 times"
        ):
            call()


@pytest.mark.parametrize("decimals", [1, 2])
@pytest.mark.parametrize("n", [500, 4000])
def test_noise_of_a_rounding_step_undoes_rounding(n, decimals):
    truth, options = gaussian_mutual_information(0.6), {"jitter": "rounding", "seed": 1}
    found, of_categories, entropies = [], [], []
    for seed in range(6):
        x, y = (np.round(z, decimals) for z in gaussian_pair(0.6, n, seed))
        with pytest.raises(DomainError, match="`x` must have no ties in more than a tenth"):
            kraskov_mutual_information(x, y)
        with pytest.raises(DomainError, match="`y` must have no ties in more than a tenth"):
            ross_mutual_information(x > 0, y)
        found.append(kraskov_mutual_information(x, y, **options).value)
        exact = ross_mutual_information(x > 0, gaussian_pair(0.6, n, seed)[1]).value
        of_categories.append(ross_mutual_information(x > 0, y, **options).value - exact)
        entropies.append(kozachenko_leonenko_entropy(x, **options).value)
    # The standard deviation of one estimate is below 0.05 for 500 observations; rounding itself costs little.
    error = 4 * 0.05 / math.sqrt(6 * n / 500) + 0.02
    assert abs(np.mean(found) - truth) < error
    assert abs(np.mean(of_categories)) < error
    assert abs(np.mean(entropies) - gaussian_differential_entropy(np.eye(1))) < error


def test_units_of_columns_change_no_estimate():
    rng = np.random.default_rng(11)
    x, y = rng.standard_normal((2, 300, 2))
    y = y + x
    units = np.asarray([1e6, 1e-3])
    for call in (
        lambda x, y: kraskov_mutual_information(x, y).value,
        lambda x, y: kraskov_mutual_information(x, y, variant=2).value,
        lambda x, y: ross_mutual_information(x[:, 0] > 0, y).value,
    ):
        assert call(x * units, y / units) == pytest.approx(call(x, y), abs=1e-12)
    in_units = kozachenko_leonenko_entropy(x * units).value
    assert in_units == pytest.approx(kozachenko_leonenko_entropy(x).value + math.log(1e3), abs=1e-12)
    for factor in (1e300, 1e-300):
        found = kraskov_mutual_information(x * factor, y)
        assert found.value == pytest.approx(kraskov_mutual_information(x, y).value, abs=1e-12)


def test_a_constant_tells_nothing():
    x = np.random.default_rng(12).standard_normal(100)
    found, error = called(kraskov_mutual_information, x, np.ones(100))
    assert error is None
    assert abs(found.value) < 1e-13


@pytest.mark.parametrize(
    ("call", "error", "text"),
    [
        (lambda: kozachenko_leonenko_entropy([1.0, 2.0], k=2), DomainError, "`k` must lie in 1..1, below"),
        (
            lambda: kozachenko_leonenko_entropy([1.0, 2.0], k=1.0),
            DTypeError,
            "`k` must be an integer; got 1.0.",
        ),
        (
            lambda: kozachenko_leonenko_entropy([1.0, math.nan]),
            DomainError,
            "be finite; got nan, first at index (1, 0).",
        ),
        (lambda: kozachenko_leonenko_entropy([]), ShapeError, "with n and d above 0; got (0,)."),
        (
            lambda: kozachenko_leonenko_entropy(np.zeros((0, 2))),
            ShapeError,
            "with n and d above 0; got (0, 2).",
        ),
        (
            lambda: kozachenko_leonenko_entropy(np.stack([np.arange(9.0) ** 2, np.full(9, 0.1)], axis=1)),
            DomainError,
            "`samples` must vary in every column; got a constant column, number 1. Its differential entropy",
        ),
        (lambda: kozachenko_leonenko_entropy(["a"]), DTypeError, "`samples` must be real numbers; got <U1."),
        (
            lambda: kozachenko_leonenko_entropy([1.0], norm="l1"),
            DomainError,
            "be 'max' or 'euclidean'; got 'l1'.",
        ),
        (
            lambda: kraskov_mutual_information([1.0], [1.0, 2.0]),
            ShapeError,
            "`y` must have 1 observations, as `x`",
        ),
        (lambda: kraskov_mutual_information([1.0], [1.0], variant=3), DomainError, "be 1 or 2; got 3."),
        (
            lambda: kraskov_mutual_information([1.0], [1.0], jitter=-1.0),
            DomainError,
            "`jitter` must be finite and >= 0, or 'rounding'; got -1.0.",
        ),
        (
            lambda: ross_mutual_information("aab", [1.0, 2.0, 3.0], k=1),
            DomainError,
            "one with 1, first at index (2,).",
        ),
    ],
)
def test_errors_name_the_argument_the_rule_and_the_cure(call, error, text):
    with pytest.raises(error) as caught:
        call()
    assert text in str(caught.value)
