"""Steps from hidden states, a weight and labels to the mean cross-entropy and its two gradients."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, NamedTuple

import torch
from torch import Tensor
from torch.nn import functional

import xent.torch

__all__ = ["Case", "Step", "linear_steps", "statistics_steps"]

Loss = Callable[[Tensor, Tensor, Tensor], Tensor]
Results = tuple[Tensor | None, Tensor, Tensor]
Step = Callable[[Tensor, Tensor, Tensor], Results]


class Case(NamedTuple):
    """Shape of a case: numbers of rows, features and classes."""

    rows: int
    features: int
    classes: int

    def __str__(self) -> str:
        return f"{self.rows:,} {self.features:,} {self.classes:,}"

    @property
    def multiplications(self) -> int:
        """Number of multiplications in one matrix product."""
        return self.rows * self.features * self.classes

    @property
    def is_large(self) -> bool:
        """True if PyTorch's chunked function takes many seconds."""
        return self.multiplications > 2e9

    def tensors(self, dtype: torch.dtype) -> tuple[Tensor, Tensor, Tensor]:
        """Hidden states, weight and labels, which lead by about nine nats."""
        torch.manual_seed(20261120)
        labels = torch.randint(self.classes, (self.rows,))
        weight = torch.randn(self.classes, self.features) / self.features**0.5
        hidden = torch.randn(self.rows, self.features) + 9 * weight[labels]
        return hidden.to(dtype).requires_grad_(), weight.to(dtype).requires_grad_(), labels


def linear_steps(dtype: torch.dtype) -> dict[str, Step]:
    """Forward and backward step for leaves of `dtype`, by provider."""
    wide, options = torch.promote_types(dtype, torch.float32), torch.nn.LinearCrossEntropyOptions()
    steps = {
        "xent": _by_autograd(lambda x, w, y: xent.torch.linear_cross_entropy(x, w, y, out_dtype=wide)),
        "torch unfused": _by_autograd(lambda x, w, y: functional.cross_entropy((x @ w.T).float(), y)),
        "torch unfused, bf16": _by_autograd(lambda x, w, y: functional.cross_entropy(x @ w.T, y)),
        # Without options PyTorch's function is unfused.
        "torch chunked": _by_autograd(functools.partial(functional.linear_cross_entropy, options=options)),
        "three products": _products,
    }
    if dtype is torch.float32:
        del steps["torch unfused, bf16"]
    return steps


def statistics_steps(dtype: torch.dtype) -> dict[str, Step]:
    """Forward and backward step with statistics for leaves of `dtype`, and that of the loss alone."""
    wide = torch.promote_types(dtype, torch.float32)

    def with_statistics(x: Tensor, w: Tensor, y: Tensor, **options: Any) -> Any:
        given = {"out_dtype": wide, "return_stats": True, **options}
        return xent.torch.linear_cross_entropy(x, w, y, **given)

    def policy(x: Tensor, w: Tensor, y: Tensor) -> Tensor:
        found = with_statistics(x, w, y, top_k=4)[1]
        total: Tensor = found.entropy.mean() - found.log_prob.mean() + found.top_log_probs[:, 1].mean()
        return total + 1e-4 * (found.log_normaliser**2).mean()

    def entropy(x: Tensor, w: Tensor, y: Tensor) -> Tensor:
        loss, found = with_statistics(x, w, y)
        total: Tensor = loss - 0.01 * found.entropy.mean()
        return total

    def log_prob(x: Tensor, w: Tensor, y: Tensor) -> Tensor:
        found: Tensor = with_statistics(x, w, y)[1].log_prob
        return -found.mean()

    def unfused(x: Tensor, w: Tensor, y: Tensor) -> Tensor:
        log_probs = (x @ w.T).to(wide).log_softmax(1)
        chosen = log_probs.gather(1, y[:, None]).mean()
        return -chosen + 0.01 * (log_probs.exp() * log_probs).sum(1).mean()

    return {
        "xent": linear_steps(dtype)["xent"],
        "xent, detached": _by_autograd(lambda x, w, y: with_statistics(x, w, y, return_stats="detached")[0]),
        "xent, loss of a call": _by_autograd(lambda x, w, y: with_statistics(x, w, y)[0]),
        "xent, entropy": _by_autograd(entropy),
        "xent, log-probability": _by_autograd(log_prob),
        "xent, all": _by_autograd(policy),
        "torch eager": _by_autograd(lambda x, w, y: functional.cross_entropy((x @ w.T).to(wide), y)),
        "torch eager, entropy": _by_autograd(unfused),
    }


def _by_autograd(loss: Loss) -> Step:
    def step(hidden: Tensor, weight: Tensor, labels: Tensor) -> Any:
        # Without this, PyTorch would add to the old gradients, which is more work than writing new ones.
        hidden.grad = weight.grad = None
        value = loss(hidden, weight, labels)
        value.backward()
        return value.detach(), hidden.grad, weight.grad

    return step


@torch.no_grad()
def _products(hidden: Tensor, weight: Tensor, labels: Tensor) -> Results:
    """The three matrix products of every provider, without the loss; the results are not gradients."""
    del labels
    logits = hidden @ weight.T
    return None, logits @ weight, logits.T @ hidden
