"""Label smoothing, with optax's arguments."""

from __future__ import annotations

from typing import Any

import jax.numpy as jnp

from xent.arrays import is_traced
from xent.errors import DomainError
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
        Distribution over the classes in each row, such as one-hot rows.
    alpha : float in [0, 1], or array that broadcasts against `labels`
        Share that is spread; may be traced.
    axis : int or tuple of int, default -1
        Axis or axes of the classes; None means all axes.
    where : array of bool that broadcasts against `labels`, optional
        True for the classes that participate; by default all do.

    Returns
    -------
    array of shape (..., K)
        Targets; a class that does not participate has no share, where optax gives it one as well.

    Raises
    ------
    DTypeError
        If `labels` is not real floating.
    DomainError
        If `alpha` lies outside [0, 1], where it can be read; a traced one gives nan.

    Notes
    -----
    **Definition.** :math:`(1 - \alpha) t_k + \alpha / K` for the K classes that participate.

    **Gradient.** :math:`1 - \alpha` in the target.

    **Edge cases.** ``alpha = 1`` gives the uniform distribution.

    **Numerics.** Rounded once for each operation.

    Examples
    --------
    >>> import jax.numpy as jnp
    >>> smooth_labels(jnp.asarray([0.0, 1.0]), 0.5).tolist()
    [0.25, 0.75]
    """
    labels, where = as_jax(labels, where, caller="smooth_labels")
    check_floating(labels, "labels", caller="smooth_labels")
    axes = axes_of(axis, labels.ndim, caller="smooth_labels")
    alpha = one_as_jax(alpha, "alpha", caller="smooth_labels", dtype=labels.dtype)
    is_share = (alpha >= 0) & (alpha <= 1)
    if not is_traced(alpha) and not bool(jnp.all(is_share)):
        raise DomainError("xent.jax.smooth_labels", "alpha", "lie in [0, 1]", got=str(alpha))
    alpha = jnp.where(is_share, alpha, jnp.nan)
    takes_part = jnp.ones_like(labels) if where is None else jnp.broadcast_to(where != 0, labels.shape)
    takes_part = takes_part.astype(labels.dtype)
    return smoothed(labels, alpha, jnp.sum(takes_part, axis=axes, keepdims=True), takes_part)
