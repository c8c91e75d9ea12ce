"""Losses of numbers and of counts: the clauses of their docstrings, reductions, and rivals."""

import numpy as np
import pytest
from tests.relative_error import assert_within

from xent.losses import gaussian_nll, poisson_nll, squared_error

RNG = np.random.default_rng(20261201)
MEANS, VALUES = RNG.standard_normal(6) * 2, RNG.standard_normal(6) + 0.5
COUNTS = np.asarray([0, 1, 2, 7, 30, 4])


def test_a_gaussian_of_variance_1_gives_the_squared_error(xp):
    logits = np.stack((MEANS, np.zeros(6)), axis=-1)
    assert_within(2, xp.call_public(gaussian_nll, logits, VALUES), squared_error(MEANS, VALUES))
    gradient = xp.call_public(gaussian_nll.gradient, logits, VALUES)
    assert_within(1, gradient[:, 0], squared_error.gradient(MEANS, VALUES))


@pytest.mark.parametrize("loss", [squared_error, gaussian_nll, poisson_nll])
def test_nan_gives_nan_and_an_empty_batch_an_empty_array(loss):
    logits = np.full((1, 2), np.nan)
    truth = np.ones(1) if loss is gaussian_nll else np.ones((1, 2))
    value, gradient = loss.value_and_gradient(logits, truth)
    assert np.isnan(value).all()
    assert np.isnan(gradient).all()
    assert loss(logits[:0], truth[:0]).shape == truth[:0].shape
