"""`import xent` stays light, and says what to install when something is missing."""

import subprocess
import sys

import pytest

HEAVY = [
    "scipy",
    "sklearn",
    "llvmlite",
    "torch",
    "jax",
    "pyarrow",
    "matplotlib",
    "pandas",
    "polars",
    "typer",
    "rich",
]


def run(code):
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)


def test_import_xent_loads_nothing_heavy():
    done = run(f"import sys, xent; print([m for m in {HEAVY} if m in sys.modules])")
    assert done.stdout.strip() == "[]", done.stdout + done.stderr


def test_losses_and_measures_load_nothing_heavy():
    code = f"import sys, xent; xent.losses; xent.measures; print([m for m in {HEAVY} if m in sys.modules])"
    done = run(code)
    assert done.stdout.strip() == "[]", done.stdout + done.stderr


NEEDS = {
    "LogisticRegression": ["sklearn"],
    "fit": ["sklearn", "pyarrow"],
    "predict": ["sklearn", "pyarrow"],
    "load_model": ["sklearn", "pyarrow"],
}


@pytest.mark.parametrize(
    ("name", "library"), [(name, library) for name, needed in NEEDS.items() for library in needed]
)
def test_a_missing_library_is_one_line_with_the_cure(name, library):
    code = f"import sys; sys.modules[{library!r}] = None\nimport xent\nxent.{name}"
    done = run(code)
    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith("xent.errors.BackendError: xent."), done.stderr
    assert last.endswith('Run `pip install "xent[cli]"`.')


def test_an_unknown_name_is_an_attribute_error():
    import xent

    with pytest.raises(AttributeError, match="'xent' has no attribute 'entropee'"):
        _ = xent.entropee


def test_every_public_name_exists():
    import xent

    for name in xent.__all__:
        assert getattr(xent, name) is not None
    assert dir(xent) == sorted(xent.__all__)
