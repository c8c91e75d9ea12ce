"""
scikit-learn's own tests of its CalibratedClassifierCV, run on ours.

An adapter has scikit-learn's arguments: "sigmoid" is vector scaling, whose map of two classes is Platt's with
a ridge. `DIFFERENCES` names the tests that fail, each with its reason.
"""

import importlib.util
import inspect

import pytest

pytest.importorskip("sklearn", minversion="1.9", reason="earlier versions ship other cases")
shipped = pytest.importorskip("sklearn.tests.test_calibration")

from sklearn.svm import LinearSVC  # noqa: E402

from tests.calibration.known_differences import DIFFERENCES, LEFT_OUT  # noqa: E402
from xent.calibration import (  # noqa: E402
    CalibratedClassifier,
    IsotonicCalibration,
    TemperatureScaling,
    VectorScaling,
)

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]

FIXTURES = ("data", "dict_data", "dict_data_pipeline", "iris_data", "iris_data_binary")
METHODS = {"sigmoid": VectorScaling, "isotonic": IsotonicCalibration, "temperature": TemperatureScaling}


class Adapter(CalibratedClassifier):
    """CalibratedClassifier with the arguments of CalibratedClassifierCV; one model, no ensemble."""

    def __init__(self, estimator=None, *, method="sigmoid", cv=None, n_jobs=None, ensemble="auto"):
        self.estimator, self.method, self.cv = estimator, method, cv
        self.n_jobs, self.ensemble = n_jobs, ensemble

    def fit(self, X, y, **fit_params):
        """Fit as `CalibratedClassifier`, with scikit-learn's defaults."""
        if self.estimator is None:
            self.estimator = LinearSVC(random_state=0)
        self.calibrator = METHODS[self.method]()
        self.cv = 5 if self.cv is None else self.cv
        return super().fit(X, y, **fit_params)


@pytest.fixture
def global_random_seed():
    """Seed of scikit-learn's tests, which its own configuration provides there."""
    return 42


def _as_pytest_wants(mark):
    """The same mark with a list of parameters, and without the ensemble, which the adapter does not have."""
    if mark.name != "parametrize":
        return mark
    names, values = mark.args
    values = [False] if names == "ensemble" else list(values)
    return pytest.mark.parametrize(names, values, **mark.kwargs).mark


def _adapted():
    """Fixtures, and tests of the class, of a second copy of scikit-learn's module that has the adapter."""
    spec = importlib.util.spec_from_file_location("shipped_test_calibration", shipped.__file__)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.CalibratedClassifierCV = Adapter
    tests = {
        name: thing
        for name, thing in vars(module).items()
        if name.startswith("test_")
        and "CalibratedClassifierCV(" in inspect.getsource(thing)
        and name not in LEFT_OUT
    }
    for test in tests.values():
        test.pytestmark = [_as_pytest_wants(mark) for mark in getattr(test, "pytestmark", [])]
    return tests | {name: getattr(module, name) for name in FIXTURES}


globals().update(_adapted())


def test_every_known_difference_names_a_test():
    for name in DIFFERENCES:
        assert name in globals(), name
    for name in LEFT_OUT:
        assert hasattr(shipped, name), name


def test_the_other_shipped_tests_are_of_functions_that_are_not_replaced():
    # Curves and displays are drawn on the page of scores; `_sigmoid_calibration` is private.
    words = (
        "CalibrationDisplay",
        "calibration_curve",
        "_sigmoid_calibration",
        "_CalibratedClassifier(",
        "_TemperatureScaling(",
    )
    for name, thing in vars(shipped).items():
        if name.startswith("test_") and name not in globals() and name not in LEFT_OUT:
            assert any(word in inspect.getsource(thing) for word in words), name
