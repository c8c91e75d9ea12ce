"""Arguments of one call of a kernel, made of checked arrays."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from xent.errors import DomainError
from xent.kernels.checks import (
    check_apart,
    check_memory,
    check_output,
    check_rows,
    integers_of,
    numbers_of,
)
from xent.kernels.cpu.arguments import kinds_of
from xent.kernels.formats import arithmetic_dtype
from xent.kernels.softmax_cross_entropy.cpu.kernel_arguments import KernelArguments
from xent.kernels.softmax_cross_entropy.truth import Labels, Statistics, Targets
from xent.options.label_smoothing import kept_and_share

__all__ = ["CALLER", "MOST_CLASSES", "Arguments"]

CALLER = "softmax_cross_entropy"
# Rows of up to this many classes are computed side by side, one per lane; longer ones are as fast one by one.
MOST_CLASSES = 96

_NONE_GIVEN: dict[str, float] = dict.fromkeys(kinds_of(KernelArguments), 0)
_INT64 = np.iinfo(np.int64)


class Arguments:
    """
    Arguments of one call of a kernel over the rows of `logits`, checked.

    `numbers` holds every argument by name; one that was not added is 0, but `kept` is 1. `arrays` keeps the
    arrays alive whose addresses are among them. `dtype` is that of the arithmetic, of values and of factors.

    Parameters
    ----------
    logits : array of shape (N, K)
        Rows, with at least one class; `ShapeError` or `DomainError` is raised as `check_rows` says.
    """

    def __init__(self, logits: NDArray[np.generic]) -> None:
        check_rows(logits, caller=CALLER, argument="logits")
        self.logits = logits
        self.dtype: DTypeLike = arithmetic_dtype(logits)
        self.numbers: dict[str, float] = _NONE_GIVEN | {"K": logits.shape[1], "kept": 1.0}
        # An address does not keep its array alive.
        self.arrays: dict[str, NDArray[np.generic]] = {}
        self._array("logits", logits)

    def add_truth(self, truth: Labels | Targets) -> None:
        """
        Add labels or targets, class weights, and for labels the ignored one and the smoothing.

        Call `add_outputs` before, for targets must not overlap the gradient. Raises `DTypeError` for labels
        that are no integers or targets neither in the dtype of the logits nor in that of the arithmetic,
        `ShapeError` for another number of rows or classes, also of the weights, and `DomainError` for targets
        that are not contiguous or overlap the gradient, and for an ignored label of more than 64 bits. Labels
        are converted to int64. Neither their range nor the smoothing is checked.
        """
        if isinstance(truth, Targets):
            # Targets of 16-bit logits may be given in float32.
            dtype = self.dtype if truth.targets.dtype == self.dtype else self.logits.dtype
            check_memory(truth.targets, self.logits.shape, dtype, caller=CALLER, argument="targets")
            gradient = self.arrays.get("gradient")
            check_apart(gradient, truth.targets, caller=CALLER, argument="gradient", name="targets")
            self._array("targets", truth.targets)
            self._add_weights(truth.class_weights, each=True)
            return
        labels = integers_of(truth.labels, caller=CALLER, argument="labels")
        check_memory(labels, self.logits.shape[:1], np.int64, caller=CALLER, argument="labels")
        self._array("labels", labels)
        if truth.ignored is not None and not _INT64.min <= truth.ignored <= _INT64.max:
            raise DomainError(CALLER, "ignored", "be an integer of 64 bits", got=str(truth.ignored))
        self.numbers |= {"has_ignored": truth.ignored is not None, "ignored": truth.ignored or 0}
        self._add_weights(truth.class_weights, each=truth.smoothing != 0)
        if truth.smoothing:
            kept, share = kept_and_share(truth.smoothing, self.logits.shape[1])
            self.numbers |= {"kept": kept, "share": share}
            self._array("other_weights", _sums_of_others(self.arrays["class_weights"]))

    def add_outputs(
        self,
        values: NDArray[np.floating] | None,
        statistics: Statistics,
        gradient: NDArray[np.generic] | None,
    ) -> None:
        """
        Add the output arrays that are requested; None stands for one that is not.

        `values` has shape (N,) and the dtype of the arithmetic, and so have the log-normalisers of
        `statistics`; its argmax, `tops`, is (N,) in int64. `gradient` has the shape and dtype of the logits,
        which it may replace. Raises `DTypeError` or `ShapeError` for another dtype or shape, and
        `DomainError` for an output that is read-only, not contiguous, or overlaps the logits without being
        the same memory.
        """
        rows = self.logits.shape[:1]
        by_row = (
            ("values", values, self.dtype),
            ("normalisers", statistics.log_normalisers, self.dtype),
            ("tops", statistics.tops, np.int64),
        )
        for name, array, dtype in by_row:
            if array is not None:
                check_output(array, self.logits, dtype, caller=CALLER, argument=name, shape=rows)
                self._array(name, array)
        if gradient is not None:
            check_output(gradient, self.logits, self.logits.dtype, caller=CALLER, argument="gradient")
            self._array("gradient", gradient)

    def add_factor(self, factor: NDArray[np.floating] | float) -> None:
        """
        Add the factor of the gradient, one number or one for each row.

        It is converted to the dtype of the arithmetic. Raises `ShapeError` for an array of another shape than
        (N,).
        """
        rows = self.logits.shape[:1]
        factors, step = numbers_of(factor, rows, self.dtype, caller=CALLER, argument="factor")
        self._array("factors", factors)
        self.numbers["factor_step"] = step

    def share_memory(self, name: str, other: str) -> None:
        """Set the argument `name` to the address of the argument `other`, which was added before."""
        self.numbers[name] = self.numbers[other]

    def add_memory(self, name: str, array: NDArray[np.generic]) -> None:
        """Add unchecked memory to write to, and keep it alive as long as the arguments."""
        self._array(name, array)

    def _add_weights(self, weights: NDArray[np.floating] | None, *, each: bool) -> None:
        """
        Add the class weights, (K,): all 1 for None. Another dtype than that of the arithmetic is converted.

        With `each` they become an array of one for each class in any case; without it, None becomes a single
        number for all. Raises `ShapeError` for an array of another shape.
        """
        classes = self.logits.shape[1]
        if weights is None and each:
            weights = np.ones(classes, self.dtype)
        given = 1.0 if weights is None else weights
        array, step = numbers_of(given, (classes,), self.dtype, caller=CALLER, argument="class_weights")
        self._array("class_weights", array)
        self.numbers["weight_step"] = step

    def _array(self, name: str, array: NDArray[np.generic]) -> None:
        """Add the address of an array as the argument `name`, and keep the array alive."""
        self.arrays[name] = array
        self.numbers[name] = array.ctypes.data


def _sums_of_others(weights: NDArray[Any]) -> NDArray[Any]:
    """
    For each of the K `weights`, the sum of all others, in their dtype; it is added up in float64.

    At the largest weight, where the total less it would cancel, the others themselves are added.
    """
    wide = weights.astype(np.float64)
    others = wide.sum() - wide
    # At a dominating weight `sum - weight` cancels; there the others are added up.
    top = int(np.argmax(wide))
    others[top] = wide[:top].sum() + wide[top + 1 :].sum()
    result: NDArray[Any] = others.astype(weights.dtype)
    return result
