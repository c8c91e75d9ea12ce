"""All checks of `xent.keras` hold on each backend of Keras, and an unknown backend is refused in one line."""

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow
CHECKS = [Path(__file__).with_name(name) for name in ("checks.py", "label_checks.py", "mask_checks.py")]
OF_TENSORFLOW = Path(__file__).with_name("tensorflow_checks.py")


def run(backend: str, *command: str) -> subprocess.CompletedProcess[str]:
    # TensorFlow ends the process if it does not know an option.
    options = os.environ.get("XLA_FLAGS", "") if backend == "jax" else ""
    environment = {**os.environ, "KERAS_BACKEND": backend, "XLA_FLAGS": options}
    return subprocess.run(
        [sys.executable, *command], env=environment, capture_output=True, text=True, timeout=280, check=False
    )


@pytest.mark.parametrize("backend", ["jax", "tensorflow", "torch"])
def test_all_checks_hold(backend):
    if find_spec(backend) is None:
        pytest.skip(f"could not import '{backend}'")
    options = (
        "-q",
        "-n0",
        "-p",
        "no:cacheprovider",
        "--no-header",
        "--import-mode=importlib",
        "-W",
        "ignore::DeprecationWarning",
    )
    files = [*CHECKS, OF_TENSORFLOW] if backend == "tensorflow" else CHECKS
    found = run(backend, "-m", "pytest", *options, *map(str, files), "--doctest-modules", "src/xent/keras")
    assert found.returncode == 0, found.stdout[-5000:] + found.stderr[-2000:]


def test_an_unknown_backend_is_named_with_the_supported_ones():
    if find_spec("jax") is None:
        pytest.skip("could not import 'jax', which Keras' NumPy backend imports")
    found = run("numpy", "-c", "import xent.keras")
    assert (
        "xent.keras: `KERAS_BACKEND` must be jax, tensorflow or torch; got 'numpy'."
        in found.stderr.splitlines()[-1]
    )


def test_a_version_of_keras_before_the_supported_ones_is_refused_in_one_line():
    if find_spec("jax") is None:
        pytest.skip("could not import 'jax'")
    found = run("jax", "-c", "import keras; keras.__version__ = '3.9.2'; import xent.keras")
    assert "xent.keras: `keras` must have version 3.15 or later; got 3.9.2." in found.stderr.splitlines()[-1]
