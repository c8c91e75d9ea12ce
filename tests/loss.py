"""
``python -m tests.loss NAME``: oracle, derivatives, edge cases and mutants of one loss, without compilers.

The tests are those that name the loss in a parameter, and the files about it: ``test_NAME.py``, or, if there
is none, those that import the loss. The mutants are those of the module NAME and of the tables that go with
these files.
"""

import sys
from pathlib import Path

import pytest

from tests.mutants.__main__ import main as run_mutants
from tests.running.project_graph import ProjectGraph
from tests.running.scopes import words_of

__all__ = ["main"]

_TESTS = Path(__file__).parent
_MUTANTS = _TESTS / "mutants"
# Plugins of pytest are loaded here before it runs, and have no assertions that it could explain.
_OPTIONS = ("-q", "-W", "ignore::pytest.PytestAssertRewriteWarning")


class _Chosen:
    """A plugin of pytest that keeps the tests of which a condition is true."""

    def __init__(self, condition):
        self.condition = condition

    def pytest_collection_modifyitems(self, config, items):
        """Leave out the others."""
        left_out = [item for item in items if not self.condition(item)]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if self.condition(item)]


def main(name):
    """Run the tests of the loss `name`, then its mutants; the status of the first that fails, or 0."""
    graph = ProjectGraph()
    own, tables = files_of(graph, name), files_of_lists(graph, "losses")
    if not own:
        raise SystemExit(f"tests.loss: `NAME` must be the module of a loss; got {name!r}.")
    chosen = _Chosen(lambda item: item.path in own or name in words_of(item.nodeid))
    status = pytest.main(["--quick", *_OPTIONS, *map(str, sorted(own | tables))], plugins=[chosen])
    return status or run_mutants({name} | {path.stem.removeprefix("test_") for path in own})


def files_of(graph, name):
    """The test files about a loss."""
    about = {path for path in _TESTS.rglob(f"test_{name}.py") if _MUTANTS not in path.parents}
    modules = {
        module
        for module in graph.modules
        if module.startswith("xent.losses.") and module.endswith(f".{name}")
    }
    importing = {graph.modules[user].path for user in graph.modules if graph.imports[user] & modules}
    return about or {path for path in importing if path.name.startswith("test_")}


def files_of_lists(graph, room):
    """The test files of a room that go through the lists of its modules, such as the registry of losses."""
    lists = {name for name in graph.modules if name.startswith(f"xent.{room}.") and graph.is_list(name)}
    users = {graph.modules[user].path for user in graph.users(lists)}
    return {path for path in users if path.name.startswith("test_") and path.parent.name == room}


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit("Usage: python -m tests.loss NAME")
    raise SystemExit(main(sys.argv[1]))
