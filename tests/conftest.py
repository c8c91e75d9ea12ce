import pytest

from tests.array_libraries import array_library, names


@pytest.fixture(scope="session", params=names)
def xp(request):
    """Each array library in turn."""
    return array_library(request.param)
