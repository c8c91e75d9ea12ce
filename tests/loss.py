"""
``python -m tests.loss NAME``: oracle, derivatives, edge cases and mutants of one loss, without compilers.

The tests are those that name the loss in a parameter, and the files about it: ``test_NAME.py`` with the file
of its family that it imports from, such as ``test_margins.py``, or, if it holds no test, those that import
the loss. The mutants are those of the module NAME and of the tables that go with these files.
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
    return status or run_mutants({name} | set(map(_stem, own)))


def files_of(graph, name):
    """The test files about a loss; that of another loss is none of them."""
    losses = {module for module in graph.modules if module.startswith("xent.losses.")}
    others = {graph.modules[module].path.stem for module in losses} - {name}
    about = {path for path in _TESTS.rglob(f"test_{name}.py") if _MUTANTS not in path.parents}
    near = {target for path in about for target in graph.imports[graph.names_by_path[path]]}
    if not any("\ndef test_" in path.read_text(encoding="utf-8") for path in about):
        modules = {module for module in losses if module.endswith(f".{name}")}
        near |= {user for user in graph.modules if graph.imports[user] & modules}
    near = {graph.modules[module].path for module in near}
    return about | {path for path in near if path.name.startswith("test_") and _stem(path) not in others}


def _stem(path):
    return path.stem.removeprefix("test_")


def files_of_lists(graph, room):
    """The test files of a room that go through the lists of its modules, such as the registry of losses."""
    lists = {name for name in graph.modules if name.startswith(f"xent.{room}.") and graph.is_list(name)}
    users = {graph.modules[user].path for user in graph.users(lists)}
    return {path for path in users if path.name.startswith("test_") and _TESTS / room in path.parents}


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit("Usage: python -m tests.loss NAME")
    raise SystemExit(main(sys.argv[1]))
