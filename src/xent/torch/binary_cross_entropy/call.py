"""Cross-entropy of one logit per example with PyTorch's own arguments."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.overrides import handle_torch_function, has_torch_function_variadic

from xent.errors import DomainError, DTypeError, ShapeError
from xent.torch.binary_cross_entropy.composed import composed_sigmoid
from xent.torch.binary_cross_entropy.eager import fused_sigmoid
from xent.torch.memory import FORMATS, suits_kernels
from xent.torch.reduction import reduction_of, result_dtype

__all__ = ["binary_cross_entropy_with_logits"]

_WHERE = "binary_cross_entropy_with_logits"


def binary_cross_entropy_with_logits(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    pos_weight: Tensor | None = None,
    *,
    denominator: float | Tensor | None = None,
    on_empty: str = "nan",
) -> Tensor:
    r"""
    Cross-entropy of targets under a sigmoid of logits, elementwise, in nats.

    It takes the arguments of `torch.nn.functional.binary_cross_entropy_with_logits` and returns what that
    does, but for its rounding.

    Parameters
    ----------
    input : Tensor
        Logits of any shape.
    target : Tensor
        Probabilities of the event, real floating, of the same shape.
    weight : Tensor, optional
        Factor of each entry; it is broadcast to the shape of the input.
    size_average, reduce : bool, optional
        Older names of reductions, as PyTorch still takes them.
    reduction : "none", "mean" or "sum"
        One loss per entry, their mean over the number of entries, or their sum.
    pos_weight : Tensor, optional
        Factor of the part for the event; it is broadcast to the shape of the input.
    denominator : float or Tensor of shape (), optional
        What the sum is divided by for a "mean".
    on_empty : "nan", "zero" or "raise"
        The mean over nothing. While a compiler traces, "raise" is "nan".

    Returns
    -------
    Tensor
        The loss, in the dtype in which PyTorch returns it.

    Raises
    ------
    DTypeError, ShapeError, DomainError
        If the arguments do not fit together.

    Notes
    -----
    **Definition.** :math:`\ell = w \left( q t \log(1 + e^{-z}) + (1 - t) \log(1 + e^z) \right)` for a
    target t, a weight w and a positive weight q.

    **Gradient.** :math:`w \left( (1 - t) \sigma(z) - q t \sigma(-z) \right)` by its closed form, as is the
    second derivative; forward mode and `torch.func` work.

    **Edge cases.** An infinite logit costs 0 on the side of its target, where PyTorch has ``nan``, and
    ``inf`` on the other; an empty input has the mean ``nan``. Targets outside [0, 1] are taken at their
    word, as PyTorch does.

    **Numerics.** For targets 0 and 1 value and gradient are within 4 units in the last place: PyTorch's
    gradient is a difference, ``sigmoid(z) - t``, and 0 where the model is sure. Half precision is computed
    in 32 bits and rounded once; sums are taken in 64.

    References
    ----------
    .. [1] Bishop, C. M. (2006). Pattern Recognition and Machine Learning, Springer. Equations 4.90 and
       4.91.

    Examples
    --------
    PyTorch's own gradient is 0.

    >>> import torch
    >>> logit = torch.tensor([30.0], requires_grad=True)
    >>> binary_cross_entropy_with_logits(logit, torch.tensor([1.0])).backward()
    >>> logit.grad
    tensor([-9.3576e-14])
    """
    if has_torch_function_variadic(input, target, weight, pos_weight):
        loss: Tensor = handle_torch_function(
            binary_cross_entropy_with_logits, (input, target, weight, pos_weight), input, target, weight,
            size_average, reduce, reduction, pos_weight, denominator=denominator, on_empty=on_empty,
        )  # fmt: skip
        return loss
    how = reduction_of(_WHERE, reduction, size_average, reduce, denominator=denominator, on_empty=on_empty)
    _check(input, target, weight, pos_weight)
    dtype = result_dtype(input, target, weight, pos_weight)
    given = target, weight, pos_weight
    needs_steps = any(tensor is not None and tensor.requires_grad for tensor in given)
    if needs_steps or input.numel() == 0 or not suits_kernels(input, *given):
        return composed_sigmoid(input, target, weight, pos_weight, how, dtype)
    return fused_sigmoid(input, target, weight, pos_weight, how, dtype)


def _check(input: Tensor, target: Tensor, weight: Tensor | None, pos_weight: Tensor | None) -> None:
    if input.dtype not in FORMATS:
        raise DTypeError(_WHERE, "input", "be float64, float32, float16 or bfloat16", got=str(input.dtype))
    if target.shape != input.shape:
        rule, got = f"have shape {tuple(input.shape)}, that of `input`", str(tuple(target.shape))
        hint = "Nothing is broadcast; an axis of 1 can be dropped or added with `reshape`."
        raise ShapeError(_WHERE, "target", rule, got=got, hint=hint)
    if not target.is_floating_point():
        hint = "Convert it with `target.to(input.dtype)`."
        raise DTypeError(_WHERE, "target", "be real floating", got=str(target.dtype), hint=hint)
    for name, tensor in (("target", target), ("weight", weight), ("pos_weight", pos_weight)):
        if tensor is None:
            continue
        if tensor.device != input.device:
            rule = f"be on the device of `input`, {input.device}"
            raise DomainError(_WHERE, name, rule, got=str(tensor.device))
        # A comparison fixes the length of an axis that is a symbol of `torch.export`.
        if tensor.ndim != input.ndim or tensor.shape != input.shape:
            _check_broadcasts(input, tensor, name)


def _check_broadcasts(input: Tensor, tensor: Tensor, name: str) -> None:
    try:
        shape = torch.broadcast_shapes(input.shape, tensor.shape)  # type: ignore[no-untyped-call]
        fits = shape == input.shape
    except RuntimeError:
        fits = False
    if not fits:
        rule = f"broadcast to {tuple(input.shape)}, the shape of `input`"
        raise ShapeError(_WHERE, name, rule, got=str(tuple(tensor.shape)))
