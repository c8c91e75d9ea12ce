import pytest
from tests.architecture import parsed_sources


@pytest.fixture(autouse=True, scope="package")
def _trees():
    """Syntax trees of all sources take hundreds of megabytes."""
    yield
    parsed_sources.forget()
