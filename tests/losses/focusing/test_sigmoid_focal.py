"""The clauses of the docstring of sigmoid focal loss, and what other libraries make of it."""

import numpy as np
import pytest
from mpmath import exp, log
from tests.array_libraries import array_library
from tests.mutants.harness import Mutant
from tests.mutants.mutators import cancel, drop_left, drop_right, flip_sign, never
from tests.oracles.loss_tables import Definition
from tests.relative_error import assert_within

from xent.errors import DomainError
from xent.losses import Asymmetric, SigmoidFocal, sigmoid_cross_entropy, sigmoid_focal


def definition(z, target, gamma, alpha=None):
    """``-alpha_t * (1 - p_t) ** gamma * log(p_t)``, its mean over the event and its opposite."""
    (x,), (t,) = z, target
    p, q = 1 / (1 + exp(-x)), 1 / (1 + exp(x))
    for_event, for_opposite = (1, 1) if alpha is None else (alpha, 1 - alpha)
    return -(t * for_event * q**gamma * log(p) + (1 - t) * for_opposite * p**gamma * log(q))


def truths(logits, rng):
    """Events that happened and events that did not; the loss is linear in between, which is a law."""
    del logits, rng
    return [[1.0], [0.0]]


DEFINITION = Definition(
    definition,
    source="Lin et al. 2017, equation 5, and its mean over an event of a given probability",
    inputs="logit",
    parameters=({"gamma": 2.0}, {"gamma": 0.5, "alpha": 0.25}, {"gamma": 5.0}),
    units={"value": 16, "gradient": 16, "product": 128},
    truths=truths,
)

TESTS = "tests/losses/focusing/test_sigmoid_focal.py::"
ORACLE = "tests/losses/test_oracle.py::test_value_gradient_and_product_meet_the_definition"
HARD = f"{ORACLE}[numpy-sigmoid_focal-float64]"
INFINITE = TESTS + "test_infinite_logits_cost_nothing_on_their_side_and_infinity_on_the_other[numpy-2.0]"

MUTANTS = (
    Mutant(
        "no factor",
        "sigmoid_focal:FocalOfEvent.value",
        "event.complement**self.gamma * event.surprisal",
        drop_left,
        HARD,
    ),
    Mutant(
        "the factor of cross-entropy's slope alone",
        "sigmoid_focal:FocalOfEvent.first_derivative",
        "event.complement + rest",
        drop_right,
        HARD,
    ),
    Mutant(
        "gamma once for twice",
        "sigmoid_focal:FocalOfEvent.second_derivative",
        "2 * self.gamma",
        drop_left,
        HARD,
    ),
    Mutant(
        "the complement's sign",
        "sigmoid_focal:FocalOfEvent.second_derivative",
        "self.gamma * u - c",
        flip_sign,
        HARD,
    ),
    Mutant(
        "0 times infinity of a probability",
        "sigmoid_focal:_prob_times_surprisal",
        "xp.where(event.prob == 0, 0.0, event.surprisal)",
        never,
        INFINITE,
    ),
    Mutant(
        "log(1 + x) for log1p(x)",
        "event:event_and_opposite",
        "xp.log1p(small_exponential(logits, xp=xp))",
        cancel,
        HARD,
    ),
    Mutant(
        "1 - p for the complement",
        "event:event_and_opposite",
        "Event(logits, above, below, xp.maximum(-high, zero) + rest)",
        "Event(logits, above, 1 - above, xp.maximum(-high, zero) + rest)",
        HARD,
    ),
    Mutant(
        "swap the surprisals",
        "event:event_and_opposite",
        "xp.maximum(-high, zero)",
        "xp.maximum(high, zero)",
        HARD,
    ),
    Mutant(
        "a sum of slopes",
        "two_sided:TwoSided._derivative",
        "masses[0] * slopes[0] - masses[1] * slopes[1]",
        flip_sign,
        HARD,
    ),
    Mutant(
        "a difference of bends",
        "two_sided:TwoSided.hessian",
        "mass_for * bends[0] + mass_against * bends[1]",
        flip_sign,
        HARD,
    ),
    Mutant(
        "0 times infinity of a cost",
        "two_sided:_times",
        "xp.where((mass == 0) & xp.isinf(cost), 0.0, cost)",
        never,
        INFINITE,
    ),
    Mutant(
        "a product that is not one",
        "two_sided:TwoSided.hessian_vector_product",
        "self.hessian(logits, mass_for, mass_against, xp=xp) * vectors",
        "self.hessian(logits, mass_for, mass_against, xp=xp) + vectors",
        HARD,
    ),
    Mutant(
        "alpha for what is no event too",
        "sigmoid_focal:SigmoidFocal.problem",
        "1 - self.alpha",
        "self.alpha",
        TESTS + "test_alpha_is_the_factor_of_events_and_no_part_of_the_denominator",
    ),
)

LOGITS = np.asarray([-40.0, -3.0, -0.2, 0.0, 0.7, 5.0, 60.0])


def other_libraries(logits, targets, gamma):
    """One factor of the mean complement, as torchvision, MONAI, optax and Keras have it."""
    p = 1 / (1 + np.exp(-logits))
    cross_entropy = targets * np.log1p(np.exp(-logits)) + (1 - targets) * np.log1p(np.exp(logits))
    return (targets * (1 - p) + (1 - targets) * p) ** gamma * cross_entropy


