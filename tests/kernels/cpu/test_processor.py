import json
import os
import platform
import subprocess
import sys

import numpy as np
import pytest

from xent.errors import DomainError
from xent.kernels.cpu import processor, rows_kernel


def test_a_processor_of_another_kind_is_left_to_the_formula(monkeypatch):
    monkeypatch.setattr(platform, "machine", lambda: "riscv64")
    processor.runs_here.cache_clear()
    try:
        assert not processor.runs_here()
    finally:
        processor.runs_here.cache_clear()


def test_without_llvmlite_kernels_do_not_run():
    code = "import sys; sys.modules['llvmlite'] = None; import xent.kernels; print(xent.kernels.runs_here())"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


# Every caller of a kernel; the program prints what they return, and fails if one runs that must not.
CALLERS = """
import importlib.util, json, sys
import numpy as np
from xent.kernels import runs_here
from xent.kernels.cpu import rows_kernel
calls, in_threads = [], rows_kernel.in_threads
def counted(*arguments):
    calls.append(1)
    in_threads(*arguments)
rows_kernel.in_threads = counted
from xent.losses import softmax_cross_entropy
rng = np.random.default_rng(8)
logits, labels = 4 * rng.standard_normal((40, 7)), rng.integers(0, 7, 40)
found = [softmax_cross_entropy(logits, labels).tolist()]
if importlib.util.find_spec("torch"):
    import torch
    from xent import torch as losses
    hidden, weight = torch.from_numpy(logits), torch.from_numpy(rng.standard_normal((9, 7)))
    target, hidden.requires_grad = torch.from_numpy(labels), True
    for loss in (
        losses.cross_entropy(hidden, target),
        losses.cross_entropy(hidden, hidden.detach().softmax(-1), label_smoothing=0.1),
        losses.binary_cross_entropy_with_logits(hidden, (hidden.detach() / 2).sigmoid()),
        losses.linear_cross_entropy(hidden, weight, target),
        softmax_cross_entropy(hidden, target).sum(),
    ):
        (gradient,) = torch.autograd.grad(loss, hidden)
        found += [loss.item(), gradient.tolist()]
results = json.dumps([runs_here(), bool(calls), found])
"""


def callers_without_kernels():
    """True if kernels run, True if one ran, and all results, of a process with the switch."""
    environment = {**os.environ, "XENT_KERNELS": "0"}
    command = [sys.executable, "-W", "ignore", "-c", CALLERS + "print(results)"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_the_environment_leaves_everything_to_the_formulas(monkeypatch):
    monkeypatch.setattr(rows_kernel, "in_threads", rows_kernel.in_threads)
    here = {}
    exec(CALLERS, here)  # noqa: S102 - the program above, in this process
    *with_kernels, expected = json.loads(here["results"])
    *without, found = callers_without_kernels()
    assert with_kernels == [True, True]
    assert without == [False, False]
    for value, right in zip(found, expected, strict=True):
        np.testing.assert_allclose(value, right, rtol=1e-12)


@pytest.mark.parametrize(("word", "runs"), [("0", False), ("1", True), ("", True)])
def test_the_environment_says_whether_kernels_run(word, runs, monkeypatch):
    monkeypatch.setenv("XENT_KERNELS", word)
    monkeypatch.setattr(processor, "_has_instructions", lambda: True)
    processor.runs_here.cache_clear()
    try:
        assert processor.runs_here() is runs
    finally:
        processor.runs_here.cache_clear()


def test_another_word_in_the_environment_is_refused(monkeypatch):
    monkeypatch.setenv("XENT_KERNELS", "off")
    processor.runs_here.cache_clear()
    try:
        with pytest.raises(DomainError, match="`XENT_KERNELS` must be 0 or 1 in the environment; got 'off'"):
            processor.runs_here()
    finally:
        processor.runs_here.cache_clear()
