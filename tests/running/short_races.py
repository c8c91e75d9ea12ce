"""
Races of descent in the report of a fit take 20 steps in tests of jobs and commands, which test other things.

They took two thirds of the time of a fit of a small table. Tests of races and of reports run all 200 steps,
and so does a process of its own.
"""

import sys
from pathlib import Path

import pytest

__all__ = ["pytest_runtest_setup"]

_TESTS = Path(__file__).parents[1]
_SHORT = (str(_TESTS / "jobs"), str(_TESTS / "cli"))
_MODULES = ("xent.lab.descent_race", "xent.networks.race")
_STEPS = pytest.StashKey()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item):
    """Set the number of steps before the fixtures of a test fit anything."""
    steps = item.config.stash.setdefault(_STEPS, {})
    for name in _MODULES:
        race = sys.modules.get(name)
        if race is not None:
            whole = steps.setdefault(name, race._STEPS)  # noqa: SLF001 - no option of a fit sets it
            race._STEPS = 20 if str(item.path).startswith(_SHORT) else whole  # noqa: SLF001 - likewise
