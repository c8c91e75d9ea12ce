"""Ways of computing a linear cross-entropy, in the order in which they are tried."""

from __future__ import annotations

from xent.torch.linear_cross_entropy.compiled import compiled_linear, reason_not_compiled
from xent.torch.linear_cross_entropy.composed import composed_linear
from xent.torch.linear_cross_entropy.eager import eager_linear, reason_not_eager
from xent.torch.linear_cross_entropy.request import LinearRequest
from xent.torch.linear_cross_entropy.sharded import reason_not_sharded, sharded_linear
from xent.torch.linear_cross_entropy.triton import reason_not_on_device, triton_linear
from xent.torch.ways import Way, always, of_one_rank

__all__ = ["WAYS"]


def _has_ranks(request: LinearRequest) -> bool:
    """True if the weight has the classes of one rank only."""
    return request.options.softmax.ranks is not None


_SUBJECT = "`linear_weight`"
WAYS: tuple[Way[LinearRequest], ...] = (
    Way("eager", of_one_rank(reason_not_eager, _has_ranks, _SUBJECT), eager_linear),
    Way("triton", of_one_rank(reason_not_on_device, _has_ranks, _SUBJECT), triton_linear),
    Way("sharded", reason_not_sharded, sharded_linear),
    Way("compiled", of_one_rank(reason_not_compiled, _has_ranks, _SUBJECT), compiled_linear),
    Way("composed", of_one_rank(always, _has_ranks, _SUBJECT), composed_linear),
)
