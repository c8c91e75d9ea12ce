"""The same numbers to the last bit, however many threads call or compute, and whatever rows are around."""

import hashlib
import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tests.fuzz.definitions import random_inputs

from xent.kernels import runs_here, sigmoid_cross_entropy, softmax_cross_entropy
from xent.kernels.softmax_cross_entropy import Labels, Targets
from xent.losses.registry import REGISTRY

_CALLERS = 8
_LOSSES = [loss for loss in REGISTRY.values() if loss.facts.domain != "embeddings"]


def kernel_calls():
    """Calls of kernels that are worth several threads, each with its bits."""
    rng = np.random.default_rng(20261129)
    for dtype in (np.float64, np.float32):
        for K in (3, 96, 97, 1000):
            z = (4 * rng.standard_normal((100_000 // K, K))).astype(dtype)
            labels, targets = rng.integers(0, K, len(z)), rng.dirichlet(np.ones(K), len(z)).astype(dtype)
            yield lambda z=z, labels=labels: _both(softmax_cross_entropy, z, Labels(labels))
            yield lambda z=z, labels=labels: _both(softmax_cross_entropy, z, Labels(labels, smoothing=0.1))
            yield lambda z=z, targets=targets: _both(softmax_cross_entropy, z, Targets(targets))
            yield lambda z=z, targets=targets: _both(sigmoid_cross_entropy, z, targets)


def loss_calls():
    """Calls of every loss on a few hundred rows."""
    for loss in _LOSSES:
        z, truth = random_inputs(loss, np.random.default_rng(20261130), 200)
        yield lambda loss=loss, z=z, truth=truth: _bits(*loss.value_and_gradient(z, truth))


def digest():
    """All kernels' bits in one word, as far as kernels run here."""
    return hashlib.sha256(b"".join(call() for call in kernel_calls())).hexdigest() if runs_here() else ""


def _both(kernel, z, truth):
    gradient = np.empty_like(z)
    return _bits(kernel.value_and_gradient(z, truth, gradient), gradient)


def _bits(*arrays):
    return hashlib.sha256(b"".join(np.ascontiguousarray(array).tobytes() for array in arrays)).digest()


@pytest.mark.slow
@pytest.mark.parametrize("calls", [kernel_calls, loss_calls])
def test_threads_that_call_at_once_get_the_bits_of_a_call_alone(calls):
    if calls is kernel_calls and not runs_here():
        pytest.skip("the processor lacks what kernels are made of")
    asked = list(calls())
    alone = [call() for call in asked]
    gate = threading.Barrier(_CALLERS)

    def all_in_turn(first):
        gate.wait()
        order = [(first + k) % len(asked) for k in range(len(asked))]
        return {k: asked[k]() for k in order}

    with ThreadPoolExecutor(_CALLERS) as pool:
        for found in pool.map(all_in_turn, range(_CALLERS)):
            assert [found[k] for k in range(len(asked))] == alone


_SCRIPT = """
import os, sys
from tests.fuzz.test_same_bits import digest
found = []
for threads in (1, 2, 4, 8):
    os.environ["OMP_NUM_THREADS"] = str(threads)
    found.append(digest())
assert "torch" not in sys.modules
try:
    import torch
except ImportError:
    pass
else:
    for threads in (1, 2, 4, 8):
        torch.set_num_threads(threads)
        found.append(digest())
print(len(found), len(set(found)))
"""


@pytest.mark.slow
def test_one_to_eight_threads_give_the_same_bits_with_and_without_pytorch():
    folder = Path(__file__).parents[2]
    found = subprocess.run(
        [sys.executable, "-c", _SCRIPT], cwd=folder, capture_output=True, text=True, check=True
    ).stdout.split()
    assert int(found[0]) in (4, 8)
    assert found[1] == "1"


@pytest.mark.parametrize("rows", [1, 7, 64])
def test_rows_in_chunks_of_any_size_give_the_bits_of_all_rows_at_once(rows):
    rng = np.random.default_rng(20261128)
    for dtype in (np.float64, np.float32):
        for K in (1, 3, 17, 96, 97, 300):
            z = (4 * rng.standard_normal((150, K))).astype(dtype)
            labels = rng.integers(0, K, len(z))
            loss = REGISTRY["softmax_cross_entropy"]
            whole = loss.value_and_gradient(z, labels)
            parts = [
                loss.value_and_gradient(z[k : k + rows], labels[k : k + rows]) for k in range(0, len(z), rows)
            ]
            for one, several in zip(whole, zip(*parts, strict=True), strict=True):
                np.testing.assert_array_equal(np.concatenate(several), one)


def _fit_in_memory(_):
    import xent

    return xent.fit("iris", C=1.0)


def _fit_of_a_network(monkeypatch):
    pytest.importorskip("safetensors")
    pytest.importorskip("torch")
    import xent
    from xent.networks import early_stopping

    monkeypatch.setattr(early_stopping, "patience", lambda _: 2)
    return xent.fit("iris", model="network")


def _fit_in_passes(_):
    from sklearn.datasets import load_iris

    from xent.jobs.batches.streamed_fitting import StreamWishes, fit_stream

    X, y = load_iris(return_X_y=True)
    if not Path("iris.csv").exists():
        lines = [",".join(map(repr, [*row, f"kind {k}"])) for row, k in zip(X.tolist(), y, strict=True)]
        Path("iris.csv").write_text("\n".join(["a,b,c,d,y", *lines]) + "\n")
    return fit_stream("iris.csv", "y", StreamWishes(C=1.0))


@pytest.mark.slow
@pytest.mark.parametrize("fit", [_fit_in_memory, _fit_of_a_network, _fit_in_passes])
def test_a_fit_that_is_repeated_writes_the_same_bytes_but_for_times(fit, tmp_path, monkeypatch):
    pytest.importorskip("skops")
    pytest.importorskip("matplotlib")
    monkeypatch.chdir(tmp_path)
    written = []
    for name in ("first", "second"):
        fitted = fit(monkeypatch)
        seconds = dict.fromkeys(fitted.findings.seconds, 0.0)
        folder = tmp_path / name
        folder.mkdir()
        replace(fitted, findings=replace(fitted.findings, seconds=seconds)).save(folder)
        written.append({path.name: path.read_bytes() for path in folder.iterdir()})
    assert written[0].keys() == written[1].keys()
    for name, content in written[0].items():
        assert content == written[1][name], name


@pytest.mark.slow
def test_two_processes_whose_strings_hash_differently_write_the_same_model(tmp_path):
    for library in ("matplotlib", "pyarrow", "rich", "skops", "typer"):
        pytest.importorskip(library)
    rng = np.random.default_rng(20261201)
    lines = ["number,city,day,target"]
    for k in range(60):
        city, target = ("Rome", "Oslo", "Lima")[k % 3], "ab"[int(rng.integers(2))]
        lines.append(f"{rng.standard_normal() if k % 9 else ''},{city},2020-01-{1 + k % 28:02d},{target}")
    (tmp_path / "t.csv").write_text("\n".join(lines) + "\n")
    models = []
    for seed in ("0", "1"):
        subprocess.run(
            [sys.executable, "-c", "from xent.cli import main; main()", "fit", "t.csv", "--target", "target",
             "--C", "1", "--out", f"out{seed}"],
            cwd=tmp_path, env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, check=True,
        )  # fmt: skip
        models.append((tmp_path / f"out{seed}" / "model.skops").read_bytes())
    assert models[0] == models[1]
