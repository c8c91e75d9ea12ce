"""
Logits of a linear head that are not computed until something other than the loss reads them.

A transformers model computes its logits, caps or scales them, and hands them to its loss function. In
training only the loss reads them, and it does not need them as a whole. So the head returns this object: it
records the steps between head and loss, and any other use computes the logits, in the graph as always.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import linear

__all__ = ["DeferredLogits"]


class DeferredLogits:
    """
    Logits ``scale * tanh(factor * (input @ weight.T + bias))``, without `tanh` if there is no cap.

    Parameters
    ----------
    input : Tensor of shape (..., D)
        Hidden states.
    weight : Tensor of shape (C, D)
        Weight of the head.
    bias : Tensor of shape (C,), or None
        Bias of the head.
    factors : tuple of float
        One factor; or two, with `tanh` between them.
    dtype : torch.dtype or None
        Dtype to which the logits are converted; None for that of the product.
    """

    def __init__(
        self,
        input: Tensor,
        weight: Tensor,
        bias: Tensor | None,
        factors: tuple[float, ...] = (1.0,),
        dtype: torch.dtype | None = None,
    ) -> None:
        self.input, self.weight, self.bias = input, weight, bias
        self.factors, self.converted_to = factors, dtype
        self._computed: Tensor | None = None

    @property
    def adjustment(self) -> dict[str, Any]:
        """
        Cap and factor as the keywords `softcap` and `logit_scale` of `linear_cross_entropy`; None for no
        step.
        """
        inner, *outer = self.factors
        if outer:
            # scale * tanh(z * inner) is a cap at 1 / inner, and then a factor.
            scale = outer[0] * inner
            return {"softcap": 1 / inner, "logit_scale": None if scale == 1 else scale}
        return {"softcap": None, "logit_scale": None if inner == 1 else inner}

    def computed(self) -> Tensor:
        """Logits as a tensor of shape (..., C) with their graph, computed at the first call and kept."""
        if self._computed is None:
            inner, *outer = self.factors
            logits = linear(self.input, self.weight, self.bias)
            logits = logits if inner == 1 else logits * inner
            for factor in outer:
                logits = torch.tanh(logits) * factor
            self._computed = logits if self.converted_to is None else logits.to(self.converted_to)
        return self._computed

    def _changed(self, factors: tuple[float, ...], dtype: torch.dtype | None = None) -> DeferredLogits:
        """
        Deferred logits of the same product with other `factors`; a `dtype` of None keeps the present one.

        The conversion is the last step also if others follow it.
        """
        return DeferredLogits(self.input, self.weight, self.bias, factors, dtype or self.converted_to)

    def __mul__(self, other: Any) -> Any:
        if isinstance(other, (int, float)) and other > 0:
            return self._changed((*self.factors[:-1], self.factors[-1] * other))
        return self.computed() * other

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> Any:
        if isinstance(other, (int, float)) and other > 0:
            return self._changed((*self.factors[:-1], self.factors[-1] / other))
        return self.computed() / other

    def tanh(self) -> Any:
        """Hyperbolic tangent of each logit: deferred if it is the first, else a tensor."""
        return self._changed((*self.factors, 1.0)) if len(self.factors) == 1 else self.computed().tanh()

    def float(self) -> Any:
        """
        Deferred logits that are converted to float32 after all steps, also after those that follow
        this call.
        """
        return self._changed(self.factors, torch.float32)

    def to(self, *args: Any, **kwargs: Any) -> Any:
        """
        Deferred logits in another dtype, if that is the only argument and not a keyword; else the result of
        `to` on the computed ones.

        Deferred logits are converted after all steps, also after those that follow this call.
        """
        if len(args) == 1 and isinstance(args[0], torch.dtype) and not kwargs:
            return self._changed(self.factors, args[0])
        return self.computed().to(*args, **kwargs)

    def contiguous(self) -> DeferredLogits:
        """The object itself, as its logits are contiguous once computed."""
        return self

    @classmethod
    def __torch_function__(
        cls, function: Callable[..., Any], types: Any, args: Any = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        """
        Result of a function of PyTorch: `torch.tanh` as a deferred step, any other from the computed
        logits.
        """
        del types
        if function is torch.tanh and not kwargs:
            return args[0].tanh()
        return function(*_computed(args), **_computed(kwargs or {}))

    def __getattr__(self, name: str) -> Any:
        """Attribute of the computed logits; `AttributeError` for a name that begins with two underscores."""
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(self.computed(), name)

    def __getitem__(self, index: Any) -> Any:
        return self.computed()[index]

    def __len__(self) -> int:
        return len(self.computed())

    def __add__(self, other: Any) -> Any:
        return self.computed() + other

    def __sub__(self, other: Any) -> Any:
        return self.computed() - other

    def __neg__(self) -> Any:
        return -self.computed()


def _computed(value: Any) -> Any:
    """
    `value` with all `DeferredLogits` in it replaced by their computed logits, also in tuples, lists and
    dicts.
    """
    if isinstance(value, DeferredLogits):
        return value.computed()
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return type(value)(*map(_computed, value))
    if isinstance(value, (tuple, list)):
        return type(value)(_computed(entry) for entry in value)
    if isinstance(value, dict):
        return {name: _computed(entry) for name, entry in value.items()}
    return value
