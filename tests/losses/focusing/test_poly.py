"""Surprisal and complement with a factor each: poly-1, symmetric cross-entropy, mean absolute error."""

import numpy as np
import pytest
from mpmath import log, mp, mpf
from tests.array_libraries import array_library
from tests.losses.focusing.test_focal import hard_rows
from tests.mutants.harness import Mutant, meets_definition
from tests.mutants.mutators import drop_left, flip_sign
from tests.oracles.loss_tables import Definition, softmax
from tests.relative_error import assert_within

from xent.errors import DomainError
from xent.formulas.losses.softmax_cross_entropy import softmax_cross_entropy as cross_entropy
from xent.losses import (
    MeanAbsoluteError,
    Poly,
    SymmetricCrossEntropy,
    focal,
    mean_absolute_error,
    poly,
    symmetric_cross_entropy,
)


def definition(z, label, epsilon):
    """``-log(p_y) + epsilon * (1 - p_y)``."""
    p = softmax(z)
    others = sum(p[k] for k in range(len(z)) if k != label)
    return -log(p[label]) + mpf(epsilon) * others


DEFINITION = Definition(
    definition,
    source="Leng et al. 2022, the poly-1 loss",
    inputs="logits",
    parameters=({"epsilon": 1.0}, {"epsilon": -1.0}),
    units={"value": 8, "gradient": 8, "product": 8, "inflection": True},
)


TESTS = "tests/losses/focusing/test_poly.py::"
DIGITS = TESTS + "test_a_correction_below_0_keeps_all_digits_of_a_sure_model[numpy-float64-{}]"
LIMIT = TESTS + "test_a_label_that_is_ruled_out_costs_the_limit[numpy]"

MUTANTS = (
    Mutant(
        "the probability for the complement",
        "poly:Poly._sum",
        "self.of_complement * of_label.complement",
        "self.of_complement * of_label.prob",
        meets_definition("poly"),
    ),
    Mutant(
        "1 - p for the complement",
        "poly:Poly.value",
        "return b * of_label.complement",
        "return b * (1 - of_label.prob)",
        meets_definition("mean_absolute_error"),
    ),
    Mutant(
        "take near numbers apart",
        "poly:Poly.value",
        "self._sum(of_label, xp=xp) if b >= 0 else self._sum_without_cancellation(of_label, xp=xp)",
        "self._sum(of_label, xp=xp)",
        DIGITS.format("-1.0"),
    ),
    Mutant(
        "0 times an infinite surprisal",
        "poly:Poly._sum_without_cancellation",
        "return excess if is_number(least, 0) else _product(least, of_label.surprisal, xp=xp) + excess",
        """
            of_zero = xp.where(of_label.prob == 0, xp.nan, 0.0)
            return excess + (of_zero if least == 0 else least * of_label.surprisal)
        """,
        LIMIT,
    ),
    Mutant(
        "forget the surprisal that is left",
        "poly:Poly._sum_without_cancellation",
        "_product(least, of_label.surprisal, xp=xp) + excess",
        drop_left,
        DIGITS.format("-0.75"),
    ),
    Mutant(
        "a slope that cancels",
        "poly:Poly.first_derivative",
        "(a + b) - b * of_label.complement",
        "a + b * of_label.prob",
        DIGITS.format("-1.0"),
    ),
    Mutant(
        "the slope of the other sign",
        "poly:Poly.first_derivative",
        "a + b * of_label.prob",
        flip_sign,
        meets_definition("symmetric_cross_entropy"),
    ),
    Mutant(
        "the bend of the other sign",
        "poly:Poly.second_derivative",
        "-self.of_complement",
        flip_sign,
        meets_definition("poly"),
    ),
    Mutant(
        "a short series",
        "poly",
        "range(2, 21)",
        "range(2, 12)",
        DIGITS.format("-1.0"),
    ),
    Mutant(
        "the series everywhere",
        "poly:surprisal_less_complement",
        "xp.where(s < 1, near_0 * near_0 * series, s - of_label.complement)",
        "near_0 * near_0 * series + 0 * s",
        DIGITS.format("-1.0"),
    ),
    Mutant(
        "epsilon of the default for every epsilon",
        "poly:Poly.formula",
        "formula.Poly(1.0, self.epsilon)",
        "formula.Poly(1.0, 1.0)",
        TESTS + "test_the_definitions_as_written_hold[numpy]",
    ),
)


