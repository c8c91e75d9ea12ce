import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from tests.running.quick import NotInstalled, pytest_ignore_collect

ROOT = Path(__file__).parents[2]

TESTS = """
import subprocess
import sys

import pytest


def test_torch_is_not_there():
    assert "torch" not in sys.modules
    pytest.importorskip("torch")
    raise AssertionError


def test_torch_is_needed():
    pytest.importorskip("torch")
    raise AssertionError


@pytest.mark.parametrize("is_asked_for", [True, False])
def test_torch_is_asked_for_where_it_is_needed(is_asked_for):
    if is_asked_for:
        pytest.importorskip("torch")


def test_a_process():
    subprocess.run(["true"])
    raise AssertionError


@pytest.mark.parametrize("library", ["numpy", "torch", "jax", "read-only numpy"])
def test_library(library):
    assert library == "numpy"


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("library", ["numpy", "array-api-strict"])
def test_dtype(library, dtype):
    assert (library, dtype) != ("array-api-strict", "float64")


@pytest.mark.slow
def test_that_takes_seconds():
    raise AssertionError


@pytest.mark.half_second
def test_that_takes_half_a_second():
    pass
"""


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ([], "5 passed, 3 skipped, 7 deselected"),
        (["--half-seconds"], "6 passed, 3 skipped, 6 deselected"),
    ],
)
def test_quick_leaves_out_compilers_processes_and_the_second_turn_of_numpy(tmp_path, more, expected):
    (tmp_path / "test_some.py").write_text(TESTS, encoding="utf-8")
    options = [
        "-p",
        "tests.running.quick",
        "-W",
        "ignore",
        "--quick",
        *more,
        "-q",
        "-p",
        "no:cacheprovider",
        "-c",
        os.devnull,
    ]
    command = [sys.executable, "-m", "pytest", *options, "--rootdir", str(tmp_path), str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert expected in done.stdout, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("tests/mutants/test_mutants.py", True),
        ("tests/torch/test_modules.py", True),
        ("src/xent/torch/memory.py", True),
        ("tests/losses/focusing/test_focal.py", None),
    ],
)
def test_mutants_and_rooms_of_other_libraries_are_not_collected_in_a_quick_run(path, expected):
    config = SimpleNamespace(option=SimpleNamespace(quick=True), rootpath=ROOT)
    assert pytest_ignore_collect(ROOT / path, config) is expected
    config.option.quick = False
    assert pytest_ignore_collect(ROOT / path, config) is None


def test_what_is_left_out_counts_as_not_installed():
    assert NotInstalled.find_spec("torch") is None
    assert NotInstalled.find_spec("jax.numpy") is None
    assert NotInstalled.find_spec("numpy") is not None
