"""Kullback-Leibler divergence of log-probabilities with PyTorch's own arguments."""

from __future__ import annotations

import sys
import warnings

import torch
from torch import Tensor
from torch.overrides import handle_torch_function, has_torch_function_variadic

from xent.arrays import refuse_call_by_keras
from xent.arrays.torch_scripting import unscriptable
from xent.errors import DomainError, DTypeError, ShapeError
from xent.torch.reduction import Reduction, reduction_of, result_dtype
from xent.torch.tensor_arguments import check_dense, check_tensors

__all__ = ["kl_div"]

_KINDS = ("none", "mean", "sum", "batchmean")


@unscriptable
def kl_div(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    log_target: bool = False,
) -> Tensor:
    r"""
    Terms of the Kullback-Leibler divergence of a model from a target, in nats.

    Arguments and result are those of `torch.nn.functional.kl_div`, up to rounding and to ``nan`` where a
    target is 0.

    Parameters
    ----------
    input : Tensor
        Log-probabilities of the model, real floating, of any shape.
    target : Tensor
        Probabilities of the target, or their logarithms with `log_target`, real floating; it is broadcast
        against the input.
    size_average, reduce : bool, optional
        Older names of reductions, of which PyTorch warns. Unless both are None they replace `reduction`: by
        "none" if `reduce` is False, else by "sum" if `size_average` is False, else by "mean".
    reduction : "none", "mean", "sum" or "batchmean"
        One term per entry with "none". The divergence is the "sum" over its classes, and "batchmean" the mean
        of the rows' divergences, the sum divided by the length of the first axis of `input`, if it has one.
        "mean" divides by the number of entries: PyTorch warns of it, and so does this function.
    log_target : bool
        True if `target` holds logarithms.

    Returns
    -------
    Tensor
        The loss, of shape () or, with "none", that to which both tensors broadcast, in the dtype in which
        PyTorch returns it: a tensor of shape () beside one of another shape does not change it.

    Raises
    ------
    DTypeError
        If `input` or `target` is no tensor, or not real floating.
    ShapeError
        If `target` does not broadcast against `input`.
    DomainError
        If `target` is on another device than `input`, or `reduction` has another name.

    Notes
    -----
    **Definition.** :math:`t_k (\log t_k - z_k)` for each entry, with :math:`0 \log 0 = 0`.

    **Gradient.** :math:`-t_k` in the input; :math:`\log t_k + 1 - z_k` in a target, ``-inf`` at 0; that times
    :math:`t_k` in its logarithm, 0 at ``-inf``; by PyTorch's own rules.

    **Edge cases.** A target of 0, or ``-inf`` as a logarithm, costs 0 also where the model has ``-inf``,
    which is ``nan`` in PyTorch. A target above 0 where the model has ``-inf`` costs ``inf``; a negative
    target, and a mean over nothing, is ``nan``.

    **Numerics.** The logarithms are subtracted before they are multiplied, so where model and target agree
    the term is 0. Sums are taken in 64 bits.

    References
    ----------
    .. [1] Cover, T. M., Thomas, J. A. (2006). Elements of Information Theory, 2nd ed., equation 2.26.

    Examples
    --------
    >>> import torch
    >>> kl_div(torch.tensor([0.0, -torch.inf]), torch.tensor([1.0, 0.0]), reduction="sum")
    tensor(0.)
    """
    if "keras" in sys.modules:
        refuse_call_by_keras("kl_div", "input")
    if has_torch_function_variadic(input, target):
        loss: Tensor = handle_torch_function(
            kl_div, (input, target), input, target, size_average, reduce, reduction, log_target
        )
        return loss
    check_tensors("kl_div", {"input": input, "target": target})
    reduced = reduction_of("kl_div", reduction, size_average, reduce, kinds=_KINDS)
    if reduction == "mean" and size_average is None and reduce is None:
        _warn_of_mean()
    _check(input, target)
    dtype = result_dtype(input, target)
    # A tensor of shape () may have more bits than the result.
    wide = torch.promote_types(torch.promote_types(input.dtype, target.dtype), torch.float32)
    values = _terms(input.to(wide), target.to(wide), log_target=log_target)
    if reduced.kind == "batchmean":
        total = Reduction(reduced.caller, "sum").apply(values, values.numel, wide)
        return (total / input.shape[0] if input.ndim > 0 else total).to(dtype)
    return reduced.apply(values, values.numel, dtype)


def _terms(log_q: Tensor, target: Tensor, *, log_target: bool) -> Tensor:
    """
    Terms ``p (log p - log q)``, elementwise and differentiable; 0 where p is 0, also if q is 0 there.

    `target` is p, or ``log p`` if `log_target`. A negative p gives nan, and a positive one ``inf`` where q is
    0.
    """
    if log_target:
        none = target == -torch.inf
        log_p = torch.where(none, 0.0, target)
        return torch.where(none, 0.0, log_p.exp() * (log_p - log_q))
    none = target == 0
    p = torch.where(none, 1.0, target)
    # At 0 the term is 0, but its derivative in the target is infinite: `entr` has that derivative.
    at_zero = 0 - torch.special.entr(torch.where(none, target, 0.0))
    return torch.where(none, at_zero, p * (p.log() - log_q))


def _check(input: Tensor, target: Tensor) -> None:
    """
    Raise `DTypeError` unless both tensors are dense and real floating, `DomainError` unless on one device.

    Raises `ShapeError` if their shapes do not broadcast.
    """
    for name, tensor in (("input", input), ("target", target)):
        check_dense("kl_div", name, tensor)
        if not tensor.is_floating_point():
            raise DTypeError("kl_div", name, "be real floating", got=str(tensor.dtype))
    if input.device != target.device:
        rule = f"be on the device of `input`, {input.device}"
        raise DomainError("kl_div", "target", rule, got=str(target.device))
    try:
        torch.broadcast_shapes(input.shape, target.shape)  # type: ignore[no-untyped-call]
    except RuntimeError:
        rule, got = f"broadcast against `input`, of shape {tuple(input.shape)}", str(tuple(target.shape))
        raise ShapeError("kl_div", "target", rule, got=got) from None


def _warn_of_mean() -> None:
    """Issue PyTorch's warning of ``reduction="mean"`` as a `UserWarning`."""
    message = (
        "kl_div: reduction='mean' divides by the number of entries, 'batchmean' by that of rows, which gives"
        " the mean divergence. PyTorch has announced that 'mean' will become 'batchmean'."
    )
    warnings.warn(message, UserWarning, stacklevel=3)
