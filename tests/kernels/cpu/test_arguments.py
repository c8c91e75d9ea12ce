"""Kernels whose arguments are defined in another order: the same bits on every way to a kernel."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import xent
from xent.kernels.cpu import rows_kernel
from xent.kernels.cpu.arguments import Address, Integer, Kind, Real, argument_types, kinds_of
from xent.kernels.softmax_cross_entropy.cpu.kernel_arguments import KernelArguments as OfSoftmax
from xent.kernels.vector_code import FLOAT32, INT, POINTER

SOURCE = Path(xent.__file__).parent
DEFINITIONS = (
    "kernels/softmax_cross_entropy/cpu/kernel_arguments.py",
    "kernels/sigmoid_cross_entropy/cpu/kernel_arguments.py",
)
FIELD = r"^    \w+: (?:Address|Real|Integer)$"
HEADER = "kernels/vector_code/shared_rows.py"
RESULTS = """
import hashlib, importlib.util, json
import numpy as np
from xent.kernels import sigmoid_cross_entropy, softmax_cross_entropy as softmax
from xent.kernels.cpu import rows_kernel
rows_kernel.number_of_threads = lambda: 2
def results():
    rng = np.random.default_rng(5)
    found = []
    for dtype, K in ((np.float32, 7), (np.float64, 150), (np.float16, 150)):
        logits, labels = rng.standard_normal((2000, K)).astype(dtype), rng.integers(0, K, 2000)
        weights = rng.random(K).astype(np.float64 if dtype == np.float64 else np.float32)
        tops, gradient = np.empty(2000, np.int64), np.empty_like(logits)
        for truth in (
            softmax.Labels(labels, weights, ignored=1),
            softmax.Labels(labels, weights, smoothing=0.2),
            softmax.Targets(np.exp(logits), weights),
        ):
            options = {"factor": 0.5, "z_weight": 0.25, "statistics": softmax.Statistics(tops=tops)}
            values = softmax.value_and_gradient(logits, truth, gradient, **options)
            found += [values, gradient.copy(), tops.copy()]
    targets, gradient = rng.random((900, 7)), np.empty((900, 7))
    options = {"positive_weight": rng.random(7), "factor": rng.random((900, 7))}
    found += [sigmoid_cross_entropy.value_and_gradient(targets * 9, targets, gradient, **options), gradient]
    if importlib.util.find_spec("torch"):
        import torch
        from xent.torch import cross_entropy
        for K in (7, 150):
            logits = torch.from_numpy(rng.standard_normal((900, K)))
            logits.requires_grad = True
            loss = cross_entropy(logits, torch.arange(900) % K, reduction="none")
            found += [loss.detach().numpy(), torch.autograd.grad(loss.sum(), logits)[0].numpy()]
    return [digest(array) for array in found]
def digest(array):
    numbers = np.array(array, float)
    numbers[np.isnan(numbers)] = np.nan
    return hashlib.sha256(numbers.tobytes()).hexdigest()
"""


def reverse_the_order_of_arguments(package):
    """Reverse the definitions of arguments, and of the counters before them."""
    for name in DEFINITIONS:
        text = (package / name).read_text(encoding="utf-8")
        fields = iter(re.findall(FIELD, text, flags=re.MULTILINE)[::-1])
        text = re.sub(FIELD, lambda _, fields=fields: next(fields), text, flags=re.MULTILINE)
        (package / name).write_text(text, encoding="utf-8")
    text = (package / HEADER).read_text(encoding="utf-8")
    edited = re.sub(r"^(_HEADER = \([^)]*\))", r"\1[::-1]", text, flags=re.MULTILINE)
    assert edited != text
    (package / HEADER).write_text(edited, encoding="utf-8")


def test_no_result_depends_on_the_order_of_arguments(tmp_path, monkeypatch):
    shutil.copytree(SOURCE, tmp_path / "xent", ignore=shutil.ignore_patterns("__pycache__"))
    reverse_the_order_of_arguments(tmp_path / "xent")
    order = "from xent.kernels.softmax_cross_entropy.cpu.kernel_arguments import KernelArguments as defined\n"
    code = RESULTS + order + "print(json.dumps([list(defined.__annotations__), results()]))"
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code],
        env=environment, cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    names, found = json.loads(done.stdout)
    assert names == list(kinds_of(OfSoftmax))[::-1]
    here = {}
    monkeypatch.setattr(rows_kernel, "number_of_threads", rows_kernel.number_of_threads)
    exec(RESULTS, here)  # noqa: S102 - the program above, on the package as it is
    assert found == here["results"]()


class Defined(dict):
    """A definition of three arguments."""

    array: Address
    number: Real
    count: Integer


def test_kinds_and_types_follow_the_definition():
    assert kinds_of(Defined) == {"array": Kind.ADDRESS, "number": Kind.REAL, "count": Kind.INTEGER}
    types = argument_types(Defined, FLOAT32.compute)
    expected = {"array": POINTER, "number": FLOAT32.compute, "count": INT, "first": INT, "last": INT}
    assert types == expected
    assert list(types) == list(expected)
