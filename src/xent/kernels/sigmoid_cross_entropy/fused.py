"""Sigmoid cross-entropy of NumPy arrays by one fused kernel: value, gradient, or both."""

from __future__ import annotations

import functools

import numpy as np
from numpy.typing import NDArray

from xent.kernels.checks import check_apart, check_memory, check_output, numbers_of
from xent.kernels.cpu.first_use import FIRST_USE
from xent.kernels.cpu.rows_kernel import RowsKernel
from xent.kernels.formats import arithmetic_dtype, format_of
from xent.kernels.sigmoid_cross_entropy.cpu.kernel_arguments import KernelArguments

__all__ = ["gradient", "value", "value_and_gradient"]

_CALLER = "sigmoid_cross_entropy"
# Numbers in a row where rows have no meaning: without weights per column.
_ROW = 4096


def value(
    logits: NDArray[np.generic],
    targets: NDArray[np.generic],
    /,
    *,
    positive_weight: NDArray[np.floating] | float = 1.0,
) -> NDArray[np.floating]:
    """
    Cross-entropy in nats, elementwise: `value_and_gradient` without the gradient.

    Examples
    --------
    >>> value(np.asarray([[50.0, 0.0]]), np.asarray([[1.0, 1.0]]))
    array([[1.92874985e-22, 6.93147181e-01]])
    """
    values = np.empty(logits.shape, arithmetic_dtype(logits))
    _run(logits, targets, values, None, (positive_weight, 1.0))
    return values


def value_and_gradient(
    logits: NDArray[np.generic],
    targets: NDArray[np.generic],
    gradient: NDArray[np.generic],
    /,
    *,
    positive_weight: NDArray[np.floating] | float = 1.0,
    factor: NDArray[np.floating] | float = 1.0,
) -> NDArray[np.floating]:
    r"""
    Cross-entropy in nats, elementwise, and its derivative in the logits, written to an array.

    Parameters
    ----------
    logits : array of shape (N, K)
        C-contiguous, in float64, float32, float16, or uint16 (bit patterns of bfloat16).
    targets : array of shape (N, K)
        In [0, 1]; of the dtype of `logits`, or float32 if the logits have 16 bits.
    gradient : array of shape (N, K)
        Output, of the dtype of `logits`: either `logits` itself or an array that shares no memory with it.
    positive_weight : float, or array of shape (K,)
        Factor of the part of the loss that the targets multiply, for each column.
    factor : float, or array of shape (N, K)
        Multiplies the gradient, but not the value.

    Returns
    -------
    array of shape (N, K)
        Values, in float64 for float64, else in float32.

    Raises
    ------
    DTypeError, ShapeError, DomainError
        If an array does not have the dtype, shape or layout stated here. Values are not inspected.

    Notes
    -----
    **Definition.** :math:`\ell = q t \log(1 + e^{-z}) + (1 - t) \log(1 + e^z)` for a target t and a weight q.

    **Gradient.** :math:`(1 - t)\, \sigma(z) - q t\, \sigma(-z)`.

    **Edge cases.** An infinite logit costs 0 on the side of its target and ``inf`` on the other; nan gives
    nan.

    **Numerics.** Float16 and bfloat16 are computed in float32, and the gradient is rounded once. For
    targets 0 and 1 value and gradient are within 4 units in the last place.

    Examples
    --------
    >>> logits = np.asarray([[50.0, -50.0]])
    >>> gradient = np.empty_like(logits)
    >>> value_and_gradient(logits, np.asarray([[1.0, 1.0]]), gradient)
    array([[1.92874985e-22, 5.00000000e+01]])
    >>> gradient
    array([[-1.92874985e-22, -1.00000000e+00]])
    """
    values = np.empty(logits.shape, arithmetic_dtype(logits))
    _run(logits, targets, values, gradient, (positive_weight, factor))
    return values


def gradient(
    logits: NDArray[np.generic],
    targets: NDArray[np.generic],
    gradient: NDArray[np.generic],
    /,
    *,
    positive_weight: NDArray[np.floating] | float = 1.0,
    factor: NDArray[np.floating] | float = 1.0,
) -> None:
    """
    Derivative of `value`, written to an array: `value_and_gradient` without the value.

    Examples
    --------
    >>> logits = np.asarray([[0.0]])
    >>> gradient(logits, np.asarray([[1.0]]), logits, positive_weight=3.0)
    >>> logits
    array([[-1.5]])
    """
    _run(logits, targets, None, gradient, (positive_weight, factor))


