"""Cross-entropy of hidden states times a weight, without ever having all logits."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import LinearCrossEntropyOptions
from torch.overrides import handle_torch_function, has_torch_function

from xent.errors import DomainError
from xent.torch.cross_entropy.call import cross_entropy
from xent.torch.cross_entropy.checks import check_policy, check_targets
from xent.torch.cross_entropy.request import SoftmaxProblem, widened_labels
from xent.torch.cross_entropy.statistics import SoftmaxStatistics
from xent.torch.linear_cross_entropy.adjustment import Adjustment
from xent.torch.linear_cross_entropy.chunked_pass import Operands
from xent.torch.linear_cross_entropy.chunks import Chunking
from xent.torch.linear_cross_entropy.compiled import compiled_linear, suits_compiler
from xent.torch.linear_cross_entropy.composed import logits_of
from xent.torch.linear_cross_entropy.eager import FusedLinear
from xent.torch.linear_cross_entropy.request import (
    LinearArgumentError,
    LinearProblem,
    check_adjustment,
    check_linear,
    check_sparse,
    shape_of_logits,
)
from xent.torch.linear_cross_entropy.targets import SparseTargets
from xent.torch.memory import is_traced, suits_kernels
from xent.torch.reduction import Reduction, autocast_dtype, reduction_of, result_dtype

__all__ = ["linear_cross_entropy"]

_WHERE = "linear_cross_entropy"


def linear_cross_entropy(
    input: Tensor,
    linear_weight: Tensor,
    target: Tensor | SparseTargets,
    *,
    linear_bias: Tensor | None = None,
    weight: Tensor | None = None,
    reduction: str = "mean",
    ignore_index: int | None = None,
    label_smoothing: float = 0.0,
    options: LinearCrossEntropyOptions | None = None,
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
    chunk_bytes: int | None = None,
) -> Tensor | tuple[Tensor, SoftmaxStatistics]:
    r"""
    Cross-entropy of labels or of probabilities under a linear layer and its softmax, in nats.

    It takes the arguments of `torch.nn.functional.linear_cross_entropy` and returns what that does, but for
    its rounding; what follows `options` is more. Logits are there a chunk of rows at a time.

    Parameters
    ----------
    input : Tensor of shape (D,) or (N, D)
        Hidden states.
    linear_weight : Tensor of shape (C, D) or (C, d1, ..., dK, D)
        Weight of the layer, in the dtype of the input; more than 2 axes give a loss for each place.
    target : Tensor or SparseTargets
        Labels, integers of shape (), (N,) or (N, d1, ..., dK); or probabilities, real floating, of shape
        (C,), (N, C) or (N, C, d1, ..., dK); or a few of each row.
    linear_bias : Tensor of shape (C,) or (C, d1, ..., dK), optional
        Bias of the layer.
    weight, reduction, label_smoothing : optional
        As for `xent.torch.cross_entropy`.
    ignore_index : int, optional
        Rows with this label cost 0 and are left out of the products; default -100 for labels.
    options : torch.nn.LinearCrossEntropyOptions, optional
        Its `batch_chunk_size` sets how many rows a chunk has, and its `acc_dtype` in what the gradient of a
        weight of 16 bits is summed over chunks; the rest is not needed here.
    z_loss, softcap, logit_scale, class_mask, denominator, on_empty : optional
        As for `xent.torch.cross_entropy`.
    nonfinite, validate_targets, return_stats, top_k, out_dtype : optional
        As for `xent.torch.cross_entropy`.
    chunk_bytes : int, optional
        What a chunk of logits may take; default a ninth of all logits, at most 128 MiB, but 64 rows in
        any case.

    Returns
    -------
    Tensor
        The loss; with `return_stats` a pair of it and `SoftmaxStatistics`.

    Raises
    ------
    DTypeError, ShapeError, DomainError
        If the arguments do not fit together; those that PyTorch finds in the shapes are a ``RuntimeError``
        too.
    LabelError
        If a label is neither a class nor `ignore_index`; it is an ``IndexError`` too. In compiled code and in
        transforms such a row is ``nan``.

    Notes
    -----
    **Definition.** With hidden states X, weight W and bias b it is `xent.torch.cross_entropy` of
    :math:`Z = X W^T + b`.

    **Gradient.** With G the gradient in Z, in X it is :math:`G W`, in W :math:`G^T X`, in b the sum of
    the rows of G. They are made in the only pass, which takes three products of N, D and C, one less for
    each tensor that is frozen; backward hands them out. One loss per row (its factors come later), float16
    (which is trained with a factor that keeps gradients from 0), and a second backward through a retained
    graph take a second pass. Second derivatives, forward mode and `torch.func` work, with all logits in
    memory.

    **Edge cases.** Those of `xent.torch.cross_entropy`: if all rows are left out the mean is ``nan`` and
    gradients are 0. All logits are made at once for weights of more than 2 axes, masks for each row,
    smoothing over a mask, a scale or a target that is to be learned, statistics, and on other devices.

    **Numerics.** Logits are rounded as the product rounds them, in 16 bits to 16 bits like those of
    `torch.nn.functional.linear`; from them on the loss is that of `xent.torch.cross_entropy`, and it is
    summed in 64 bits. In 16 bits the loss of labels, without weights and the like, takes their logits
    unrounded, for these do not average out: over 2,048 rows of bfloat16 a mean of 2 nats or more is within
    1e-5 of itself of the loss in 64 bits, in chunks of any size; ``out_dtype=torch.float32`` shows it. For
    half precision the gradient of the weight is summed over about ten chunks, rounding after each, or in 32
    bits where N is at least 48 D or ``options.acc_dtype`` is ``torch.float32``, which takes 4 bytes for each
    weight; its error in norm is below ``2 eps`` for any number of chunks up to twelve, and below ``eps`` for
    any number in 32 bits. The last bits of losses and gradients depend on the size of chunks and on the
    number of threads, in every dtype: products round otherwise, and the gradients of weight and bias are
    summed chunk by chunk. From given logits on a row's loss has the same bits in any chunk.

    References
    ----------
    .. [1] Wijmans, E. et al. (2025). Cut your losses in large-vocabulary language models. ICLR.
       Section 4.

    Examples
    --------
    >>> hidden, weight = torch.eye(3), torch.zeros(3, 3, requires_grad=True)
    >>> loss = linear_cross_entropy(hidden, weight, torch.tensor([2, -100, 0]))
    >>> loss.backward()
    >>> round(loss.item(), 4), weight.grad[:, 1].tolist()
    (1.0986, [0.0, 0.0, 0.0])
    """
    tensors = input, linear_weight, *_parts(target), linear_bias, weight
    if has_torch_function(tensors):
        return handle_torch_function(
            linear_cross_entropy, tensors, input, linear_weight, target, linear_bias=linear_bias,
            weight=weight, reduction=reduction, ignore_index=ignore_index, label_smoothing=label_smoothing,
            options=options, z_loss=z_loss, softcap=softcap, logit_scale=logit_scale, class_mask=class_mask,
            denominator=denominator, on_empty=on_empty, nonfinite=nonfinite,
            validate_targets=validate_targets, return_stats=return_stats, top_k=top_k, out_dtype=out_dtype,
            chunk_bytes=chunk_bytes,
        )  # fmt: skip
    how = reduction_of(_WHERE, reduction, None, None, denominator=denominator, on_empty=on_empty)
    given = _as_autocast(input, linear_weight, linear_bias)
    softmax = _softmax_problem(given, target, weight, how, ignore_index, label_smoothing, z_loss, out_dtype)
    if not isinstance(target, SparseTargets):
        target = widened_labels(target, has_labels=softmax.has_labels)
    check_policy(_WHERE, nonfinite)
    if validate_targets and not (softmax.has_labels or is_traced()):
        check_targets(given.input, _parts(target)[-1], softmax)
    if not (return_stats or _needs_logits(linear_weight, softmax, logit_scale, class_mask)):
        adjustment = Adjustment(softcap, None if logit_scale is None else float(logit_scale), class_mask)
        check_adjustment(adjustment, linear_weight)
        chunking = _chunking(chunk_bytes, options, given.linear_weight)
        problem = LinearProblem(softmax, adjustment, chunking, linear_weight.shape[0], nonfinite)
        suits = _suits_pass(given, target, weight)
        if suits and suits_compiler(problem, *tensors):
            return _in_rows(compiled_linear, given, target, weight, problem)
        if suits and suits_kernels(*tensors):
            return _in_rows(FusedLinear.apply, given, target, weight, problem)
    dense = target.dense(linear_weight.shape[0]) if isinstance(target, SparseTargets) else target
    return cross_entropy(
        logits_of(*given), dense, weight, None, softmax.ignore_index, None, reduction, label_smoothing,
        z_loss=z_loss, softcap=softcap, logit_scale=logit_scale, class_mask=class_mask,
        denominator=denominator, on_empty=on_empty, nonfinite=nonfinite, validate_targets=validate_targets,
        return_stats=return_stats, top_k=top_k, out_dtype=out_dtype,
    )  # fmt: skip


def _softmax_problem(
    given: Operands,
    target: Tensor | SparseTargets,
    weight: Tensor | None,
    reduction: Reduction,
    ignore_index: int | None,
    label_smoothing: float,
    z_loss: float,
    out_dtype: torch.dtype | None,
) -> SoftmaxProblem:
    """What is asked of the logits, checked."""
    shape = shape_of_logits(*given)
    has_labels = not isinstance(target, SparseTargets) and target.shape != shape
    if ignore_index is not None and not has_labels:
        hint = "In PyTorch's words: ignore_index cannot be specified when target contains probabilities."
        rule = "be left out where the target holds probabilities"
        raise LinearArgumentError(_WHERE, "ignore_index", rule, got=str(ignore_index), hint=hint)
    ignored = -100 if ignore_index is None else ignore_index
    dense: Tensor
    if isinstance(target, SparseTargets):
        check_sparse(target, given.input, given.linear_weight)
        dense = target.probs[..., :1].expand(shape)
    else:
        dense = target
    others = () if has_labels else (dense, weight)
    dtype = out_dtype or result_dtype(given.input, *others)
    problem = SoftmaxProblem(reduction, dtype, has_labels, ignored, label_smoothing, z_loss)
    check_linear(given, dense, weight, shape=shape, softmax=problem)
    return problem


def _needs_logits(
    linear_weight: Tensor,
    softmax: SoftmaxProblem,
    logit_scale: float | Tensor | None,
    class_mask: Tensor | None,
) -> bool:
    """Whether more is asked than a pass over chunks gives."""
    masked_smoothing = class_mask is not None and softmax.label_smoothing > 0
    masks_rows = class_mask is not None and class_mask.ndim != 1
    # A number that cannot be read here and now, or is to be learned.
    keeps_scale = isinstance(logit_scale, Tensor) and (
        logit_scale.requires_grad or is_traced() or not logit_scale.is_cpu
    )
    return linear_weight.ndim > 2 or masked_smoothing or masks_rows or keeps_scale


def _suits_pass(given: Operands, target: Tensor | SparseTargets, weight: Tensor | None) -> bool:
    """Whether there is something to compute, of which no truth is to be learned."""
    fixed = *_parts(target), weight
    learns_truth = any(tensor is not None and tensor.requires_grad for tensor in fixed)
    return not learns_truth and given.input.numel() > 0 and given.linear_weight.numel() > 0


def _in_rows(
    loss: Callable[..., Tensor],
    given: Operands,
    target: Tensor | SparseTargets,
    weight: Tensor | None,
    problem: LinearProblem,
) -> Tensor:
    """The loss of a matrix of rows, also where there is but one."""
    hidden, linear_weight, linear_bias = given
    parts = _parts(target)
    is_one = hidden.ndim == 1
    if is_one:
        hidden, parts = hidden[None], tuple(part[None] for part in parts)
    probs = parts[1] if len(parts) > 1 else None
    learns = torch.is_grad_enabled()
    wanted = tuple(tensor is not None and tensor.requires_grad and learns for tensor in given)
    result = loss(hidden, linear_weight, linear_bias, parts[0], probs, weight, problem, wanted)
    return result[0] if is_one and result.ndim else result


def _parts(target: Tensor | SparseTargets) -> tuple[Tensor, ...]:
    return tuple(target) if isinstance(target, SparseTargets) else (target,)


def _as_autocast(input: Tensor, linear_weight: Tensor, linear_bias: Tensor | None) -> Operands:
    """Operands in the dtype in which autocast would multiply them."""
    dtype = autocast_dtype(input)
    if dtype is None:
        return Operands(input, linear_weight, linear_bias)

    def cast(tensor: Tensor) -> Tensor:
        return tensor if tensor.dtype is torch.float64 else tensor.to(dtype)

    return Operands(cast(input), cast(linear_weight), None if linear_bias is None else cast(linear_bias))


def _chunking(
    chunk_bytes: int | None, options: LinearCrossEntropyOptions | None, linear_weight: Tensor
) -> Chunking:
    if chunk_bytes is not None and chunk_bytes < 1:
        raise DomainError(_WHERE, "chunk_bytes", "be an integer >= 1", got=repr(chunk_bytes))
    if options is None:
        return Chunking(chunk_bytes)
    if chunk_bytes is None and options.batch_chunk_size is not None:
        chunk_bytes = options.batch_chunk_size * linear_weight.shape[0] * linear_weight.dtype.itemsize
    sums = options.acc_dtype
    return Chunking(chunk_bytes, None if sums is None else sums.itemsize > 2)
