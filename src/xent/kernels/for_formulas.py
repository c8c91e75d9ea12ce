"""
Kernels that stand in for formulas, on NumPy arrays.

A loss asks for one before it evaluates its formula, and evaluates the formula if there is none.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xent.arrays import Array, Formula
from xent.formulas.losses.softmax_cross_entropy import SoftmaxCrossEntropy
from xent.formulas.losses.softmax_cross_entropy_of_targets import SoftmaxCrossEntropyOfTargets
from xent.kernels.cpu.processor import runs_here
from xent.kernels.softmax_cross_entropy import Labels, Targets, value, value_and_gradient

__all__ = ["FORMULAS_WITH_KERNELS", "kernel_of"]

Rows = NDArray[np.floating[Any]]


def kernel_of(formula: Formula, logits: Array) -> Callable[[str, Rows, Array], Any] | None:
    """
    Function that evaluates ``"value"``, ``"gradient"`` or ``"value_and_gradient"`` by a kernel.

    None if the formula has no kernel, the array is not one of NumPy in float32 or float64, or kernels do not
    run here.

    Examples
    --------
    >>> from xent.formulas.losses.softmax_cross_entropy import softmax_cross_entropy
    >>> kernel = kernel_of(softmax_cross_entropy, np.asarray([[50.0, 0.0]]))
    >>> None if kernel is None else kernel("value", np.asarray([[50.0, 0.0]]), np.asarray([0]))
    array([1.92874985e-22])
    """
    truth = _TRUTHS.get(type(formula))
    if truth is None or not isinstance(logits, np.ndarray) or logits.dtype not in _DTYPES or not runs_here():
        return None

    def evaluated(name: str, logits: Rows, data: Array) -> Any:
        rows = np.ascontiguousarray(logits).reshape(-1, logits.shape[-1])
        statement = truth(np.ascontiguousarray(data).reshape(len(rows), *data.shape[logits.ndim - 1 :]))
        if name == "value":
            return value(rows, statement).reshape(logits.shape[:-1])
        derivatives = np.empty_like(rows)
        values = value_and_gradient(rows, statement, derivatives).reshape(logits.shape[:-1])
        gradient = derivatives.reshape(logits.shape)
        return gradient if name == "gradient" else (values, gradient)

    return evaluated


_TRUTHS: dict[type, Callable[[Any], Labels | Targets]] = {
    SoftmaxCrossEntropy: Labels,
    SoftmaxCrossEntropyOfTargets: Targets,
}
_DTYPES = (np.dtype(np.float64), np.dtype(np.float32))
# Asked first by a loss: most formulas have no kernel.
FORMULAS_WITH_KERNELS = frozenset(_TRUTHS)
