"""The checks of `sharded.py` hold on four devices, in a process that has them."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow
_FOUR_DEVICES = "--xla_force_host_platform_device_count=4"


def test_all_checks_hold_on_four_devices():
    environment = {**os.environ, "XLA_FLAGS": f"{os.environ.get('XLA_FLAGS', '')} {_FOUR_DEVICES}"}
    options = ("-q", "-n0", "-p", "no:cacheprovider", "--no-header", "--import-mode=importlib")
    checks = str(Path(__file__).with_name("sharded.py"))
    found = subprocess.run(
        [sys.executable, "-m", "pytest", *options, checks],
        env=environment,
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )
    assert found.returncode == 0, found.stdout[-5000:] + found.stderr[-2000:]
    assert " passed" in found.stdout
