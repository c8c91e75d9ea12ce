"""A verdict is a death only where the edit itself makes the test fail, by assertion."""

import sys

import pytest
from tests.mutants.harness import Mutant, mutants_of, verdicts

pytestmark = [
    pytest.mark.skipif(
        sys.platform != "linux", reason="elsewhere, libraries do not survive the fork of a process"
    ),
    pytest.mark.xdist_group("mutants of focal"),
]

TEST = "tests/losses/focusing/test_focal.py::test_the_definition_as_written_holds[numpy]"


def verdict(new, test=TEST, function="focal:Focal.value", old="of_label.complement**self.gamma"):
    mutant = Mutant("an edit", function, old, new, test)
    return verdicts([mutant])[mutant]


def test_an_edit_that_changes_nothing_survives():
    assert verdict("of_label.complement**(self.gamma * 1)").edited == "passed"


def test_an_edit_leaves_nothing_behind():
    assert verdict("of_label.prob**self.gamma").is_death
    assert verdict("of_label.complement**(self.gamma * 1)").edited == "passed"


def test_an_edit_outside_of_functions_is_imported():
    found = verdict("raise AssertionError", function="focal", old="__all__ = ['Focal']")
    assert "AssertionError" in found.edited
    assert not found.is_death


def test_an_error_is_no_death():
    found = verdict("undefined")
    assert "NameError" in found.edited
    assert not found.is_death


def test_a_test_that_does_not_exist_kills_nothing():
    found = verdict("of_label.prob", test=TEST.replace("numpy", "no library"))
    assert "no test that can be collected" in found.edited
    assert not found.is_death


def test_an_edit_that_is_not_found_is_described():
    assert "must occur once" in verdict("1", old="of_label.nothing").edited


def test_mutants_are_found_by_the_stem_of_their_table_and_of_their_module():
    assert set(mutants_of(["exact_product"])) < set(mutants_of(["double_word"]))
    assert not mutants_of(["no_such_stem"])
