"""Cross-entropy of hidden states times a weight, without materialising all logits."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import LinearCrossEntropyOptions
from torch.overrides import handle_torch_function, has_torch_function

from xent.arrays.torch_autocast import autocast_dtype
from xent.arrays.torch_scripting import unscriptable
from xent.errors import DomainError
from xent.torch.cross_entropy.checks import check_policy, check_request, check_targets
from xent.torch.cross_entropy.request import SoftmaxOptions
from xent.torch.cross_entropy.statistics import SoftmaxStatistics
from xent.torch.linear_cross_entropy.checks import (
    LinearArgumentError,
    check_adjustment,
    check_operands,
    check_sparse,
    shape_of_logits,
)
from xent.torch.linear_cross_entropy.distributed_weight import gathered_weight, refuse_distributed
from xent.torch.linear_cross_entropy.request import LinearOptions, LinearRequest, SparseTargets
from xent.torch.linear_cross_entropy.ways import WAYS
from xent.torch.memory import is_traced
from xent.torch.reduction import Reduction, reduction_of, result_dtype
from xent.torch.ways import run

__all__ = ["linear_cross_entropy"]

_CALLER = "linear_cross_entropy"


@unscriptable
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
    way: str | None = None,
) -> Tensor | tuple[Tensor, SoftmaxStatistics]:
    r"""
    Cross-entropy of labels or of probabilities under a linear layer and its softmax, in nats.

    Arguments and result are those of `torch.nn.functional.linear_cross_entropy`, up to rounding; the
    arguments after `options` are additional. Logits are materialised for a chunk of rows at a time.

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
        Label of ignored rows, which cost 0 and are not multiplied; default -100 for labels.
    options : torch.nn.LinearCrossEntropyOptions, optional
        `batch_chunk_size` sets the number of rows of a chunk, `acc_dtype` the dtype in which the gradient of
        a 16-bit weight is summed over chunks; the other options have no effect.
    z_loss, softcap, logit_scale, class_mask, denominator, on_empty : optional
        As for `xent.torch.cross_entropy`.
    nonfinite, validate_targets, return_stats, top_k, out_dtype : optional
        As for `xent.torch.cross_entropy`.
    chunk_bytes : int, optional
        Limit of a chunk of logits in bytes; default a ninth of all logits, at most 128 MiB, but 64 rows in
        any case. On GPUs all logits up to 1 GiB, else 512 MiB, but 600 rows in any case.
    way : "eager", "triton", "compiled" or "composed", optional
        Way to compute the loss; default the first that suits the call, which `xent.torch.explain` names.
        The results agree to rounding; "composed" has all logits in memory.

    Returns
    -------
    Tensor
        The loss; with `return_stats` a pair of it and `SoftmaxStatistics`.

    Raises
    ------
    DTypeError, ShapeError, DomainError
        If the arguments do not fit together; errors of shape for which PyTorch raises ``RuntimeError``
        are a ``RuntimeError`` too.
    LabelError
        If a label is out of range and not `ignore_index`; it is an ``IndexError`` too. In compiled code and
        in transforms such a row is ``nan``.
    BackendError
        If `way` names a way that does not suit the call; the message gives the reason.

    Notes
    -----
    **Definition.** With hidden states X, weight W and bias b it is `xent.torch.cross_entropy` of
    :math:`Z = X W^T + b`.

    **Gradient.** With G the gradient in Z, in X it is :math:`G W`, in W :math:`G^T X`, in b the sum of
    the rows of G. They are made in the only pass, which takes three products of N, D and C, one less for
    each tensor that is frozen; backward hands them out. One loss per row, whose factors are known in
    backward only, float16, whose loss has a factor that keeps gradients from 0, and a second backward through
    a retained graph take a second pass. Second derivatives, forward mode and `torch.func` work, with
    all logits in memory.

    **Edge cases.** Those of `xent.torch.cross_entropy`: if all rows are ignored the mean is ``nan`` and
    gradients are 0. All logits are materialised for weights of more than 2 axes, masks of each row,
    smoothing over a mask, a scale or a target that requires grad, statistics, and on other devices.

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
    parts = target if isinstance(target, SparseTargets) else (target,)
    tensors = input, linear_weight, *parts, linear_bias, weight
    if has_torch_function(tensors):
        return handle_torch_function(
            linear_cross_entropy, tensors, input, linear_weight, target, linear_bias=linear_bias,
            weight=weight, reduction=reduction, ignore_index=ignore_index, label_smoothing=label_smoothing,
            options=options, z_loss=z_loss, softcap=softcap, logit_scale=logit_scale, class_mask=class_mask,
            denominator=denominator, on_empty=on_empty, nonfinite=nonfinite,
            validate_targets=validate_targets, return_stats=return_stats, top_k=top_k, out_dtype=out_dtype,
            chunk_bytes=chunk_bytes, way=way,
        )  # fmt: skip
    refuse_distributed(_CALLER, input=input, target=target, weight=weight, class_mask=class_mask)
    linear_weight, linear_bias = gathered_weight(linear_weight), gathered_weight(linear_bias)
    reduced = reduction_of(_CALLER, reduction, None, None, denominator=denominator, on_empty=on_empty)
    hidden, matrix, bias = _as_autocast(input, linear_weight, linear_bias)
    check_policy(_CALLER, nonfinite)
    softmax = _softmax_options(
        (hidden, matrix, bias), target, weight, reduced, ignore_index, label_smoothing, z_loss, out_dtype
    )
    truth, probs = target if isinstance(target, SparseTargets) else (target, None)
    # In int64: PyTorch compares labels of 8 bits with -100 in 8 bits, where it is 156.
    truth = truth.long() if softmax.has_labels else truth
    if validate_targets and not (softmax.has_labels or is_traced()):
        check_targets(hidden, truth if probs is None else probs, softmax)
    settings = LinearOptions(
        softmax, softcap, logit_scale, class_mask, *_chunking(chunk_bytes, matrix, options), nonfinite,
        validate_targets, return_stats, top_k,
    )  # fmt: skip
    check_adjustment(settings, matrix)
    request = LinearRequest(hidden, matrix, bias, truth, probs, weight, settings)
    loss: Tensor | tuple[Tensor, SoftmaxStatistics] = run(_CALLER, WAYS, request, way)
    return loss


