"""
Eager value and gradient of `xent.keras` beside Keras: time, peak memory and error, on each backend.

    python -m benchmarks keras [--rows 8192] [--classes 1000] [--turns 7] [BACKEND ...]

Each backend runs in a process of its own, in which the two take turns on the same tensors. The error is the
largest relative one of the mean's gradient at the labels, against float64 on NumPy. The ratio is that of the
medians of elapsed times; under `processor` that of the processor times of all threads.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import time
from importlib.util import find_spec
from typing import Any

import numpy as np

__all__ = ["main"]

_BACKENDS = ("jax", "tensorflow", "torch")
_LOSSES = {
    "categorical_crossentropy": True,
    "sparse_categorical_crossentropy": False,
    "binary_crossentropy": True,
}


def main(words: list[str]) -> None:
    """Print a row for each backend and loss."""
    options = argparse.ArgumentParser(prog="python -m benchmarks keras")
    options.add_argument("backends", nargs="*", metavar="BACKEND", default=_BACKENDS)
    options.add_argument("--rows", type=int, default=8192)
    options.add_argument("--classes", type=int, default=1000)
    options.add_argument("--turns", type=int, default=7)
    options.add_argument("--here", help=argparse.SUPPRESS)
    given = options.parse_args(words)
    if given.here:
        _print_losses(given)
        return
    print(
        "backend     loss                             keras ms   xent ms  ratio processor   MB of both errors"
    )
    for backend in given.backends:
        if find_spec(backend) is None:
            print(f"{backend}: not installed")
            continue
        command = [sys.executable, "-m", "benchmarks", "keras", "--here", backend]
        command += [f"--{name}={getattr(given, name)}" for name in ("rows", "classes", "turns")]
        environment = os.environ | {"KERAS_BACKEND": backend, "TF_CPP_MIN_LOG_LEVEL": "3"}
        subprocess.run(command, check=True, env=environment)


def _print_losses(given: argparse.Namespace) -> None:
    import keras
    import xent.keras

    rng = np.random.default_rng(0)
    logits = (3 * rng.normal(size=(given.rows, given.classes))).astype("float32")
    labels = rng.integers(0, given.classes, given.rows)
    logits[np.arange(given.rows), labels] += 20  # confident rows: their digits are the hard ones
    exact = _exact_slopes(logits, labels), _exact_slopes_of_events(logits, labels)
    for name, is_dense in _LOSSES.items():
        truth = np.eye(given.classes, dtype="float32")[labels] if is_dense else labels.astype("int32")
        tensors = keras.ops.convert_to_tensor(truth), keras.ops.convert_to_tensor(logits)
        times: dict[Any, list[tuple[float, float]]] = {keras.losses: [], xent.keras: []}
        memory: dict[Any, float] = {}
        errors: dict[Any, float] = {}
        for turn in range(given.turns + 1):
            for library in times if turn % 2 else reversed(times):
                before, start = _peak(reset=True), (time.perf_counter(), time.process_time())
                gradient = _gradient(getattr(library, name), *tensors)
                if turn:
                    times[library].append((time.perf_counter() - start[0], time.process_time() - start[1]))
                    memory[library] = (_peak() - before) / 2**20
                found = np.asarray(gradient)[np.arange(given.rows), labels]
                errors[library] = np.max(np.abs(found / exact[name.startswith("binary")] - 1))
        middle, work = (
            [1e3 * statistics.median(turn[clock] for turn in times[library]) for library in times]
            for clock in (0, 1)
        )
        megabytes = " / ".join(f"{memory[library]:.0f}" for library in times)
        error = " / ".join(f"{errors[library]:.0e}" for library in times)
        ratio, work_ratio = middle[1] / middle[0], work[1] / work[0]
        times_shown = f"{middle[0]:8.0f} {middle[1]:9.0f} {ratio:6.2f} {work_ratio:9.2f}"
        print(f"{given.here:11} {name:32} {times_shown}   {megabytes:10} {error}")


def _exact_slopes(logits: Any, labels: Any) -> Any:
    from xent.losses import softmax_cross_entropy

    gradient = softmax_cross_entropy.gradient(logits.astype("float64"), labels)
    return gradient[np.arange(len(labels)), labels] / len(labels)


def _exact_slopes_of_events(logits: Any, labels: Any) -> Any:
    return -1 / (1 + np.exp(logits.astype("float64")[np.arange(len(labels)), labels])) / logits.size


def _gradient(loss: Any, truth: Any, logits: Any) -> Any:
    """Gradient of the mean loss in the logits, by the backend's own means."""
    import keras

    backend = keras.backend.backend()
    if backend == "torch":
        leaf = logits.detach().requires_grad_()
        loss(truth, leaf, from_logits=True).mean().backward()
        return leaf.grad
    if backend == "jax":
        import jax

        return jax.value_and_grad(lambda z: loss(truth, z, from_logits=True).mean())(logits)[
            1
        ].block_until_ready()
    import tensorflow as tf

    with tf.GradientTape() as tape:
        tape.watch(logits)
        mean = tf.reduce_mean(loss(truth, logits, from_logits=True))
    return tape.gradient(mean, logits)


def _peak(*, reset: bool = False) -> float:
    """Peak resident bytes since the last reset; with `reset`, the current ones."""
    if reset:
        with open("/proc/self/clear_refs", "w", encoding="ascii") as file:  # noqa: PTH123
            file.write("5")
    with open("/proc/self/status", encoding="ascii") as file:  # noqa: PTH123
        found = {line.split(":")[0]: line.split() for line in file}
    key = "VmRSS" if reset else "VmHWM"
    return (
        1024.0 * int(found[key][1])
        if key in found
        else float(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
    )
