"""Formulas whose value and gradient are calls of a kernel, in programs that XLA compiles on a processor."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import Any

from xent.arrays import Array, Formula, Namespace
from xent.formulas.losses.softmax_cross_entropy import SoftmaxCrossEntropy
from xent.formulas.losses.softmax_cross_entropy_of_targets import SoftmaxCrossEntropyOfTargets
from xent.kernels.cpu.processor import runs_here

__all__ = ["fused_in_xla"]

# With fewer numbers XLA's own code is done before a call of the kernel has begun.
_LEAST_NUMBERS = 1 << 15
_KINDS: dict[type, str] = {SoftmaxCrossEntropy: "labels", SoftmaxCrossEntropyOfTargets: "targets"}


@dataclass(frozen=True)
class _Fused:
    """
    Formula with its value and gradient by a kernel; its second derivatives are those of the formula.

    Logits have the shape (..., K). `truth` holds labels, (...), or targets, (..., K). The namespace `xp` is
    not used by the kernel. A label out of range, and a row without a softmax, give nan.

    Parameters
    ----------
    with_steps : Formula
        Cross-entropy of labels or targets.
    """

    with_steps: Formula

    def value(self, logits: Array, truth: Array, *, xp: Namespace) -> Array:
        """Value for each row in nats, (...)."""
        return self._call("value", logits, truth, xp)

    def gradient(self, logits: Array, truth: Array, *, xp: Namespace) -> Array:
        """Gradient of each row's value in its logits, (..., K)."""
        return self._call("gradient", logits, truth, xp)

    def value_and_gradient(self, logits: Array, truth: Array, *, xp: Namespace) -> tuple[Array, Array]:
        """`value` and `gradient` in one pass."""
        values, derivatives = self._call("value_and_gradient", logits, truth, xp)
        return values, derivatives

    def hessian_vector_product(self, logits: Array, truth: Array, vectors: Array, *, xp: Namespace) -> Array:
        """Product of each row's Hessian with its row of `vectors`, (..., K), by the formula's own steps."""
        return self.with_steps.hessian_vector_product(logits, truth, vectors, xp=xp)

    def hessian(self, logits: Array, truth: Array, *, xp: Namespace) -> Array:
        """Hessian of each row's value in its logits, (..., K, K), by the formula's own steps."""
        return self.with_steps.hessian(logits, truth, xp=xp)

    def _call(self, name: str, logits: Array, truth: Array, xp: Namespace) -> Any:
        """Result of the kernel for the method `name`: an array, or a pair for ``"value_and_gradient"``."""
        # Imports jax, which may not be installed where formulas are used with other libraries.
        from xent.kernels.xla import calls

        # The protocol of formulas has a namespace; a kernel has none.
        del xp
        return calls.call(name, _KINDS[type(self.with_steps)], logits, truth)


def fused_in_xla(formula: Formula, logits: Array) -> Formula:
    """
    `formula` by a kernel if that is faster for `logits`, an array of JAX, else `formula` itself.

    That is so for softmax cross-entropies of labels or targets whose `logits` are 32,768 numbers or more in
    32 or 64 bits, if kernels run here and JAX has one processor as its only device: XLA does not know how to
    share such a call among devices. Arrays of other libraries are not told apart; the caller keeps them away.
    """
    # The logits are an array of JAX, so it is loaded.
    jax: Any = sys.modules["jax"]
    is_fit = type(formula) in _KINDS and logits.dtype in ("float32", "float64")
    if not is_fit or logits.size < _LEAST_NUMBERS or not runs_here():
        return formula
    is_only = jax.default_backend() == "cpu" and jax.local_device_count() == 1
    return _Fused(formula) if is_only else formula
