"""
Rules by which PyTorch differentiates a formula, in backward and forward mode, once and repeatedly.

Imported when a formula first gets a tensor. There are two versions of each rule, because `torch.compile` does
not trace a rule with a `jvp`, nor a rule with a separate `setup_context` that is reached through a variable.
"""

from __future__ import annotations

from typing import Any

import torch
from torch.autograd import forward_ad

from xent.arrays.formula import Formula
from xent.arrays.namespace import Array, namespace_of
from xent.arrays.steps_in_data import steps_in_data, sum_beyond
from xent.arrays.torch_tracing import is_recorded, tracer

__all__ = ["differentiable"]


def differentiable(name: str, formula: Formula, logits: Array, *data: Array) -> Array:
    """
    The function `name` of `formula`, ``"value"`` or ``"gradient"``, with its rule of differentiation.

    The derivative of a value in the logits is the formula's gradient, that of a gradient its Hessian-vector
    product; those in `data` are of the function's steps. Under `torch.compile` a second derivative is that of
    the steps. If the logits require a gradient and an eager call is recorded, a formula with a method
    `with_gradient` keeps, beside the value, the gradient for the first backward pass.
    """
    rule: Any
    if torch.compiler.is_compiling():
        rule = _CompiledValue if name == "value" else _CompiledGradient
    else:
        rule = _Value if name == "value" else _Gradient
        if name == "value" and hasattr(formula, "with_gradient") and is_recorded(logits):
            # A kernel makes both in the time of the gradient alone, which backward then need not compute.
            formula = formula.with_gradient()
    return rule.apply(formula, logits, *data)


class _Gradient(torch.autograd.Function):
    # Without it torch.func.vmap refuses the rule; with it PyTorch maps the rule's own operations.
    generate_vmap_rule = True

    @staticmethod
    def forward(formula: Formula, *arrays: Array) -> Array:
        """Gradient by the formula, of the shape of the logits, which come first in `arrays`."""
        return formula.gradient(*arrays, xp=namespace_of(arrays[0]))

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: Array) -> None:
        """
        Save the formula, the arrays and the result's number of axes for backward and for forward mode, in
        `ctx`.
        """
        _remember(ctx, *inputs, axes=output.ndim)
        ctx.save_for_forward(*inputs[1:])

    @staticmethod
    def backward(ctx: Any, upstream: Array) -> tuple[Array | None, ...]:
        """Derivatives in logits and data; None for the formula and for arrays that do not require grad."""
        return None, *_pulled_back(ctx, "gradient", None, upstream)

    @staticmethod
    def jvp(ctx: Any, _formula: None, *tangents: Array | None) -> Array:
        """Change of the gradient along the `tangents` of logits and data; None stands for a tangent of 0."""
        return _pushed_forward(ctx, "gradient", None, tangents)


class _Value(torch.autograd.Function):
    generate_vmap_rule = True

    @staticmethod
    def forward(formula: Formula, *arrays: Array) -> Array:
        """Value by the formula; the logits come first in `arrays`."""
        return formula.value(*arrays, xp=namespace_of(arrays[0]))

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: Array) -> None:
        """
        Save the formula, the arrays and the result's number of axes for backward and for forward mode, in
        `ctx`.
        """
        _remember(ctx, *inputs, axes=output.ndim)
        ctx.save_for_forward(*inputs[1:])

    @staticmethod
    def backward(ctx: Any, upstream: Array) -> tuple[Array | None, ...]:
        """Derivatives in logits and data; None for the formula and for arrays that do not require grad."""
        # By the rule of the gradient, not by its steps: a second backward then takes the closed Hessian.
        return None, *_pulled_back(ctx, "value", _Gradient, upstream)

    @staticmethod
    def jvp(ctx: Any, _formula: None, *tangents: Array | None) -> Array:
        """Change of the value along the `tangents` of logits and data; None stands for a tangent of 0."""
        return _pushed_forward(ctx, "value", _Gradient, tangents)


class _CompiledGradient(torch.autograd.Function):
    @staticmethod
    def forward(*inputs: Any) -> Array:
        """Gradient by the formula; `inputs` are context, formula and arrays, and saved for `backward`."""
        formula, arrays = _kept(*inputs)
        return formula.gradient(*arrays, xp=namespace_of(arrays[0]))

    @staticmethod
    def backward(ctx: Any, upstream: Array) -> tuple[Array | None, ...]:
        """Derivatives in logits and data; None for the formula and for arrays that do not require grad."""
        return None, *_pulled_back(ctx, "gradient", None, upstream)


class _Steps:
    """Gradient without a rule: compiled code is not differentiated twice, and rules do not nest there."""

    @staticmethod
    def apply(formula: Formula, logits: Array, *data: Array) -> Array:
        """
        Gradient by the formula's steps, through which PyTorch differentiates again.

        A second derivative is that of the steps, not the closed one.
        """
        return formula.gradient(logits, *data, xp=namespace_of(logits))


class _CompiledValue(torch.autograd.Function):
    @staticmethod
    def forward(*inputs: Any) -> Array:
        """Value by the formula; `inputs` are context, formula and arrays, and saved for `backward`."""
        formula, arrays = _kept(*inputs)
        return formula.value(*arrays, xp=namespace_of(arrays[0]))

    @staticmethod
    def backward(ctx: Any, upstream: Array) -> tuple[Array | None, ...]:
        """
        Derivatives in logits and data; None for the formula and for arrays that do not require grad.

        A second derivative is that of the gradient's steps.
        """
        return None, *_pulled_back(ctx, "value", _Steps, upstream)


