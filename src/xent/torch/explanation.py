"""
Explanation of one call: the way it takes, and the reason against each other way.

The call itself is asked, so that the answer cannot differ from the computation: `explain` passes an `Inquiry`
as the keyword `way`, and where the first suitable way would run, `xent.torch.ways.run` returns an
`Explanation` instead of a loss, which the call returns unchanged.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import torch

from xent.errors import DTypeError, ParameterError

__all__ = ["Explanation", "Inquiry", "explain"]


@dataclass(frozen=True)
class Explanation:
    """
    Way that a call takes, and the reasons against the others.

    Parameters
    ----------
    function : str
        Name of the function called.
    way : str
        Name of the way taken.
    reasons : dict of str to str
        Reason against each other way, by its name, in the order of the table.
    """

    function: str
    way: str
    reasons: Mapping[str, str]

    def __str__(self) -> str:
        lines = [f"{self.function} takes the way {self.way!r}."]
        return "\n".join([*lines, *(f"  not {name!r}: {reason}" for name, reason in self.reasons.items())])


class Inquiry(str):
    """Value of the keyword `way` that asks for an `Explanation` instead of a loss."""

    __slots__ = ()


def explain(function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Explanation:
    """
    Way that a call takes, and the reason against each other way.

    Parameters
    ----------
    function : callable
        `cross_entropy`, `binary_cross_entropy_with_logits` or `linear_cross_entropy` of `xent.torch`, or one
        of its modules.
    *args, **kwargs
        Arguments of the call. They are checked as the call checks them, but no loss is computed, so that
        labels out of range pass. With a `process_group` no other rank takes part; with DTensors all ranks
        must ask.

    Returns
    -------
    Explanation
        With the attributes `way` and `reasons`; as text, a readable list.

    Raises
    ------
    DTypeError
        If `function` has no choice of ways.
    ParameterError
        If `way` is among the arguments, or the way of a module is fixed.
    BackendError
        If no way suits the call; the message holds the reason against each.
    XentError, TypeError
        For arguments that the call itself refuses.

    Examples
    --------
    >>> import torch, xent.torch
    >>> logits, labels = torch.zeros(0, 3), torch.zeros(0, dtype=torch.int64)
    >>> print(xent.torch.explain(xent.torch.cross_entropy, logits, labels))
    cross_entropy takes the way 'composed'.
      not 'eager': `input` is empty
      not 'triton': `input` is on the device cpu, and Triton's kernels run on GPUs
      not 'sharded': no `process_group` is given
      not 'onnx': no export to ONNX traces the call
    """
    _check_has_ways(function)
    fixed = kwargs.get("way", getattr(function, "options", {}).get("way"))
    if fixed is not None:
        hint = "It is the way that the call takes."
        raise ParameterError("explain", "way", "be left open", got=repr(fixed), hint=hint)
    kwargs.pop("way", None)
    answer = function(*args, **kwargs, way=Inquiry())
    if isinstance(answer, Explanation):
        return answer
    raise _no_ways(function)


def _check_has_ways(function: Callable[..., Any]) -> None:
    """
    Raise `DTypeError` unless `function`, or `forward` of a module, takes the keyword `way` or any
    keyword.
    """
    called = function.forward if isinstance(function, torch.nn.Module) else function
    try:
        parameters = inspect.signature(called).parameters.values()
    except (TypeError, ValueError):
        raise _no_ways(function) from None
    if not any(p.name == "way" or p.kind is inspect.Parameter.VAR_KEYWORD for p in parameters):
        raise _no_ways(function)


def _no_ways(function: Callable[..., Any]) -> DTypeError:
    """Error for a `function` that has no choice of ways, whose name it tells."""
    names = "cross_entropy, binary_cross_entropy_with_logits or linear_cross_entropy"
    rule = f"be {names} of `xent.torch`, or a module of it"
    return DTypeError("explain", "function", rule, got=getattr(function, "__qualname__", repr(function)))
