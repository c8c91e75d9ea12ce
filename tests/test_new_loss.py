"""Skeletons of a new loss parse, are linted and fail for what is missing, once its line is added."""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests import new_loss

ROOT = Path(new_loss.__file__).parents[1]
NAMES = {family: f"made_of_{family}" for family in new_loss.FAMILIES}


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """A copy of the project with a new loss of each family, and its line in `losses/__init__.py`."""
    folder = tmp_path_factory.mktemp("copy")
    without = shutil.ignore_patterns("__pycache__", "*.svg")
    for name in ("src", "tests", "docs"):
        shutil.copytree(ROOT / name, folder / name, ignore=without)
    for name in ("conftest.py", "pyproject.toml"):
        shutil.copy(ROOT / name, folder / name)
    lines = [
        re.search(r"^ +(from xent\.losses\..* import .*)$", output(folder, name, family), re.MULTILINE)[1]
        for family, name in NAMES.items()
    ]
    exports = folder / "src" / "xent" / "losses" / "__init__.py"
    head, registry, tail = exports.read_text(encoding="utf-8").partition("from xent.losses.registry import ")
    assert registry
    exports.write_text(head + "\n".join([*lines, registry]) + tail, encoding="utf-8")
    return folder


def output(folder, name, family):
    done = run(folder, "tests.new_loss", name, "--family", family)
    assert done.returncode == 0, done.stderr
    return done.stdout


def file_of(family):
    return f"tests/losses/{new_loss.FAMILIES[family].purpose}/test_{NAMES[family]}.py"


def run(folder, *arguments):
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join((str(folder / "src"), str(folder)))}
    return subprocess.run(
        [sys.executable, "-m", *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.slow
def test_the_skeletons_are_linted_and_formatted(copy):
    if importlib.util.find_spec("ruff") is None:
        pytest.skip("ruff is not installed")
    made = [str(path.relative_to(copy)) for path in sorted(copy.rglob("*made_of_*.py"))]
    assert len(made) == 3 * len(NAMES)
    for command in (("check",), ("format", "--check")):
        done = run(copy, "ruff", *command, *made)
        assert done.returncode == 0, done.stdout


@pytest.mark.slow
def test_every_test_of_a_skeleton_fails_for_the_formula_that_is_missing(copy):
    files = [file_of(family) for family in NAMES]
    done = run(copy, "pytest", *files, "--quick", "-q", "--tb=line", "-p", "no:cacheprovider", "-n", "0")
    failures = re.findall(r"^FAILED .*", done.stdout, flags=re.MULTILINE)
    # Four edge cases of each loss; an empty batch asks for the value too.
    assert len({re.sub(r"\[.*", "", line) for line in failures}) == 4 * len(NAMES), done.stdout
    assert len(re.findall(r": NotImplementedError$", done.stdout, flags=re.MULTILINE)) == len(failures)
    assert " passed" not in done.stdout


@pytest.mark.slow
def test_a_skeleton_has_four_mutants_without_a_statement(copy):
    code = (
        "import {0} as made\n"
        "for mutant in made.MUTANTS:\n"
        "    try:\n"
        "        with mutant.edited():\n"
        "            pass\n"
        "    except Exception as error:\n"
        "        print(error)\n"
    )
    for family in NAMES:
        name = file_of(family).removesuffix(".py").replace("/", ".")
        (copy / "try_mutants.py").write_text(code.format(name), encoding="utf-8")
        assert run(copy, "try_mutants").stdout.count("must occur once") == 4


@pytest.mark.slow
def test_the_docstring_of_a_skeleton_has_the_passages_of_its_family(copy):
    code = (
        "from docs.passages import files\n"
        "made = {path: text for path, text in files().items() if path.stem.startswith('made_of_')}\n"
        f"assert len(made) == {len(NAMES)}\n"
        "assert all(path.read_text(encoding='utf-8') == text for path, text in made.items())\n"
    )
    (copy / "compare_passages.py").write_text(code, encoding="utf-8")
    done = run(copy, "compare_passages")
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("family", new_loss.FAMILIES)
def test_the_docstring_of_a_skeleton_has_every_section(family):
    loss = next(
        text for path, text in new_loss.skeletons("made", family, "ordinal").items() if "ordinal" in str(path)
    )
    for section in ("Parameters", "Returns", "Raises", "See Also", "Notes", "References", "Examples"):
        assert f"    {section}\n    {'-' * len(section)}\n" in loss
    for part in ("Definition", "Gradient", "Character", "Edge cases", "Numerics"):
        assert f"    **{part}.**" in loss


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (("focal", "--family", "true_class"), "`NAME` must be new; got 'focal', of which there is src/xent/"),
        (("Focal2", "--family", "true_class"), "`NAME` must be an identifier in snake_case; got 'Focal2'."),
        (("class", "--family", "true_class"), "`NAME` must be an identifier in snake_case; got 'class'."),
        (
            ("made", "--family", "sigmoid", "--purpose", "families"),
            "`--purpose` must be one of contrastive, ",
        ),
        (("made", "--family", "none"), "invalid choice: 'none'"),
    ],
)
def test_what_cannot_be_a_new_loss_is_refused(arguments, text, capsys):
    with pytest.raises(SystemExit):
        new_loss.main(arguments)
    assert text in capsys.readouterr().err