@pytest.mark.parametrize("target", [0.0, 0.25, 1.0])
def test_an_exponent_of_0_gives_cross_entropy(xp, target):
    targets = np.full_like(LOGITS, target)
    found = xp.call_public(SigmoidFocal(gamma=0.0).value_and_gradient, LOGITS, targets)
    expected = xp.call_public(sigmoid_cross_entropy.value_and_gradient, LOGITS, targets)
    for one, other in zip(found, expected, strict=True):
        assert_within(3, one, other)


def test_a_target_in_between_costs_the_mean_over_the_event(xp):
    event, opposite, between = (
        xp.call_public(sigmoid_focal.value_and_gradient, LOGITS, np.full_like(LOGITS, t))
        for t in (1.0, 0.0, 0.25)
    )
    for of_event, of_opposite, found in zip(event, opposite, between, strict=True):
        terms = 0.25 * of_event, 0.75 * of_opposite
        assert_within(4, found, sum(terms), scale=np.maximum(*map(np.abs, terms)))


def test_other_libraries_agree_for_events_and_not_in_between():
    logits = np.asarray([3.0, 3.0, 3.0])
    targets = np.asarray([1.0, 0.0, 0.5])
    found, others = sigmoid_focal(logits, targets), other_libraries(logits, targets, 2.0)
    np.testing.assert_allclose(found[:2], others[:2], rtol=1e-12)
    np.testing.assert_allclose(others[2], 0.3871, atol=5e-5)
    p = 1 / (1 + np.exp(-3.0))
    np.testing.assert_allclose(found[2], -0.5 * ((1 - p) ** 2 * np.log(p) + p**2 * np.log(1 - p)), rtol=1e-12)


def test_optax_gives_the_same_for_events():
    optax = pytest.importorskip("optax")
    array_library("jax")
    targets = np.asarray([0.0, 1.0, 1.0, 0.0, 1.0, 0.0, 1.0])
    expected = optax.sigmoid_focal_loss(LOGITS[1:6], targets[1:6], alpha=0.25, gamma=2.0)
    found = sigmoid_focal(LOGITS[1:6], targets[1:6], alpha=0.25)
    np.testing.assert_allclose(found, expected, rtol=1e-6)


@pytest.mark.parametrize("gamma", [0.0, 0.5, 2.0])
def test_infinite_logits_cost_nothing_on_their_side_and_infinity_on_the_other(xp, gamma):
    logits, targets = np.asarray([np.inf, -np.inf, -np.inf, np.inf]), np.asarray([1.0, 0.0, 1.0, 0.0])
    loss = SigmoidFocal(gamma=gamma)
    value, gradient = xp.call_public(loss.value_and_gradient, logits, targets)
    np.testing.assert_array_equal(value, [0, 0, np.inf, np.inf])
    np.testing.assert_array_equal(gradient, [0, 0, -1, 1])
    np.testing.assert_array_equal(xp.call_public(loss.hessian, logits, targets), 0)


@pytest.mark.parametrize("gamma", [0.1, 0.5])
def test_an_exponent_below_1_makes_no_derivative_infinite(xp, gamma):
    logits, targets = np.asarray([1000.0, 800.0, 40.0]), np.ones(3)
    loss = SigmoidFocal(gamma=gamma)
    assert np.isfinite(xp.call_public(loss.gradient, logits, targets)).all()
    assert np.isfinite(xp.call_public(loss.hessian, logits, targets)).all()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_factor_of_a_sure_and_wrong_model_is_1_where_an_exponential_would_overflow(xp, dtype):
    # exp(-gamma * y * x - gamma * log1p(exp(-x))), the class-balanced repository's, is 0 there.
    found = xp.call_public(sigmoid_focal, np.asarray([-100.0], dtype=dtype), np.asarray([1.0], dtype=dtype))
    assert found == 100


def test_alpha_is_the_factor_of_events_and_no_part_of_the_denominator():
    targets = np.asarray([1.0, 0.0, 1.0, 0.0, 0.25, 1.0, 0.0])
    plain = sigmoid_focal(LOGITS, targets) * np.where(targets == 1, 0.25, 0.75)
    found = sigmoid_focal(LOGITS, targets, alpha=0.25)
    assert_within(2, found[targets != 0.25], plain[targets != 0.25])
    assert_within(4, sigmoid_focal.mean(LOGITS, targets, alpha=0.25), found.sum() / 7)


def test_it_is_the_asymmetric_loss_without_asymmetry():
    targets = np.asarray([1.0, 0.0, 1.0, 0.0, 0.25, 1.0, 0.0])
    loss = Asymmetric(gamma_negative=2, gamma_positive=2, margin=0)
    np.testing.assert_array_equal(loss(LOGITS, targets), sigmoid_focal(LOGITS, targets))


def test_nan_gives_nan(xp):
    value, gradient = xp.call_public(sigmoid_focal.value_and_gradient, np.asarray([np.nan]), np.ones(1))
    assert np.isnan(value).all()
    assert np.isnan(gradient).all()


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"gamma": -1}, "SigmoidFocal: `gamma` must be finite and >= 0; got -1."),
        ({"gamma": np.inf}, "SigmoidFocal: `gamma` must be finite and >= 0; got inf."),
        ({"alpha": -1}, "SigmoidFocal: `alpha` must lie in [0, 1]; got -1. For no factor, pass None."),
    ],
)
def test_parameters_without_a_meaning_are_refused(parameters, message):
    with pytest.raises(DomainError) as raised:
        SigmoidFocal(**parameters)
    assert str(raised.value) == message
