"""Formula of softmax cross-entropy of labels with ignored rows; on the CPU it calls the kernels."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from xent.arrays import Namespace
from xent.formulas.losses.softmax_cross_entropy import softmax_cross_entropy
from xent.torch.cross_entropy.operators import softmax_gradient, softmax_value
from xent.torch.memory import KERNELS_RUN, is_exported_to_onnx

__all__ = ["CrossEntropyOfLabels"]


@dataclass(frozen=True)
class CrossEntropyOfLabels:
    """
    `softmax_cross_entropy` of `xent.formulas` with ignored rows: these cost 0, and their logits are not read.

    Parameters
    ----------
    ignored : int
        Label of ignored rows.
    """

    ignored: int

    def value(self, logits: Tensor, labels: Tensor, *, xp: Namespace) -> Tensor:
        """
        Cross-entropy in nats of logits (..., K) and labels (...), of shape (...).

        It is 0 for an ignored label and nan for one out of range.
        """
        if _suits_operators(logits):
            value: Tensor = softmax_value(logits, labels, self.ignored)
            return value
        ignored, labels = self._read(labels)
        return torch.where(ignored, 0.0, softmax_cross_entropy.value(logits, labels, xp=xp))

    def gradient(self, logits: Tensor, labels: Tensor, *, xp: Namespace) -> Tensor:
        """
        Gradient of `value` in the logits, (..., K): 0 in rows of an ignored label, nan for one out of
        range.
        """
        if _suits_operators(logits):
            gradient: Tensor = softmax_gradient(logits, labels, self.ignored)
            return gradient
        ignored, labels = self._read(labels)
        return torch.where(ignored[..., None], 0.0, softmax_cross_entropy.gradient(logits, labels, xp=xp))

    def value_and_gradient(self, logits: Tensor, labels: Tensor, *, xp: Namespace) -> tuple[Tensor, Tensor]:
        """Pair of `value` and `gradient`."""
        return self.value(logits, labels, xp=xp), self.gradient(logits, labels, xp=xp)

    def hessian_vector_product(
        self, logits: Tensor, labels: Tensor, vectors: Tensor, *, xp: Namespace
    ) -> Tensor:
        """
        Product of each row's Hessian in the logits with its row of `vectors`, (..., K); 0 for an ignored
        label.
        """
        ignored, labels = self._read(labels)
        product = softmax_cross_entropy.hessian_vector_product(logits, labels, vectors, xp=xp)
        return torch.where(ignored[..., None], 0.0, product)

    def hessian(self, logits: Tensor, labels: Tensor, *, xp: Namespace) -> Tensor:
        """Hessian of each row in its logits, of shape (..., K, K); 0 for an ignored label."""
        ignored, labels = self._read(labels)
        hessian = softmax_cross_entropy.hessian(logits, labels, xp=xp)
        return torch.where(ignored[..., None, None], 0.0, hessian)

    def _read(self, labels: Tensor) -> tuple[Tensor, Tensor]:
        """Pair of the mask of ignored rows and `labels` with 0 in these rows."""
        ignored = labels == self.ignored
        return ignored, torch.where(ignored, 0, labels)


def _suits_operators(logits: Tensor) -> bool:
    """
    True if the kernels run here and can read the logits: on the CPU, with classes, and in no export to
    ONNX.
    """
    if is_exported_to_onnx():
        return False
    return KERNELS_RUN and logits.device.type == "cpu" and logits.shape[-1] > 0
