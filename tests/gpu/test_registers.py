"""The kernels compile for devices that are not there, and keep their tiles in registers."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# Bytes that may be spilt: what a case with all outputs needs once a row, outside of the tiles.
_SPILT = 32


@pytest.mark.slow
def test_every_kernel_compiles_and_spills_no_tile():
    environment = {name: value for name, value in os.environ.items() if name != "TRITON_INTERPRET"}
    run = subprocess.run(
        [sys.executable, "-m", "tests.gpu.registers"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    cases = [json.loads(line) for line in run.stdout.splitlines()]
    assert len(cases) == 11
    assert all(spilt <= _SPILT for _, _, spilt in cases), cases
