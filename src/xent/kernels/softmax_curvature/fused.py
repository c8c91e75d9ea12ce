"""Product with the curvature of the softmax's cross-entropy in the logits, by one kernel."""

from __future__ import annotations

import functools

import numpy as np
from numpy.typing import NDArray

from xent.kernels.checks import check_memory
from xent.kernels.cpu.first_use import FIRST_USE
from xent.kernels.cpu.rows_kernel import RowsKernel
from xent.kernels.softmax_curvature.cpu.kernel_arguments import KernelArguments

__all__ = ["curvature_product"]

_CALLER = "softmax_curvature"
_ONE = np.ones(1, np.float32)


def curvature_product(
    directions: NDArray[np.float32],
    packed: NDArray[np.uint16],
    weights: NDArray[np.float32] | None = None,
    /,
) -> NDArray[np.float32]:
    r"""
    Product of the direction of each row with the curvature at the row's probabilities.

    Parameters
    ----------
    directions : array of float32, of shape (N, K)
        Directions in the logits, C-contiguous.
    packed : array of uint16, of shape (N, K)
        Probabilities, as `pack` writes them, C-contiguous.
    weights : array of float32, of shape (N,), optional
        Factor of each row; None means 1.

    Returns
    -------
    array of float32, of shape (N, K)
        New array of products.

    Raises
    ------
    DTypeError, ShapeError, DomainError
        If an array does not have the dtype, shape or layout stated here. Values are not inspected.

    Notes
    -----
    **Definition.** :math:`a\,(\operatorname{diag} p - p p^T)\,v`: a weight, p probabilities, v a direction.

    **Edge cases.** No row gives an empty array. A row whose probability is 1 in one class gives 0.

    **Numerics.** Arithmetic is in single precision: an entry's error is below ``4 + K / 16`` units in the
    last place of the row's largest direction, times its probability. The calling thread does all rows.

    Examples
    --------
    >>> from xent.kernels.softmax_curvature import pack
    >>> packed = np.empty((1, 2), np.uint16)
    >>> pack(np.asarray([[0.75, 0.25]], np.float32), packed)
    >>> curvature_product(np.asarray([[1.0, 0.0]], np.float32), packed)
    array([[ 0.1875, -0.1875]], dtype=float32)
    """
    n, K = packed.shape
    check_memory(packed, (n, K), np.uint16, caller=_CALLER, argument="packed")
    check_memory(directions, (n, K), np.float32, caller=_CALLER, argument="directions")
    if weights is not None:
        check_memory(weights, (n,), np.float32, caller=_CALLER, argument="weights")
    products = np.empty_like(directions)
    factors = _ONE if weights is None else weights
    arguments: KernelArguments = {
        "probs": _address(packed),
        "directions": _address(directions),
        "products": _address(products),
        "row_weights": _address(factors),
        "weight_step": 0 if weights is None else 1,
        "K": K,
    }
    _kernel()(arguments, n)
    return products


def _address(array: NDArray[np.generic]) -> int:
    # Half the time of `array.ctypes.data`, where three calls take as long as some hundred rows.
    """Address of the first number of a contiguous array."""
    address: int = array.__array_interface__["data"][0]
    return address


@functools.cache
def _kernel() -> RowsKernel:
    """Kernel of the product, compiled once in a process."""
    with FIRST_USE:
        from xent.kernels.softmax_curvature.cpu.softmax_curvature_kernel import softmax_curvature_kernel

        return RowsKernel(softmax_curvature_kernel())
