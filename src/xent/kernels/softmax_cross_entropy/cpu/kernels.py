"""Table of the kernels of softmax cross-entropy, by name."""

from __future__ import annotations

from xent.kernels.softmax_cross_entropy.cpu.labels_kernel import labels_kernel
from xent.kernels.softmax_cross_entropy.cpu.short_rows_kernel import short_rows_kernel
from xent.kernels.softmax_cross_entropy.cpu.targets_kernel import smoothed_labels_kernel, targets_kernel
from xent.kernels.vector_code import Format, Kernel

__all__ = ["kernel_called"]


def kernel_called(name: str, numbers: Format, of_targets: Format, *, gradient: bool) -> Kernel:
    """
    Kernel ``"labels"``, ``"smoothed_labels"``, ``"short_rows"`` or ``"targets"``, not compiled.

    `numbers` is the format of the logits; `of_targets` is read by ``"targets"`` only. With `gradient` the
    kernel writes the gradient as well as the value. Another name raises `KeyError`.
    """
    if name == "targets":
        return targets_kernel(numbers, of_targets, gradient=gradient)
    makers = {
        "labels": labels_kernel,
        "short_rows": short_rows_kernel,
        "smoothed_labels": smoothed_labels_kernel,
    }
    return makers[name](numbers, gradient=gradient)
