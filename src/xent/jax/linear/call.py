"""Cross-entropy of hidden states times a weight, without materialising all logits."""

from __future__ import annotations

import functools
from dataclasses import replace
from typing import Any

import jax
import jax.numpy as jnp

from xent.arrays import check_shape, checked_integer, is_traced, valid_values
from xent.errors import BackendError, DomainError, DTypeError
from xent.jax.arguments import one_as_jax
from xent.jax.linear.checks import checked
from xent.jax.linear.chunks import rows_at_once
from xent.jax.linear.distributions import with_distributions
from xent.jax.linear.nonfinite import check_policy, check_rows
from xent.jax.linear.one_pass import total
from xent.jax.linear.recomputed import of_rows
from xent.jax.linear.request import LinearStatistics, Operands, Plan, Shared, Truth
from xent.jax.linear.row_losses import classes_of, weights_of_labels
from xent.options.mean import check_on_empty, mean, mean_over_nothing
from xent.options.top_k import checked_top_k

__all__ = ["linear_softmax_cross_entropy"]

_CALLER = "xent.jax.linear_softmax_cross_entropy"
_WAYS = ("one_pass", "recomputed")


def linear_softmax_cross_entropy(
    hidden: Any,
    weight: Any,
    labels: Any,
    *,
    bias: Any = None,
    reduction: str = "mean",
    where: Any = None,
    ignored_label: int | None = None,
    class_weights: Any = None,
    class_mask: Any = None,
    label_smoothing: Any = 0.0,
    z_loss: Any = 0.0,
    softcap: Any = None,
    logit_scale: Any = None,
    denominator: Any = None,
    on_empty: str = "nan",
    nonfinite: str = "propagate",
    validate_targets: bool = False,
    return_stats: bool = False,
    top_k: int = 0,
    out_dtype: Any = None,
    chunk_bytes: int | None = None,
    way: str | None = None,
    row_axis: str | tuple[str, ...] | None = None,
    class_axis: str | None = None,
) -> Any:
    r"""
    Cross-entropy of labels or targets under a linear layer and its softmax, in nats.

    Logits are materialised for a chunk of rows at a time. The arguments have the meaning of those of
    `xent.torch.linear_cross_entropy`, which has two more: `options`, of PyTorch, whose chunks `chunk_bytes`
    sets here and whose sums are always in 32 bits, and weights of more than 2 axes, which `jax.vmap` serves.

    Parameters
    ----------
    hidden : array of shape (..., D)
        Hidden states.
    weight : array of shape (C, D)
        Weight of the layer, classes first: an embedding table, or the transposed kernel of a dense layer.
    labels : array or SparseTargets
        Labels, integers of shape (...); or targets, real floating, of shape (..., C); or a few of each row.
    bias : array of shape (C,), optional
        Bias of the layer.
    reduction : "mean", "sum" or "none"
        Mean over the weights of the labels, or over the rows for targets; the sum; or one loss per row.
    where : array of bool of shape (...), optional
        True for the rows that count.
    ignored_label : int, optional
        Label of ignored rows, in range or not. None ignores none.
    class_weights : array of shape (C,), optional
        Factor of each class, finite and >= 0: of the loss of a label, or of each target.
    class_mask : array of bool of shape (C,) or (..., C), optional
        True for classes that participate.
    label_smoothing : float in [0, 1], default 0
        Share of each target that is spread evenly over the participating classes; may be traced.
    z_loss : float >= 0, default 0
        Factor of the squared log-normaliser, which is added without class weights; may be traced.
    softcap : float > 0, optional
        Logits :math:`z` become :math:`c \tanh(z / c)` before all else.
    logit_scale : float or array of shape (), optional
        Then they are multiplied by it; it may be a parameter to learn.
    denominator : float or array of shape (), optional
        Denominator of a mean, finite and >= 0, such as the number of labels of all parts of a step; with
        `row_axis` that of all devices. Other reductions do not read it.
    on_empty : "nan", "zero" or "raise"
        Result of a mean whose denominator is 0: nan, or inf for a sum above 0; or 0; or a `DomainError`. In
        traced calls "raise" is "nan".
    nonfinite : "propagate" or "raise"
        Result for a row that counts and has no softmax: nan, or an error, where the loss can be read.
    validate_targets : bool
        True to refuse targets that are negative, or whose rows do not sum to 1 within the root of epsilon.
        Traced ones give nan, as negative ones do without this.
    return_stats : bool
        If True, return `LinearStatistics` as well.
    top_k : int
        Number of largest log-probabilities in the statistics, at most C; checked, but of no effect, without
        `return_stats`.
    out_dtype : dtype, optional
        Dtype of the loss; default that to which JAX promotes `hidden` and `weight`, but at least 32 bits.
    chunk_bytes : int, optional
        Limit of a chunk of logits in bytes; default an 18th of all logits, at most 128 MiB, but 64 rows in
        any case.
    way : "one_pass" or "recomputed", optional
        Way to compute gradients: along with the loss, or from logits that backward computes again, which
        takes a product more but keeps no gradient. Default the first that suits the call.
    row_axis : str or tuple of str, optional
        Axis of a mesh over which the rows are sharded, inside of `jax.shard_map`: a mean or sum is that of
        all rows.
    class_axis : str, optional
        Axis of a mesh over which the classes are sharded, inside of `jax.shard_map`: weight, bias, class
        weights, masks and targets hold the classes of this device, labels count all classes.

    Returns
    -------
    array
        The loss; with `return_stats` a pair of it and `LinearStatistics`.

    Raises
    ------
    DTypeError, ShapeError
        If `hidden`, `weight`, `bias`, targets or `out_dtype` are not real floating or labels not integers, a
        mask of classes is not bool, another option is no real number, `top_k`, `chunk_bytes` or
        `ignored_label` is no integer, or an array does not have the shape given here.
    DomainError
        If a label or an option is out of range, where it can be read, or there is no mesh of `row_axis` or
        `class_axis` around the call; a traced label or option, and a class of `SparseTargets` out of range,
        gives nan with gradients of nan. For values also by `on_empty`, `nonfinite` and `validate_targets`.
    BackendError
        If `way` does not suit the call; the message gives the reason.

    Notes
    -----
    **Definition.** With hidden states X, weight W and bias b the softmax cross-entropy of
    :math:`Z = X W^T + b`.

    **Gradient.** With G the gradient in Z, in X it is :math:`G W`, in W :math:`G^T X`, in b the sum of the
    rows of G. Those of a mean or sum are made in the only pass, with three products of N, D and C. One loss
    per row, statistics, sharded classes, and derivatives in targets and options compute the logits of a
    chunk again. Forward mode and second derivatives work.

    **Edge cases.** Ignored rows cost 0 and are not read. If all are ignored the mean follows `on_empty`. A
    class of weight 0 costs 0, at a probability of 0 too.

    **Numerics.** Operands of 16 bits are multiplied as they are and summed in 32 bits, as are the gradients
    of weight and bias, which are rounded once. From the logits on the loss is that of
    `softmax_cross_entropy_with_integer_labels`.

    References
    ----------
    .. [1] Wijmans, E. et al. (2025). Cut your losses in large-vocabulary language models. ICLR. Section 4.

    Examples
    --------
    >>> import jax.numpy as jnp
    >>> loss = linear_softmax_cross_entropy(jnp.eye(3), jnp.zeros((4, 3)), jnp.asarray([3, 0, 1]))
    >>> round(float(loss), 4)
    1.3863
    """
    check_on_empty(on_empty, caller=_CALLER)
    check_policy(nonfinite, caller=_CALLER)
    _check_out_dtype(out_dtype)
    _check_axes(row_axis=row_axis, class_axis=class_axis)
    options = Shared(class_weights, class_mask, label_smoothing, z_loss, softcap, logit_scale)
    call = checked(
        Operands(hidden, weight, bias), labels, where, ignored_label, options, reduction, class_axis
    )
    operands, truth, shared = call.operands, call.truth, call.shared
    if validate_targets:
        truth = with_distributions(truth, call.shape, class_axis, caller=_CALLER)
    wide = jnp.promote_types(operands.hidden.dtype, jnp.float32)
    if chunk_bytes is not None:
        checked_integer(chunk_bytes, "chunk_bytes", least=1, caller=_CALLER)
    rows = rows_at_once(len(operands.hidden), len(operands.weight) * wide.itemsize, chunk_bytes)
    devices = 1 if class_axis is None else jax.lax.axis_size(class_axis)
    top_k = checked_top_k(top_k, len(operands.weight) * devices, caller=_CALLER)
    plan = Plan(rows, class_axis, return_stats, top_k)
    plan = replace(plan, one_pass=_is_one_pass(way, plan, reduction))
    losses, weights, statistics = _compiled(plan, reduction, operands, truth, shared)
    # After the loss: rows are computed again only if one of them is nan.
    if nonfinite == "raise":
        check_rows(losses, plan, operands, truth, shared, call.shape, caller=_CALLER)
    statistics = jax.tree.map(lambda array: array.reshape(*call.shape, *array.shape[1:]), statistics)
    loss = (
        losses.reshape(call.shape)
        if reduction == "none"
        else _reduced(losses, weights, reduction, denominator, on_empty, row_axis)
    ).astype(out_dtype or wide)
    return (loss, statistics) if return_stats else loss


