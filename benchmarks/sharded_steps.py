"""Steps of cross-entropy whose classes are divided among ranks, the formula of Megatron-LM among them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Self

import torch
import torch.distributed as dist
from torch import Tensor

import xent.torch

__all__ = ["CountedBytes", "sharded_steps"]

Step = Callable[[Tensor, Tensor, Tensor], tuple[Tensor, ...]]


class CountedBytes:
    """Bytes that this rank hands to collectives, counted while the object is a context manager."""

    def __init__(self) -> None:
        self.sent = 0
        self._plain: dict[str, Any] = {}

    def __enter__(self) -> Self:
        from xent.torch import process_groups

        for module, name in ((dist, "all_reduce"), (process_groups, "_all_gather")):
            plain = getattr(module, name)
            self._plain[name] = (module, plain)
            setattr(module, name, self._counting(plain, place=0 if name == "all_reduce" else 1))
        return self

    def __exit__(self, *error: object) -> None:
        for name, (module, plain) in self._plain.items():
            setattr(module, name, plain)

    def _counting(self, plain: Any, *, place: int) -> Any:
        def counted(*tensors: Any, **options: Any) -> Any:
            self.sent += tensors[place].nbytes
            return plain(*tensors, **options)

        return counted


def sharded_steps(group: Any) -> dict[str, Step]:
    """Forward and backward step of this rank by provider: loss, gradients in hidden states and weight."""

    def linear(hidden: Tensor, weight: Tensor, labels: Tensor) -> Tensor:
        loss = xent.torch.linear_cross_entropy(hidden, weight, labels, process_group=group)
        assert isinstance(loss, Tensor)  # noqa: S101 - no statistics are requested
        return loss

    def of_logits(hidden: Tensor, weight: Tensor, labels: Tensor) -> Tensor:
        loss = xent.torch.cross_entropy(_Copied.apply(hidden, group) @ weight.T, labels, process_group=group)
        assert isinstance(loss, Tensor)  # noqa: S101 - as above
        return loss

    def megatron(hidden: Tensor, weight: Tensor, labels: Tensor) -> Tensor:
        loss: Tensor = _Megatron.apply(_Copied.apply(hidden, group) @ weight.T, labels, group).mean()
        return loss

    return {
        "xent, linear": _by_autograd(linear),
        "xent, logits": _by_autograd(of_logits),
        "Megatron's formula": _by_autograd(megatron),
    }


def _by_autograd(loss: Callable[[Tensor, Tensor, Tensor], Tensor]) -> Step:
    def step(hidden: Tensor, weight: Tensor, labels: Tensor) -> tuple[Tensor, ...]:
        value = loss(hidden, weight, labels)
        return value.detach(), *torch.autograd.grad(value, (hidden, weight))

    return step


class _Copied(torch.autograd.Function):
    """Hidden states that all ranks share, whose gradient is the sum of the ranks' parts."""

    @staticmethod
    def forward(ctx: Any, hidden: Tensor, group: Any) -> Tensor:
        ctx.group = group
        return hidden.view_as(hidden)

    @staticmethod
    def backward(ctx: Any, upstream: Tensor) -> tuple[Tensor | None, ...]:
        total = upstream.contiguous().clone()
        dist.all_reduce(total, group=ctx.group)
        return total, None


class _Megatron(torch.autograd.Function):
    """Loss as Megatron-LM has it: all-reduces of the largest logit, the label's logit and the sum."""

    @staticmethod
    def forward(ctx: Any, logits: Tensor, labels: Tensor, group: Any) -> Tensor:
        peak = logits.detach().amax(1)
        dist.all_reduce(peak, op=dist.ReduceOp.MAX, group=group)
        shifted = logits - peak[:, None]
        places = labels - dist.get_rank(group) * logits.shape[1]
        is_here = (places >= 0) & (places < logits.shape[1])
        safe = torch.where(is_here, places, 0)[:, None]
        label_logit = torch.where(is_here, shifted.gather(1, safe)[:, 0], 0.0)
        dist.all_reduce(label_logit, group=group)
        powers = shifted.exp_()
        total = powers.sum(1)
        dist.all_reduce(total, group=group)
        ctx.save_for_backward(powers.div_(total[:, None]), safe, is_here)
        return total.log() - label_logit

    @staticmethod
    def backward(ctx: Any, upstream: Tensor) -> tuple[Tensor | None, ...]:
        probs, safe, is_here = ctx.saved_tensors
        probs.scatter_add_(1, safe, -is_here.to(probs.dtype)[:, None])
        return probs * upstream[:, None], None, None
