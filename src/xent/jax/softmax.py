"""Softmax cross-entropy of distributions and of integer labels, with optax's arguments."""

from __future__ import annotations

from typing import Any

import jax.numpy as jnp

from xent import losses
from xent.arrays import check_dtype, class_numbers, is_traced
from xent.errors import ShapeError
from xent.jax.arguments import Axes, Rows, check_classes, rows_of, without_masked
from xent.jax.evaluation import loss_of
from xent.losses.arguments.labelled_examples import check_label_range

__all__ = [
    "safe_softmax_cross_entropy",
    "softmax_cross_entropy",
    "softmax_cross_entropy_with_integer_labels",
]

_OF_TARGETS = losses.SoftmaxCrossEntropyOfTargets(normalized_targets=False)


def softmax_cross_entropy(logits: Any, labels: Any, axis: Axes = -1, where: Any = None) -> Any:
    r"""
    Cross-entropy of distributions under a softmax, one value per row, in nats.

    Stands in for `optax.losses.softmax_cross_entropy`.

    Parameters
    ----------
    logits : array of shape (..., K)
        Unnormalised log-probabilities; ``-inf`` masks a class.
    labels : array that broadcasts against `logits`
        Distribution over the classes in each row, >= 0; the sum of a row need not be 1.
    axis : int or tuple of int, default -1
        Axis or axes of the classes; None means all axes.
    where : array of bool, optional
        True for the entries that count, of the shape of `logits`, or of the rows; by default all count.

    Returns
    -------
    array of shape (...)
        Losses in the wider dtype of the two; 0 for a row that is masked throughout.

    Raises
    ------
    DTypeError, ShapeError
        If `logits` is not real floating or has no class, `axis` is no integer, `labels` does not hold real
        numbers, or `labels` or `where` does not broadcast against `logits`.
    DomainError
        If a target is negative or nan, or a row has a logit of ``+inf`` or only ``-inf``. Values that are
        traced or on another device than the CPU are not inspected; such a row is nan with a gradient of nan.
        Also if `axis` names an axis that there is not, or one twice.

    Notes
    -----
    **Definition.** :math:`-\sum_k t_k \log q_k`, with :math:`q` the softmax of the logits.

    **Gradient.** :math:`s q - t` with :math:`s = \sum_k t_k`, closed; in the targets :math:`-\log q`.

    **Edge cases.** A class of logit ``-inf`` with target 0 adds nothing; with a positive target it costs
    infinity. A logit of nan gives nan, without an error.

    **Numerics.** Within 16 units in the last place, at any lead of a class.

    Examples
    --------
    >>> import jax.numpy as jnp
    >>> float(softmax_cross_entropy(jnp.asarray([20.0, 0.0]), jnp.asarray([1.0, 0.0]))) > 2e-9
    True
    """
    caller = "softmax_cross_entropy"
    return _of_targets(rows_of(logits, labels, axis, where, caller=caller), caller=caller)


def safe_softmax_cross_entropy(logits: Any, labels: Any) -> Any:
    r"""
    Cross-entropy of distributions under a softmax, one value per row, in nats: `softmax_cross_entropy`.

    Stands in for `optax.losses.safe_softmax_cross_entropy`. Here both treat a logit of ``-inf`` alike.

    Parameters
    ----------
    logits : array of shape (..., K)
        Unnormalised log-probabilities; ``-inf`` masks a class.
    labels : array that broadcasts against `logits`
        Distribution over the classes in each row, >= 0.

    Returns
    -------
    array of shape (...)
        Losses in the wider dtype of the two.

    Raises
    ------
    DTypeError, ShapeError
        If `logits` is not real floating or has no class, or `labels` does not hold real numbers or does not
        broadcast against it.
    DomainError
        If a target is negative or nan, or a row has a logit of ``+inf`` or only ``-inf``. Values that are
        traced or on another device than the CPU are not inspected; such a row is nan with a gradient of nan.

    Notes
    -----
    **Definition.** That of `softmax_cross_entropy`.

    **Gradient.** That of `softmax_cross_entropy`.

    **Edge cases.** Those of `softmax_cross_entropy`.

    **Numerics.** That of `softmax_cross_entropy`.

    Examples
    --------
    >>> import jax.numpy as jnp
    >>> float(safe_softmax_cross_entropy(jnp.asarray([0.0, -jnp.inf]), jnp.asarray([1.0, 0.0])))
    0.0
    """
    caller = "safe_softmax_cross_entropy"
    return _of_targets(rows_of(logits, labels, -1, None, caller=caller), caller=caller)


