"""
Value and gradient of softmax cross-entropy on NumPy arrays, beside SciPy, scikit-learn, PyTorch and JAX.

Every provider starts from the same NumPy arrays and gives value and gradient of each row. The errors are
the worst of a few rows, in units in the last place, of the value and of the gradient at the label; the truth
is the definition in mpmath. The rows are those of a partly trained model: the label leads by a few nats.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from mpmath import fsum, mp, mpf
from scipy.special import logsumexp

from benchmarks.taking_turns import machine, percentiles, seconds_in_turns, share
from xent.losses import softmax_cross_entropy

Array = Any
Provider = Callable[[Array, Array], tuple[Array, Array]]
_SHAPES = ((8192, 10), (8192, 1000), (2048, 32_000))
_ROWS = 3


def main(arguments: list[str]) -> None:
    """Print a row for each shape, precision and provider."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks losses", description=__doc__)
    parser.add_argument("--turns", type=int, default=7, help="counted turns of each provider")
    chosen = parser.parse_args(arguments)
    print(machine("numpy", "scipy", "scikit-learn", "torch", "jax"))
    print(
        f"{'case':22} {'provider':14} {'p20 ms':>9} {'p50 ms':>9} {'p80 ms':>9} "
        f"{'of SciPy':>9} {'value ulp':>9} {'slope ulp':>9}"
    )
    for shape in _SHAPES:
        for dtype in (np.float32, np.float64):
            _case(*shape, dtype, turns=chosen.turns)


def _case(rows: int, classes: int, dtype: Any, *, turns: int) -> None:
    rng = np.random.default_rng(20261120)
    logits = rng.standard_normal((rows, classes)).astype(dtype)
    labels = rng.integers(0, classes, rows)
    logits[np.arange(rows), labels] += 9
    providers = _providers(classes)
    seconds = seconds_in_turns(providers, (logits, labels), turns=turns)
    for name, times in seconds.items():
        low, middle, high = (1e3 * time for time in percentiles(times))
        value, slope = _errors(providers[name], logits, labels)
        part = share(times, seconds["SciPy"])
        case = f"{rows:,} x {classes:,} {np.dtype(dtype).name}"
        print(
            f"{case:22} {name:14} {low:9.2f} {middle:9.2f} {high:9.2f} {part:9.2f} {value:9.3g} {slope:9.3g}"
        )


def _providers(classes: int) -> Mapping[str, Provider]:
    return {
        "xent": softmax_cross_entropy.value_and_gradient,
        "SciPy": _scipy,
        "scikit-learn": _sklearn(classes),
        "PyTorch": _torch(),
        "JAX": _jax(),
    }


def _scipy(logits: Array, labels: Array) -> tuple[Array, Array]:
    log_total = logsumexp(logits, axis=1)
    gradient = np.exp(logits - log_total[:, None])
    rows = np.arange(len(labels))
    gradient[rows, labels] -= 1
    return log_total - logits[rows, labels], gradient


def _sklearn(classes: int) -> Provider:
    from sklearn._loss import HalfMultinomialLoss

    loss = HalfMultinomialLoss(n_classes=classes)
    return lambda logits, labels: loss.loss_gradient(labels.astype(logits.dtype), logits, n_threads=2)


def _torch() -> Provider:
    import torch

    def value_and_gradient(logits: Array, labels: Array) -> tuple[Array, Array]:
        leaf = torch.from_numpy(logits).requires_grad_()
        value = torch.nn.functional.cross_entropy(leaf, torch.from_numpy(labels), reduction="none")
        value.sum().backward()
        return value.detach().numpy(), leaf.grad.numpy()

    return value_and_gradient


def _jax() -> Provider:
    import jax

    jax.config.update("jax_enable_x64", True)

    def values(logits: Array, labels: Array) -> tuple[Array, Array]:
        log_probs = jax.nn.log_softmax(logits)
        value = -jax.numpy.take_along_axis(log_probs, labels[:, None], axis=1)[:, 0]
        return value.sum(), value

    step = jax.jit(jax.grad(values, has_aux=True))

    def value_and_gradient(logits: Array, labels: Array) -> tuple[Array, Array]:
        gradient, value = step(logits, labels)
        return np.asarray(value), np.asarray(gradient)

    return value_and_gradient


def _errors(provider: Provider, logits: Array, labels: Array) -> tuple[float, float]:
    value, gradient = provider(logits, labels)
    worst = [0.0, 0.0]
    for row in range(_ROWS):
        label = int(labels[row])
        with mp.workdps(60):
            others = fsum(
                mp.exp(mpf(float(z)) - mpf(float(logits[row, label])))
                for k, z in enumerate(logits[row])
                if k != label
            )
            truths = mp.log1p(others), -others / (1 + others)
            found = value[row], gradient[row, label]
            for k, (number, truth) in enumerate(zip(found, truths, strict=True)):
                unit = np.spacing(np.abs(np.asarray(float(truth), dtype=logits.dtype)))
                worst[k] = max(worst[k], float(abs(mpf(float(number)) - truth) / mpf(float(unit))))
    return worst[0], worst[1]
