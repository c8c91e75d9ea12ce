"""Numbers of the softmax of each row, and the gradient of its statistics, by one kernel each."""

from __future__ import annotations

import functools
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from xent.kernels.checks import check_memory, check_rows, check_writeable
from xent.kernels.cpu.first_use import FIRST_USE
from xent.kernels.cpu.rows_kernel import RowsKernel
from xent.kernels.formats import arithmetic_dtype, format_of
from xent.kernels.softmax_statistics.cpu.kernel_arguments import KernelArguments

__all__ = ["RowNumbers", "gradient_in_place", "row_numbers"]

_CALLER = "softmax_statistics"
# Approximate nanoseconds per row, and per number in it.
_ROW, _NUMBER = 5.0, 0.7


class RowNumbers(NamedTuple):
    """
    Numbers of the softmax of each row.

    Parameters
    ----------
    tops : array of int64, of shape (N,)
        Argmax, the first of tied classes; -1 in a row without a softmax.
    rests : array of shape (N,)
        Sum of ``exp(z - max(z))`` over all classes but the argmax; nan in a row without a softmax.
    mean_distances : array of shape (N,)
        Mean of ``max(z) - z`` under the softmax.
    """

    tops: NDArray[np.int64]
    rests: NDArray[Any]
    mean_distances: NDArray[Any]


def row_numbers(logits: NDArray[Any], /) -> RowNumbers:
    r"""
    Numbers of the softmax of each row, from which its statistics follow.

    Parameters
    ----------
    logits : array of shape (N, K)
        C-contiguous, in float64 or float32.

    Returns
    -------
    RowNumbers
        Argmax, rest and mean distance of each row.

    Raises
    ------
    DTypeError, ShapeError, DomainError
        If the array does not have the dtype, shape or layout stated here. Values are not inspected.

    Notes
    -----
    **Definition.** With the argmax j, :math:`R = \sum_{k \ne j} e^{z_k - z_j}` and
    :math:`D = \sum_k p_k (z_j - z_k)`. The log-normaliser is :math:`z_j + \log(1 + R)`, the entropy
    :math:`\log(1 + R) + D`.

    **Edge cases.** A class of logit ``-inf`` adds 0. A row that is all ``-inf``, or holds ``nan`` or
    ``+inf``, has the argmax -1 and ``nan`` for the other numbers.

    **Numerics.** Rest and mean distance are within 6 units in the last place up to 32,000 classes.

    Examples
    --------
    >>> row_numbers(np.asarray([[50.0, 0.0]]))
    RowNumbers(tops=array([0]), rests=array([1.92874985e-22]), mean_distances=array([9.64374924e-21]))
    """
    n = _checked(logits)[0]
    kind = arithmetic_dtype(logits)
    found = RowNumbers(np.empty(n, np.int64), np.empty(n, kind), np.empty(n, kind))
    _run("numbers", logits, found, None, None)
    return found


def gradient_in_place(
    logits: NDArray[Any],
    numbers: RowNumbers,
    of_normaliser: NDArray[Any],
    of_entropy: NDArray[Any],
    /,
) -> None:
    """
    Overwrite logits by the gradient of a weighted sum of their log-normalisers and entropies.

    Parameters
    ----------
    logits : array of shape (N, K)
        C-contiguous and writeable, in float64 or float32.
    numbers : RowNumbers
        Their numbers, from `row_numbers` of the same logits.
    of_normaliser, of_entropy : array of shape (N,)
        Factors of each row's log-normaliser and entropy in the sum, in float64 for float64 logits, else in
        float32.

    Raises
    ------
    DTypeError, ShapeError, DomainError
        If an array does not have the dtype, shape or layout stated here. Values are not inspected.

    Notes
    -----
    **Definition.** :math:`p_k (a + c (z_j - z_k - D))` with the factors a and c of log-normaliser and
    entropy, the argmax j and the mean distance D of `numbers`.

    **Edge cases.** A class of probability 0 has gradient 0, as has each class of a row in which a and c are
    0, whatever its logits; another row without a softmax becomes ``nan``.

    **Numerics.** Where c is 0 an entry is within 6 units in the last place.

    Examples
    --------
    >>> logits = np.asarray([[50.0, 0.0]])
    >>> gradient_in_place(logits, row_numbers(logits), np.ones(1), np.zeros(1))
    >>> logits
    array([[1.00000000e+00, 1.92874985e-22]])
    """
    n, kind = _checked(logits)[0], arithmetic_dtype(logits)
    check_writeable(logits, caller=_CALLER, argument="logits")
    check_memory(numbers.tops, (n,), np.int64, caller=_CALLER, argument="tops")
    by_row = {
        "rests": numbers.rests, "mean_distances": numbers.mean_distances,
        "of_normaliser": of_normaliser, "of_entropy": of_entropy,
    }  # fmt: skip
    for name, array in by_row.items():
        check_memory(array, (n,), kind, caller=_CALLER, argument=name)
    _run("gradient", logits, numbers, of_normaliser, of_entropy)


def _checked(logits: NDArray[Any]) -> tuple[int, ...]:
    """
    Shape (N, K) of the logits.

    Raises `ShapeError` unless they have two axes and at least one class, `DTypeError` unless they are in
    float64 or float32, and `DomainError` unless they are C-contiguous and aligned.
    """
    check_rows(logits, caller=_CALLER, argument="logits")
    dtype = np.float64 if logits.dtype == np.float64 else np.float32
    check_memory(logits, logits.shape, dtype, caller=_CALLER, argument="logits")
    return logits.shape


def _run(
    name: str,
    logits: NDArray[Any],
    numbers: RowNumbers,
    of_normaliser: NDArray[Any] | None,
    of_entropy: NDArray[Any] | None,
) -> None:
    """
    Run the kernel ``"numbers"`` or ``"gradient"`` on checked arrays, which it writes in place.

    ``"numbers"`` fills the arrays of `numbers`, and takes None for the two gradients. ``"gradient"`` reads
    all arrays and overwrites `logits`.
    """
    rows, classes = logits.shape
    kernel = _kernel(name, format_of(logits, caller=_CALLER, argument="logits"))
    arguments: KernelArguments = {
        "logits": logits.ctypes.data,
        "tops": numbers.tops.ctypes.data,
        "rests": numbers.rests.ctypes.data,
        "mean_distances": numbers.mean_distances.ctypes.data,
        "of_normaliser": 0 if of_normaliser is None else of_normaliser.ctypes.data,
        "of_entropy": 0 if of_entropy is None else of_entropy.ctypes.data,
        "K": classes,
    }
    kernel(arguments, rows, threads=kernel.threads(rows, classes))


@functools.cache
def _kernel(name: str, numbers: str) -> RowsKernel:
    """
    Kernel ``"numbers"`` or ``"gradient"`` for a format of the logits, compiled once for each combination.

    ``"numbers"`` writes argmax, rest and mean distance of each row, ``"gradient"`` overwrites the logits. The
    format `numbers` is ``"float64"`` or ``"float32"``. Another name raises `KeyError`.
    """
    with FIRST_USE:
        from xent.kernels.softmax_statistics.cpu.statistics_kernels import gradient_kernel, numbers_kernel
        from xent.kernels.vector_code import FORMATS

        make = {"numbers": numbers_kernel, "gradient": gradient_kernel}[name]
        return RowsKernel(make(FORMATS[numbers]), row_cost=_ROW, number_cost=_NUMBER)