def _check_out_dtype(out_dtype: Any) -> None:
    """Raise `DTypeError` for an `out_dtype` that is no real floating dtype; None passes."""
    if out_dtype is None:
        return
    try:
        dtype = jnp.dtype(out_dtype)
    except TypeError as error:
        raise DTypeError(_CALLER, "out_dtype", "be a dtype", got=repr(out_dtype)) from error
    if not jnp.issubdtype(dtype, jnp.floating):
        raise DTypeError(_CALLER, "out_dtype", "be real floating", got=str(dtype))


def _check_axes(**axes: Any) -> None:
    """Raise `DomainError` for an axis, or one of a tuple, that is none of the mesh around; None passes."""
    for argument, given in axes.items():
        for axis in given if isinstance(given, tuple) else (given,):
            try:
                axis is None or jax.lax.axis_size(axis)
            except (NameError, TypeError, ValueError) as error:
                rule, hint = "name an axis of a mesh", "Call the function inside of `jax.shard_map`."
                raise DomainError(_CALLER, argument, rule, got=repr(axis), hint=hint) from error


def _is_one_pass(way: str | None, plan: Plan, reduction: str) -> bool:
    """
    True if gradients are made along with the loss, False if backward computes logits again for them.

    `way` is ``"one_pass"``, ``"recomputed"``, or None for the first that suits: one pass suits a mean or sum
    without statistics whose classes are not sharded. Raises `DomainError` for an unknown `way`, and
    `BackendError` for ``"one_pass"`` where it does not suit.
    """
    if way not in (None, *_WAYS):
        raise DomainError(_CALLER, "way", f"be one of {', '.join(_WAYS)}", got=repr(way))
    reasons = {
        "`reduction` is 'none'": reduction == "none",
        "`return_stats` is True": plan.statistics,
        "the classes are sharded": plan.class_axis is not None,
    }
    reason = next((reason for reason, holds in reasons.items() if holds), "")
    if way == "one_pass" and reason:
        raise BackendError(_CALLER, "way", "suit the call", got=f"'one_pass', and {reason}")
    return way != "recomputed" and not reason