def _softmax_options(
    operands: tuple[Tensor, Tensor, Tensor | None],
    target: Tensor | SparseTargets,
    weight: Tensor | None,
    reduction: Reduction,
    ignore_index: int | None,
    label_smoothing: float,
    z_loss: float,
    out_dtype: torch.dtype | None,
) -> SoftmaxOptions:
    """
    Options of the cross-entropy of the logits, checked together with the tensors.

    None means: no class weights, -100 as label of ignored rows, and the dtype that PyTorch returns. Raises as
    `linear_cross_entropy` says.
    """
    shape = shape_of_logits(*operands)
    hidden = operands[0]
    has_labels = not isinstance(target, SparseTargets) and target.shape != shape
    if ignore_index is not None and not has_labels:
        hint = "In PyTorch's words: ignore_index cannot be specified when target contains probabilities."
        rule = "be omitted where the target holds probabilities"
        raise LinearArgumentError(_CALLER, "ignore_index", rule, got=str(ignore_index), hint=hint)
    ignored = -100 if ignore_index is None else ignore_index
    dense: Tensor
    if isinstance(target, SparseTargets):
        check_sparse(target, hidden, operands[1])
        dense = target.probs[..., :1].expand(shape)
    else:
        dense = target
    others = () if has_labels else (dense, weight)
    dtype = out_dtype or result_dtype(hidden, *others)
    options = SoftmaxOptions(reduction, dtype, has_labels, ignored, label_smoothing, z_loss)
    # A view of one number has the shape of the logits, which are not materialised.
    check_request(hidden.detach().new_empty(1).expand(shape), dense, weight, options)
    check_operands(dict(zip(("input", "linear_weight", "linear_bias"), operands, strict=True)), hidden)
    return options


def _as_autocast(
    input: Tensor, linear_weight: Tensor, linear_bias: Tensor | None
) -> tuple[Tensor, Tensor, Tensor | None]:
    """Operands in the dtype in which autocast multiplies; unchanged if autocast is off, None stays None."""
    dtype = autocast_dtype(input)
    if dtype is None:
        return input, linear_weight, linear_bias

    def cast(tensor: Tensor) -> Tensor:
        return tensor if tensor.dtype is torch.float64 else tensor.to(dtype)

    return cast(input), cast(linear_weight), None if linear_bias is None else cast(linear_bias)


def _chunking(
    chunk_bytes: int | None, linear_weight: Tensor, options: LinearCrossEntropyOptions | None
) -> tuple[int | None, bool | None]:
    """
    Limit of a chunk in bytes, and True if sums are formed in 32 bits; None for the defaults.

    Raises `DomainError` for a limit below 1.
    """
    if chunk_bytes is not None and chunk_bytes < 1:
        raise DomainError(_CALLER, "chunk_bytes", "be an integer >= 1", got=repr(chunk_bytes))
    if options is None:
        return chunk_bytes, None
    if chunk_bytes is None and options.batch_chunk_size is not None:
        chunk_bytes = options.batch_chunk_size * linear_weight.shape[0] * linear_weight.dtype.itemsize
    sums = options.acc_dtype
    return chunk_bytes, None if sums is None else sums.itemsize > 2
