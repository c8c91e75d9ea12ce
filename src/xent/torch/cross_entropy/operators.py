"""
Kernels registered as operators of PyTorch: a compiler keeps each as one node, and `vmap` adds rows.

No derivatives are registered: an operator is only called inside `differentiable`, which takes the
derivatives from the formula.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from xent.kernels import softmax_cross_entropy
from xent.torch.memory import in_memory, new_memory

__all__ = ["softmax_gradient", "softmax_value"]


@torch.library.custom_op("xent::softmax_cross_entropy", mutates_args=())
def softmax_value(logits: Tensor, labels: Tensor, ignored: int) -> Tensor:
    """
    Cross-entropy of labels (...) under logits (..., K), which have 32 or 64 bits, in the dtype of the logits.

    It is 0 for the label `ignored` and nan for one out of range.
    """
    rows = logits.reshape(-1, logits.shape[-1])
    truth = softmax_cross_entropy.Labels(in_memory(labels).reshape(-1), None, ignored)
    return torch.from_numpy(softmax_cross_entropy.value(in_memory(rows), truth)).reshape(labels.shape)


@torch.library.custom_op("xent::softmax_cross_entropy_gradient", mutates_args=())
def softmax_gradient(logits: Tensor, labels: Tensor, ignored: int) -> Tensor:
    """
    Gradient of `softmax_value` in the logits (..., K), which have 32 or 64 bits, in their dtype and new
    memory.

    It is 0 in rows of the label `ignored`, and nan where a label, (...), is out of range or a row has no
    softmax.
    """
    rows = logits.reshape(-1, logits.shape[-1])
    truth = softmax_cross_entropy.Labels(in_memory(labels).reshape(-1), None, ignored)
    # New memory: an operator may neither return nor write its arguments.
    gradient = new_memory(logits.shape, logits.dtype)
    softmax_cross_entropy.gradient(in_memory(rows), truth, in_memory(gradient).reshape(rows.shape))
    return gradient


def _like_labels(logits: Tensor, labels: Tensor, ignored: int) -> Tensor:
    """
    Tensor of the shape of the labels and dtype of the logits, for a compiler that asks for the result of an
    operator.
    """
    del ignored
    return logits.new_empty(labels.shape)


def _like_logits(logits: Tensor, *others: Any) -> Tensor:
    """Tensor of shape and dtype of the logits, for a compiler that asks for the result of an operator."""
    del others
    return logits.new_empty(logits.shape)


def _batched(operator: Any) -> Any:
    """
    Rule of `vmap` for `operator`: the batch axis becomes the first axis of logits, labels and result.

    A tensor without a batch axis is repeated along it.
    """

    def rule(info: Any, in_dims: tuple[int | None, ...], logits: Tensor, truth: Tensor, *rest: Any) -> Any:
        moved = [
            tensor.expand(info.batch_size, *tensor.shape) if axis is None else tensor.movedim(axis, 0)
            for tensor, axis in zip((logits, truth), in_dims, strict=False)
        ]
        return operator(*moved, *rest), 0

    return rule


softmax_value.register_fake(_like_labels)
softmax_gradient.register_fake(_like_logits)
for _operator in (softmax_value, softmax_gradient):
    _operator.register_vmap(_batched(_operator))
