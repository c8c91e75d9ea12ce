"""
scikit-learn's own tests of its LogisticRegression, run on ours.

`known_differences.py` names the tests that fail, each with its reason.
"""

import importlib.util
import inspect
import re

import pytest
from sklearn.linear_model import LogisticRegression as Theirs
from sklearn.linear_model.tests import test_logistic as shipped

from tests.models.known_differences import DIFFERENCES, LEFT_OUT
from xent import LogisticRegression as Ours

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]


@pytest.fixture
def global_random_seed():
    """Seed of scikit-learn's tests, which its own configuration provides there."""
    return 42


def _as_pytest_wants(mark):
    """The same mark, with a list of parameters instead of a generator."""
    if mark.name != "parametrize":
        return mark
    names, values = mark.args
    return pytest.mark.parametrize(names, list(values), **mark.kwargs).mark


def _adapted_tests():
    """Test functions of a second copy of scikit-learn's module, in which the estimator is ours."""
    spec = importlib.util.spec_from_file_location("shipped_test_logistic", shipped.__file__)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.LogisticRegression = Ours
    assert shipped.LogisticRegression is Theirs
    tests = {
        name: thing
        for name, thing in vars(module).items()
        if name.startswith("test_")
        and "LogisticRegression(" in inspect.getsource(thing)
        and name not in LEFT_OUT
    }
    for test in tests.values():
        test.pytestmark = [_as_pytest_wants(mark) for mark in getattr(test, "pytestmark", [])]
    return tests


globals().update(_adapted_tests())


def test_every_known_difference_names_a_test():
    names = {name for name in globals() if name.startswith("test_")}
    for pattern in DIFFERENCES:
        alone = pattern.split("(\\[")[0].split("\\[")[0]
        assert any(re.fullmatch(alone + ".*", name) for name in names), pattern
