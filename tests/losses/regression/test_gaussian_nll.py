"""Definition, mutants and edge cases of `gaussian_nll`."""

import math

import numpy as np
import pytest
from mpmath import exp, log, pi, sqrt
from tests.losses.regression.test_numbers_and_counts import MEANS, RNG, VALUES
from tests.mutants.harness import Mutant, meets_definition
from tests.mutants.mutators import drop_right, never
from tests.oracles.loss_tables import Definition

from xent.errors import ShapeError
from xent.losses import gaussian_nll


def definition(z, y, full):
    """Minus the logarithm of the density."""
    mean, log_variance = z
    if not full:
        return (log_variance + (y[0] - mean) ** 2 / exp(log_variance)) / 2
    deviation = sqrt(exp(log_variance))
    return -log(exp(-(((y[0] - mean) / deviation) ** 2) / 2) / (sqrt(2 * pi) * deviation))


def inputs():
    """Means, and log-variances of at least 0: below that the loss crosses 0."""
    for mean in (0.0, -0.7, 5.25, -1e4):
        for log_variance in (0.0, 2.0**-20, 1.3, 20.0):
            yield np.float32([mean, log_variance])


def truths(logits, rng):
    """A value near the mean, and one five deviations away."""
    deviation = np.exp(logits[1] / 2)
    shifts = (rng.uniform(0.1, 0.4), rng.uniform(4, 6))
    return [float(np.float32(logits[0] + shift * deviation)) for shift in shifts]


DEFINITION = Definition(
    definition,
    source="Bishop 2006, equation 1.46, without the constant or with it",
    inputs=inputs,
    parameters=({"full": False}, {"full": True}),
    units={"value": 8, "gradient": 8, "product": 8},
    truths=truths,
)

TESTS = "tests/losses/regression/test_gaussian_nll.py::"

MUTANTS = (
    Mutant(
        "a variance for a deviation",
        "gaussian_nll:_standardised",
        "-log_variance / 2",
        drop_right,
        meets_definition("gaussian_nll"),
    ),
    Mutant(
        "0 times infinity",
        "gaussian_nll:_standardised",
        "xp.where(residual == 0, 1.0, inverse_deviation)",
        never,
        TESTS + "test_an_infinite_log_variance_gives_the_limit[torch]",
    ),
    Mutant(
        "0 times infinity in the gradient",
        "gaussian_nll:GaussianNLL.gradient",
        "xp.where(at.residual == 0, 1.0, at.inverse_deviation)",
        never,
        TESTS + "test_a_small_variance_is_not_clamped_and_has_a_gradient[torch]",
    ),
    Mutant(
        "half the constant",
        "gaussian_nll:GaussianNLL.value",
        "0.5 * math.log(2 * math.pi)",
        "0.25 * math.log(2 * math.pi)",
        meets_definition("gaussian_nll"),
    ),
    Mutant(
        "infinity less infinity",
        "gaussian_nll:GaussianNLL.value",
        "xp.where(square == xp.inf, 0.0, at.log_variance)",
        never,
        TESTS + "test_an_infinite_log_variance_gives_the_limit[torch]",
    ),
    Mutant(
        "a Hessian without its cross term",
        "gaussian_nll:GaussianNLL.hessian_vector_product",
        "along_mean - along_log_variance",
        drop_right,
        meets_definition("gaussian_nll"),
    ),
)


def test_the_full_gaussian_is_the_density_of_scipy():
    stats = pytest.importorskip("scipy.stats")
    log_variances = RNG.standard_normal(6)
    found = gaussian_nll(np.stack((MEANS, log_variances), axis=-1), VALUES, full=True)
    density = stats.norm.logpdf(VALUES, MEANS, np.exp(log_variances / 2))
    np.testing.assert_allclose(found, -density, rtol=1e-13)


def test_torch_agrees_where_it_does_not_clamp_the_variance():
    torch = pytest.importorskip("torch")
    log_variances = RNG.standard_normal(6)
    for full in (False, True):
        theirs = torch.nn.functional.gaussian_nll_loss(
            torch.tensor(MEANS),
            torch.tensor(VALUES),
            torch.exp(torch.tensor(log_variances)),
            full=full,
            reduction="none",
        )
        ours = gaussian_nll(np.stack((MEANS, log_variances), axis=-1), VALUES, full=full)
        np.testing.assert_allclose(ours, theirs, rtol=1e-12)


@pytest.mark.filterwarnings("ignore:overflow encountered:RuntimeWarning")
def test_a_small_variance_is_not_clamped_and_has_a_gradient(xp):
    logits = np.asarray([[0.5, -100.0], [0.5, -1500.0]])
    value, gradient = xp.call_public(gaussian_nll.value_and_gradient, logits, np.asarray([0.5, 0.5]))
    np.testing.assert_array_equal(value, [-50, -750])
    np.testing.assert_array_equal(gradient, [[0, 0.5], [0, 0.5]])


def test_neither_the_variance_nor_the_square_of_a_residual_has_to_be_a_float(xp):
    logits = np.asarray([[0.0, -800.0], [0.0, 900.0]])
    found = xp.call_public(gaussian_nll, logits, np.asarray([1e-180, 1e190]))
    residuals = np.asarray([1e-180 * math.exp(400), 1e190 / math.exp(450)])
    np.testing.assert_allclose(found, (logits[:, 1] + residuals**2) / 2, rtol=1e-13)


@pytest.mark.filterwarnings("ignore:overflow encountered:RuntimeWarning")
def test_an_infinite_log_variance_gives_the_limit(xp):
    logits = np.asarray([[0.0, -np.inf], [1.0, -np.inf], [0.0, np.inf], [0.0, -3000.0]])
    found = xp.call_public(gaussian_nll, logits, np.asarray([1.0, 1.0, 1.0, 1.0]))
    np.testing.assert_array_equal(found, [np.inf, -np.inf, np.inf, np.inf])


def test_an_infinite_mean_and_log_variance_give_nan_without_a_warning(xp):
    value, gradient = xp.call_public(
        gaussian_nll.value_and_gradient, np.asarray([[np.inf, np.inf], [-np.inf, 0.0]]), np.zeros(2)
    )
    np.testing.assert_array_equal(value, [np.nan, np.inf])
    assert np.isnan(gradient[0, 0])


def test_the_parameters_of_a_gaussian_are_two():
    rule = "`logits` must have 2 entries on its last axis: mean and log-variance"
    with pytest.raises(ShapeError, match=rf"gaussian_nll: {rule}; got shape \(6,\)"):
        gaussian_nll(MEANS, VALUES)
    with pytest.raises(
        ShapeError, match=r"`values` must have shape \(6,\), that of `logits` without its last"
    ):
        gaussian_nll(np.zeros((6, 2)), VALUES[:, None])
