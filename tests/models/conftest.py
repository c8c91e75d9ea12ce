import re

import pytest


def pytest_configure(config):
    """Know the marks of scikit-learn's own tests, which run here on our estimator."""
    config.addinivalue_line("markers", "thread_unsafe: a mark of scikit-learn's tests")


def pytest_collect_file():
    """Skip the folder where a library that estimators are tested with is not installed."""
    for library in ("sklearn", "pandas"):
        pytest.importorskip(library)


def pytest_collection_modifyitems(items):
    """Expect those of scikit-learn's own tests to fail that are known to."""
    for item in items:
        if item.path.parent.name == "models" and item.path.name == "test_scikit_learn_suite.py":
            from tests.models.known_differences import DIFFERENCES

            for pattern, reason in DIFFERENCES.items():
                if re.fullmatch(pattern, item.name):
                    item.add_marker(pytest.mark.xfail(reason=reason, strict=True))
