"""Ways of computing a cross-entropy of logits, in the order in which they are tried."""

from __future__ import annotations

from xent.torch.cross_entropy.composed import composed_softmax
from xent.torch.cross_entropy.eager import eager_softmax, reason_not_eager
from xent.torch.cross_entropy.request import SoftmaxRequest
from xent.torch.cross_entropy.triton import reason_not_on_device, triton_softmax
from xent.torch.ways import Way, always

__all__ = ["WAYS"]

WAYS: tuple[Way[SoftmaxRequest], ...] = (
    Way("eager", reason_not_eager, eager_softmax),
    Way("triton", reason_not_on_device, triton_softmax),
    Way("composed", always, composed_softmax),
)
