"""Steps from logits and labels to the mean cross-entropy and its gradient in the logits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

import xent.torch
from xent.kernels import softmax_cross_entropy as kernels
from xent.torch.memory import in_memory

__all__ = ["logits_steps"]

Loss = Callable[[Tensor, Tensor], Tensor]
Step = Callable[[Tensor, Tensor], tuple[Tensor | None, Tensor]]


def logits_steps(dtype: torch.dtype, *, in_place: bool) -> dict[str, Step]:
    """
    Forward and backward of a leaf of `dtype`, by provider; `in_place` adds the one that overwrites it.

    The copy reads as many numbers and writes as many, in new memory, and does nothing else.
    """
    compiled = torch.compile(functional.cross_entropy, dynamic=False)
    steps = {
        "xent": _by_autograd(lambda z, y: xent.torch.cross_entropy(z, y, out_dtype=_wide(dtype))),
        "torch eager": _by_autograd(functional.cross_entropy),
        "torch.compile": _by_autograd(compiled),
        "copy of the logits": lambda z, y: (None, z.detach().clone()),  # noqa: ARG005 - as all are called
    }
    return steps | ({"xent, in place": _in_place} if in_place else {})


def _wide(dtype: torch.dtype) -> torch.dtype:
    return torch.promote_types(dtype, torch.float32)


def _by_autograd(loss: Loss) -> Step:
    def step(logits: Tensor, labels: Tensor) -> Any:
        # Without this, PyTorch would add to the old gradient, which is more work than writing a new one.
        logits.grad = None
        value = loss(logits, labels)
        value.backward()
        return value.detach(), logits.grad

    return step


def _in_place(logits: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
    """Step that overwrites the logits; a repeated call gets gradients as logits, and takes as long."""
    memory, rows = in_memory(logits), len(labels)
    values = kernels.value_and_gradient(memory, kernels.Labels(in_memory(labels)), memory, factor=1 / rows)
    return torch.from_numpy(values).mean(dtype=torch.float64), logits
