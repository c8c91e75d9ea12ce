"""Cross-entropy of one logit per example with PyTorch's own arguments."""

from __future__ import annotations

import sys

from torch import Tensor
from torch.overrides import handle_torch_function, has_torch_function_variadic

from xent.arrays import refuse_call_by_keras
from xent.arrays.torch_scripting import unscriptable
from xent.torch.binary_cross_entropy.checks import check_request
from xent.torch.binary_cross_entropy.request import SigmoidRequest
from xent.torch.binary_cross_entropy.ways import WAYS
from xent.torch.reduction import reduction_of, result_dtype
from xent.torch.tensor_arguments import check_tensors
from xent.torch.ways import run

__all__ = ["binary_cross_entropy_with_logits"]

_CALLER = "binary_cross_entropy_with_logits"


@unscriptable
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
    way: str | None = None,
) -> Tensor:
    r"""
    Cross-entropy of targets under a sigmoid of logits, elementwise, in nats.

    Arguments and result are those of `torch.nn.functional.binary_cross_entropy_with_logits`, up to
    rounding; the arguments after the ``*`` are additional.

    Parameters
    ----------
    input : Tensor
        Logits of any shape.
    target : Tensor
        Probabilities of the event, real floating, of the same shape.
    weight : Tensor, optional
        Factor of each entry; broadcast to the shape of the input.
    size_average, reduce : bool, optional
        Older names of reductions, of which PyTorch warns. Unless both are None they replace `reduction`: by
        "none" if `reduce` is False, else by "sum" if `size_average` is False, else by "mean".
    reduction : "none", "mean" or "sum"
        One loss per entry, their mean over the number of entries, or their sum.
    pos_weight : Tensor, optional
        Factor of the part for the event; broadcast to the shape of the input.
    denominator : float or Tensor of shape (), optional
        Denominator of a "mean", finite and >= 0, which no other reduction takes; a tensor that is not, and
        cannot be read, gives ``nan``. Default the number of entries.
    on_empty : "nan", "zero" or "raise"
        Result of a mean whose denominator is 0: ``nan``, or ``inf`` for a sum above 0; or 0; or a
        `DomainError`. In traced calls and on other devices than the CPU "raise" is "nan".
    way : "eager", "triton" or "composed", optional
        Way to compute the loss; default the first that suits the call, which `xent.torch.explain` names.
        The results agree to rounding.

    Returns
    -------
    Tensor
        The loss, in the dtype in which PyTorch returns it, that of `target`; under autocast float32 for half
        precision.

    Raises
    ------
    DTypeError
        If `input`, `target` or a weight is no tensor or sparse, `input` not of 64, 32 or 16 bits, `target`
        not real floating, a weight complex, or `denominator` no number.
    ShapeError
        If `target` has another shape than `input`, a weight does not broadcast to that shape, or
        `denominator` is not of shape ().
    DomainError
        If a tensor is on another device than `input`, or another argument lies outside the values given here;
        for a mean over nothing with ``on_empty="raise"``.
    BackendError
        If `way` names a way that does not suit the call; the message gives the reason.

    Notes
    -----
    **Definition.** :math:`\ell = w \left( q t \log(1 + e^{-z}) + (1 - t) \log(1 + e^z) \right)` for a
    target t, a weight w and a positive weight q.

    **Gradient.** :math:`w \left( (1 - t) \sigma(z) - q t \sigma(-z) \right)` by its closed form, as is the
    second derivative; forward mode and `torch.func` work.

    **Edge cases.** An infinite logit costs 0 on the side of its target, where PyTorch has ``nan``, and
    ``inf`` on the other; an empty input has the mean ``nan``. Targets outside [0, 1] are used as they
    are, as in PyTorch.

    **Numerics.** For targets 0 and 1 value and gradient are within 4 units in the last place: PyTorch's
    gradient is a difference, ``sigmoid(z) - t``, and 0 where the model is confident. Half precision is
    computed in 32 bits and rounded once; sums are taken in 64.

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
    if "keras" in sys.modules:
        refuse_call_by_keras("binary_cross_entropy_with_logits", "input")
    if has_torch_function_variadic(input, target, weight, pos_weight):
        loss: Tensor = handle_torch_function(
            binary_cross_entropy_with_logits, (input, target, weight, pos_weight), input, target, weight,
            size_average, reduce, reduction, pos_weight, denominator=denominator, on_empty=on_empty,
            way=way,
        )  # fmt: skip
        return loss
    check_tensors(_CALLER, {"input": input, "target": target}, weight=weight, pos_weight=pos_weight)
    reduced = reduction_of(
        _CALLER, reduction, size_average, reduce, denominator=denominator, on_empty=on_empty
    )
    check_request(input, target, weight, pos_weight)
    # PyTorch writes the losses where it first put the targets, so their dtype is that of the result.
    dtype = result_dtype(target)
    request = SigmoidRequest(input, target, weight, pos_weight, reduced, dtype)
    result: Tensor = run(_CALLER, WAYS, request, way)
    return result
