"""
Gradients made in the forward pass and handed out once, the rule of the three eager ways.

The kernels read each row once and write its loss and its gradient in the same pass, so the gradient exists
before backward is called. Backward gives that tensor away, and its new owner (an optimizer, a hook, the next
backward function) may write to it. So the context forgets the tensor the moment it is handed out, and every
later backward through a retained graph computes a new one from the saved inputs::

    forward         loss, and ctx.gradient = d loss / d input      one pass over the input
                                  |
    1st backward(u) takes it, ctx.gradient = None; times u in place; handed out
                                  .
    2nd backward(v) finds None: a second pass, d loss / d input times v, in new memory
                                  .
    create_graph    the composed way's loss is differentiated: its gradient has a graph

An input that was changed in place since is noticed by autograd when the saved tensors are unpacked.
"""

from __future__ import annotations

import torch
from torch import Tensor

from xent.torch.reduction import Reduction

__all__ = ["is_made_forward", "is_scaled"]

# PyTorch has no public name for the hooks on saved tensors.
_hooks = torch._C._autograd._top_saved_tensors_default_hooks  # noqa: SLF001


def is_made_forward(input: Tensor, reduction: Reduction) -> bool:
    """
    True if forward computes the gradient.

    Not for one loss per row, whose factors are known in backward only. Not for float16, which is trained with
    a factor on the loss: multiplied after rounding, a gradient that had underflowed would stay 0. Not under
    hooks on saved tensors, as of checkpoints: they are there to keep less memory until backward.
    """
    return reduction.kind != "none" and input.dtype is not torch.float16 and _hooks(True) is None


def is_scaled(gradient: Tensor, factor: float) -> bool:
    """Multiply `gradient` in place; False, and nothing done, for bfloat16, which would be rounded twice."""
    if factor == 1:
        return True
    if gradient.dtype is torch.bfloat16:
        return False
    gradient.mul_(factor)
    return True
