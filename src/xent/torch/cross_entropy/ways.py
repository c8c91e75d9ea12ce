"""Ways of computing a cross-entropy of logits, in the order in which they are tried."""

from __future__ import annotations

from collections.abc import Callable

from xent.torch.cross_entropy.composed import composed_softmax
from xent.torch.cross_entropy.eager import eager_softmax, reason_not_eager
from xent.torch.cross_entropy.onnx import node_of_labels, reason_not_onnx
from xent.torch.cross_entropy.request import SoftmaxRequest
from xent.torch.cross_entropy.sharded import reason_not_sharded, sharded_softmax
from xent.torch.cross_entropy.triton import reason_not_on_device, triton_softmax
from xent.torch.ways import Way, always

__all__ = ["WAYS"]


def _of_one_rank(
    reason_not: Callable[[SoftmaxRequest], str | None],
) -> Callable[[SoftmaxRequest], str | None]:
    """`reason_not` for a way that reads the classes of one rank only."""

    def reason(request: SoftmaxRequest) -> str | None:
        if request.options.ranks is not None:
            return "`process_group` is given, and `input` has the classes of one rank"
        return reason_not(request)

    return reason


WAYS: tuple[Way[SoftmaxRequest], ...] = (
    Way("eager", _of_one_rank(reason_not_eager), eager_softmax),
    Way("triton", _of_one_rank(reason_not_on_device), triton_softmax),
    Way("sharded", reason_not_sharded, sharded_softmax),
    Way("onnx", _of_one_rank(reason_not_onnx), node_of_labels),
    Way("composed", _of_one_rank(always), composed_softmax),
)
