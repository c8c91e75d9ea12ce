"""
Kernels that stand in for formulas, on arrays whose memory lies in the host.

A loss asks for one before it evaluates its formula, and evaluates the formula if there is none. The kernel
reads NumPy arrays. On arrays of PyTorch, JAX and TensorFlow it stands in while values may be read; in a
traced call these libraries need the formula's steps, but JAX on a processor, whose programs can call it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xent.arrays import Array, Formula, Namespace, from_host_memory, host_memory, is_jax
from xent.formulas.losses.sigmoid_cross_entropy_of_targets import SigmoidCrossEntropyOfTargets
from xent.formulas.losses.softmax_cross_entropy import SoftmaxCrossEntropy
from xent.formulas.losses.softmax_cross_entropy_of_targets import SoftmaxCrossEntropyOfTargets
from xent.kernels import sigmoid_cross_entropy as of_events
from xent.kernels import softmax_cross_entropy as of_classes
from xent.kernels.cpu.processor import runs_here
from xent.kernels.softmax_cross_entropy import Labels, Targets
from xent.kernels.xla.fused import fused_in_xla

__all__ = ["kernel_of", "on_kernel"]

Rows = NDArray[np.floating[Any]]
Evaluation = Callable[..., Any]


def kernel_of(formula: Formula, logits: Array) -> Evaluation | None:
    """
    Kernel that evaluates `formula`: a function of the name of a quantity, the logits and the data.

    This function takes ``"value"``, ``"gradient"`` or ``"value_and_gradient"`` (a pair), then the logits and
    the labels or targets as NumPy arrays, of the shapes that `formula` takes, and returns new arrays. None if
    the formula has no kernel, `logits` is not a NumPy array in float32 or float64, or `runs_here` is False.

    Examples
    --------
    >>> from xent.formulas.losses.softmax_cross_entropy import softmax_cross_entropy
    >>> kernel = kernel_of(softmax_cross_entropy, np.asarray([[50.0, 0.0]]))
    >>> None if kernel is None else kernel("value", np.asarray([[50.0, 0.0]]), np.asarray([0]))
    array([1.92874985e-22])
    """
    evaluation = _EVALUATIONS.get(type(formula))
    if evaluation is None or not isinstance(logits, np.ndarray) or logits.dtype not in _DTYPES:
        return None
    return evaluation if runs_here() else None


def on_kernel(formula: Formula, logits: Array) -> Formula:
    """
    `formula` with value and gradient by a kernel, where values may be read and in programs of JAX.

    Of `logits` only the library, and in JAX dtype and size, matter. A formula without a kernel is returned as
    it is. A formula with one is wrapped in any case: each call that `kernel_of` or `fused_in_xla` refuses is
    evaluated by `formula` itself.
    """
    if type(formula) not in _EVALUATIONS:
        return formula
    return _OnKernel(formula, fused_in_xla(formula, logits) if is_jax(logits) else formula)


@dataclass(frozen=True)
class _OnKernel:
    """
    Formula whose value and gradient a kernel computes where the values of the arrays may be read.

    Parameters
    ----------
    with_steps : Formula
        Formula, for second derivatives and derivatives in the data.
    traced : Formula
        Formula for every call without a kernel: traced calls, and arrays whose memory `host_memory` does not
        give or whose dtype `kernel_of` refuses.
    kept : list of array, or None
        Gradient that was made along with the value, until backward takes it; None to make none.
    """

    with_steps: Formula
    traced: Formula
    kept: list[Array] | None = field(default=None, compare=False)

    def with_gradient(self) -> _OnKernel:
        """
        Copy of the formula for one call, with an empty list as `kept`, to which `value` appends the
        gradient.
        """
        return replace(self, kept=[])

    def value(self, logits: Array, *data: Array, xp: Namespace) -> Array:
        """
        Value of each row, (...), or of each entry for events, by a kernel or else by `traced`.

        If `kept` is a list and there is a kernel for these arrays, value and gradient are made in one pass,
        and the gradient, of the shape of the logits, is appended to it. `data` are the labels or targets.
        """
        if self.kept is None or self._kernel(logits, *data) is None:
            return self._evaluated("value", logits, *data, xp=xp)
        value, gradient = self._evaluated("value_and_gradient", logits, *data, xp=xp)
        self.kept.append(gradient)
        return value

    def gradient(self, logits: Array, *data: Array, xp: Namespace) -> Array:
        """Gradient of the value in the logits, of their shape."""
        return self._evaluated("gradient", logits, *data, xp=xp)

    def value_and_gradient(self, logits: Array, *data: Array, xp: Namespace) -> tuple[Array, Array]:
        """`value`, and `gradient`, in one pass; nothing is kept."""
        value, gradient = self._evaluated("value_and_gradient", logits, *data, xp=xp)
        return value, gradient

    def hessian_vector_product(self, logits: Array, *data: Array, xp: Namespace) -> Array:
        """
        Product of each row's Hessian with its vector, of the shape of the logits, by the formula's steps.

        `data` are the labels or targets, then the vectors.
        """
        return self.with_steps.hessian_vector_product(logits, *data, xp=xp)

    def hessian(self, logits: Array, *data: Array, xp: Namespace) -> Array:
        """
        Hessian of each row's value in its logits, (..., K, K), by the formula's steps; `data` as in
        `value`.
        """
        return self.with_steps.hessian(logits, *data, xp=xp)

    def _evaluated(self, name: str, logits: Array, *data: Array, xp: Namespace) -> Any:
        """
        Result of the method `name`, by a kernel or else by `traced`, in the library of `logits`.

        `name` is "value", "gradient" or "value_and_gradient", whose result is a pair. `data` are the labels
        or targets. Nothing is appended to `kept`.
        """
        kernel = self._kernel(logits, *data)
        if kernel is None:
            return getattr(self.traced, name)(logits, *data, xp=xp)
        found = kernel(name)
        if isinstance(found, tuple):
            return tuple(from_host_memory(array, logits) for array in found)
        return from_host_memory(found, logits)

    def _kernel(self, logits: Array, *data: Array) -> Evaluation | None:
        """
        Function of a name alone that runs a kernel on the memory of the logits and `data`; None if none can.

        The name is "value", "gradient" or "value_and_gradient"; the result is a new NumPy array, for the last
        a pair. No kernel runs if the memory of an array cannot be read, as in a traced call or on another
        device, for logits in neither float32 nor float64, or where `runs_here` is False.
        """
        memory = [host_memory(array) for array in (logits, *data)]
        if any(array is None for array in memory):
            return None
        kernel = kernel_of(self.with_steps, memory[0])
        return None if kernel is None else lambda name: kernel(name, *memory)


def _rows(truth: Callable[[Any], Labels | Targets]) -> Evaluation:
    """
    Evaluation of softmax cross-entropy by a kernel, for logits (..., K) with labels (...) or targets (...,
    K).

    `truth` is the class `Labels` or `Targets`, which wraps the data, without weights or smoothing. The result
    takes "value", "gradient" or "value_and_gradient", the logits and the data as NumPy arrays, and returns
    new arrays: values (...), the gradient (..., K), or both as a pair.
    """

    def evaluated(name: str, logits: Rows, data: Array) -> Any:
        """
        Values of shape (...), gradient of shape (..., K), or both, for logits of shape (..., K).

        `data` has shape (...) for labels and (..., K) for targets. Raises as `value_and_gradient` of the
        kernel does.
        """
        rows = np.ascontiguousarray(logits).reshape(-1, logits.shape[-1])
        statement = truth(np.ascontiguousarray(data).reshape(len(rows), *data.shape[logits.ndim - 1 :]))
        if name == "value":
            return of_classes.value(rows, statement).reshape(logits.shape[:-1])
        derivatives = _new_memory(rows)
        values = of_classes.value_and_gradient(rows, statement, derivatives).reshape(logits.shape[:-1])
        gradient = derivatives.reshape(logits.shape)
        return gradient if name == "gradient" else (values, gradient)

    return evaluated


def _events(name: str, logits: Rows, data: Array) -> Any:
    """
    Sigmoid cross-entropies, their derivatives in the logits, or both as a pair, each of the logits' shape.

    `name` is "value", "gradient" or "value_and_gradient". `logits` are of any shape, in float32 or float64;
    `data` are the targets in [0, 1], as many as the logits and of their dtype, else `ShapeError` or
    `DTypeError` is raised. The results are new arrays.
    """
    rows, targets = (np.ascontiguousarray(array).reshape(1, -1) for array in (logits, data))
    if name == "value":
        return of_events.value(rows, targets).reshape(logits.shape)
    derivatives = _new_memory(rows)
    if name == "gradient":
        of_events.gradient(rows, targets, derivatives)
        return derivatives.reshape(logits.shape)
    values = of_events.value_and_gradient(rows, targets, derivatives)
    return values.reshape(logits.shape), derivatives.reshape(logits.shape)


def _new_memory(like: Rows) -> Rows:
    """
    Uninitialised array of the shape and dtype of `like`, at an address that is a multiple of 64.

    TensorFlow and JAX can take over memory at such an address without a copy.
    """
    memory = np.empty(like.nbytes + 64, np.uint8)
    start = -memory.ctypes.data % 64
    return memory[start : start + like.nbytes].view(like.dtype).reshape(like.shape)


_EVALUATIONS: dict[type, Evaluation] = {
    SigmoidCrossEntropyOfTargets: _events,
    SoftmaxCrossEntropy: _rows(Labels),
    SoftmaxCrossEntropyOfTargets: _rows(Targets),
}
_DTYPES = (np.dtype(np.float64), np.dtype(np.float32))
