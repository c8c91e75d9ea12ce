"""Softmax cross-entropy of NumPy arrays by one fused kernel: value, gradient, or both."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from xent.kernels.formats import format_of
from xent.kernels.softmax_cross_entropy.arguments import CALLER, MOST_CLASSES, Arguments
from xent.kernels.softmax_cross_entropy.cpu.compiled import compiled, scratch_of
from xent.kernels.softmax_cross_entropy.truth import Labels, Statistics, Targets

__all__ = ["gradient", "value", "value_and_gradient"]

_NOTHING = Statistics()


def value(
    logits: NDArray[np.generic],
    truth: Labels | Targets,
    /,
    *,
    z_weight: float = 0.0,
    statistics: Statistics = _NOTHING,
) -> NDArray[np.floating]:
    """
    Cross-entropy of each row in nats, (N,), as `value_and_gradient` defines it, without the gradient.

    `logits` are (N, K), C-contiguous, in float64, float32, float16 or uint16 (bits of bfloat16); `z_weight`
    is the factor of the squared log-normaliser, and the arrays in `statistics` are written. An ignored row
    gives 0; nan stands for a label out of range and a row without a softmax. The result is in float64 for
    float64, else in float32. An array of another dtype, shape or layout raises `DTypeError`, `ShapeError` or
    `DomainError`.

    Examples
    --------
    >>> value(np.asarray([[50.0, 0.0]]), Labels(np.asarray([0])))
    array([1.92874985e-22])
    """
    arguments = Arguments(logits)
    values = np.empty(logits.shape[0], arguments.dtype)
    arguments.add_outputs(values, statistics, None)
    _run(arguments, truth, z_weight)
    return values


def value_and_gradient(
    logits: NDArray[np.generic],
    truth: Labels | Targets,
    gradient: NDArray[np.generic],
    /,
    *,
    factor: NDArray[np.floating] | float = 1.0,
    z_weight: float = 0.0,
    statistics: Statistics = _NOTHING,
    most_threads: int | None = None,
) -> NDArray[np.floating]:
    r"""
    Cross-entropy of each row in nats, and the gradient written to an array.

    Parameters
    ----------
    logits : array of shape (N, K)
        C-contiguous, in float64, float32, float16, or uint16 (bit patterns of bfloat16).
    truth : Labels or Targets
        Labels or target distributions.
    gradient : array of shape (N, K)
        Output, of the dtype of `logits`: either `logits` itself or an array that shares no memory with it.
    factor : float, or array of shape (N,)
        Multiplies the gradient, but not the value.
    z_weight : float
        :math:`\lambda`, the factor of the square of the log-normaliser; 0 adds nothing.
    statistics : Statistics
        Arrays to which further results of each row are written.
    most_threads : int, optional
        Most threads to use, 1 where the caller shares rows among threads itself; default as many as the work
        is worth.

    Returns
    -------
    array of shape (N,)
        Values, in float64 for float64, else in float32.

    Raises
    ------
    DTypeError, ShapeError, DomainError
        If an array does not have the dtype, shape or layout stated here. Values are not inspected.

    Notes
    -----
    **Definition.** With targets :math:`t` (a label y smoothed by :math:`\varepsilon` is
    :math:`(1 - \varepsilon)` at y and :math:`\varepsilon / K` more in each class), weights :math:`w` of the
    classes and :math:`L = \log \sum_k e^{z_k}`,

    .. math:: \ell = w_y (1 - \varepsilon) (L - z_y) + \frac{\varepsilon}{K} \sum_k w_k (L - z_k) + \lambda
    L^2

    for a label, and :math:`\sum_k w_k t_k (L - z_k) + \lambda L^2` for targets.

    **Gradient.** For targets :math:`(s + 2 \lambda L) p_k - w_k t_k` with :math:`s = \sum_k w_k t_k`. For a
    label, the same with :math:`w_k \varepsilon / K + w_y (1 - \varepsilon) [k = y]` in place of
    :math:`w_k t_k`.

    **Edge cases.** As in `xent.formulas.losses.softmax_cross_entropy`: a class of logit ``-inf`` has
    probability 0; a row that is all ``-inf``, or holds ``nan`` or ``+inf``, and a label out of range, make
    the row's value and gradient nan. A class of weight 0, or target 0, costs 0 even at ``-inf``.

    **Numerics.** Float16 and bfloat16 are computed in float32, and the gradient is rounded once.
    Value, and gradient at the label, are within 4 units in the last place up to 1,000 classes, and within 8
    up to 262,144. The result does not depend on the number of threads, on the other rows, or on whether
    `gradient` is `logits`.

    Examples
    --------
    >>> logits = np.asarray([[50.0, 0.0], [0.0, 50.0]])
    >>> gradient = np.empty_like(logits)
    >>> value_and_gradient(logits, Labels(np.asarray([0, 0])), gradient)
    array([1.92874985e-22, 5.00000000e+01])
    >>> gradient
    array([[-1.92874985e-22,  1.92874985e-22],
           [-1.00000000e+00,  1.00000000e+00]])
    """
    arguments = Arguments(logits)
    values = np.empty(logits.shape[0], arguments.dtype)
    arguments.add_outputs(values, statistics, gradient)
    arguments.add_factor(factor)
    _run(arguments, truth, z_weight, most_threads)
    return values


def gradient(
    logits: NDArray[np.generic],
    truth: Labels | Targets,
    gradient: NDArray[np.generic],
    /,
    *,
    factor: NDArray[np.floating] | float = 1.0,
    z_weight: float = 0.0,
    most_threads: int | None = None,
) -> None:
    """
    Gradient of `value`, written to an array: `value_and_gradient` without the value.

    Examples
    --------
    >>> logits = np.asarray([[50.0, 0.0]])
    >>> gradient(logits, Labels(np.asarray([0])), logits, factor=0.5)
    >>> logits
    array([[-9.64374924e-23,  9.64374924e-23]])
    """
    arguments = Arguments(logits)
    arguments.add_outputs(None, _NOTHING, gradient)
    arguments.add_factor(factor)
    _run(arguments, truth, z_weight, most_threads)


def _run(
    arguments: Arguments, truth: Labels | Targets, z_weight: float, most_threads: int | None = None
) -> None:
    """
    Choose a kernel, run it on all rows, and write the outputs that `arguments` holds in place.

    `arguments` have logits and outputs, and with a gradient its factor; `truth` and `z_weight`, the factor of
    the squared log-normaliser, are added here. `most_threads` of None means as many threads as the work is
    worth. Raises `DTypeError` for logits in no format that kernels read, labels that are no integers or
    targets of another dtype, `ShapeError` for another number of rows or classes, and `DomainError` for
    targets that are not contiguous or overlap the gradient, or an ignored label of more than 64 bits.
    """
    rows, classes = arguments.logits.shape
    arguments.add_truth(truth)
    arguments.numbers["z_weight"] = z_weight
    kernel = compiled(*_choice(arguments, truth))
    threads = kernel.threads(rows, classes)
    if most_threads is not None:
        threads = min(threads, most_threads)
    scratch_bytes = 0
    needs_memory = "gradient" in arguments.arrays and arguments.logits.dtype != arguments.dtype
    # The gradient holds the exponentials until it is computed, if its dtype is that of the arithmetic.
    if "gradient" in arguments.arrays and not needs_memory:
        arguments.share_memory("scratch", "gradient")
        arguments.numbers["scratch_step"] = classes
    if needs_memory:
        memory, scratch_bytes = scratch_of(threads, classes)
        arguments.add_memory("scratch", memory)
    kernel(arguments.numbers, rows, threads=threads, scratch_bytes=scratch_bytes)


def _choice(arguments: Arguments, truth: Labels | Targets) -> tuple[str, str, str, bool]:
    """
    Key of the kernel to call: name, formats of logits and targets, True if it writes a gradient.

    The name is ``"targets"``; for labels ``"smoothed_labels"`` with smoothing, else ``"short_rows"`` up to 96
    classes and ``"labels"`` above. Formats are names such as ``"float32"``; for labels the second is that of
    the logits. Raises `DTypeError` for a dtype that `format_of` refuses.
    """
    numbers = format_of(arguments.logits, caller=CALLER, argument="logits")
    of_targets, name = numbers, "labels"
    if isinstance(truth, Targets):
        of_targets, name = format_of(truth.targets, caller=CALLER, argument="targets"), "targets"
    elif truth.smoothing:
        name = "smoothed_labels"
    elif arguments.logits.shape[1] <= MOST_CLASSES:
        name = "short_rows"
    return name, numbers, of_targets, "gradient" in arguments.arrays
