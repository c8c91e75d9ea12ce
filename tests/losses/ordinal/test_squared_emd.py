"""Definition, mutants and edge cases of `squared_emd`."""

import numpy as np
from mpmath import fsum
from tests.losses.ordinal.test_ordinal import LABELS, LOGITS
from tests.mutants.harness import Mutant, meets_definition
from tests.mutants.mutators import drop_left, flip_sign
from tests.oracles.loss_tables import Definition, softmax

from xent.losses import sigmoid_squared_error, squared_emd


def definition(z, label):
    """``sum((cumsum(p) - cumsum(one_hot)) ** 2)``."""
    p = softmax(z)
    return fsum((fsum(p[: k + 1]) - (k >= label)) ** 2 for k in range(len(z)))


DEFINITION = Definition(
    definition,
    source="Hou, Yu, Samaras 2016, section 3: the squared distance of two cumulative distributions",
    inputs="logits",
    parameters=({},),
    units={"value": 8, "gradient": 8, "gradient of rows": True, "product": 32},
)

TESTS = "tests/losses/ordinal/test_squared_emd.py::"

MUTANTS = (
    Mutant(
        "the first power of a flow",
        "squared_emd:distance",
        "flows * flows",
        "xp.abs(flows)",
        TESTS + "test_the_squared_distance_of_two_classes_is_the_squared_error_of_a_sigmoid[numpy]",
    ),
    Mutant(
        "half the slope",
        "squared_emd:_derivatives",
        "2 * (up_to_top - sum_before_each(right, xp=xp))",
        drop_left,
        meets_definition("squared_emd"),
    ),
    Mutant(
        "slopes of the right with the other sign",
        "squared_emd:_derivatives",
        "up_to_top - sum_before_each(right, xp=xp)",
        flip_sign,
        meets_definition("squared_emd"),
    ),
    Mutant(
        "a curvature without its turn",
        "squared_emd:distance_curvature_product",
        "model.jacobian_product(bends, xp=xp) + steps * (slopes - mean) - probs * turn",
        "model.jacobian_product(bends, xp=xp) + steps * (slopes - mean) - 0 * turn",
        meets_definition("squared_emd"),
    ),
    Mutant(
        "a curvature of the model alone",
        "squared_emd:distance_curvature_product",
        "model.jacobian_product(bends, xp=xp) + steps * (slopes - mean)",
        drop_left,
        meets_definition("squared_emd_of_targets"),
    ),
)


def test_the_squared_distance_of_two_classes_is_the_squared_error_of_a_sigmoid(xp):
    logits, labels = LOGITS[:, :2], np.asarray([0, 1, 1, 0, 1])
    found = xp.call_public(squared_emd, logits, labels)
    of_event = sigmoid_squared_error(logits[:, 1] - logits[:, 0], labels)
    np.testing.assert_allclose(found, of_event, rtol=1e-13)


def test_all_probability_on_another_class_costs_its_distance(xp):
    logits = np.where(np.eye(4) == 1, 0.0, -np.inf)[[0, 1, 2, 3]]
    np.testing.assert_array_equal(xp.call_public(squared_emd, logits, np.zeros(4, dtype=int)), np.arange(4))
    np.testing.assert_array_equal(xp.call_public(squared_emd, logits, np.asarray([3] * 4)), [3, 2, 1, 0])


def test_a_reversed_order_of_all_classes_changes_nothing():
    value, gradient = squared_emd.value_and_gradient(LOGITS, LABELS % 3)
    other, turned = squared_emd.value_and_gradient(LOGITS[:, ::-1], 2 - LABELS % 3)
    np.testing.assert_allclose(other, value, rtol=1e-13)
    np.testing.assert_allclose(turned[:, ::-1], gradient, rtol=1e-11, atol=1e-15)


def test_a_sure_model_keeps_its_digits(xp):
    logits = np.asarray([[-40.0, 0.0, -45.0, -43.0]])
    left, right, last = (np.exp(-x) for x in (40.0, 45.0 - np.log1p(np.exp(2.0)), 43.0))
    exact = left**2 + right**2 + last**2
    np.testing.assert_allclose(xp.call_public(squared_emd, logits, np.asarray([1])), [exact], rtol=1e-14)


def test_a_masked_class_keeps_its_place_in_the_order():
    mask = np.asarray([True, False, True])
    logits = np.asarray([[0.0, 5.0, np.log(3.0)]])
    # A quarter of the probability lies two classes away.
    found = squared_emd(logits, np.asarray([2]), class_mask=mask)
    np.testing.assert_allclose(found, [2 * 0.25**2], rtol=1e-14)
