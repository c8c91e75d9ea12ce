"""Negative log-likelihood of log-probabilities with PyTorch's own arguments."""

from __future__ import annotations

import sys
from functools import partial
from typing import Any

import torch
from torch import Tensor
from torch.nn import _reduction
from torch.overrides import handle_torch_function, has_torch_function_variadic

from xent.arrays import is_distributed, raised_together, refuse_call_by_keras
from xent.arrays.torch_scripting import unscriptable
from xent.torch.cross_entropy.checks import check_request
from xent.torch.cross_entropy.composed import entry_of_label
from xent.torch.cross_entropy.request import SoftmaxOptions
from xent.torch.labels import check_labels
from xent.torch.memory import is_exported_to_onnx, is_readable, n_classes
from xent.torch.reduction import reduction_of, result_dtype
from xent.torch.tensor_arguments import check_tensors

__all__ = ["nll_loss"]


@unscriptable
def nll_loss(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    ignore_index: int = -100,
    reduce: bool | None = None,
    reduction: str = "mean",
    *,
    denominator: float | Tensor | None = None,
    on_empty: str = "nan",
) -> Tensor:
    r"""
    Negative log-likelihood of labels under log-probabilities, in nats.

    Arguments and result are those of `torch.nn.functional.nll_loss`, up to rounding; the keywords
    are additional.

    Parameters
    ----------
    input : Tensor of shape (C,), (N, C) or (N, C, d1, ..., dK)
        Log-probabilities; the classes lie on axis 1, or on the only one.
    target : Tensor of int
        Labels, of the shape of `input` without its classes, or of shape (1,) for one row.
    weight : Tensor of shape (C,), optional
        Factor of each class.
    size_average, reduce : bool, optional
        Older names of reductions, of which PyTorch warns. Unless both are None they replace `reduction`: by
        "none" if `reduce` is False, else by "sum" if `size_average` is False, else by "mean".
    ignore_index : int
        Label of ignored rows, in range or not; they cost 0 and their log-probabilities are not read.
    reduction : "none", "mean" or "sum"
        One loss per row, their mean, weighted by `weight` at the labels, or their sum.
    denominator : float or Tensor of shape (), optional
        Denominator of a "mean", finite and >= 0, which no other reduction takes; a tensor that is not, and
        cannot be read, gives ``nan``.
    on_empty : "nan", "zero" or "raise"
        Result of a mean whose denominator is 0: ``nan``, or ``inf`` for a sum above 0; or 0; or a
        `DomainError`. In traced calls and on other devices than the CPU "raise" is "nan".

    Returns
    -------
    Tensor
        The loss, of shape () or, with the reduction "none", that of `target`, in the dtype of `input`; under
        autocast float32 for half precision.

    Raises
    ------
    DTypeError
        If `input`, `target` or `weight` is no tensor or sparse, `input` not of 64, 32 or 16 bits, `target`
        not of integers, `weight` complex, or `denominator` or `ignore_index` no number.
    ShapeError
        If `target` or `weight` does not fit `input`, or `denominator` is not of shape ().
    DomainError
        If a tensor is on another device than `input`, or an argument outside the values given here; for a
        mean over nothing with ``on_empty="raise"``.
    LabelError
        If a label is out of range and not `ignore_index`. In traced calls and on other devices than the CPU
        such a row is ``nan``.

    Notes
    -----
    **Definition.** :math:`\ell = -w_y z_y` for a label y; the mean divides the sum by that of
    :math:`w_y`.

    **Gradient.** :math:`-w_y` at the label, 0 elsewhere.

    **Edge cases.** A class of weight 0 costs 0, also at ``-inf``. Rows with `ignore_index` are ignored:
    they cost 0 and are not read. The mean over nothing is ``nan``, with gradient 0.

    **Numerics.** Without weights a loss is its log-probability to the last digit; sums are taken in 64
    bits. Digits that `log_softmax` lost before are lost: `xent.torch.cross_entropy` of the logits keeps them.

    References
    ----------
    .. [1] Bishop, C. M. (2006). Pattern Recognition and Machine Learning, Springer. Equation 4.108.

    Examples
    --------
    >>> import torch
    >>> log_probs = torch.tensor([[-0.5, -torch.inf], [-0.25, -1.5]])
    >>> nll_loss(log_probs, torch.tensor([0, 1]), reduction="none")
    tensor([0.5000, 1.5000])
    """
    if "keras" in sys.modules:
        refuse_call_by_keras("nll_loss", "input")
    if has_torch_function_variadic(input, target, weight):
        loss: Tensor = handle_torch_function(
            nll_loss, (input, target, weight), input, target, weight, size_average, ignore_index, reduce,
            reduction, denominator=denominator, on_empty=on_empty,
        )  # fmt: skip
        return loss
    check_tensors("nll_loss", {"input": input, "target": target}, weight=weight)
    reduced = reduction_of(
        "nll_loss", reduction, size_average, reduce, denominator=denominator, on_empty=on_empty
    )
    # PyTorch takes this shape for one row, too.
    if target.shape == (1,) and input.ndim == 1:
        target = target[0]
    dtype = result_dtype(input)
    check_request(input, target, weight, SoftmaxOptions(reduced, dtype, True, ignore_index))
    target = target.long()
    if is_exported_to_onnx() and denominator is None and on_empty != "zero":
        # One node, NegativeLogLikelihoodLoss, not the steps below.
        kind = _reduction.get_enum(reduced.kind)
        node: Tensor = torch.ops.aten.nll_loss_nd(input, target, weight, kind, ignore_index)
        return node.to(dtype)
    values, weights = _values(input, target, weight, ignore_index)
    if is_readable(values):
        _check_labels(target, values, n_classes(input), ignore_index)
    return reduced.apply(values, weights.sum, dtype)


