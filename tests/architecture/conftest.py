from tests.architecture import parsed_sources


def pytest_runtest_teardown(nextitem):
    """Free the trees of all sources, hundreds of megabytes, after the last test of the folder."""
    if nextitem is None or not nextitem.nodeid.startswith("tests/architecture/"):
        parsed_sources.forget()
