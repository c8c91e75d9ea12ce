"""
``pytest --changed [REV]``: tests of what changed since a revision and of its users, and mutants.

A test belongs to a module that its file imports, directly or through others, or that its parameters name by
its stem. A file that is no module of Python, such as a table of truths, stands for the module of its stem in
its folder, or for all of its folder. After a change of the docstrings of a module alone, its examples run.
A test file of a loss that changes outside of its tests, as in its definition, stands for the loss too.
"""

from dataclasses import dataclass

import pytest
from tests.running.changed_code import changed_files, changed_functions
from tests.running.project_graph import ROOT, ProjectGraph
from tests.running.scopes import words_of

__all__ = [
    "Selection",
    "pytest_addoption",
    "pytest_collection_modifyitems",
    "pytest_configure",
    "pytest_ignore_collect",
    "pytest_sessionfinish",
    "selection_since",
]

# Files that every test depends on.
_FOR_ALL = {
    ROOT / "pyproject.toml",
    ROOT / "conftest.py",
    ROOT / "tests" / "conftest.py",
    ROOT / "tests" / "array_libraries.py",
}
_MUTANTS = ROOT / "tests" / "mutants"
_LOSSES = ROOT / "tests" / "losses"
_SELECTION = pytest.StashKey()


@dataclass(frozen=True)
class Selection:
    """
    The tests that a change concerns.

    `files` holds the modules whose tests or examples run, `stems` the words of parameters that choose a test
    elsewhere, in a file of `tables`, and `functions` the changed functions by the stem of their module.
    """

    files: frozenset
    stems: frozenset
    functions: dict
    tables: frozenset = frozenset()
    is_all: bool = False

    def __contains__(self, item):
        """True of a test that is to run."""
        if self.is_all:
            return True
        if item.path in self.files or (
            self.stems & words_of(item.nodeid) and _MUTANTS not in item.path.parents
        ):
            return True
        mutant = getattr(item, "callspec", None) and item.callspec.params.get("mutant")
        return bool(mutant) and self.concerns(mutant)

    def may_be_in(self, path):
        """False of a file that need not be collected, for none of its tests is to run."""
        of_tables = self.stems and path in self.tables
        return self.is_all or path in self.files or of_tables or (self.functions and _MUTANTS in path.parents)

    def concerns(self, mutant):
        """True of a mutant of a changed function."""
        stem, function = address_of(mutant)
        changed = self.functions.get(stem, ())
        return any(
            not function or not name or _is_within(name, function) or _is_within(function, name)
            for name in changed
        )


def pytest_addoption(parser):
    """Add the option."""
    text = "the tests and mutants of what changed since REV, and of its users; REV is HEAD unless given"
    parser.addoption("--changed", nargs="?", const="HEAD", metavar="REV", help=text)


def pytest_configure(config):
    """Find out what changed."""
    if config.option.changed is not None:
        try:
            config.stash[_SELECTION] = selection_since(config.option.changed)
        except ValueError as error:
            raise pytest.UsageError(f"--changed: {error}") from error


def pytest_ignore_collect(collection_path, config):
    """Leave out the files that the change does not concern."""
    selection = config.stash.get(_SELECTION, None)
    return (
        None
        if selection is None or collection_path.is_dir() or selection.may_be_in(collection_path)
        else True
    )


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config, items):
    """Keep the tests that the change concerns."""
    selection = config.stash.get(_SELECTION, None)
    if selection is not None:
        left_out = [item for item in items if item not in selection]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item in selection]


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session, exitstatus):
    """Count it as success if nothing changed that has a test."""
    if session.config.option.changed is not None and exitstatus == pytest.ExitCode.NO_TESTS_COLLECTED:
        session.exitstatus = pytest.ExitCode.OK


def selection_since(revision):
    """The `Selection` for what differs from `revision` in Git."""
    paths = changed_files(revision)
    if paths & _FOR_ALL:
        return Selection(frozenset(), frozenset(), {}, is_all=True)
    graph = ProjectGraph()
    functions = {path: changed_functions(path, revision) for path in paths if path.suffix == ".py"}
    return selection_of(graph, paths, functions)


def selection_of(graph, paths, functions):
    """The `Selection` for changed files, and for the changed functions of each that is a module."""
    coded = {path for path in paths if functions.get(path, True)}
    names = set().union(*(_standing_for(graph, path) for path in coded))
    users = graph.users(names)
    modules = [graph.modules[name] for name in users if not graph.is_list(name) or name in names]
    return Selection(
        frozenset(paths | {module.path for module in modules}),
        frozenset(
            {module.path.stem for module in modules if _is_of_package(module)}
            | {path.stem for path in coded} - {"__init__"}
            | {path.stem.removeprefix("test_") for path in coded if _is_defined_in(path, functions)}
        ),
        {path.stem: found for path, found in functions.items() if found},
        frozenset(graph.modules[name].path for name in graph.users(filter(graph.is_list, graph.modules))),
    )


def address_of(mutant):
    """The stem of a mutant's module, and the qualified name of its function, ``""`` if it has none."""
    module, _, function = getattr(mutant, "function", getattr(mutant, "file", "")).partition(":")
    return module.rpartition("/")[2].removesuffix(".py"), function


def _standing_for(graph, path):
    """Names of the modules that a file is, or those of its folder: of its stem, or all if none has that."""
    beside = {
        module.path: name for name, module in graph.modules.items() if module.path.parent == path.parent
    }
    if path in beside and path.name != "__init__.py":
        return {beside[path]}
    of_stem = {
        name for other, name in beside.items() if other.stem == path.stem and other.name != "__init__.py"
    }
    inside = {name for name, module in graph.modules.items() if path.parent in module.path.parents}
    return of_stem or (inside if beside else set())


def _is_defined_in(path, functions):
    """True of the test file of a loss in which more than tests changed."""
    return _LOSSES in path.parents and any(not name.startswith("test_") for name in functions.get(path, ()))


def _is_of_package(module):
    return module.name.startswith("xent.") and not module.is_package


def _is_within(inner, outer):
    return inner == outer or inner.startswith(f"{outer}.")
