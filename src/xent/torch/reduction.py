"""From one loss for each row to the result: PyTorch's reductions, and what a mean is divided by."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import torch
from array_api_compat import torch as xp
from torch import Tensor
from torch.nn import _reduction

from xent.errors import DomainError, DTypeError, ShapeError
from xent.options.mean import check_on_empty, gradient_factor, mean, mean_of_numbers, mean_over_nothing
from xent.torch.memory import is_traced

__all__ = ["Reduction", "autocast_dtype", "number_of", "reduction_of", "result_dtype", "total_of"]

_MEANS = ("none", "mean", "sum")


class Reduction(NamedTuple):
    """
    How rows are put together.

    Parameters
    ----------
    where : str
        Function that was called, for the message of an error.
    kind : "none", "mean", "sum" or "batchmean"
        PyTorch's word.
    denominator : float, Tensor or None
        What a mean is divided by, where it is not what the rows weigh.
    on_empty : "nan", "zero" or "raise"
        What a mean is whose denominator is 0.
    """

    where: str
    kind: str
    denominator: float | Tensor | None = None
    on_empty: str = "nan"

    def divisor(self, mass: Callable[[], float]) -> float:
        """What the sum of values that can be looked at is divided by, by default their `mass`."""
        if self.kind != "mean":
            return 1.0
        given = self.denominator
        divisor = float(mass() if given is None else given)
        if divisor == 0 and self.on_empty == "raise":
            raise mean_over_nothing(caller=self.where, instead='reduction="sum"')
        return divisor

    def quotient(self, total: float, divisor: float) -> float:
        """The sum or the mean, with the rule for one over nothing."""
        return mean_of_numbers(total, divisor, self.on_empty)

    def factor(self, divisor: float) -> float:
        """What each row's gradient is multiplied by."""
        return gradient_factor(divisor, self.on_empty)

    def apply(self, values: Tensor, mass: Callable[[], Tensor | float], dtype: torch.dtype) -> Tensor:
        """The result for differentiable `values`, whose mean is taken over their `mass`."""
        if self.kind == "none":
            return values.to(dtype)
        total = total_of(values)
        if self.kind == "sum":
            return total.to(dtype)
        given = mass() if self.denominator is None else self.denominator
        divisor = _tensor_beside(total, given)
        empty = divisor == 0
        if self.on_empty == "raise" and _is_known(empty) and bool(empty):
            raise mean_over_nothing(caller=self.where, instead='reduction="sum"')
        quotient: Tensor = mean(total, divisor, self.on_empty, xp=xp)
        return quotient.to(dtype)


def reduction_of(
    where: str,
    reduction: str,
    size_average: bool | None,
    reduce: bool | None,
    *,
    denominator: Any = None,
    on_empty: str = "nan",
    kinds: tuple[str, ...] = _MEANS,
) -> Reduction:
    """The reduction that was asked for, its older names included."""
    if size_average is not None or reduce is not None:
        reduction = _reduction.legacy_get_string(size_average, reduce)
    elif reduction == "elementwise_mean":
        _reduction.get_enum(reduction)
        reduction = "mean"
    if reduction not in kinds:
        raise DomainError(where, "reduction", f"be one of {', '.join(kinds)}", got=repr(reduction))
    check_on_empty(on_empty, caller=where)
    if denominator is not None:
        _check_denominator(where, reduction, denominator)
        denominator = denominator.detach() if isinstance(denominator, Tensor) else denominator
    return Reduction(where, reduction, denominator, on_empty)


def number_of(number: float, dtype: torch.dtype) -> Tensor:
    """
    A tensor of one number, infinite where that is beyond the `dtype`.

    PyTorch refuses to make such a tensor, but rounds one that it has.
    """
    return torch.scalar_tensor(number, dtype=torch.float64).to(dtype)


def total_of(values: Tensor) -> Tensor:
    """Sum in 64 bits, or in 32 where the device has no more."""
    wide = torch.float32 if values.device.type == "mps" else torch.float64
    return values.sum(dtype=wide)


def result_dtype(input: Tensor, *others: Tensor | None) -> torch.dtype:
    """Dtype in which PyTorch returns a loss of these: half precision gives way to 32 bits under autocast."""
    dtype: torch.dtype = input.dtype
    for other in others:
        if other is not None and other.dtype is not dtype and other.is_floating_point():
            dtype = torch.promote_types(dtype, other.dtype)
    return torch.float32 if dtype.itemsize == 2 and autocast_dtype(input) is not None else dtype


def autocast_dtype(input: Tensor) -> torch.dtype | None:
    """Dtype in which autocast would multiply on the device of `input`; None where it is off or unknown."""
    device = input.device.type
    if torch.amp.is_autocast_available(device) and torch.is_autocast_enabled(device):
        return torch.get_autocast_dtype(device)
    return None


def _check_denominator(where: str, reduction: str, denominator: Any) -> None:
    if reduction != "mean":
        got = f"reduction={reduction!r}"
        raise DomainError(where, "denominator", 'come with reduction="mean"', got=got)
    if isinstance(denominator, Tensor):
        if denominator.ndim > 0:
            raise ShapeError(where, "denominator", "have shape ()", got=str(tuple(denominator.shape)))
        return
    if not isinstance(denominator, (int, float)) or isinstance(denominator, bool):
        got = type(denominator).__name__
        raise DTypeError(where, "denominator", "be a number or a tensor of one", got=got)
    if not 0 <= denominator < float("inf"):
        raise DomainError(where, "denominator", "be finite and >= 0", got=repr(denominator))


def _tensor_beside(total: Tensor, number: Tensor | float) -> Tensor:
    """A number as a tensor like `total`; a length may be a symbol of `torch.export`, fixed by `as_tensor`."""
    if isinstance(number, Tensor):
        return number.to(total)
    return torch.full_like(total, number)


def _is_known(condition: Tensor) -> bool:
    """Whether a truth value may be looked at: not while it is traced, nor where that waits for a device."""
    return condition.is_cpu and not is_traced()
