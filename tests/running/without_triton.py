"""
Tests of the kernels for GPUs, in `tests/gpu`: skipped where Triton cannot interpret them, and counted.

Triton unpacks to a gigabyte and is no part of the extra `test`. ``TRITON_INTERPRET=1 pytest tests/gpu``, with
the extra `gpu`, runs them on a processor.
"""

import importlib.util
import os
from pathlib import Path

import pytest

__all__ = ["REASON", "pytest_collection_modifyitems", "pytest_terminal_summary"]

_FOLDER = Path(__file__).parents[1] / "gpu"
REASON = "runs with the extra `gpu` and TRITON_INTERPRET=1"


def pytest_collection_modifyitems(items):
    """Mark the tests of kernels as skipped, unless Triton is there and interprets."""
    if os.environ.get("TRITON_INTERPRET") == "1" and importlib.util.find_spec("triton") is not None:
        return
    below = f"{_FOLDER}{os.sep}"
    for item in items:
        if str(item.path).startswith(below):
            item.add_marker(pytest.mark.skip(reason=REASON))


def pytest_terminal_summary(terminalreporter):
    """Say how many tests were skipped."""
    skipped = terminalreporter.stats.get("skipped", ())
    count = sum(REASON in str(report.longrepr) for report in skipped)
    if count:
        terminalreporter.write_line(f"{count} tests of kernels for GPUs were left out: they need Triton.")