def assert_same(xp, formula, other, *, factor=1.0):
    """Both give the same values, gradients and products, `other` times a power of 2."""
    logits, labels = hard_rows()
    vectors = np.random.default_rng(2).standard_normal(logits.shape)
    for name, more in (("value", ()), ("gradient", ()), ("hessian_vector_product", (vectors,))):
        found = xp.call(getattr(formula, name), logits, labels, *more)
        whole = xp.call(getattr(other, name), logits, labels, *more)
        np.testing.assert_array_equal(found, factor * whole)


def test_the_definitions_as_written_hold(xp):
    logits = np.random.default_rng(1).standard_normal((5, 4))
    labels, weight = np.asarray([0, 1, 2, 3, 3]), np.asarray([1.0, 2.0, 0.5, 3.0, 1.5])
    p = np.exp(logits) / np.exp(logits).sum(axis=-1, keepdims=True)
    u, one_hot = p[np.arange(5), labels], np.eye(4)[labels]
    found = xp.call_public(Poly(epsilon=2.5), logits, labels, sample_weight=weight)
    np.testing.assert_allclose(found, weight * (-np.log(u) + 2.5 * (1 - u)), rtol=1e-14)
    found = xp.call_public(SymmetricCrossEntropy(0.3, 0.7), logits, labels, sample_weight=weight)
    reverse = -(p * np.where(one_hot == 1, 0, -4.0)).sum(axis=-1)
    np.testing.assert_allclose(found, weight * (-0.3 * np.log(u) + 0.7 * reverse), rtol=1e-14)
    found = xp.call_public(mean_absolute_error, logits, labels, sample_weight=weight)
    np.testing.assert_allclose(found, weight * np.abs(p - one_hot).sum(axis=-1), rtol=1e-14)


def test_without_a_correction_poly_is_cross_entropy_to_the_last_bit(xp):
    assert_same(xp, Poly(epsilon=0.0).formula, cross_entropy)


def test_symmetric_cross_entropy_is_poly_and_twice_the_reverse_one_is_an_absolute_error(xp):
    assert_same(xp, SymmetricCrossEntropy(alpha=1.0, beta=0.5, log_zero=-2.0).formula, poly.formula)
    reverse = SymmetricCrossEntropy(alpha=0.0, beta=1.0).formula
    assert_same(xp, reverse, mean_absolute_error.formula, factor=2.0)


@pytest.mark.parametrize("epsilon", [-1.0, -0.75, -0.125, 0.5])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_correction_below_0_keeps_all_digits_of_a_sure_model(xp, epsilon, dtype):
    """Where the two terms all but cancel; also across the end of the series, at one nat."""
    gaps = np.asarray([40.0, 12.0, 5.5, 2.0, 1.0, 0.5, 0.0, -0.25, -0.5, -0.625, -1.0, -3.0], dtype=dtype)
    logits = np.stack([gaps, np.zeros_like(gaps)], axis=-1)
    value, gradient = xp.call_public(Poly(epsilon).value_and_gradient, logits, np.zeros(len(gaps), dtype=int))
    with mp.workdps(60):
        c = [1 / (1 + mp.exp(mpf(float(gap)))) for gap in gaps]
        values = [float(-mp.log(1 - x) + mpf(epsilon) * x) for x in c]
        slopes = [float((1 + mpf(epsilon) * (1 - x)) * x) for x in c]
    units = 12 if xp.name == "jax" else 6
    assert_within(units, value, np.asarray(values))
    assert_within(units, gradient, np.stack([-np.asarray(slopes), slopes], axis=-1))


