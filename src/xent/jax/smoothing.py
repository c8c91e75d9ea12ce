"""Label smoothing, with optax's arguments."""

from __future__ import annotations

from typing import Any

import jax.numpy as jnp

from xent.arrays import is_traced
from xent.errors import DomainError, ShapeError
from xent.jax.arguments import Axes, as_jax, axes_of, check_floating, one_as_jax
from xent.options.label_smoothing import smoothed

__all__ = ["smooth_labels"]


def smooth_labels(labels: Any, alpha: Any, *, axis: Axes = -1, where: Any = None) -> Any:
    r"""
    Targets with a share of each row spread evenly over its classes.

    Stands in for `optax.losses.smooth_labels`.

    Parameters
    ----------
    labels : array of shape (..., K)
        Distribution over the classes in each row, such as one-hot rows; its values are not checked.
    alpha : float in [0, 1], or array that broadcasts against `labels`
        Share that is spread, one number or one for each entry of the result; may be traced.
    axis : int or tuple of int, default -1
        Axis or axes of the classes; None means all axes.
    where : array of bool that broadcasts to the shape of `labels`, optional
        True for the classes that participate; by default all do.

    Returns
    -------
    array of shape (..., K)
        Targets in the dtype of `labels` and the shape of `labels` and `alpha` together; a class that does not
        participate gets no share, where optax gives it one as well, and keeps :math:`(1 - \alpha) t_k`.

    Raises
    ------
    DTypeError
        If `labels` is not real floating, `alpha` does not hold real numbers, or `axis` is no integer.
    ShapeError
        If `alpha` or `where` does not broadcast.
    DomainError
        If `alpha` lies outside [0, 1], where it can be read, a traced one gives nan; or if `axis` names an
        axis that `labels` does not have, or one twice.

    Notes
    -----
    **Definition.** :math:`(1 - \alpha) t_k + \alpha / K` for the K classes that participate.

    **Gradient.** :math:`1 - \alpha` in the target.

    **Edge cases.** ``alpha = 1`` gives the uniform distribution. A row without a participating class is nan.

    **Numerics.** Rounded once for each operation.

    Examples
    --------
    >>> import jax.numpy as jnp
    >>> smooth_labels(jnp.asarray([0.0, 1.0]), 0.5).tolist()
    [0.25, 0.75]
    """
    labels, where = as_jax(labels, where, names=("labels", "where"), caller="smooth_labels")
    check_floating(labels, "labels", caller="smooth_labels")
    axes = axes_of(axis, labels.ndim, caller="smooth_labels")
    alpha = one_as_jax(alpha, "alpha", caller="smooth_labels", dtype=labels.dtype)
    _check_broadcasts(alpha, labels, "alpha", to_labels=False)
    is_share = (alpha >= 0) & (alpha <= 1)
    if not is_traced(alpha) and not bool(jnp.all(is_share)):
        raise DomainError("xent.jax.smooth_labels", "alpha", "lie in [0, 1]", got=str(alpha))
    alpha = jnp.where(is_share, alpha, jnp.nan)
    if where is not None:
        _check_broadcasts(where, labels, "where", to_labels=True)
    takes_part = jnp.ones_like(labels) if where is None else jnp.broadcast_to(where != 0, labels.shape)
    takes_part = takes_part.astype(labels.dtype)
    return smoothed(labels, alpha, jnp.sum(takes_part, axis=axes, keepdims=True), takes_part)


def _check_broadcasts(array: Any, labels: Any, argument: str, *, to_labels: bool) -> None:
    """Raise `ShapeError` unless `array` broadcasts against `labels`; with `to_labels`, to their shape."""
    try:
        fits = jnp.broadcast_shapes(array.shape, labels.shape) == labels.shape or not to_labels
    except ValueError:
        fits = False
    if not fits:
        rule = f"broadcast against `labels`, of shape {labels.shape}"
        raise ShapeError("xent.jax.smooth_labels", argument, rule, got=str(array.shape))
