"""Ways of computing a cross-entropy of logits, in the order in which they are tried."""

from __future__ import annotations

from xent.torch.cross_entropy.composed import checked_softmax
from xent.torch.cross_entropy.eager import eager_softmax, reason_not_eager
from xent.torch.cross_entropy.onnx import node_of_labels, reason_not_onnx
from xent.torch.cross_entropy.request import SoftmaxRequest
from xent.torch.cross_entropy.sharded import reason_not_sharded, sharded_softmax
from xent.torch.cross_entropy.triton import reason_not_on_device, triton_softmax
from xent.torch.ways import Way, always, of_one_rank

__all__ = ["WAYS"]


def _has_ranks(request: SoftmaxRequest) -> bool:
    """True if the input has the classes of one rank only."""
    return request.options.ranks is not None


WAYS: tuple[Way[SoftmaxRequest], ...] = (
    Way("eager", of_one_rank(reason_not_eager, _has_ranks, "`input`"), eager_softmax),
    Way("triton", of_one_rank(reason_not_on_device, _has_ranks, "`input`"), triton_softmax),
    Way("sharded", reason_not_sharded, sharded_softmax),
    Way("onnx", of_one_rank(reason_not_onnx, _has_ranks, "`input`"), node_of_labels),
    Way("composed", of_one_rank(always, _has_ranks, "`input`"), checked_softmax),
)
