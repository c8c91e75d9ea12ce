def pytest_configure(config):
    """Know the mark that keeps tests in one process of pytest-xdist, also where that is not installed."""
    config.addinivalue_line(
        "markers", "xdist_group(name): tests of one name run in one process of pytest-xdist"
    )