def test_a_label_that_is_ruled_out_costs_the_limit(xp):
    logits, labels = np.asarray([[-np.inf, 0.0, 0.0]]), np.asarray([0])
    for loss, value, slope in (
        (poly, np.inf, 1.0),
        (Poly(epsilon=-1.0), np.inf, 1.0),
        (Poly(epsilon=-0.5), np.inf, 1.0),
        (symmetric_cross_entropy, np.inf, 0.1),
        (SymmetricCrossEntropy(alpha=0.0, beta=2.0), 8.0, 0.0),
        (mean_absolute_error, 2.0, 0.0),
    ):
        found, gradient = xp.call_public(loss.value_and_gradient, logits, labels)
        np.testing.assert_array_equal(found, [value])
        np.testing.assert_array_equal(gradient, [[-slope, slope / 2, slope / 2]])
        assert np.isfinite(xp.call_public(loss.hessian, logits, labels)).all()


def test_one_class_costs_nothing_equal_logits_a_share_and_nan_stays_nan(xp):
    logits, labels = np.asarray([[3.5]]), np.asarray([0])
    for loss in (poly, Poly(epsilon=-1.0), symmetric_cross_entropy, mean_absolute_error):
        assert xp.call_public(loss, logits, labels) == 0
        found = xp.call_public(loss, np.asarray([[np.nan, 0.0], [0.5, 0.0]]), np.asarray([0, 0]))
        np.testing.assert_array_equal(np.isnan(found), [True, False])
    found = xp.call_public(mean_absolute_error, np.zeros((1, 4)), labels, sample_weight=np.asarray([3.0]))
    np.testing.assert_array_equal(found, [3 * 1.5])


@pytest.mark.parametrize(("epsilon", "convex"), [(-1.0, True), (0.5, True), (1.0, True), (1.25, False)])
def test_poly_is_convex_up_to_a_correction_of_1(epsilon, convex):
    rng = np.random.default_rng(3)
    logits, labels = 4 * rng.standard_normal((400, 3)), rng.integers(0, 3, size=400)
    lowest = np.linalg.eigvalsh(poly.hessian(logits, labels, epsilon=epsilon)).min()
    assert (lowest >= -1e-15) == convex


@pytest.mark.parametrize(("epsilon", "side"), [(-0.5, -1), (0.0, 0), (1.0, 1)])
def test_the_sign_of_the_correction_says_whether_the_minimum_is_surer_than_the_labels(epsilon, side):
    targets = np.asarray([0.7, 0.2, 0.1])
    downhill = -targets @ poly.gradient(np.log(np.tile(targets, (3, 1))), np.arange(3), epsilon=epsilon)
    assert np.sign(np.round(downhill[0], 12)) == side


def test_poly_agrees_with_that_of_optax_and_the_absolute_error_with_torch():
    optax, torch = pytest.importorskip("optax"), pytest.importorskip("torch")
    array_library("jax")
    logits, labels = (part[:16] for part in hard_rows())
    theirs = optax.losses.poly_loss_cross_entropy(logits, np.eye(4)[labels], epsilon=2.0)
    np.testing.assert_allclose(poly(logits, labels, epsilon=2.0), theirs, rtol=1e-6, atol=1e-7)
    probs = torch.softmax(torch.tensor(logits), dim=-1)
    theirs = torch.nn.functional.l1_loss(probs, torch.tensor(np.eye(4)[labels]), reduction="none").sum(-1)
    np.testing.assert_allclose(mean_absolute_error(logits, labels), theirs, rtol=1e-12, atol=1e-15)


def test_parameters_without_a_meaning_are_refused():
    for loss, argument, value, rule in (
        (Poly, "epsilon", -1.5, "be >= -1 and finite"),
        (Poly, "epsilon", np.inf, "be >= -1 and finite"),
        (SymmetricCrossEntropy, "alpha", -0.1, "be >= 0 and finite"),
        (SymmetricCrossEntropy, "beta", np.inf, "be >= 0 and finite"),
        (SymmetricCrossEntropy, "log_zero", 0.0, "be < 0 and finite"),
        (SymmetricCrossEntropy, "log_zero", -np.inf, "be < 0 and finite"),
    ):
        with pytest.raises(DomainError) as caught:
            loss(**{argument: value})
        assert str(caught.value) == f"{loss.__name__}: `{argument}` must {rule}; got {value!r}."
    assert MeanAbsoluteError() == mean_absolute_error
    assert focal != poly
