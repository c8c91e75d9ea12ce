"""Which way imports point, and that the check which holds it can fail."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

# A violation of each kind: the file it is planted in and the line that commits it.
VIOLATIONS = {
    "upward": ("src/xent/scoring/wilson.py", "import xent.report.fit.findings"),
    "sideways": ("src/xent/jax/arguments.py", "import xent.keras.labels"),
    "framework in a formula": ("src/xent/formulas/measures/entropy.py", "import numpy"),
    "unlisted room": ("src/xent/attic/__init__.py", "import xent.errors"),
}


def lint_imports(root):
    pytest.importorskip("importlinter")
    command = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    return subprocess.run(
        [sys.executable, "-c", command, "--no-cache"],
        cwd=root,
        env={"PYTHONPATH": str(root / "src"), "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def copy_of_the_house(tmp_path):
    shutil.copytree(ROOT / "src", tmp_path / "src")
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_imports_point_one_way(copy_of_the_house):
    checked = lint_imports(copy_of_the_house)
    assert checked.returncode == 0, checked.stdout + checked.stderr


@pytest.mark.parametrize("kind", VIOLATIONS)
def test_a_planted_violation_is_found(kind, copy_of_the_house):
    place, line = VIOLATIONS[kind]
    file = copy_of_the_house / place
    file.parent.mkdir(exist_ok=True)
    with file.open("a", encoding="utf-8") as stream:
        stream.write(f"\n{line}\n")
    checked = lint_imports(copy_of_the_house)
    assert checked.returncode != 0
    assert "BROKEN" in checked.stdout or "attic" in checked.stdout + checked.stderr
