"""`import xent` stays light, and says what to install when something is missing."""

import importlib.util
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


def test_the_functions_for_pytorch_are_there_at_first_use():
    pytest.importorskip("torch")
    code = (
        "import sys, xent; assert 'torch' not in sys.modules\n"
        "print(xent.torch.cross_entropy.__module__, xent.torch is sys.modules['xent.torch'])"
    )
    done = run(code)
    assert done.stdout.strip() == "xent.torch.cross_entropy True", done.stdout + done.stderr


@pytest.mark.parametrize("way", ["xent.torch", "from xent import torch", "import xent.torch"])
def test_a_missing_pytorch_is_one_line_with_the_cure(way):
    done = run(f"import sys; sys.modules['torch'] = None\nimport xent\n{way}")
    last = done.stderr.strip().splitlines()[-1]
    assert last == (
        "xent.errors.BackendError: xent.torch: `torch` must be installed; got no such package. "
        'Run `pip install "xent[torch]"`.'
    )


def test_an_unknown_name_is_an_attribute_error():
    import xent

    with pytest.raises(AttributeError, match="'xent' has no attribute 'entropee'"):
        _ = xent.entropee


def test_every_public_name_exists():
    import xent

    missing = {"torch"} if importlib.util.find_spec("torch") is None else set()
    for name in set(xent.__all__) - missing:
        assert getattr(xent, name) is not None
    assert dir(xent) == sorted(xent.__all__)
