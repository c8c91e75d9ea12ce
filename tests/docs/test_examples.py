"""Examples print what their docstrings say."""

import doctest
import importlib.util
from pathlib import Path

EXAMPLES = Path(__file__).parents[2] / "examples"


def test_the_shared_code_prints_its_docstring():
    spec = importlib.util.spec_from_file_location("shared_code", EXAMPLES / "shared_code.py")
    example = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(example)
    done = doctest.testmod(example)
    assert done.attempted == 1
    assert done.failed == 0
