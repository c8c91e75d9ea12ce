"""Cross-entropy and focal loss of binary events under a sigmoid, with optax's arguments."""

from __future__ import annotations

from typing import Any

import jax.numpy as jnp

from xent import losses
from xent.jax.arguments import as_jax, broadcast, check_floating
from xent.jax.evaluation import loss_of

__all__ = ["sigmoid_binary_cross_entropy", "sigmoid_focal_loss"]


def sigmoid_binary_cross_entropy(logits: Any, labels: Any) -> Any:
    r"""
    Cross-entropy of binary events under a sigmoid, elementwise, in nats.

    Stands in for `optax.losses.sigmoid_binary_cross_entropy`.

    Parameters
    ----------
    logits : array
        Log-odds of each event.
    labels : array that broadcasts against `logits`
        Events, 0 or 1, or their probabilities.

    Returns
    -------
    array
        Losses in the shape of both together and the dtype of `logits`.

    Raises
    ------
    DTypeError, ShapeError
        If `logits` is not real floating, or `labels` does not hold real numbers or does not broadcast against
        it.
    DomainError
        If a label lies outside [0, 1]. Values that are traced or on another device than the CPU are not
        inspected; such an entry is nan with a gradient of nan.

    Notes
    -----
    **Definition.** :math:`-t \log \sigma(z) - (1 - t) \log \sigma(-z)`.

    **Gradient.** :math:`\sigma(z) - t`, closed and without cancellation.

    **Edge cases.** An infinite logit costs 0 on the side of its label and infinity on the other; nan gives
    nan.

    **Numerics.** Within 4 units in the last place.

    Examples
    --------
    >>> import jax.numpy as jnp
    >>> float(sigmoid_binary_cross_entropy(jnp.asarray(40.0), jnp.asarray(1))) > 4e-18
    True
    """
    caller = "sigmoid_binary_cross_entropy"
    logits, labels, given = _events(logits, labels, caller=caller)
    return loss_of(losses.sigmoid_cross_entropy, logits, labels, given=given, caller=caller)


def sigmoid_focal_loss(logits: Any, labels: Any, *, alpha: Any = None, gamma: Any = 2.0) -> Any:
    r"""
    Focal loss of binary events under a sigmoid, elementwise.

    Stands in for `optax.losses.sigmoid_focal_loss`.

    Parameters
    ----------
    logits : array
        Log-odds of each event.
    labels : array that broadcasts against `logits`
        Events, 0 or 1, or their probabilities.
    alpha : float in [0, 1], optional
        Factor of events; their opposites have ``1 - alpha``. None leaves both out. May be traced.
    gamma : float >= 0, default 2
        Exponent of the complement; may be traced.

    Returns
    -------
    array
        Losses in the shape of both together and the dtype of `logits`.

    Raises
    ------
    DTypeError, ShapeError
        If `logits` is not real floating, `alpha` or `gamma` is not one number, or `labels` does not hold real
        numbers or does not broadcast against `logits`.
    DomainError
        If a label or `alpha` lies outside [0, 1], or `gamma` is negative or not finite. Values that are
        traced, and labels on another device than the CPU, are not inspected and give nan.

    Notes
    -----
    **Definition.** The focal loss of the event, weighted by its label, plus that of its opposite. For labels
    between 0 and 1 optax has another expression, the cross-entropy times the power of a mean.

    **Gradient.** That of `xent.losses.sigmoid_focal`, closed; in `alpha` and `gamma` that of the steps.

    **Edge cases.** An infinite logit costs 0 on the side of its label and infinity on the other; nan gives
    nan.

    **Numerics.** As `xent.losses.sigmoid_focal`.

    Examples
    --------
    >>> import jax.numpy as jnp
    >>> round(float(sigmoid_focal_loss(jnp.asarray(0.0), jnp.asarray(1.0))), 5)
    0.17329
    """
    caller = "sigmoid_focal_loss"
    logits, labels, given = _events(logits, labels, caller=caller)
    parameters = {"gamma": gamma} if alpha is None else {"gamma": gamma, "alpha": alpha}
    return loss_of(losses.sigmoid_focal, logits, labels, given=given, caller=caller, **parameters)


def _events(logits: Any, labels: Any, *, caller: str) -> tuple[Any, Any, Any]:
    """
    Logits, labels that are nan where out of [0, 1], and labels with their values as given, for messages.

    All three are in the dtype of the logits and in the shape to which both broadcast. Raises `DTypeError`
    for logits that are not real floating, `ShapeError` for shapes that do not broadcast.
    """
    logits, labels = as_jax(logits, labels, names=("logits", "labels"), caller=caller)
    check_floating(logits, "logits", caller=caller)
    labels = labels.astype(logits.dtype)
    logits, labels = broadcast(logits, labels, names=("logits", "labels"), caller=caller)
    return logits, jnp.where((labels >= 0) & (labels <= 1), labels, jnp.nan), labels
