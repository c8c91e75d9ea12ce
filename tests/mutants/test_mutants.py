"""Every edit in a table of mutants makes its test fail by assertion; the unedited source passes."""

import sys

import pytest
from tests.mutants.harness import all_mutants, tables, verdicts

# All mutants of a table go to one process of pytest-xdist: they share the tests that have to be loaded.
MUTANTS = [
    pytest.param(mutant, id=str(mutant), marks=pytest.mark.xdist_group(f"mutants of {stem}"))
    for stem, mutants in tables().items()
    for mutant in mutants
]


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere, libraries do not survive a fork")
@pytest.mark.parametrize("mutant", MUTANTS)
def test_mutant_dies(mutant):
    verdict = verdicts([mutant])[mutant]
    assert verdict.unedited == "passed"
    assert verdict.edited == "assertion"


def test_mutants_have_different_names():
    names = [str(mutant) for mutant in all_mutants()]
    assert len(set(names)) == len(names)
