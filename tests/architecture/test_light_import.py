"""`import xent` stays light."""

import subprocess
import sys
from importlib.util import find_spec

import pytest

import xent

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


# Libraries that a public name needs: most work with tables.
ESTIMATORS = ("CalibratedClassifier", "LogisticRegression", "LogisticRegressionCV", "TemperatureScaling")
NEEDS = dict.fromkeys(xent.__all__, ("sklearn", "joblib", "pyarrow", "narwhals"))
NEEDS |= dict.fromkeys(ESTIMATORS, ("sklearn", "joblib"))
NEEDS |= {"NeuralClassifier": ("sklearn", "torch"), "networks": ("torch",)}
NEEDS |= {"jax": ("jax",), "torch": ("torch",)}
NEEDS |= dict.fromkeys(("__version__", "keras", "losses", "measures"), ())


def run(code):
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)


def test_import_xent_loads_nothing_heavy():
    done = run(f"import sys, xent; print([m for m in {HEAVY} if m in sys.modules])")
    assert done.stdout.strip() == "[]", done.stdout + done.stderr


def test_losses_and_measures_load_nothing_heavy():
    code = f"import sys, xent; xent.losses; xent.measures; print([m for m in {HEAVY} if m in sys.modules])"
    done = run(code)
    assert done.stdout.strip() == "[]", done.stdout + done.stderr


def test_the_functions_for_pytorch_are_there_at_first_use():
    pytest.importorskip("torch")
    code = (
        "import sys, xent; assert 'torch' not in sys.modules\n"
        "print(xent.torch.cross_entropy.__module__, xent.torch is sys.modules['xent.torch'])"
    )
    done = run(code)
    assert done.stdout.strip() == "xent.torch.cross_entropy.call True", done.stdout + done.stderr


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="'xent' has no attribute 'entropee'"):
        _ = xent.entropee


@pytest.mark.parametrize("name", xent.__all__)
def test_every_public_name_exists(name):
    for library in NEEDS.get(name, ()):
        pytest.importorskip(library)
    if name == "keras":
        # Importing it binds the process to a backend; tests/keras does so in processes of their own.
        assert find_spec("xent.keras") is not None
        return
    assert getattr(xent, name) is not None


def test_the_public_names_are_listed():
    assert dir(xent) == sorted(xent.__all__)
