"""Skips the folder where Keras, or the backend that this process is for, is not installed."""

import os
import sys
from importlib.util import find_spec

import pytest

# To save a model Keras imports TensorFlow if it can, which takes seconds and is of use on that backend alone.
if os.environ.get("KERAS_BACKEND", "tensorflow") != "tensorflow":
    sys.modules["tensorflow"] = None

# Only a process whose backend is set may import it: those of `test_backends`.
collect_ignore = (
    []
    if "KERAS_BACKEND" in os.environ
    else ["checks.py", "label_checks.py", "mask_checks.py", "tensorflow_checks.py"]
)


def pytest_collect_file():
    # Not importorskip: importing keras here would bind this process to one backend.
    for library in ("keras", os.environ.get("KERAS_BACKEND", "keras")):
        if find_spec(library) is None:
            pytest.skip(f"could not import '{library}'", allow_module_level=True)
