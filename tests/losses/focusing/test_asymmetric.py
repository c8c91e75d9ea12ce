"""The clauses of the docstring of the asymmetric loss."""

import mpmath
import numpy as np
import pytest
from mpmath import exp, log, mpf
from tests.mutants.harness import Mutant
from tests.mutants.mutators import always, drop_left, drop_right, never
from tests.oracles.loss_tables import Definition
from tests.relative_error import assert_within

from xent.errors import DomainError
from xent.losses import Asymmetric, asymmetric, sigmoid_cross_entropy


def definition(z, target, gamma_negative=4.0, gamma_positive=1.0, margin=0.05):
    """The focal loss of an event, and of its absence with the probability less a margin."""
    (x,), (t,) = z, target
    p, q = 1 / (1 + exp(-x)), 1 / (1 + exp(x))
    shifted, rest = (p - mpf(margin), q + mpf(margin)) if p > margin else (mpf(0), mpf(1))
    absence = shifted**gamma_negative * log(rest) if shifted else mpf(0)
    return -(t * q**gamma_positive * log(p) + (1 - t) * absence)


def truths(logits, rng):
    """Events that happened and events that did not; the loss is linear in between, which is a law."""
    del logits, rng
    return [[1.0], [0.0]]


DEFINITION = Definition(
    definition,
    source="Ridnik et al. 2021, section 2",
    inputs="logit",
    parameters=(
        {},
        {"gamma_negative": 0.5, "gamma_positive": 0.0, "margin": 0.2},
        {"gamma_negative": 2.0, "gamma_positive": 3.0, "margin": 0.0},
    ),
    units={"value": 16, "gradient": 16, "product": 64},
    truths=truths,
)

TESTS = "tests/losses/focusing/test_asymmetric.py::"
ORACLE = "tests/losses/test_oracle.py::test_value_gradient_and_product_meet_the_definition"
HARD = f"{ORACLE}[numpy-asymmetric-float64]"
EDGE = TESTS + "test_next_to_the_margin_the_loss_keeps_its_digits[numpy-0.05-float64]"
EDGE_32 = TESTS + "test_next_to_the_margin_the_loss_keeps_its_digits[numpy-0.05-float32]"
BELOW = TESTS + "test_up_to_the_margin_the_absence_of_an_event_costs_nothing[numpy]"

MUTANTS = (
    Mutant(
        "p - m for the shifted probability",
        "shifted_focal:ShiftedFocal._shifted",
        "event.complement * ((1 - self.margin) * beyond)",
        "xp.where(gap > 0, event.complement - self.margin, 0.0)",
        EDGE,
    ),
    Mutant(
        "log-odds of the margin in one word",
        "shifted_focal:ShiftedFocal._gap",
        "missing - edge.lo",
        drop_right,
        EDGE,
    ),
    Mutant(
        "log(1 - q) for log1p(-q)",
        "shifted_focal:ShiftedFocal._shifted",
        "xp.where(q < 0.3, -xp.log1p(-q), -xp.log(r))",
        never,
        EDGE,
    ),
    Mutant(
        "forget the margin in 1 - q",
        "shifted_focal:ShiftedFocal._shifted",
        "event.prob + self.margin",
        drop_right,
        HARD,
    ),
    Mutant(
        "no slope of the power",
        "shifted_focal:ShiftedFocal._derivative_in_complement",
        "self.gamma * shifted.ratio + 1 / shifted.prob",
        drop_left,
        HARD,
    ),
    Mutant(
        "gamma for gamma - 1",
        "shifted_focal:ShiftedFocal.second_derivative",
        "gamma * (gamma - 1)",
        "gamma * gamma",
        HARD,
    ),
    Mutant(
        "a straight sigmoid",
        "shifted_focal:ShiftedFocal.second_derivative",
        "first_derivative * (event.prob - event.complement)",
        drop_right,
        HARD,
    ),
    Mutant(
        "a slope below the margin",
        "shifted_focal:ShiftedFocal._derivative_in_complement",
        "xp.where(shifted.counts, first_derivative, 0.0)",
        always,
        TESTS + "test_without_an_exponent_the_gradient_jumps_at_the_margin",
    ),
    Mutant(
        "a series of one term",
        "exact_log_odds:_artanh",
        """
            while power not in (0, -1):
                ...
        """,
        """
            if power not in (0, -1):
                ...
        """,
        HARD,
    ),
    Mutant("all powers of the series", "exact_log_odds:_artanh", "n += 2", "n += 1", HARD),
    Mutant(
        "forget what a float does not hold",
        "exact_log_odds:exact_log_odds",
        "lo[0] + hi[1]",
        drop_right,
        EDGE,
    ),
    Mutant("forget what 32 bits do not hold", "exact_numbers:exact_numbers", "value - near", "0.0", EDGE_32),
    Mutant(
        "swap the exponents",
        "asymmetric:Asymmetric.problem",
        "FocalOfEvent(self.gamma_positive)",
        "FocalOfEvent(self.gamma_negative)",
        TESTS + "test_the_definition_as_written_holds_for_many_labels_of_a_row[numpy]",
    ),
    Mutant("no margin", "asymmetric:Asymmetric.problem", "not is_number(self.margin, 0)", "False", BELOW),
)


