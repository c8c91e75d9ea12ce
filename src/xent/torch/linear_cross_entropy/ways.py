"""Ways of computing a linear cross-entropy, in the order in which they are tried."""

from __future__ import annotations

from xent.torch.linear_cross_entropy.compiled import compiled_linear, reason_not_compiled
from xent.torch.linear_cross_entropy.composed import composed_linear
from xent.torch.linear_cross_entropy.eager import eager_linear, reason_not_eager
from xent.torch.linear_cross_entropy.request import LinearRequest
from xent.torch.linear_cross_entropy.triton import reason_not_on_device, triton_linear
from xent.torch.ways import Way, always

__all__ = ["WAYS"]

WAYS: tuple[Way[LinearRequest], ...] = (
    Way("eager", reason_not_eager, eager_linear),
    Way("triton", reason_not_on_device, triton_linear),
    Way("compiled", reason_not_compiled, compiled_linear),
    Way("composed", always, composed_linear),
)
