from pathlib import Path
from types import SimpleNamespace

import pytest
from tests.running.short_races import pytest_runtest_setup

from xent.lab import descent_race

TESTS = Path(__file__).parents[1]


def test_races_are_short_in_tests_of_jobs_and_whole_in_those_of_reports(monkeypatch):
    monkeypatch.setattr(descent_race, "_STEPS", 200)
    stash, steps = pytest.Stash(), []
    for room in ("report", "jobs", "cli", "lab"):
        pytest_runtest_setup(
            SimpleNamespace(path=TESTS / room / "test_some.py", config=SimpleNamespace(stash=stash))
        )
        steps.append(descent_race._STEPS)  # noqa: SLF001 - no option of a fit sets it
    assert steps == [200, 20, 20, 200]
