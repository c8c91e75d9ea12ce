"""
Reductions of PyTorch, the denominator of a mean, and gradients that the forward pass makes of a reduced loss.

Gradients made in the forward pass and handed out once, the rule of the three eager ways.

The kernels read each row once and write its loss and its gradient in the same pass, so the gradient exists
before backward is called. Backward gives that tensor away, and its new owner (an optimizer, a hook, the next
backward function) may write to it. So the context forgets the tensor the moment it is handed out, and every
later backward through a retained graph computes a new one from the saved inputs::

    forward         loss, and ctx.gradient = d loss / d input      one pass over the input
                                  |
    1st backward(u) takes it, ctx.gradient = None; times u in place; handed out
                                  .
    2nd backward(v) finds None: a second pass, d loss / d input times v, in new memory
                                  .
    create_graph    the composed way's loss is differentiated: its gradient has a graph

An input that was changed in place since is noticed by autograd when the saved tensors are unpacked.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, NamedTuple

import torch
from array_api_compat import torch as xp
from torch import Tensor
from torch.nn import _reduction

from xent.arrays import is_distributed
from xent.arrays.torch_autocast import autocast_dtype
from xent.errors import DomainError, DTypeError, ShapeError
from xent.options.mean import check_on_empty, mean, mean_over_nothing
from xent.torch.memory import is_readable
from xent.torch.tensor_arguments import check_dense

__all__ = [
    "Reduction",
    "is_made_forward",
    "is_scaled",
    "keeps_nothing",
    "number_of",
    "reduction_of",
    "result_dtype",
    "total_of",
]

# PyTorch has no public name for the hooks on saved tensors.
_hooks = torch._C._autograd._top_saved_tensors_default_hooks  # noqa: SLF001
_MEANS = ("none", "mean", "sum")
# Rules for a denominator.
# Below the largest number of all dtypes.
_FITS = 65504.0
_A_NUMBER, _IN_RANGE = "be a number or a tensor of one", "be finite and >= 0"


class Reduction(NamedTuple):
    """
    Reduction of the losses of all rows.

    Parameters
    ----------
    caller : str
        Function that was called, for error messages.
    kind : "none", "mean", "sum" or "batchmean"
        PyTorch's name.
    denominator : float, Tensor or None
        Denominator of a mean; None for the total weight of the rows.
    on_empty : "nan", "zero" or "raise"
        Rule for a mean whose denominator is 0.
    """

    caller: str
    kind: str
    denominator: float | Tensor | None = None
    on_empty: str = "nan"

    def divisor(
        self, total_weight: Callable[[], float], check_labels: Callable[[], None] | None = None
    ) -> float:
        """
        Denominator of a mean as a number; 1 for any other kind, "batchmean" among them.

        It is the given one, of which a tensor is read, or for None the result of `total_weight`, which is
        called for None alone. Raises `DomainError` for 0 under the rule ``"raise"``; under the others 0 is
        returned. Before it raises, `check_labels` is called, which may raise `LabelError`: labels out of
        range have no weight, so they can be the reason.
        """
        if self.kind != "mean":
            return 1.0
        given = self.denominator
        divisor = float(total_weight() if given is None else given)
        if divisor == 0 and self.on_empty == "raise":
            if check_labels is not None:
                check_labels()
            raise mean_over_nothing(caller=self.caller, instead='reduction="sum"')
        return divisor

    def apply(self, values: Tensor, total_weight: Callable[[], Tensor | float], dtype: torch.dtype) -> Tensor:
        """
        Losses `values` of all rows in `dtype`, or their sum or mean, of shape (); differentiable.

        In `values` ignored rows are 0 already. `total_weight` returns the default denominator, and is called
        only for a kind other than "none" and "sum" without a given one. Over a denominator of 0 the mean is 0
        under the rule ``"zero"``, else nan with gradient 0, or, for a sum other than 0, infinite with an
        infinite gradient. Raises `DomainError` for one under the rule ``"raise"``, unless it is traced or not
        on the CPU.
        """
        if self.kind == "none":
            return values.to(dtype)
        total = total_of(values)
        if self.kind == "sum":
            return total.to(dtype)
        given = total_weight() if self.denominator is None else self.denominator
        divisor = _tensor_beside(total, given)
        empty = divisor == 0
        # A traced or off-host denominator is not read: the mean over nothing is then nan, as in PyTorch.
        if self.on_empty == "raise" and is_readable(empty) and bool(empty):
            raise mean_over_nothing(caller=self.caller, instead='reduction="sum"')
        quotient: Tensor = mean(total, divisor, self.on_empty, xp=xp)
        return quotient.to(dtype)


def reduction_of(
    caller: str,
    reduction: str,
    size_average: bool | None,
    reduce: bool | None,
    *,
    denominator: Any = None,
    on_empty: str = "nan",
    kinds: tuple[str, ...] = _MEANS,
) -> Reduction:
    """
    Reduction from PyTorch's arguments, in which `size_average` and `reduce` replace `reduction` unless both
    are None.

    PyTorch warns of these two, and of the name "elementwise_mean", which stands for "mean". A `denominator`
    of None is the total weight of the rows; that of a tensor is detached, and nan if it is negative or not
    finite and cannot be read. Raises `DomainError` for a name that is not among `kinds`, an unknown
    `on_empty`, and a denominator that is negative, not finite or beside another reduction than "mean";
    `ShapeError` for a tensor with axes, `DTypeError` for no real number.
    """
    if size_average is not None or reduce is not None:
        reduction = _reduction.legacy_get_string(size_average, reduce)
    elif reduction == "elementwise_mean":
        _reduction.get_enum(reduction)
        reduction = "mean"
    if reduction not in kinds:
        raise DomainError(caller, "reduction", f"be one of {', '.join(kinds)}", got=repr(reduction))
    if on_empty != "nan":
        check_on_empty(on_empty, caller=caller)
    if denominator is not None:
        denominator = _checked_denominator(caller, reduction, denominator)
    return Reduction(caller, reduction, denominator, on_empty)


def is_made_forward(input: Tensor, reduction: Reduction) -> bool:
    """
    True if forward computes the gradient along with the loss, for an `input` that requires it.

    Not for one loss per row, whose factors are known in backward only. Not for float16, which is trained with
    a factor on the loss: multiplied after rounding, a gradient that had underflowed would stay 0. Not under
    hooks on saved tensors, such as those of a checkpoint.
    """
    return reduction.kind != "none" and input.dtype is not torch.float16 and not keeps_nothing()


def keeps_nothing() -> bool:
    """
    True if hooks on saved tensors are set, as a checkpoint sets them to keep less memory until
    backward.
    """
    return _hooks(True) is not None


def is_scaled(gradient: Tensor, factor: float) -> bool:
    """
    Multiply `gradient` by `factor` in place and return True; return False, with nothing done, for bfloat16.

    Its gradient would be rounded twice, so the caller computes it anew; a `factor` of 1 is always True.
    """
    if factor == 1:
        return True
    if gradient.dtype is torch.bfloat16:
        return False
    gradient.mul_(factor)
    return True


def number_of(number: float, dtype: torch.dtype) -> Tensor:
    """
    Tensor of shape () with `number` in `dtype`, infinite if it overflows.

    PyTorch refuses to create such a tensor, but rounds a float64 one to infinity.
    """
    if abs(number) < _FITS:
        # One operation for two, in every training step.
        return torch.scalar_tensor(number, dtype=dtype)
    return torch.scalar_tensor(number, dtype=torch.float64).to(dtype)


def total_of(values: Tensor) -> Tensor:
    """Sum of all entries, of shape (), in float64, or in float32 on the device mps, which has no float64."""
    wide = torch.float32 if values.device.type == "mps" else torch.float64
    return values.sum(dtype=wide)


def result_dtype(input: Tensor, *others: Tensor | None) -> torch.dtype:
    """
    Dtype of a loss of these tensors in PyTorch: that to which `input` and all floating `others` promote.

    Tensors of shape () count only if all have this shape; others that are None or not floating are skipped,
    and without others it is the dtype of `input`. A result of 16 bits becomes float32 if autocast is on for
    the device of `input`.
    """
    dtype: torch.dtype = input.dtype
    if others:
        tensors = [input, *(other for other in others if other is not None and other.is_floating_point())]
        # The rule of `torch.result_type`, which takes two tensors only.
        counted = [tensor.dtype for tensor in tensors if tensor.ndim > 0] or [one.dtype for one in tensors]
        dtype = functools.reduce(torch.promote_types, counted)
    return torch.float32 if dtype.itemsize == 2 and autocast_dtype(input) is not None else dtype


def _checked_denominator(caller: str, reduction: str, denominator: Any) -> Any:
    """
    `denominator`, a number of Python, >= 0 and finite, or a tensor of shape (), for a "mean"; a tensor
    detached.

    Raises `DomainError` for another `reduction` or a number out of range, `ShapeError` for a tensor with
    axes, `DTypeError` for anything else, None and bools too. A tensor out of range whose value cannot be read
    becomes nan; a DTensor stays as it is.
    """
    if reduction != "mean":
        got = f"reduction={reduction!r}"
        raise DomainError(caller, "denominator", 'come with reduction="mean"', got=got)
    if isinstance(denominator, Tensor):
        return _checked_tensor(caller, denominator.detach())
    if not isinstance(denominator, (int, float)) or isinstance(denominator, bool):
        raise DTypeError(caller, "denominator", _A_NUMBER, got=type(denominator).__name__)
    if not 0 <= denominator < float("inf"):
        raise DomainError(caller, "denominator", _IN_RANGE, got=repr(denominator))
    return denominator


def _checked_tensor(caller: str, denominator: Tensor) -> Tensor:
    """
    `denominator`, or nan for one that is negative or not finite and cannot be read; a DTensor as it is.

    Raises `ShapeError` for axes, `DTypeError` unless it is dense and holds a real number, and `DomainError`
    for one out of range that can be read.
    """
    if denominator.ndim > 0:
        raise ShapeError(caller, "denominator", "have shape ()", got=str(tuple(denominator.shape)))
    check_dense(caller, "denominator", denominator)
    if denominator.is_complex() or denominator.dtype is torch.bool:
        raise DTypeError(caller, "denominator", _A_NUMBER, got=str(denominator.dtype))
    if is_distributed(denominator):
        return denominator
    # Integers have no nan, and large ones more digits than float32.
    wide = torch.float32 if denominator.device.type == "mps" else torch.float64
    number = denominator if denominator.is_floating_point() else denominator.to(wide)
    fits = (number >= 0) & (number < torch.inf)
    if not is_readable(fits):
        return torch.where(fits, number, torch.nan)
    if not bool(fits):
        raise DomainError(caller, "denominator", _IN_RANGE, got=repr(float(number)))
    return denominator


def _tensor_beside(total: Tensor, number: Tensor | float) -> Tensor:
    """
    Number as a tensor of dtype and device of `total`; `as_tensor` would fix a symbolic length of
    `torch.export`.
    """
    if isinstance(number, Tensor):
        return number.to(total)
    return torch.full_like(total, number)
