"""Cross-entropy of hidden states times a weight, without materialising all logits."""

from __future__ import annotations

from typing import Any, Literal

import torch
from torch import Tensor
from torch.nn import LinearCrossEntropyOptions
from torch.overrides import handle_torch_function, has_torch_function

from xent.arrays import is_distributed
from xent.arrays.torch_scripting import unscriptable
from xent.torch.cross_entropy.statistics import SoftmaxStatistics
from xent.torch.linear_cross_entropy.computation import computed
from xent.torch.linear_cross_entropy.distributed_tensors import linear_of_dtensors
from xent.torch.linear_cross_entropy.request import SparseTargets
from xent.torch.ranks import together
from xent.torch.tensor_arguments import check_dense, check_tensors

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
    return_stats: bool | Literal["detached"] = False,
    top_k: int = 0,
    out_dtype: torch.dtype | None = None,
    shift: int = 0,
    chunk_bytes: int | None = None,
    count_read: int | None = None,
    process_group: Any = None,
    way: str | None = None,
) -> Tensor | tuple[Tensor, SoftmaxStatistics]:
    r"""
    Cross-entropy of labels or of probabilities under a linear layer and its softmax, in nats.

    Arguments and result are those of `torch.nn.functional.linear_cross_entropy`, up to rounding; the
    arguments after `options` are additional. Logits are materialised for a chunk of rows at a time.

    Parameters
    ----------
    input : Tensor of shape (D,) or (..., D)
        Hidden states.
    linear_weight : Tensor of shape (C, D) or (C, d1, ..., dK, D)
        Weight of the layer, in the dtype of the input; more than 2 axes give a loss for each place.
    target : Tensor or SparseTargets
        Labels, integers of shape (), (...) or (N, d1, ..., dK); or probabilities, real floating, of shape
        (C,), (..., C) or (N, C, d1, ..., dK); or a few of each row.
    linear_bias : Tensor of shape (C,) or (C, d1, ..., dK), optional
        Bias of the layer.
    weight : Tensor of shape (C,), optional
        Factor of each class.
    reduction : "none", "mean" or "sum"
        One loss per row, their mean, weighted by `weight` at the labels, or their sum.
    ignore_index : int, optional
        Label of ignored rows, which cost 0 and are not multiplied (on GPUs: see `count_read`); default -100
        for labels. Refused beside probabilities.
    label_smoothing : float in [0, 1]
        Share of the target that is spread evenly over all classes, or over those of `class_mask`.
    options : torch.nn.LinearCrossEntropyOptions, optional
        `batch_chunk_size` limits the number of rows of a chunk, unless `chunk_bytes` is given; `acc_dtype` is
        the dtype in which the gradient of a 16-bit weight is summed over chunks, 32 bits if it has more than
        16; the other options have no effect.
    z_loss : float >= 0
        Factor of the squared log-normaliser, which is added to each row without class weights.
    softcap : float > 0, optional
        Logits :math:`z` become :math:`c \tanh(z / c)` before all else.
    logit_scale : float or Tensor of one number, optional
        Then they are multiplied by it; it may be a parameter to learn.
    class_mask : Tensor of bool of shape (C,), (..., C) or (N, C, d1, ..., dK), optional
        True for classes that participate; the others have probability 0.
    denominator : float or Tensor of shape (), optional
        Denominator of a "mean", finite and >= 0, which no other reduction takes; a tensor that is not, and
        cannot be read, gives ``nan``.
    on_empty : "nan", "zero" or "raise"
        Result of a mean whose denominator is 0: ``nan``, or ``inf`` for a sum above 0; or 0; or a
        `DomainError`. In traced calls and on other devices than the CPU "raise" is "nan".
    nonfinite : "propagate" or "raise"
        Rule for a row that has no softmax, with ``nan``, ``+inf`` or only ``-inf`` as logits: its loss is
        ``nan``, or a `DomainError` names the row. In traced calls "raise" is "propagate".
    validate_targets : bool
        If True, raise for probabilities that are negative or whose sum differs from 1 by more than the root
        of their epsilon, and for labels whose shape would fit another class axis of a weight of more than 2
        axes as well; not in traced calls.
    top_k : int
        Number of largest log-probabilities in the statistics, at most C.
    out_dtype : torch.dtype, optional
        Dtype of the loss; default that in which PyTorch returns it. Gradients stay the same.
    return_stats : bool or "detached"
        True to return statistics too; "detached" for statistics without a derivative, which with a reduced
        loss take no product more than the loss alone.
    shift : int
        Number of positions by which labels are further on than the hidden states that predict them, along the
        last axis of `target`; 1 for a causal model whose labels are its input. The last positions have no
        label and are ignored; their losses are 0. Refused beside probabilities, `SparseTargets` among them,
        and for a single row.
    chunk_bytes : int, optional
        Limit of a chunk of logits in bytes, with all that is computed from them. Default a ninth of all
        logits, at most 128 MiB, but 64 rows and 1 MiB in any case. In 16 bits it is a ninth without that
        limit, or, where the gradient of the weight is summed in 32 bits, an 18th with it. On GPUs all logits
        up to 1 GiB, else 512 MiB, but 600 rows in any case.
    count_read : int, optional
        Number of rows that are not ignored, where the caller knows it. On GPUs ignored rows are then not
        multiplied, without a wait for the device; a wrong number makes the loss ``nan``. Elsewhere the labels
        themselves tell, and it has no effect.
    process_group : ProcessGroup of `torch.distributed`, optional
        Ranks among which the classes are divided. `linear_weight`, `linear_bias`, `weight`, `class_mask` and
        probabilities hold the classes of this rank, those of all ranks follow in the order of the ranks;
        hidden states, labels and `SparseTargets`, which count all classes, and options are the same on all
        ranks. All ranks get the same loss and the whole gradient in the hidden states. Refused, because the
        ranks exchange no number for them: `weight` that requires grad, and transforms of `torch.func`.
    way : "eager", "triton", "sharded", "compiled" or "composed", optional
        Way to compute the loss; default the first that suits the call, which `xent.torch.explain` names.
        The results agree to rounding; "composed" has all logits in memory.

    Returns
    -------
    Tensor
        The loss, of shape () or, with the reduction "none", that of the labels; with `return_stats` a pair of
        it and `SoftmaxStatistics`.

    Raises
    ------
    DTypeError
        If an argument must be a dense tensor and is not, `input` or `out_dtype` is not of 64, 32 or 16 bits,
        `linear_weight` or `linear_bias` has another dtype than `input`, labels are not integers, indices of
        `SparseTargets` not int64, probabilities not real floating, `weight` complex, `class_mask` not bool,
        `denominator`, `softcap`, `logit_scale`, `label_smoothing`, `z_loss` or `ignore_index` no real number,
        `top_k` or `chunk_bytes` no integer, or `options` not of PyTorch's class.
    ShapeError
        If shapes do not fit together; where PyTorch raises ``RuntimeError``, it is a ``RuntimeError`` too.
    DomainError
        If a tensor is on another device than `input`, except a `logit_scale` on the CPU and `denominator`, or
        an argument outside the values given here; for values by `nonfinite`, `validate_targets` and
        `on_empty`; if ranks of `process_group` differ in an argument, or if that is not a group with this
        rank. For `ignore_index` or `shift` beside probabilities it is a ``RuntimeError`` too.
    LabelError
        If a label is out of range and not `ignore_index`, or a class of `SparseTargets` out of range; it is
        an ``IndexError`` too. In compiled code, in transforms and on other devices such a label makes its row
        ``nan``, and such classes are not looked for.
    BackendError
        If `way` names a way that does not suit the call, or none does; the message gives the reason. Also if
        `torch.distributed` is not initialised, or a rank of `process_group` is lost.

    Notes
    -----
    **Definition.** With hidden states X, weight W and bias b it is `xent.torch.cross_entropy` of
    :math:`Z = X W^T + b`.

    **Gradient.** With G the gradient in Z, in X it is :math:`G W`, in W :math:`G^T X`, in b the sum of
    the rows of G. They are made in the only pass, which takes three products of N, D and C, one less for
    each tensor that is frozen; backward hands them out. One loss per row, whose factors are known in
    backward only, float16, whose loss has a factor that keeps gradients from 0, and a second backward through
    a retained graph take a second pass. Second derivatives, of statistics too, are computed by chunks of
    rows. Third ones work with all logits in memory, for autograd keeps the graph of every chunk for them, as
    do forward mode and `torch.func`, which trace operations alone.

    **Edge cases.** Those of `xent.torch.cross_entropy`: if all rows are ignored the mean is ``nan`` and
    gradients are 0. All logits are materialised for weights of more than 2 axes, masks of each row,
    smoothing over a mask, a scale or a target that requires grad, and on other devices. Over a
    `process_group` each rank materialises the logits of its own classes if the call is traced, the weight has
    more than 2 axes, or a scale or a target requires grad. Hidden states that are a DTensor give DTensors:
    rows may be divided, and so may the classes of the weight.

    **Statistics** with a derivative take a pass of one product, and a second one in backward, where the
    gradients in all of them and in the loss meet: four products in all, less the part of the first for two of
    nine chunks, which are kept for backward unless `chunk_bytes` is given. They are those of logits in 32
    bits, also for operands of 16. Ignored rows are multiplied too. With ``way="composed"``, and where no
    kernel runs, they are computed by chunks too, of which backward computes all again.

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
            shift=shift, chunk_bytes=chunk_bytes, count_read=count_read, process_group=process_group, way=way,
        )  # fmt: skip
    _check_tensors(input, linear_weight, target, linear_bias, weight, class_mask)
    arguments: dict[str, Any] = {
        "input": input, "linear_weight": linear_weight, "target": target, "linear_bias": linear_bias,
        "weight": weight, "reduction": reduction, "ignore_index": ignore_index,
        "label_smoothing": label_smoothing, "options": options, "z_loss": z_loss, "softcap": softcap,
        "logit_scale": logit_scale, "class_mask": class_mask, "denominator": denominator,
        "on_empty": on_empty, "nonfinite": nonfinite, "validate_targets": validate_targets,
        "return_stats": return_stats, "top_k": top_k, "out_dtype": out_dtype, "shift": shift,
        "chunk_bytes": chunk_bytes, "count_read": count_read, "way": way,
    }  # fmt: skip
    loss: Tensor | tuple[Tensor, SoftmaxStatistics]
    if process_group is not None:
        loss = together(computed, process_group, caller=_CALLER, **arguments)
    elif is_distributed(input, linear_weight, linear_bias, *parts, weight, class_mask):
        loss = linear_of_dtensors(computed, arguments)
    else:
        loss = computed(**arguments)
    return loss


def _check_tensors(
    input: Tensor,
    linear_weight: Tensor,
    target: Tensor | SparseTargets,
    linear_bias: Tensor | None,
    weight: Tensor | None,
    class_mask: Tensor | None,
) -> None:
    """
    Raise `DTypeError` for an argument that is no tensor, or is sparse; bias, weight and mask may be None.

    Parts of `SparseTargets` are looked at too, under the names ``target.indices`` and ``target.probs``.
    """
    required: dict[str, Any] = {"input": input, "linear_weight": linear_weight}
    if isinstance(target, SparseTargets):
        required |= {"target.indices": target.indices, "target.probs": target.probs}
    else:
        required["target"] = target
    optional = {"linear_bias": linear_bias, "weight": weight, "class_mask": class_mask}
    check_tensors(_CALLER, required, **optional)
    for name, tensor in (required | optional).items():
        if tensor is not None:
            check_dense(_CALLER, name, tensor)