def _check_labels(target: Tensor, values: Tensor, count: int, ignored: int) -> None:
    """
    Raise `LabelError` for a label that is neither `ignored` nor in ``0 .. count - 1``.

    Values are read, so the caller leaves out traced calls and tensors on a device. Of a DTensor each rank
    checks its own labels; if one raises, the others raise a `DomainError`. `values` are the losses of the
    rows, nan where a label is out of range: without a nan among them labels of a plain tensor are not read.
    """
    search: Any = partial(check_labels, n_classes=count, ignored=ignored, caller="nll_loss")
    if is_distributed(target):
        labels: Any = target
        groups = [labels.device_mesh.get_group(d) for d, p in enumerate(labels.placements) if p.is_shard()]
        own = partial(search, labels.to_local())
        raised_together(own, groups, target.device, caller="nll_loss", argument="target")
    # A label out of range has the value nan, so labels are searched only if there is one.
    elif bool(values.detach().isnan().any()):
        search(target)


def _values(
    log_probs: Tensor, target: Tensor, weight: Tensor | None, ignore_index: int
) -> tuple[Tensor, Tensor]:
    """
    Loss of each row in nats, minus its log-probability times its class weight, and that weight.

    Both have the shape of `target`, and are 0 for an ignored row. The classes of `log_probs` are on axis 1,
    or on the only one. A `weight` of None stands for 1; a class of weight 0 costs 0 at a log-probability of
    ``-inf`` too. A label out of range makes its loss nan, and its weight too if there are weights.
    """
    ignored = target == ignore_index
    labels = torch.where(ignored, 0, target)
    likelihoods = entry_of_label(log_probs.movedim(1, -1) if log_probs.ndim > 1 else log_probs, labels)
    if weight is None:
        weights, values = torch.ones_like(likelihoods), 0 - likelihoods
    else:
        weights = entry_of_label(weight.to(log_probs.dtype).expand(*labels.shape, -1), labels)
        # 0 times -inf would be nan; `0 - x` gives 0 where `-x` would give -0.
        values = torch.where(weights == 0, 0.0, 0 - weights * likelihoods)
    return torch.where(ignored, 0.0, values), torch.where(ignored, 0.0, weights)
