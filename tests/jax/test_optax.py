"""optax' own tests of its cross-entropies run against ours; those that differ are named."""

import unittest

import jax
import numpy as np
import pytest
from optax.losses import (
    _classification,
    _classification_test,
    _self_supervised,
    _self_supervised_test,
    _smoothing,
    _smoothing_test,
)

import xent.jax

pytestmark = pytest.mark.slow
NEGATIVE = "differences of optax' test make targets of 0 negative, which is an error here"
OTHERS = ("CTC", "Hinge", "Perceptron", "Sparsemax", "TripletMargin")
DIFFERENT = {
    "SoftmaxCrossEntropyTest.test_gradient": NEGATIVE,
    "SafeSoftmaxCrossEntropyTest.test_gradient": NEGATIVE,
    "GeneralizedKLDivergenceTest.test_deprecated_alias": "the older name does not warn",
}


class Replaced:
    """A module of optax with our functions in place of those that we have."""

    def __init__(self, module):
        self._module = module

    def __getattr__(self, name):
        return getattr(xent.jax if name in xent.jax.__all__ else self._module, name)


class Seeded(unittest.TestResult):
    """Result of tests that draw the same numbers in any order: a mask may leave no class."""

    def startTest(self, test):  # noqa: N802 - a method of unittest
        np.random.seed(0)  # noqa: NPY002 - optax' tests draw from it
        super().startTest(test)


def suites_of(module):
    for name in dir(module):
        if name.endswith("Test") and not name.startswith(OTHERS):
            yield unittest.defaultTestLoader.loadTestsFromTestCase(getattr(module, name))


@pytest.mark.filterwarnings("ignore")
def test_the_suites_of_optax_pass_but_for_those_whose_difference_is_named(monkeypatch):
    for tests, module in (
        (_classification_test, _classification),
        (_smoothing_test, _smoothing),
        (_self_supervised_test, _self_supervised),
    ):
        monkeypatch.setattr(tests, module.__name__.rpartition(".")[2], Replaced(module))
    modules = (_classification_test, _smoothing_test, _self_supervised_test)
    result = Seeded()
    with jax.enable_x64(False):
        unittest.TestSuite(suite for module in modules for suite in suites_of(module)).run(result)
    fallen = {
        ".".join(test.id().split(" ")[0].split(".")[-2:]) for test, _ in result.failures + result.errors
    }
    assert fallen == set(DIFFERENT), [text[-300:] for _, text in result.failures + result.errors]
    assert result.testsRun > 90
