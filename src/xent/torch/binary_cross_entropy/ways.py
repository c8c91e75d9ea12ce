"""Ways of computing a binary cross-entropy, in the order in which they are tried."""

from __future__ import annotations

from xent.torch.binary_cross_entropy.composed import composed_sigmoid
from xent.torch.binary_cross_entropy.eager import eager_sigmoid, reason_not_eager
from xent.torch.binary_cross_entropy.request import SigmoidRequest
from xent.torch.binary_cross_entropy.triton import reason_not_on_device, triton_sigmoid
from xent.torch.ways import Way, always

__all__ = ["WAYS"]

WAYS: tuple[Way[SigmoidRequest], ...] = (
    Way("eager", reason_not_eager, eager_sigmoid),
    Way("triton", reason_not_on_device, triton_sigmoid),
    Way("composed", always, composed_sigmoid),
)