def softmax_cross_entropy_with_integer_labels(
    logits: Any, labels: Any, axis: int | tuple[int, ...] = -1, where: Any = None
) -> Any:
    r"""
    Cross-entropy of integer labels under a softmax, one value per row, in nats.

    Stands in for `optax.losses.softmax_cross_entropy_with_integer_labels`.

    Parameters
    ----------
    logits : array of shape (..., K)
        Unnormalised log-probabilities; ``-inf`` masks a class.
    labels : array of int that broadcasts to shape (...)
        True class of each row, in ``0 .. K-1``; with several axes of classes, their flat index.
    axis : int or tuple of int, default -1
        Axis or axes of the classes; None means all axes.
    where : array of bool, optional
        True for the entries that count, of the shape of `logits`, or of the rows; by default all count.

    Returns
    -------
    array of shape (...)
        Losses in the dtype of `logits`; 0 for a row that is masked throughout.

    Raises
    ------
    DTypeError, ShapeError
        If `logits` is not real floating or has no class, `labels` or `axis` not integers, or `labels` or
        `where` does not broadcast.
    DomainError
        If a label is out of range, or a row has a logit of ``+inf`` or only ``-inf``. Values that are traced
        are not inspected, nor logits on another device than the CPU; such a row is nan with a gradient of
        nan. Also if `axis` names an axis that there is not, or one twice.

    Notes
    -----
    **Definition.** :math:`-\log q_y`, with :math:`q` the softmax of the logits.

    **Gradient.** :math:`q - e_y`, closed.

    **Edge cases.** A label whose class is masked, by ``-inf`` or `where`, costs infinity. Label -1 is out
    of range. A logit of nan gives nan, without an error.

    **Numerics.** Within 16 units in the last place, at any lead of the label. On processors 32,768 numbers
    and more go through a kernel.

    Examples
    --------
    >>> import jax.numpy as jnp
    >>> float(softmax_cross_entropy_with_integer_labels(jnp.asarray([20.0, 0.0]), jnp.asarray(0))) > 2e-9
    True
    """
    caller = "softmax_cross_entropy_with_integer_labels"
    rows = rows_of(logits, labels, axis, where, has_labels=True, caller=caller)
    check_classes(rows, caller=caller)
    rows = rows._replace(truth=_labels(rows, caller=caller))
    rows, counts = without_masked(rows, masked=-jnp.inf)
    values = loss_of(losses.softmax_cross_entropy, rows.predictions, rows.truth, caller=caller)
    return values if counts is None else jnp.where(counts, values, 0)


def _of_targets(rows: Rows, *, caller: str) -> Any:
    """
    Cross-entropy in nats of each row under its targets, (...); 0 in rows that are masked throughout.

    A target that is negative or nan, and a row that holds ``+inf``, or ``-inf`` alone, raise `DomainError` in
    the name of `caller` where values can be read, and give nan elsewhere; a logit of nan gives nan. Raises
    `ShapeError` for rows without classes.
    """
    check_classes(rows, caller=caller)
    rows, counts = without_masked(rows, masked=-jnp.inf)
    # A negative target makes its row nan, which the formula alone would not.
    targets = jnp.where(rows.truth >= 0, rows.truth, jnp.nan)
    values = loss_of(_OF_TARGETS, rows.predictions, targets, given=rows.truth, caller=caller)
    return values if counts is None else jnp.where(counts, values, 0)


def _labels(rows: Rows, *, caller: str) -> Any:
    """
    Labels broadcast to the shape of the rows, and checked to lie in ``0 .. K - 1`` where they can be read.

    Rows that the mask excludes are not checked, unless it is traced beside labels that are not. Raises
    `DTypeError` unless the labels are integral, `ShapeError` if they do not broadcast, `DomainError` out of
    range.
    """
    name, labels, shape = f"xent.jax.{caller}", rows.truth, rows.predictions.shape[:-1]
    check_dtype(labels, "integral", caller=name, argument="labels", xp=jnp)
    try:
        labels = jnp.broadcast_to(class_numbers(labels, xp=jnp), shape)
    except ValueError:
        rule = f"have shape {shape}, that of `logits` without its classes"
        raise ShapeError(name, "labels", rule, got=str(labels.shape)) from None
    if not is_traced(labels):
        read = None if rows.where is None or is_traced(rows.where) else jnp.any(rows.where, axis=-1)
        n_classes, among = rows.predictions.shape[-1], " in rows that count"
        check_label_range(labels, read, n_classes, caller=name, hint="", among=among, xp=jnp)
    return labels