# The plan decides the program, so a call with another plan is compiled anew.
@functools.partial(jax.jit, static_argnums=(0, 1))
def _compiled(
    plan: Plan, reduction: str, operands: Operands, truth: Truth, shared: Shared
) -> tuple[Any, Any, LinearStatistics | None]:
    """
    Loss of each row, (N,), for ``reduction="none"``, else their sum; the sum of the weights; and statistics.

    The operands and truth are checked and have the rows, those of this device alone, on one axis of length N.
    The weight of a row that counts is 1, or with `class_weights` beside labels that of its label, 0 for one
    out of range. A mean divides by the sum of the weights, of shape () in 32 bits or more. Statistics, of N
    rows too, are None unless the plan has them.
    """
    weights = truth.counts
    if truth.probs is None and shared.class_weights is not None:
        of_labels = weights_of_labels(truth.labels, shared.class_weights, classes_of(plan))
        weights = jnp.where(truth.counts, of_labels, 0)
    # In 32 bits or more: 16 bits do not hold the number of rows.
    divisor = jnp.sum(weights, dtype=jnp.promote_types(operands.hidden.dtype, jnp.float32))
    if plan.one_pass:
        return total(plan, operands, truth, shared), divisor, None
    losses, statistics = of_rows(plan, operands, truth, shared)
    return (losses if reduction == "none" else jnp.sum(losses)), divisor, statistics


def _reduced(loss: Any, weights: Any, reduction: str, denominator: Any, on_empty: str, row_axis: Any) -> Any:
    """
    Sum of `loss`, or for ``"mean"`` that sum over `denominator`, or over the sum of `weights` if it is None.

    `loss` and `weights` are sums already, of shape (); they are summed over the devices of `row_axis` too,
    unless it is None. `denominator` is taken as that of all devices; if it is negative or not finite it
    raises `DomainError`, or is nan if traced. For a divisor of 0, "raise" as `on_empty` raises `DomainError`
    if it can be read; otherwise the result is 0 under "zero", else nan, or inf for a `loss` above 0.
    """
    # Both are summed over the devices before they are divided; the mean of their means would be another.
    if row_axis is not None:
        loss, weights = jax.lax.psum((loss, weights), row_axis)
    if reduction == "sum":
        return loss
    divisor = weights if denominator is None else _denominator(denominator, loss.dtype)
    if on_empty == "raise" and not is_traced(divisor) and bool(divisor == 0):
        raise mean_over_nothing(caller=_CALLER, instead='`reduction="sum"`')
    return mean(loss, divisor, on_empty, xp=jnp)


def _denominator(denominator: Any, dtype: Any) -> Any:
    """
    Given denominator as an array of `dtype` and shape (); nan for a traced one that is negative or not
    finite.

    Raises `DomainError` for such a one that can be read, `ShapeError` for one with axes, and `DTypeError` for
    what is no real number.
    """
    number = one_as_jax(denominator, "denominator", caller="linear_softmax_cross_entropy", dtype=dtype)
    check_shape(number, (), caller=_CALLER, argument="denominator")
    return valid_values(
        number,
        lambda number: ~(jnp.isfinite(number) & (number >= 0)),
        "be finite and >= 0",
        caller=_CALLER,
        argument="denominator",
        xp=jnp,
    )
