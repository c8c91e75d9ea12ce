"""The ONNX way: PyTorch's own operator, which its exporter turns into one node, SoftmaxCrossEntropyLoss."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import _reduction

from xent.torch.cross_entropy.request import SoftmaxRequest
from xent.torch.memory import is_exported_to_onnx

__all__ = ["node_of_labels", "reason_not_onnx"]


def reason_not_onnx(request: SoftmaxRequest) -> str | None:
    """
    Reason why ONNX's node does not compute this request, as the end of a sentence; None if it does.

    It is that no export traces the call, that there are probabilities, or the first option without a node:
    smoothing, z-loss, mask, denominator or ``on_empty="zero"``.
    """
    if not is_exported_to_onnx():
        return "no export to ONNX traces the call"
    options = request.options
    if not options.has_labels:
        return "`target` holds probabilities, for which ONNX has no node"
    reduction = options.reduction
    for name, is_given in (
        # PyTorch's exporter leaves smoothing out without a word.
        ("label_smoothing", options.label_smoothing > 0),
        ("z_loss", options.z_loss > 0),
        ("class_mask", options.class_mask is not None),
        ("denominator", reduction.denominator is not None),
        ("on_empty", reduction.on_empty == "zero"),
    ):
        if is_given:
            return f"`{name}` is given, for which ONNX has no node"
    return None


def node_of_labels(request: SoftmaxRequest) -> Tensor:
    """
    Cross-entropy in nats of labels, in the options' dtype, by PyTorch's operator, of which the exporter knows
    the node.

    It has the shape () or, without a reduction, that of the labels. Options that `reason_not_onnx` refuses
    are not read, nor is ``on_empty="raise"``: a mean over nothing is nan.
    """
    input, target, weight, options = request
    # Not the function of `torch.nn`, whose name `patch` may have bound to this library.
    loss: Tensor = torch.ops.aten.cross_entropy_loss(
        input,
        target,
        weight,
        _reduction.get_enum(options.reduction.kind),
        options.ignore_index,
    )
    return loss.to(options.dtype)
