import pytest


@pytest.fixture(scope="session")
def process_groups():
    """Groups of processes by their number of ranks, started once for all tests of this process."""
    from tests.process_groups import Group

    opened = {}

    def group_of(ranks):
        if ranks not in opened:
            opened[ranks] = Group(ranks)
        return opened[ranks]

    yield group_of
    for one in opened.values():
        one.close()
