import pytest


def pytest_collect_file():
    """Skip the folder where scikit-learn, or a library that comes with it, is not installed."""
    for library in ("joblib", "threadpoolctl", "sklearn"):
        pytest.importorskip(library)


@pytest.fixture(params=["in memory", "in chunks"])
def make(request):
    """Make an objective of arrays; every solver must do with either implementation."""
    from tests.solvers.objective_in_chunks import in_chunks

    from xent.solvers.objective_in_memory import ObjectiveInMemory

    return ObjectiveInMemory if request.param == "in memory" else in_chunks
