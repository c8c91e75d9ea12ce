"""Every edit in the tables of this folder makes its test fail by assertion; the unedited source passes."""

import pytest
from tests.mutants.harness import SOURCE, all_mutants, verdicts

MUTANTS = all_mutants()
# All edits are tried in the set-up of the first test.
pytestmark = pytest.mark.timeout(1900)


@pytest.fixture(scope="session")
def found(request):
    """The verdict on every mutant that was selected for this run."""
    deaths = [item for item in request.session.items if getattr(item, "function", None) is test_mutant_dies]
    return verdicts(tuple(item.callspec.params["mutant"] for item in deaths) or MUTANTS)


@pytest.mark.parametrize("mutant", MUTANTS, ids=str)
def test_edit_matches_exactly_once(mutant):
    text = (SOURCE / mutant.file).read_text(encoding="utf-8")
    assert text.count(mutant.old) == 1
    assert mutant.new != mutant.old


@pytest.mark.parametrize("mutant", MUTANTS, ids=str)
def test_mutant_dies(mutant, found):
    assert found[mutant] == "assertion"


def test_the_unedited_source_passes(found):
    assert found[None] == "passed"


def test_mutants_have_different_names():
    assert len({str(mutant) for mutant in MUTANTS}) == len(MUTANTS)
