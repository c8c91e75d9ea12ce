"""Cross-entropy of logits with PyTorch's own arguments and additional ones."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from typing import Any

import torch
from torch import Tensor
from torch.overrides import handle_torch_function, has_torch_function_variadic

from xent.arrays import is_distributed, refuse_call_by_keras
from xent.arrays.torch_scripting import unscriptable
from xent.options.top_k import checked_top_k
from xent.torch.cross_entropy.checks import (
    check_policy,
    check_request,
    check_rows,
    check_targets,
)
from xent.torch.cross_entropy.distributed_tensors import loss_of_dtensor
from xent.torch.cross_entropy.request import SoftmaxOptions, SoftmaxRequest
from xent.torch.cross_entropy.sharded import sharded_statistics
from xent.torch.cross_entropy.statistics import (
    SoftmaxStatistics,
    reason_not_by_kernels,
    softmax_statistics,
    statistics_by_kernels,
    total_weight,
    with_summary,
)
from xent.torch.cross_entropy.ways import WAYS
from xent.torch.explanation import Explanation
from xent.torch.logit_adjustments import adjusted, mask_like
from xent.torch.memory import is_traced, n_classes
from xent.torch.process_groups import shared_parameter
from xent.torch.ranks import Ranks, together
from xent.torch.reduction import reduction_of, result_dtype
from xent.torch.tensor_arguments import check_tensors
from xent.torch.ways import run

__all__ = ["cross_entropy"]


@unscriptable
def cross_entropy(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    ignore_index: int = -100,
    reduce: bool | None = None,
    reduction: str = "mean",
    label_smoothing: float = 0.0,
    *,
    z_loss: float = 0.0,
    softcap: float | None = None,
    logit_scale: float | Tensor | None = None,
    class_mask: Tensor | None = None,
    denominator: float | Tensor | None = None,
    on_empty: str = "nan",
    nonfinite: str = "propagate",
    validate_targets: bool = False,
    return_stats: bool = False,
    top_k: int = 0,
    out_dtype: torch.dtype | None = None,
    process_group: Any = None,
    way: str | None = None,
) -> Tensor | tuple[Tensor, SoftmaxStatistics]:
    r"""
    Cross-entropy of labels or of probabilities under a softmax of logits, in nats.

    Arguments and result are those of `torch.nn.functional.cross_entropy`, up to rounding; the arguments after
    the ``*`` are additional.

    Parameters
    ----------
    input : Tensor of shape (C,), (N, C) or (N, C, d1, ..., dK)
        Logits; ``-inf`` means probability 0. The classes lie on axis 1, or on the only one.
    target : Tensor
        Labels, integers of the shape of `input` without its classes, or of shape (1,) for one row; or
        probabilities, real floating, of the shape of `input`.
    weight : Tensor of shape (C,), optional
        Factor of each class.
    size_average, reduce : bool, optional
        Older names of reductions, of which PyTorch warns. Unless both are None they replace `reduction`: by
        "none" if `reduce` is False, else by "sum" if `size_average` is False, else by "mean".
    ignore_index : int
        Label of ignored rows, in range or not; they cost 0 and their logits are not read. Beside
        probabilities it must be negative, and has no effect.
    reduction : "none", "mean" or "sum"
        One loss per row, their mean, weighted by `weight` at the labels, or their sum.
    label_smoothing : float in [0, 1]
        Share of the target that is spread evenly over all classes, or over those of `class_mask`.
    z_loss : float
        :math:`\lambda \ge 0`; adds :math:`\lambda L^2` to each row, with :math:`L` its log-normaliser. Class
        weights do not multiply this term, but the mean divides it by the sum of the labels' weights, like the
        rest of the loss, not by the number of rows.
    softcap : float > 0, optional
        Logits :math:`z` become :math:`c \tanh(z / c)` before all else.
    logit_scale : float or Tensor of one number, optional
        Then they are multiplied by it; it may be a parameter to learn.
    class_mask : Tensor of bool of shape (C,) or that of `input`, optional
        True for classes that participate; the others have probability 0.
    denominator : float or Tensor of shape (), optional
        Denominator of a "mean", finite and >= 0, which no other reduction takes; a tensor that is not, and
        cannot be read, gives ``nan``. If one step has several parts (micro-batches, devices), pass each part
        the number of labels of all parts; then their losses, and gradients, add up.
    on_empty : "nan", "zero" or "raise"
        Result of a mean whose denominator is 0: ``nan``, or ``inf`` for a sum above 0; or 0; or a
        `DomainError`. In traced calls and on other devices than the CPU "raise" is "nan".
    nonfinite : "propagate" or "raise"
        Rule for a row that has no softmax, with ``nan``, ``+inf`` or only ``-inf``: its loss is ``nan``, or a
        `DomainError` names the row. In traced calls "raise" is "propagate".
    validate_targets : bool
        If True, raise for probabilities that are negative or whose sum differs from 1 by more than the root
        of their epsilon, and for labels whose shape would fit another class axis as well; not in traced
        calls. PyTorch takes them as they are.
    return_stats : bool
        If True, return `SoftmaxStatistics` as well.
    top_k : int
        Number of largest log-probabilities in the statistics, at most C; checked, but of no effect, without
        `return_stats`.
    out_dtype : torch.dtype, optional
        Dtype of the loss; default that in which PyTorch returns it. A loss of 16 bits is rounded to two or
        three digits: pass ``torch.float32`` to see all that was computed. Gradients stay the same.
    process_group : ProcessGroup of `torch.distributed`, optional
        Ranks among which the classes are divided. `input`, `weight`, `class_mask` and probabilities hold the
        classes of this rank, those of all ranks follow in the order of the ranks; labels count all classes
        and are the same on all ranks, like every option. All ranks get the same loss, and each the gradient
        in its own logits. `weight` must not require grad.
    way : "eager", "triton", "sharded", "onnx" or "composed", optional
        Way to compute the loss; default the first that suits the call, which `xent.torch.explain` names.
        The results agree to rounding.

    Returns
    -------
    Tensor
        The loss, of shape () or, with the reduction "none", that of the labels; with `return_stats` a pair of
        it and the statistics, which have at least 32 bits.

    Raises
    ------
    DTypeError
        If `input`, `target`, `weight` or `class_mask` is no tensor or not dense, `input` or `out_dtype` not
        of 64, 32 or 16 bits, labels are not integers, probabilities not real floating, `weight` complex,
        `class_mask` not bool, `denominator`, `softcap`, `logit_scale`, `label_smoothing`, `z_loss` or
        `ignore_index` no real number, or `top_k` no integer.
    ShapeError
        If `target`, `weight` or `class_mask` does not fit `input`, or `logit_scale` or `denominator` is not
        one number; for labels by `validate_targets`.
    DomainError
        If a tensor is on another device than `input`, except a `logit_scale` on the CPU and `denominator`, or
        an argument outside the values given here; for values by `nonfinite`, `validate_targets` and
        `on_empty`; if ranks of `process_group` differ in an argument, or if that is not a group with this
        rank.
    LabelError
        If a label is out of range and not `ignore_index`; it is an ``IndexError`` too. Where values are not
        read, on other devices, in transforms and compiled code, such a row is ``nan``, and so is its
        gradient.
    BackendError
        If `way` names a way that does not suit the call, or none does; the message gives the reason. Also if
        `torch.distributed` is not initialised, or a rank of `process_group` is lost.

    Notes
    -----
    **Definition.** With targets :math:`t` (those of a label y are 1 at y), smoothed by
    :math:`\varepsilon` to :math:`(1 - \varepsilon) t_k + \varepsilon / C` for the C classes that
    participate, weights :math:`w` and :math:`L = \log \sum_k e^{z_k}`,

    .. math:: \ell = \sum_k w_k t_k (L - z_k) + \lambda L^2 ;

    the own part of a smoothed label is weighted by :math:`w_y`. The mean divides the sum by that of
    :math:`w_y` over the rows that are not ignored; by the number of rows if the target holds
    probabilities.

    **Gradient.** :math:`(s + 2 \lambda L) p_k - w_k t_k` with :math:`p = \mathrm{softmax}(z)` and
    :math:`s = \sum_k w_k t_k`, by closed forms, as is the second derivative; forward mode and
    `torch.func` work.

    **Edge cases.** A class of logit ``-inf`` that is not the truth costs 0, also where PyTorch has 0 times
    infinity; as the truth it costs ``inf``. A mean over nothing is ``nan`` with gradient 0. Probabilities
    that do not sum to 1 are used as they are. Logits that are a DTensor, of divided rows or classes, give
    DTensors; beside plain logits a DTensor raises `DomainError`.

    **Numerics.** Up to 1,000 classes, the loss of a row and its gradient at the label are within 4 units in
    the last place of the exact value, however sure the model is: ``log_softmax`` returns 0 for a row that
    leads by 17 in 32 bits, and with it vanishes the gradient. Half precision is computed in 32 bits and
    rounded once; sums are taken in 64. Capped and scaled logits are rounded to 32 bits, or 64, which moves
    the loss by as many units as they are large.

    References
    ----------
    .. [1] Bishop, C. M. (2006). Pattern Recognition and Machine Learning, Springer. Equations 4.108 to
       4.110.
    .. [2] Szegedy, C. et al. (2016). Rethinking the inception architecture for computer vision. CVPR.
       Section 7.
    .. [3] Chowdhery, A. et al. (2022). PaLM: scaling language modeling with pathways. arXiv:2204.02311,
       section 5.

    Examples
    --------
    PyTorch's own function returns 0 for both.

    >>> import torch
    >>> logits = torch.tensor([[20.0, 0.0]], requires_grad=True)
    >>> loss = cross_entropy(logits, torch.tensor([0]))
    >>> loss.backward()
    >>> loss.item(), logits.grad[0, 0].item()
    (2.06115369216775e-09, -2.06115369216775e-09)
    """
    if "keras" in sys.modules:
        refuse_call_by_keras("cross_entropy", "input")
    if has_torch_function_variadic(input, target, weight):
        return handle_torch_function(
            cross_entropy, (input, target, weight), input, target, weight, size_average, ignore_index, reduce,
            reduction, label_smoothing, z_loss=z_loss, softcap=softcap, logit_scale=logit_scale,
            class_mask=class_mask, denominator=denominator, on_empty=on_empty, nonfinite=nonfinite,
            validate_targets=validate_targets, return_stats=return_stats, top_k=top_k,
            out_dtype=out_dtype, process_group=process_group, way=way,
        )  # fmt: skip
    if type(input) is not Tensor or type(target) is not Tensor or not (weight is class_mask is None):
        required = {"input": input, "target": target}
        check_tensors("cross_entropy", required, weight=weight, class_mask=class_mask)
    compute: Callable[..., Tensor | tuple[Tensor, SoftmaxStatistics]] = _cross_entropy
    if process_group is not None:
        compute = partial(together, _cross_entropy, process_group)
    elif is_distributed(input, target, weight, class_mask):
        compute = _of_dtensors
    return compute(
        input=input, target=target, weight=weight, size_average=size_average, ignore_index=ignore_index,
        reduce=reduce, reduction=reduction, label_smoothing=label_smoothing, z_loss=z_loss, softcap=softcap,
        logit_scale=logit_scale, class_mask=class_mask, denominator=denominator, on_empty=on_empty,
        nonfinite=nonfinite, validate_targets=validate_targets, return_stats=return_stats, top_k=top_k,
        out_dtype=out_dtype, way=way,
    )  # fmt: skip


def _of_dtensors(**arguments: Any) -> Tensor | tuple[Tensor, SoftmaxStatistics]:
    """Result of `_cross_entropy` for `arguments` of which some are a DTensor."""
    result: Tensor | tuple[Tensor, SoftmaxStatistics] = loss_of_dtensor(_cross_entropy, arguments)
    return result


def _cross_entropy(
    *,
    input: Tensor,
    target: Tensor,
    weight: Tensor | None,
    size_average: bool | None,
    ignore_index: int,
    reduce: bool | None,
    reduction: str,
    label_smoothing: float,
    z_loss: float,
    softcap: float | None,
    logit_scale: float | Tensor | None,
    class_mask: Tensor | None,
    denominator: float | Tensor | None,
    on_empty: str,
    nonfinite: str,
    validate_targets: bool,
    return_stats: bool,
    top_k: int,
    out_dtype: torch.dtype | None,
    way: str | None,
    ranks: Ranks | None = None,
) -> Tensor | tuple[Tensor, SoftmaxStatistics]:
    """
    Cross-entropy in nats, a pair of it and statistics under `return_stats`, or an `Explanation`.

    The arguments are those of the public function, not yet checked, and the errors its own; classes are on
    axis 1, or on the only one. Tensors are plain, no DTensors. With `ranks`, all tensors with an axis of
    classes hold the classes of one of these ranks. An `Inquiry` as `way` gets the `Explanation`, without a
    loss.
    """
    reduced = reduction_of(
        "cross_entropy", reduction, size_average, reduce, denominator=denominator, on_empty=on_empty
    )
    if target.shape == (1,) and input.ndim == 1 and not target.is_floating_point():
        target = target[0]
    has_labels = target.shape != input.shape
    dtype = out_dtype or result_dtype(input, *(() if has_labels else (target, weight)))
    options = SoftmaxOptions(reduced, dtype, has_labels, ignore_index, label_smoothing, z_loss, ranks=ranks)
    check_request(input, target, weight, options)
    # In int64: PyTorch compares labels of 8 bits with -100 in 8 bits, where it is 156.
    target = target.long() if has_labels else target
    if ranks is None:
        top_k = checked_top_k(top_k, n_classes(input), caller="cross_entropy")
    elif isinstance(logit_scale, Tensor):
        logit_scale = shared_parameter(logit_scale, ranks.group, caller="cross_entropy")
    logits = input
    if softcap is not None or logit_scale is not None or class_mask is not None:
        logits, options = _adjusted(input, options, softcap, logit_scale, class_mask)
    _check_values(input, logits, target, options, nonfinite=nonfinite, validate_targets=validate_targets)
    request = SoftmaxRequest(logits, target, weight, options)
    loss: Tensor = run("cross_entropy", WAYS, request, way)
    if not return_stats or isinstance(loss, Explanation):
        return loss
    if ranks is not None:
        return loss, sharded_statistics(request, top_k=top_k)
    if reason_not_by_kernels(request, way) is None:
        statistics = statistics_by_kernels(
            request, top_k=top_k, on_device=way == "triton" or not input.is_cpu
        )
    else:
        by_way = partial(run, "cross_entropy", WAYS, asked=way)
        statistics = softmax_statistics(request, by_way, top_k=top_k)
    return loss, with_summary(statistics, target, options, lambda: total_weight(target, weight, options))


def _check_values(
    input: Tensor,
    logits: Tensor,
    target: Tensor,
    options: SoftmaxOptions,
    *,
    nonfinite: str,
    validate_targets: bool,
) -> None:
    """
    Raise for targets if `validate_targets`, and for rows without a softmax if `nonfinite` is "raise".

    `input` are the logits as given, `logits` those after cap, scale and mask; both have the classes on axis
    1, or on their only one. Raises `DomainError` for another `nonfinite`, for probabilities that are
    negative, nan or of another sum than 1, and for a row that is not ignored and whose largest logit is not
    finite; `ShapeError` for labels if the last of three axes or more is as long as axis 1. Probabilities and
    logits that are divided among ranks are not checked here, nor is anything but the name `nonfinite` while
    the call is traced.
    """
    if nonfinite != "propagate":
        check_policy("cross_entropy", nonfinite)
    if options.ranks is not None and not options.has_labels:
        return
    if validate_targets and not is_traced():
        check_targets(input, target, options)
    if nonfinite != "propagate" and options.ranks is None:
        check_rows(nonfinite, logits, target, options)


def _adjusted(
    input: Tensor,
    options: SoftmaxOptions,
    softcap: float | None,
    logit_scale: float | Tensor | None,
    class_mask: Tensor | None,
) -> tuple[Tensor, SoftmaxOptions]:
    """
    Pair of the logits, capped, scaled and masked, in 32 bits or more, and the options with the mask for
    smoothing.

    A step of None is left out; without any, an `input` of 32 bits or more is returned itself. The mask in the
    options has the shape of the logits with the classes last. Raises `DomainError` for a cap that is not
    positive and finite in the dtype of the logits, a mask on another device than `input` and a scale neither
    there nor on the CPU, `DTypeError` for a mask that is not bool or a cap or scale that is no number, and
    `ShapeError` for a mask that does not fit or a scale that is not one number.
    """
    caller = options.reduction.caller
    logits = adjusted(input, softcap=softcap, logit_scale=logit_scale, class_mask=class_mask, caller=caller)
    if class_mask is not None:
        mask = mask_like(input, class_mask, caller=caller).expand(input.shape)
        options = options._replace(class_mask=mask.movedim(1, -1) if input.ndim > 2 else mask)
    return logits, options
