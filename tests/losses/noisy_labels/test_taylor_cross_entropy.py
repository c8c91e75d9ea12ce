"""The clauses of the docstring of the Taylor cross-entropy."""

import numpy as np
import pytest
from tests.losses.focusing.test_focal import hard_rows
from tests.mutants.harness import Mutant
from tests.mutants.mutators import drop_call, drop_left, drop_right, flip_sign
from tests.oracles.loss_tables import Definition, softmax
from tests.relative_error import assert_within

from xent.errors import DomainError
from xent.losses import TaylorCrossEntropy, mean_absolute_error, softmax_cross_entropy, taylor_cross_entropy


def definition(z, label, order):
    """``sum((1 - p_y) ** n / n)``."""
    p = softmax(z)
    others = sum(p[k] for k in range(len(z)) if k != label)
    return sum(others**n / n for n in range(1, order + 1))


DEFINITION = Definition(
    definition,
    source="Feng et al. 2020: the first terms of the Taylor series of the logarithm",
    inputs="logits",
    parameters=({"order": 2}, {"order": 6}),
    units={"value": 8, "gradient": 8, "product": 8, "inflection": True},
)

TESTS = "tests/losses/noisy_labels/test_taylor_cross_entropy.py::"
ORACLE = (
    "tests/losses/test_oracle.py::test_value_gradient_and_product_meet_the_definition"
    "[numpy-taylor_cross_entropy-float64]"
)

MUTANTS = (
    Mutant("a geometric series", "taylor_cross_entropy:TaylorCrossEntropy.value", "1 / n", "1.0", ORACLE),
    Mutant(
        "one term too few",
        "taylor_cross_entropy:TaylorCrossEntropy.value",
        "self.order + 1",
        drop_right,
        ORACLE,
    ),
    Mutant(
        "no factor of the first power",
        "taylor_cross_entropy:TaylorCrossEntropy.value",
        "of_label.complement * _polynomial(coefficients, of_label.complement)",
        drop_left,
        ORACLE,
    ),
    Mutant(
        "a slope that cancels",
        "taylor_cross_entropy:TaylorCrossEntropy.first_derivative",
        "of_label.prob * _polynomial((1.0,) * self.order, of_label.complement)",
        "1 - of_label.complement**self.order",
        TESTS + "test_the_slope_of_a_label_that_is_all_but_ruled_out_keeps_its_digits[numpy]",
    ),
    Mutant(
        "the bend of the other sign",
        "taylor_cross_entropy:TaylorCrossEntropy.second_derivative",
        "-self.order",
        flip_sign,
        ORACLE,
    ),
    Mutant(
        "a power too many",
        "taylor_cross_entropy:TaylorCrossEntropy.second_derivative",
        "self.order - 1",
        drop_right,
        ORACLE,
    ),
    Mutant(
        "the terms in the other order",
        "taylor_cross_entropy:_polynomial",
        "reversed(coefficients[:-1])",
        drop_call,
        ORACLE,
    ),
)


def test_the_definition_as_written_holds(xp):
    logits = np.random.default_rng(1).standard_normal((5, 4))
    labels, weight = np.asarray([0, 1, 2, 3, 3]), np.asarray([1.0, 2.0, 0.5, 3.0, 1.5])
    c = 1 - (np.exp(logits) / np.exp(logits).sum(axis=-1, keepdims=True))[np.arange(5), labels]
    found = xp.call_public(TaylorCrossEntropy(order=5), logits, labels, sample_weight=weight)
    np.testing.assert_allclose(found, weight * sum(c**n / n for n in range(1, 6)), rtol=1e-13)
    found = xp.call_public(taylor_cross_entropy, logits, labels)
    np.testing.assert_allclose(found, c + c**2 / 2, rtol=1e-13)


def test_one_term_is_half_the_absolute_error(xp):
    logits, labels = hard_rows()
    vectors = np.random.default_rng(2).standard_normal(logits.shape)
    for name, more in (("__call__", ()), ("gradient", ()), ("hessian_vector_product", (vectors,))):
        half = xp.call_public(getattr(mean_absolute_error, name), logits, labels, *more) / 2
        found = xp.call_public(getattr(TaylorCrossEntropy(order=1), name), logits, labels, *more)
        np.testing.assert_allclose(found, half, rtol=1e-13, atol=1e-300)


@pytest.mark.parametrize("order", [1, 2, 3, 6, 20])
def test_more_terms_come_nearer_to_cross_entropy_from_below(order):
    logits, labels = (part[:16] for part in hard_rows())
    whole = softmax_cross_entropy(logits, labels)
    found, more = (taylor_cross_entropy(logits, labels, order=m) for m in (order, order + 1))
    assert (found <= more).all()
    assert (found < more).any()
    assert (more <= whole * (1 + 1e-15)).all()


def test_many_terms_are_cross_entropy_where_the_model_is_not_wrong():
    logits, labels = np.asarray([[1.0, 0.0], [0.0, 0.0], [9.0, 0.0]]), np.asarray([0, 0, 0])
    for name in ("__call__", "gradient", "hessian"):
        found = getattr(taylor_cross_entropy, name)(logits, labels, order=60)
        np.testing.assert_allclose(found, getattr(softmax_cross_entropy, name)(logits, labels), rtol=1e-13)


def test_a_label_that_is_ruled_out_costs_the_harmonic_number_and_has_no_slope(xp):
    logits, labels = np.asarray([[-np.inf, 0.0, 0.0]]), np.asarray([0])
    value, gradient = xp.call_public(TaylorCrossEntropy(order=4).value_and_gradient, logits, labels)
    assert_within(1, value, [1 + 1 / 2 + 1 / 3 + 1 / 4])
    np.testing.assert_array_equal(gradient, 0)


def test_one_class_costs_nothing_and_nan_stays_nan(xp):
    assert xp.call_public(taylor_cross_entropy, np.asarray([[3.5]]), np.asarray([0])) == 0
    found = xp.call_public(taylor_cross_entropy, np.asarray([[np.nan, 0.0], [0.5, 0.0]]), np.asarray([0, 0]))
    np.testing.assert_array_equal(np.isnan(found), [True, False])


def test_the_slope_of_a_label_that_is_all_but_ruled_out_keeps_its_digits(xp):
    """``1 - c ** m`` would be 0."""
    gradient = xp.call_public(taylor_cross_entropy.gradient, np.asarray([[-50.0, 0.0]]), np.asarray([0]))
    assert_within(8, gradient, [[-3.857499695927835e-22, 3.857499695927835e-22]])


def test_only_the_first_order_is_robust_but_the_sum_over_all_labels_is_bounded():
    rng = np.random.default_rng(5)
    logits = rng.choice([0.1, 3.0, 50.0], size=(300, 1)) * rng.standard_normal((300, 4))
    for order, spread in ((1, 0.0), (2, 0.1)):
        loss = TaylorCrossEntropy(order)
        sums = sum(loss(logits, np.full(300, label)) for label in range(4))
        assert np.ptp(sums) >= spread
        assert spread > 0 or np.ptp(sums) < 1e-13
        assert sums.max() <= 3 * sum(1 / n for n in range(1, order + 1)) * (1 + 1e-12)


@pytest.mark.parametrize("order", [0, -1, 2.5])
def test_an_order_that_counts_nothing_is_refused(order):
    with pytest.raises(DomainError) as caught:
        TaylorCrossEntropy(order=order)
    assert str(caught.value) == f"TaylorCrossEntropy: `order` must be an int >= 1; got {order!r}."