def _kept(ctx: Any, formula: Formula, *arrays: Array) -> tuple[Formula, tuple[Array, ...]]:
    """
    Save the arguments of a compiled rule for its backward pass, and return formula and arrays.

    A compiled rule takes all arguments as one tuple: if no input requires a gradient, PyTorch's compiler
    omits the context whenever there are as many other arguments as the signature has names.
    """
    ctx.formula = formula
    ctx.save_for_backward(*arrays)
    return formula, arrays


def _remember(ctx: Any, formula: Formula, *arrays: Array, axes: int) -> None:
    """Save the formula, the arrays and the number of axes of the result in the context `ctx`."""
    ctx.formula, ctx.axes = formula, axes
    ctx.save_for_backward(*arrays)


def _pulled_back(ctx: Any, name: str, following: Any, upstream: Array) -> list[Array | None]:
    """
    Gradients in the logits and in each of the data; None for an array that requires no gradient.

    `ctx` holds the formula and these arrays, `name` is the method that was evaluated, and `upstream` the
    derivative of its result. For ``"value"``, ``following.apply(formula, logits, *data)`` is the gradient;
    for ``"gradient"`` `following` is None, and `hessian_vector_product` is called. Unless a graph of this
    pass is recorded, a gradient that the formula has kept is taken from it, once, and that of a kernel is
    overwritten. Derivatives in the data are those of the steps.
    """
    logits, *data = ctx.saved_tensors
    of_logits, *of_data = ctx.needs_input_grad[1:]
    found: list[Array | None] = [None] * (1 + len(data))
    if of_logits and following is None:
        found[0] = ctx.formula.hessian_vector_product(logits, *data, upstream, xp=namespace_of(logits))
    elif of_logits:
        is_plain = not torch.is_grad_enabled() and tracer() is None
        kept = getattr(ctx.formula, "kept", None)
        # Handed out once: a second backward through a retained graph computes it again.
        gradient = kept.pop() if is_plain and kept else following.apply(ctx.formula, logits, *data)
        # The value may have fewer axes than the gradient: one number for each row of it.
        factor = upstream[(..., *(None,) * (gradient.ndim - upstream.ndim))]
        # New memory of a kernel, which no graph needs: half of the time of the product is that of new pages.
        is_ours = is_plain and hasattr(ctx.formula, "with_steps")
        found[0] = gradient.mul_(factor) if is_ours else factor * gradient
    if any(of_data):
        steps, moving, places = steps_in_data(
            ctx.formula, name, logits, data, of_data, xp=namespace_of(logits)
        )
        pull = torch.func.vjp(steps, *moving)[1]
        for place, derivative in zip(places, pull(upstream), strict=True):
            found[1 + place] = derivative
    return found


def _pushed_forward(ctx: Any, name: str, following: Any, tangents: tuple[Array | None, ...]) -> Array:
    """
    Change of the result of `name` along `tangents` of the logits and the data; None is a tangent of 0.

    `following` is as for `_changed`, with forward mode switched on meanwhile.
    """
    # PyTorch calls this with forward mode off. An enclosing forward mode would then treat the results as
    # constants, with a derivative of 0 and no error.
    with forward_ad._set_fwd_grad_enabled(True):  # noqa: SLF001 - PyTorch has no other name for it
        return _changed(ctx, name, following, tangents)


def _changed(ctx: Any, name: str, following: Any, tangents: tuple[Array | None, ...]) -> Array:
    """
    Change of the formula's function `name` along `tangents`, of which at least one is not None.

    `tangents` are of the logits and then of each of the data; None stands for 0. For "value",
    ``following.apply(formula, logits, *data)`` is the gradient, which times the tangent is summed over the
    axes that the value lacks; for "gradient" `following` is None, and `hessian_vector_product` is called.
    Changes along the data are added, those of the formula's steps by two backward passes.
    """
    parts_of: Any = forward_ad.unpack_dual
    logits, *data = (parts_of(array).primal for array in ctx.saved_tensors)
    along_logits, *along_data = tangents
    parts = []
    if along_logits is not None and following is None:
        parts.append(ctx.formula.hessian_vector_product(logits, *data, along_logits, xp=namespace_of(logits)))
    elif along_logits is not None:
        gradient = following.apply(ctx.formula, logits, *data)
        parts.append(sum_beyond(along_logits * gradient, ctx.axes, xp=namespace_of(logits)))
    moves = [tangent for tangent in along_data if tangent is not None]
    if moves:
        wanted = [tangent is not None for tangent in along_data]
        steps, moving, _ = steps_in_data(ctx.formula, name, logits, data, wanted, xp=namespace_of(logits))
        parts.append(_along(steps, moving, tuple(moves)))
    return sum(parts[1:], parts[0])


def _along(steps: Any, point: tuple[Array, ...], moves: tuple[Array, ...]) -> Array:
    """
    Change of ``steps(*point)`` along `moves`, which have the shapes of `point`.

    It takes two backward passes, as forward passes do not nest.
    """
    result, pull = torch.func.vjp(steps, *point)[:2]
    pull_back = torch.func.vjp(pull, torch.zeros_like(result))[1]
    return pull_back(moves)[0]