def exact_absence(logit, gamma, margin):
    """The loss without the event, by its definition at 60 digits."""
    with mpmath.workdps(60):
        shifted = max(1 / (1 + mpmath.exp(-mpmath.mpf(float(logit)))) - mpmath.mpf(margin), 0)
        return -(shifted ** mpmath.mpf(gamma)) * mpmath.log(1 - shifted)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("margin", [0.05, 0.5, 0.875])
def test_next_to_the_margin_the_loss_keeps_its_digits(xp, dtype, margin):
    edge = np.log(margin / (1 - margin))
    steps = np.asarray([2.0**-20, 2.0**-10, 0.01, 0.3])
    logits = np.asarray(edge + steps, dtype=dtype)
    found = xp.call_public(Asymmetric(gamma_negative=2, margin=margin), logits, np.zeros_like(logits))
    truth = np.asarray([float(exact_absence(z, 2.0, margin)) for z in logits])
    assert_within(16, found, truth, flushes=True)
    assert (truth > 1e-24).all()


def test_up_to_the_margin_the_absence_of_an_event_costs_nothing(xp):
    logits = np.asarray([-np.inf, -50.0, np.log(0.05 / 0.95) - 1e-9])
    for found in xp.call_public(asymmetric.value_and_gradient, logits, np.zeros(3)):
        np.testing.assert_array_equal(found, 0)
    np.testing.assert_array_equal(xp.call_public(asymmetric.hessian, logits, np.zeros(3)), 0)


def test_without_an_exponent_the_gradient_jumps_at_the_margin():
    edge = np.log(0.2 / 0.8)
    loss = Asymmetric(gamma_negative=0, margin=0.2)
    gradient = loss.gradient(np.asarray([edge - 1e-6, edge + 1e-6]), np.zeros(2))
    np.testing.assert_allclose(gradient, [0, 0.16], rtol=1e-5)


def test_the_absence_of_an_event_costs_no_more_than_a_bound_with_a_gradient_of_0(xp):
    logits = np.asarray([np.inf, 800.0, 60.0])
    value, gradient = xp.call_public(asymmetric.value_and_gradient, logits, np.zeros(3))
    assert_within(8, value, np.full(3, -(0.95**4) * np.log(0.05)))
    assert (gradient[:2] == 0).all()
    assert 0 < gradient[2] < 1e-24


def test_a_ruled_out_event_costs_infinity(xp):
    value, gradient = xp.call_public(asymmetric.value_and_gradient, np.asarray([-np.inf]), np.ones(1))
    assert value == np.inf
    assert gradient == -1


def test_without_exponents_and_margin_it_is_cross_entropy():
    logits, targets = np.asarray([-3.0, 0.2, 8.0]), np.asarray([1.0, 0.25, 0.0])
    loss = Asymmetric(gamma_negative=0, gamma_positive=0, margin=0)
    assert_within(3, loss(logits, targets), sigmoid_cross_entropy(logits, targets))
    tiny = Asymmetric(gamma_negative=0, gamma_positive=0, margin=1e-300)
    assert_within(3, tiny(logits, targets), sigmoid_cross_entropy(logits, targets))


@pytest.mark.of_values
@pytest.mark.parametrize("gamma", [0.0, 0.5, 1.0, 4.0])
def test_no_derivative_is_infinite(xp, gamma):
    logits = np.asarray([-np.inf, -1000.0, np.log(0.05 / 0.95) + 1e-9, 1000.0, np.inf])
    loss = Asymmetric(gamma_negative=gamma, gamma_positive=gamma)
    for target in (0.0, 1.0):
        targets = np.full(5, target)
        assert np.isfinite(xp.call_public(loss.gradient, logits, targets)).all()
        assert np.isfinite(xp.call_public(loss.hessian, logits, targets)).all()


def test_the_definition_as_written_holds_for_many_labels_of_a_row(xp):
    rng = np.random.default_rng(61)
    logits, targets = 2 * rng.standard_normal((5, 4)), rng.integers(0, 2, size=(5, 4)).astype(float)
    p = 1 / (1 + np.exp(-logits))
    shifted = np.maximum(p - 0.05, 0)
    written = -(targets * (1 - p) * np.log(p) + (1 - targets) * shifted**4 * np.log(1 - shifted))
    np.testing.assert_allclose(xp.call_public(asymmetric, logits, targets), written, rtol=1e-11)
    assert xp.call_public(asymmetric, logits[:0], targets[:0]).shape == (0, 4)


def test_nan_gives_nan(xp):
    for target in (0.0, 1.0):
        for found in xp.call_public(
            asymmetric.value_and_gradient, np.asarray([np.nan]), np.asarray([target])
        ):
            assert np.isnan(found).all()


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"gamma_negative": -1}, "Asymmetric: `gamma_negative` must be finite and >= 0; got -1."),
        ({"gamma_positive": np.inf}, "Asymmetric: `gamma_positive` must be finite and >= 0; got inf."),
        ({"margin": 1}, "Asymmetric: `margin` must lie in [0, 1); got 1."),
        ({"margin": -0.1}, "Asymmetric: `margin` must lie in [0, 1); got -0.1."),
    ],
)
def test_parameters_without_a_meaning_are_refused(parameters, message):
    with pytest.raises(DomainError) as raised:
        Asymmetric(**parameters)
    assert str(raised.value) == message
