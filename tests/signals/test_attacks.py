"""A few of the signals of ``python -m tests.signals``, and that the attacks see what they are for."""

import os
import subprocess
import sys

import pytest
from tests.signals import attacks

from xent.kernels import runs_here


@pytest.mark.slow
def test_handlers_that_raise_in_kernels_leave_memory_and_numbers_alone():
    if not runs_here():
        pytest.skip("the processor lacks what kernels are made of")
    assert attacks.attack_kernels(30, seed=1) == 30


@pytest.mark.slow
def test_alarms_in_fits_of_a_process_leave_whole_results_and_nothing_else(tmp_path):
    for library in ("matplotlib", "pyarrow", "rich", "skops", "typer"):
        pytest.importorskip(library)
    assert attacks.attack_library(5, seed=1, folder=tmp_path)[0] == 5


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs forks")
def test_an_exception_at_any_line_leaves_the_earlier_result_or_the_new_one(tmp_path):
    program = [sys.executable, "-m", "tests.signals.raising_lines", tmp_path]
    done = subprocess.run(program, capture_output=True, text=True, check=False)
    assert not done.stderr
    assert all(20 < int(lines) < 1000 for lines in done.stdout.split())
    assert len(done.stdout.split()) == 6


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_signals_and_kills_of_commands_leave_what_the_next_run_completes(tmp_path):
    for library in ("matplotlib", "pyarrow", "rich", "skops", "typer"):
        pytest.importorskip(library)
    names = ["fit --stream", "judge", "score", "calibrate", "lab"]
    found = attacks.attack_commands(names, {"signals": 2, "kills": 2}, seed=1, folder=tmp_path)
    assert list(found) == names
    assert all(len(stops) == 2 for stops in found.values())


@pytest.mark.slow
def test_a_program_that_fails_is_reported_with_its_error(tmp_path):
    with pytest.raises(AssertionError, match="ZeroDivisionError"):
        attacks._run("1 / COUNT", {"COUNT": 0}, tmp_path)  # noqa: SLF001 - what the attacks rest on
