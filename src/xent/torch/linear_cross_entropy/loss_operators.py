"""
A pass over chunks as a pair of operators with a derivative, each of which a compiler keeps as one node.

The first makes the gradients of a reduced loss with it; those of one loss per row, whose factors backward
alone knows, the second makes in backward.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from xent.torch.linear_cross_entropy.chunked_pass import Gradients
from xent.torch.linear_cross_entropy.operator_arguments import (
    PARAMETERS,
    TENSORS,
    empty_like,
    filled,
    returned,
    unflattened,
    wanted_of,
)
from xent.torch.linear_cross_entropy.request import LinearRequest

__all__ = ["loss_operator"]

# Of a request, the wanted gradients, and the gradient in the loss: None for 1.
Pass = Callable[[LinearRequest, tuple[bool, ...], Tensor | None], tuple[Tensor, Gradients]]
_NONE_WANTED = (False, False, False)
_THREE = "(Tensor, Tensor, Tensor)"


def loss_operator(name: str, computed: Pass) -> Any:
    """
    Operator ``xent::{name}``: loss, and gradients of input, weight and bias, with a derivative.

    It is registered with PyTorch under this name. Its arguments are those of
    ``operator_arguments.PARAMETERS``: a request flattened. `computed` takes a request, a flag for each of the
    three gradients and the gradient in the loss, None for 1, and returns the loss, reduced or one a row, in
    32 bits or more, and the gradients asked for. They are made with the loss if it is reduced and operands
    are not float16. One that is not made is an empty tensor, and backward makes it by a second operator,
    ``xent::{name}_gradients``.
    """
    gradients = _gradients_operator(name, computed)

    def loss(*arguments: Any) -> tuple[Tensor, ...]:
        value, found = computed(unflattened(arguments), _made_forward(arguments), None)
        return value, *filled(found, arguments[0])

    def like(*arguments: Any) -> tuple[Tensor, ...]:
        input = arguments[0]
        shape = input.shape[:1] if _kind(arguments) == "none" else ()
        value = input.new_empty(shape, dtype=torch.promote_types(input.dtype, torch.float32))
        return value, *empty_like(arguments, _made_forward(arguments))

    schema = f"({PARAMETERS}) -> (Tensor, Tensor, Tensor, Tensor)"
    operator = torch.library.custom_op(f"xent::{name}", loss, mutates_args=(), schema=schema)
    operator.register_fake(like)
    save, backward = _derivative(gradients)
    operator.register_autograd(backward, setup_context=save)
    return operator


def _derivative(gradients: Any) -> tuple[Callable[..., None], Callable[..., tuple[Any, ...]]]:
    """
    Function that saves what backward needs, and function that returns the gradients of all arguments.

    PyTorch calls both. `gradients` is the operator that computes gradients in backward.
    """

    def save(ctx: Any, inputs: tuple[Any, ...], output: tuple[Tensor, ...]) -> None:
        ctx.settings, ctx.wanted, ctx.is_late = inputs[TENSORS:], wanted_of(inputs), _is_late(inputs)
        # Otherwise backward would get zeros of the size of the weight for the gradients among the outputs.
        ctx.set_materialize_grads(False)
        ctx.save_for_backward(*(inputs[:TENSORS] if ctx.is_late else output[1:]))

    def backward(ctx: Any, upstream: Tensor | None, *others: Any) -> tuple[Any, ...]:
        del others
        count = TENSORS + len(ctx.settings)
        if upstream is None:
            return (None,) * count
        if ctx.is_late:
            found = gradients(upstream.contiguous(), *ctx.saved_tensors, *ctx.settings)
        else:
            found = scaled(ctx.saved_tensors, upstream)
        return returned(found, ctx.wanted, count)

    return save, backward


def scaled(made: tuple[Tensor, ...], upstream: Tensor) -> tuple[Tensor, ...]:
    """Gradients made in the forward pass times `upstream`, of shape (), in new memory and their own dtype."""
    return tuple((gradient * upstream).to(gradient.dtype) for gradient in made)


def _gradients_operator(name: str, computed: Pass) -> Any:
    """
    Operator ``xent::{name}_gradients`` of an upstream and a flattened request: three gradients times the
    upstream.

    They are those of input, weight and bias; one that is not wanted is an empty tensor. `upstream` is one
    number or, without a reduction, one for each row. `computed` makes them from a request, a flag for each
    and the upstream.
    """

    def gradients(upstream: Tensor, *arguments: Any) -> tuple[Tensor, ...]:
        found = computed(unflattened(arguments), wanted_of(arguments), upstream)[1]
        return filled(found, arguments[0])

    def like(upstream: Tensor, *arguments: Any) -> tuple[Tensor, ...]:
        del upstream
        return empty_like(arguments, wanted_of(arguments))

    operator = torch.library.custom_op(
        f"xent::{name}_gradients",
        gradients,
        mutates_args=(),
        schema=f"(Tensor upstream, {PARAMETERS}) -> {_THREE}",
    )
    operator.register_fake(like)
    return operator


def _kind(arguments: tuple[Any, ...]) -> str:
    """Name of the reduction of a call of the operator: "none", "mean" or "sum"."""
    kind: str = unflattened(arguments).options.softmax.reduction.kind
    return kind


def _is_late(arguments: tuple[Any, ...]) -> bool:
    """
    True for one loss per row and for float16: their gradients are made in backward, which knows the
    factors.
    """
    return _kind(arguments) == "none" or arguments[0].dtype is torch.float16


def _made_forward(arguments: tuple[Any, ...]) -> tuple[bool, ...]:
    """True for input, weight and bias, in this order, if its gradient is made with the loss."""
    return _NONE_WANTED if _is_late(arguments) else wanted_of(arguments)
