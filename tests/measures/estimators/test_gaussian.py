import math

import numpy as np
import pytest
from mpmath import det, eye, log, matrix, mp, mpf
from tests.relative_error import assert_within

from xent.errors import DomainError, DTypeError, ShapeError
from xent.measures.estimators import (
    gaussian_differential_entropy,
    gaussian_kl_divergence,
    gaussian_mutual_information,
)


def test_mutual_information_keeps_its_digits_at_both_ends():
    r = np.asarray([0.0, 1e-300, 1e-9, -1e-5, 0.1, 0.4999, 0.5, -0.6, 0.9, 1 - 1e-9, 1 - 2.0**-53, -1.0, 1.0])
    with mp.workdps(700):
        truth = [float(-log(1 - mpf(float(x)) ** 2) / 2) if abs(x) < 1 else np.inf for x in r]
    assert_within(4, gaussian_mutual_information(r), truth)
    assert gaussian_mutual_information(0.6) == pytest.approx(0.223144, abs=1e-6)
    assert gaussian_mutual_information(0.9, base=2) == pytest.approx(0.830366 / math.log(2), abs=1e-6)


def test_no_correlation_is_0_without_a_sign():
    assert not np.signbit(gaussian_mutual_information([0.0, -0.0])).any()


def covariances(d, seed):
    rng = np.random.default_rng(seed)
    a, b = rng.standard_normal((2, d, d))
    return a @ a.T + 0.1 * np.eye(d), b @ b.T + 0.1 * np.eye(d), *rng.standard_normal((2, d))


def exact_divergence(p_mean, p, q_mean, q):
    p, q = matrix(p.tolist()), matrix(q.tolist())
    shift = matrix(q_mean.tolist()) - matrix(p_mean.tolist())
    inverse = q**-1
    trace = sum((inverse * p)[i, i] for i in range(len(p_mean)))
    return (trace - len(p_mean) - log(det(p) / det(q)) + (shift.T * inverse * shift)[0]) / 2


@pytest.mark.parametrize("d", [1, 2, 5])
def test_divergence_meets_its_definition(d):
    p, q, p_mean, q_mean = covariances(d, 10 + d)
    found = gaussian_kl_divergence(p_mean, p, q_mean, q)
    with mp.workdps(40):
        truth = float(exact_divergence(p_mean, p, q_mean, q))
    assert found == pytest.approx(truth, rel=1e-12)


@pytest.mark.parametrize("distance", [1e-2, 1e-5, 1e-9])
def test_nearly_equal_gaussians_keep_their_digits(distance):
    p, other, mean, _ = covariances(3, 4)
    q = p + distance * (other + other.T)
    with mp.workdps(60):
        truth = float(exact_divergence(mean, p, mean, q))
    assert gaussian_kl_divergence(mean, p, mean, q) == pytest.approx(truth, rel=1e-5)


@pytest.mark.parametrize("ratio", [1e-12, 1e-3, 0.49, 0.51, 1 - 1e-12, 1 + 2.0**-52, 1.49, 1.51, 1e12])
def test_divergence_of_variances_keeps_its_digits(ratio):
    with mp.workdps(60):
        truth = float((mpf(ratio) - 1 - log(mpf(ratio))) / 2)
    assert_within(8, gaussian_kl_divergence(0, ratio, 0, 1.0), truth)


def test_a_gaussian_does_not_diverge_from_itself():
    p, _, mean, _ = covariances(4, 5)
    assert gaussian_kl_divergence(mean, p, mean, p) == 0


def test_entropy_is_that_of_the_determinant():
    p, _, _, _ = covariances(4, 6)
    expected = 0.5 * np.linalg.slogdet(2 * np.pi * np.e * p)[1]
    assert gaussian_differential_entropy(p) == pytest.approx(expected, rel=1e-13)
    assert gaussian_differential_entropy(1e-300 * np.eye(9), base=2) < -4000
    assert gaussian_differential_entropy(4.0) - gaussian_differential_entropy(1.0) == pytest.approx(
        math.log(2)
    )


def test_information_is_the_entropies_of_the_parts_less_that_of_the_whole():
    whole = gaussian_differential_entropy([[1, 0.8], [0.8, 1]])
    assert gaussian_mutual_information(0.8) == pytest.approx(2 * gaussian_differential_entropy(1) - whole)
    assert float(det(eye(2))) == 1


@pytest.mark.parametrize(
    ("call", "error", "text"),
    [
        (lambda: gaussian_mutual_information(1.1), DomainError, "`correlation` must lie in -1..1; got 1.1."),
        (lambda: gaussian_mutual_information([0, math.nan]), DomainError, "got nan, first at index (1,)."),
        (
            lambda: gaussian_mutual_information("r"),
            DTypeError,
            "`correlation` must be real numbers; got <U1.",
        ),
        (
            lambda: gaussian_differential_entropy([[1, 2], [2, 1]]),
            DomainError,
            "one that is not positive definite",
        ),
        (
            lambda: gaussian_differential_entropy(0.0),
            DomainError,
            "`covariance` must be finite, symmetric and",
        ),
        (
            lambda: gaussian_differential_entropy([[1, 2], [0, 5]]),
            DomainError,
            "a matrix that is not symmetric",
        ),
        (lambda: gaussian_differential_entropy(math.inf), DomainError, "an entry that is not finite"),
        (
            lambda: gaussian_differential_entropy([1, 2]),
            ShapeError,
            "be a number or a square matrix; got shape (2,)",
        ),
        (lambda: gaussian_kl_divergence(0, 1, 0, np.eye(2)), ShapeError, "have shape (1, 1), that of `p_cov"),
        (lambda: gaussian_kl_divergence([0, 1], 1, 0, 1), ShapeError, "`p_mean` must have 1 entries, as the"),
        (lambda: gaussian_kl_divergence(0, 1, math.nan, 1), DomainError, "`q_mean` must be finite"),
    ],
)
def test_errors_name_the_argument_the_rule_and_the_cure(call, error, text):
    with pytest.raises(error) as caught:
        call()
    assert text in str(caught.value)
