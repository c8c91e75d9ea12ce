"""Tests that a change asks for, on the files of the project itself."""

import functools
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.running import changed_code
from tests.running.changed import Selection, address_of, selection_of
from tests.running.project_graph import ProjectGraph

graph = functools.cache(ProjectGraph)


def path_of(name):
    return graph().modules[name].path


def module_of(stem, room):
    """The file of the only module of this stem in a room, wherever it lies in it."""
    [name] = [n for n in graph().modules if n.startswith(f"{room}.") and n.endswith(f".{stem}")]
    return path_of(name)


@dataclass(frozen=True)
class Item:
    path: Path
    nodeid: str


@pytest.mark.slow
def test_a_formula_asks_for_the_tests_of_its_losses_and_for_its_name_in_tables_of_others():
    path = module_of("focal", "xent.formulas")
    selection = selection_of(graph(), {path}, {path: {"Focal.value"}})
    assert Item(module_of("test_focal", "tests.losses"), "x::y") in selection
    oracle = module_of("test_oracle", "tests.losses")
    assert Item(oracle, "o::t[numpy-focal-float32]") in selection
    assert Item(oracle, "o::t[numpy-poly-float32]") not in selection
    assert Item(module_of("test_ticks", "tests.drawing"), "x::y") not in selection


@pytest.mark.slow
def test_docstrings_ask_for_the_examples_of_their_module_alone():
    path = module_of("focal", "xent.losses")
    selection = selection_of(graph(), {path}, {path: set()})
    assert selection.files == {path}
    assert selection.may_be_in(path)
    assert not selection.may_be_in(module_of("test_focal", "tests.losses"))
    assert not selection.stems


@pytest.mark.slow
def test_a_table_of_truths_asks_for_the_loss_of_its_stem():
    path = module_of("loss_tables", "tests.oracles").parent / "losses" / "focal.json"
    selection = selection_of(graph(), {path}, {})
    assert Item(module_of("test_oracle", "tests.losses"), "o::t[numpy-focal-float32]") in selection


@pytest.mark.slow
def test_the_definition_of_a_loss_asks_for_the_tests_that_name_the_loss_and_its_edge_cases_do_not():
    path, oracle = module_of("test_focal", "tests.losses"), module_of("test_oracle", "tests.losses")
    item = Item(oracle, "o::t[numpy-focal-float32]")
    assert item in selection_of(graph(), {path}, {path: {"definition"}})
    assert item in selection_of(graph(), {path}, {path: {""}})
    edges = selection_of(graph(), {path}, {path: {"test_an_edge"}})
    assert Item(path, "x::y") in edges
    assert item not in edges


@pytest.mark.slow
def test_a_template_asks_for_the_tests_of_its_folder():
    folder = module_of("html_report", "xent.report.fit").parent
    selection = selection_of(graph(), {folder / "page.html"}, {})
    assert module_of("test_html_report", "tests.report.fit") in selection.files


@dataclass(frozen=True)
class Mutant:
    function: str


@pytest.mark.parametrize(
    ("address", "is_asked_for"),
    [
        ("focal:Focal.value", True),
        ("formulas/focal:Focal", True),
        ("focal", True),
        ("focal:Focal.gradient", False),
        ("poly:Poly.value", False),
    ],
)
def test_mutants_are_those_of_changed_functions(address, is_asked_for):
    selection = Selection(frozenset(), frozenset(), {"focal": {"Focal.value"}})
    assert selection.concerns(Mutant(address)) is is_asked_for


def test_the_address_of_a_mutant_may_be_a_file():
    @dataclass
    class OfFile:
        file: str

    assert address_of(OfFile("formulas/focal.py")) == ("focal", "")


BEFORE = '''
"""Doc."""
LIMIT = 3
def f(x):
    """Twice."""
    return 2 * x
class A:
    def g(self):
        return 1
    def h(self):
        return 2
'''


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("Twice.", "Two times.", set()),
        ("2 * x", "2 * (x)  # twice", set()),
        ("2 * x", "3 * x", {"f"}),
        ("return 1", "return 5", {"A.g"}),
        ("LIMIT = 3", "LIMIT = 4", {""}),
        ("class A", "class A(int)", {"A"}),
        ("def h", "def i", {"A.h", "A.i"}),
    ],
)
def test_a_function_is_changed_if_its_code_is(monkeypatch, tmp_path, old, new, expected):
    monkeypatch.setattr(changed_code, "ROOT", tmp_path)
    monkeypatch.setattr(changed_code, "_git", lambda *_, **__: BEFORE)
    path = tmp_path / "module.py"
    path.write_text(BEFORE.replace(old, new), encoding="utf-8")
    assert changed_code.changed_functions(path, "HEAD") == expected
