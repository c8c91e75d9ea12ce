"""A weighted sum of formulas."""

import numpy as np
import pytest

from xent.formulas.losses.softmax_cross_entropy import softmax_cross_entropy
from xent.formulas.losses.softmax_squared_error import softmax_squared_error
from xent.formulas.losses.squared_log_normaliser import SquaredLogNormaliser
from xent.formulas.weighted_sum import WeightedSum

TERMS = ((2.0, softmax_cross_entropy), (-0.5, softmax_squared_error), (3.0, SquaredLogNormaliser()))


@pytest.mark.of_values
def test_every_quantity_is_the_weighted_sum_of_those_of_the_terms(xp):
    rng = np.random.default_rng(13)
    logits, labels, vectors = rng.standard_normal((5, 4)) + 0.7, np.arange(5) % 4, rng.standard_normal((5, 4))
    formula = WeightedSum(TERMS)
    for name, more in (
        ("value", ()),
        ("gradient", ()),
        ("hessian", ()),
        ("hessian_vector_product", (vectors,)),
    ):
        found = xp.call(getattr(formula, name), logits, labels, *more)
        wanted = sum(c * xp.call(getattr(term, name), logits, labels, *more) for c, term in TERMS)
        np.testing.assert_allclose(found, wanted, rtol=1e-13, atol=1e-15)
    value, gradient = xp.call(formula.value_and_gradient, logits, labels)
    np.testing.assert_allclose(value, xp.call(formula.value, logits, labels), rtol=1e-15)
    np.testing.assert_allclose(gradient, xp.call(formula.gradient, logits, labels), rtol=1e-13, atol=1e-16)


def test_one_term_is_its_formula_times_the_factor(xp):
    logits, labels = np.asarray([[0.3, -1.2]]), np.asarray([1])
    found = xp.call(WeightedSum(((0.25, softmax_cross_entropy),)).value_and_gradient, logits, labels)
    whole = xp.call(softmax_cross_entropy.value_and_gradient, logits, labels)
    for mine, its in zip(found, whole, strict=True):
        np.testing.assert_array_equal(mine, its / 4)


def test_equal_sums_are_equal_and_hashable():
    assert WeightedSum(TERMS) == WeightedSum(TERMS)
    assert hash(WeightedSum(TERMS)) == hash(WeightedSum(TERMS))
    assert WeightedSum(TERMS) != WeightedSum(TERMS[:2])
