import pytest
from hypothesis import settings

from tests.array_libraries import array_library, names

# The same examples in every run: a law that fails does so for everyone, not for whoever comes next.
settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.load_profile("repeatable")


@pytest.fixture(scope="session", params=names)
def xp(request):
    """Each array library in turn."""
    return array_library(request.param)