def _run(
    logits: NDArray[np.generic],
    targets: NDArray[np.generic],
    values: NDArray[np.floating] | None,
    gradient: NDArray[np.generic] | None,
    scales: tuple[NDArray[np.floating] | float, NDArray[np.floating] | float],
) -> None:
    """
    Check the arrays and write cross-entropies to `values` and derivatives to `gradient`; None skips either.

    `scales` are the weight of the part of the loss that the targets multiply, a number or one for each
    column, and the factor of the gradient, a number or of the shape of the logits; they are converted to the
    dtype of the arithmetic, and another shape raises `ShapeError`. So do targets or a gradient of another
    shape than the logits; another dtype raises `DTypeError`, an array that is not C-contiguous, or a gradient
    that overlaps the targets or part of the logits, `DomainError`. `values` is not checked: it has the shape
    of the logits and the dtype of the arithmetic.
    """
    dtype = arithmetic_dtype(logits)
    _check_arrays(logits, targets, gradient)
    weights, weight_step = numbers_of(
        scales[0], logits.shape[-1:], dtype, caller=_CALLER, argument="positive_weight"
    )
    factors, factor_step = numbers_of(scales[1], logits.shape, dtype, caller=_CALLER, argument="factor")
    # Weights per column need rows of their own length; otherwise rows only share the work among threads.
    row = logits.shape[-1] if weight_step else _ROW
    formats = [format_of(array, caller=_CALLER, argument="logits") for array in (logits, targets)]
    kernel = _kernel(*formats, values is not None, gradient is not None)

    rows = -(-logits.size // row) if row else 0
    arguments: KernelArguments = {
        "logits": _address(logits),
        "targets": _address(targets),
        "positive_weights": _address(weights),
        "factors": _address(factors),
        "values": _address(values),
        "gradient": _address(gradient),
        "weight_step": weight_step,
        "factor_step": factor_step,
        "K": row,
        "total": logits.size,
    }
    kernel(arguments, rows, threads=kernel.threads(rows, row))


def _check_arrays(
    logits: NDArray[np.generic], targets: NDArray[np.generic], gradient: NDArray[np.generic] | None
) -> None:
    """
    Raise an error for an array whose memory the kernel cannot read or write as it is.

    Logits must be C-contiguous, in any dtype. Targets have their shape, and their dtype or that of the
    arithmetic (float64 for float64, else float32). The gradient, unless it is None, has the shape and dtype
    of the logits, and may be them, but must share no memory with the targets. Raises `DTypeError`,
    `ShapeError`, or `DomainError` for layout, a read-only gradient and an overlap.
    """
    check_memory(logits, logits.shape, logits.dtype, caller=_CALLER, argument="logits")
    # Beside logits of 16 bits, targets in float32 keep shares such as 0.1, which 16 bits would round.
    dtype = arithmetic_dtype(logits)
    of_targets = dtype if targets.dtype == dtype else logits.dtype
    check_memory(targets, logits.shape, of_targets, caller=_CALLER, argument="targets")
    if gradient is not None:
        check_output(gradient, logits, logits.dtype, caller=_CALLER, argument="gradient")
        # The gradient of one vector would be stored where targets of a later one are still to be read.
        check_apart(gradient, targets, caller=_CALLER, argument="gradient", name="targets")


def _address(array: NDArray[np.generic] | None) -> int:
    """Address of the first number of an array; 0 for None."""
    return 0 if array is None else array.ctypes.data


@functools.cache
def _kernel(numbers: str, of_targets: str, *outputs: bool) -> RowsKernel:
    """
    Kernel for formats of logits and targets, compiled once for each combination of the arguments.

    Formats are "float64", "float32", "float16" or "bfloat16". `outputs` are two flags: the first is True if
    the kernel writes the value, the second if it writes the gradient.
    """
    with FIRST_USE:
        from xent.kernels.sigmoid_cross_entropy.cpu.sigmoid_kernel import sigmoid_kernel
        from xent.kernels.vector_code import FORMATS

        value, gradient = outputs
        kernel = sigmoid_kernel(FORMATS[numbers], FORMATS[of_targets], value=value, gradient=gradient)
        return RowsKernel(kernel)
