"""Kullback-Leibler divergences of log-probabilities, with optax's arguments."""

from __future__ import annotations

from typing import Any

import jax.numpy as jnp

from xent.arrays import Formula
from xent.formulas.losses.divergence_of_log_probs import IDivergenceOfLogProbs, KLDivergenceOfLogProbs
from xent.jax.arguments import Axes, check_floating, one_as_jax, rows_of
from xent.jax.evaluation import check_targets, value_of

__all__ = [
    "convex_kl_divergence",
    "generalized_kl_divergence",
    "kl_divergence",
    "kl_divergence_with_log_targets",
]


def kl_divergence(log_predictions: Any, targets: Any, axis: Axes = -1, where: Any = None) -> Any:
    r"""
    Kullback-Leibler divergence of predicted log-probabilities from targets, one value per row, in nats.

    Stands in for `optax.losses.kl_divergence`.

    Parameters
    ----------
    log_predictions : array of shape (..., K)
        Log-probabilities of the model; they need not be normalised.
    targets : array that broadcasts against `log_predictions`
        Probabilities, >= 0.
    axis : int or tuple of int, default -1
        Axis or axes of the classes; None means all axes.
    where : array of bool, optional
        True for the entries that count, of the shape of `log_predictions`, or of the rows; by default all
        count.

    Returns
    -------
    array of shape (...)
        Divergences in the wider dtype of the two; 0 for a row that is masked throughout.

    Raises
    ------
    DTypeError, ShapeError
        If one of the two is not real floating, `axis` is no integer, or `targets` or `where` does not
        broadcast.
    DomainError
        If a target is negative or nan, where it can be read on the CPU, or `axis` names an axis that there is
        not, or one twice. Any other such target gives nan.

    Notes
    -----
    **Definition.** :math:`\sum_k t_k (\log t_k - z_k)`, with :math:`0 \log 0 = 0`.

    **Gradient.** :math:`-t_k`, closed; in a target :math:`\log t_k + 1 - z_k`, ``-inf`` at 0.

    **Edge cases.** A target of 0 adds nothing, also where the model has ``-inf``; a positive one there costs
    infinity.

    **Numerics.** A few units in the last place of the largest term: terms of both signs cancel where model
    and targets are close, and a term is 0 where they agree.

    Examples
    --------
    >>> import jax.numpy as jnp
    >>> float(kl_divergence(jnp.asarray([0.0, -jnp.inf]), jnp.asarray([1.0, 0.0])))
    0.0
    """
    names = ("log_predictions", "targets")
    given = log_predictions, targets, axis, where
    return _divergence(KLDivergenceOfLogProbs(), *given, names, caller="kl_divergence")


def kl_divergence_with_log_targets(
    log_predictions: Any, log_targets: Any, axis: Axes = -1, where: Any = None
) -> Any:
    r"""
    Kullback-Leibler divergence of predicted from true log-probabilities, one value per row, in nats.

    Stands in for `optax.losses.kl_divergence_with_log_targets`.

    Parameters
    ----------
    log_predictions, log_targets : array of shape (..., K)
        Log-probabilities of the model, and of the targets.
    axis : int or tuple of int, default -1
        Axis or axes of the classes; None means all axes.
    where : array of bool, optional
        True for the entries that count, of the shape of `log_predictions`, or of the rows; by default all
        count.

    Returns
    -------
    array of shape (...)
        Divergences in the wider dtype of the two; 0 for a row that is masked throughout.

    Raises
    ------
    DTypeError, ShapeError
        If one of the two is not real floating, `axis` is no integer, or `log_targets` or `where` does not
        broadcast.
    DomainError
        If `axis` names an axis that there is not, or one twice.

    Notes
    -----
    **Definition.** :math:`\sum_k e^{y_k} (y_k - z_k)`, with 0 for :math:`y_k = -\infty`.

    **Gradient.** :math:`-e^{y_k}`, closed; in a log-target :math:`e^{y_k} (y_k + 1 - z_k)`.

    **Edge cases.** A target of probability 0 adds nothing, also where the model has ``-inf``; a positive one
    there costs infinity.

    **Numerics.** As `kl_divergence`.

    Examples
    --------
    >>> import jax.numpy as jnp
    >>> float(kl_divergence_with_log_targets(jnp.asarray([0.0, -jnp.inf]), jnp.asarray([0.0, -jnp.inf])))
    0.0
    """
    names = ("log_predictions", "log_targets")
    given = log_predictions, log_targets, axis, where
    return _divergence(KLDivergenceOfLogProbs(True), *given, names, caller="kl_divergence_with_log_targets")


def generalized_kl_divergence(log_predictions: Any, targets: Any, axis: Axes = -1, where: Any = None) -> Any:
    r"""
    I-divergence of predicted log-masses from targets, one value per row, in nats.

    Stands in for `optax.losses.generalized_kl_divergence`.

    Parameters
    ----------
    log_predictions : array of shape (..., K)
        Logarithms of the model's masses.
    targets : array that broadcasts against `log_predictions`
        Masses, >= 0.
    axis : int or tuple of int, default -1
        Axis or axes of the classes; None means all axes.
    where : array of bool, optional
        True for the entries that count, of the shape of `log_predictions`, or of the rows; by default all
        count.

    Returns
    -------
    array of shape (...)
        Divergences in the wider dtype of the two, >= 0 up to rounding; 0 for a row that is masked throughout.

    Raises
    ------
    DTypeError, ShapeError
        If one of the two is not real floating, `axis` is no integer, or `targets` or `where` does not
        broadcast.
    DomainError
        If a target is negative or nan, where it can be read on the CPU, or `axis` names an axis that there is
        not, or one twice. Any other such target gives nan.

    Notes
    -----
    **Definition.** :math:`\sum_k (t_k (\log t_k - z_k) + e^{z_k} - t_k)`.

    **Gradient.** :math:`e^{z_k} - t_k`, closed and without cancellation.

    **Edge cases.** A target of 0 adds the model's mass; a positive one where the model has ``-inf`` costs
    infinity.

    **Numerics.** A few units in the last place of the largest term of the two sums.

    Examples
    --------
    >>> import jax.numpy as jnp
    >>> float(generalized_kl_divergence(jnp.asarray([0.0]), jnp.asarray([1.0])))
    0.0
    """
    names = ("log_predictions", "targets")
    given = log_predictions, targets, axis, where
    return _divergence(IDivergenceOfLogProbs(), *given, names, caller="generalized_kl_divergence")


def convex_kl_divergence(log_predictions: Any, targets: Any, axis: Axes = -1, where: Any = None) -> Any:
    r"""
    I-divergence under optax's older name, one value per row, in nats: `generalized_kl_divergence`.

    Stands in for `optax.losses.convex_kl_divergence`, which warns of its name.

    Parameters
    ----------
    log_predictions : array of shape (..., K)
        Logarithms of the model's masses.
    targets : array that broadcasts against `log_predictions`
        Masses, >= 0.
    axis : int or tuple of int, default -1
        Axis or axes of the classes; None means all axes.
    where : array of bool, optional
        True for the entries that count, of the shape of `log_predictions`, or of the rows; by default all
        count.

    Returns
    -------
    array of shape (...)
        Divergences in the wider dtype of the two, >= 0 up to rounding; 0 for a row that is masked throughout.

    Raises
    ------
    DTypeError, ShapeError
        If one of the two is not real floating, `axis` is no integer, or `targets` or `where` does not
        broadcast.
    DomainError
        If a target is negative or nan, where it can be read on the CPU, or `axis` names an axis that there is
        not, or one twice. Any other such target gives nan.

    Notes
    -----
    **Definition.** That of `generalized_kl_divergence`.

    **Gradient.** That of `generalized_kl_divergence`.

    **Edge cases.** Those of `generalized_kl_divergence`.

    **Numerics.** That of `generalized_kl_divergence`.

    Examples
    --------
    >>> import jax.numpy as jnp
    >>> float(convex_kl_divergence(jnp.asarray([0.0]), jnp.asarray([1.0])))
    0.0
    """
    names = ("log_predictions", "targets")
    given = log_predictions, targets, axis, where
    return _divergence(IDivergenceOfLogProbs(), *given, names, caller="convex_kl_divergence")


def _divergence(
    formula: Formula,
    predictions: Any,
    targets: Any,
    axis: Axes,
    where: Any,
    names: tuple[str, str],
    *,
    caller: str,
) -> Any:
    """
    Divergence of each row in nats, in the shape of both arguments together without the classes.

    `predictions` are log-probabilities. `axis` has the axes of the classes, all for None. `where` is True for
    the entries or rows that count, None for all; entries that do not count add 0. Values are computed in 32
    bits or more and returned in the dtype to which both arguments are promoted. `names` are the names of the
    two arguments; ``log_targets`` as the second means targets as log-probabilities. Other targets that are
    negative or nan raise `DomainError`, or give nan where they are traced or not on the CPU. Raises
    `DTypeError` for an argument that is not real floating, `ShapeError` for one that does not broadcast, and
    `DomainError` for an `axis` that does not exist.
    """
    check_floating(one_as_jax(targets, names[1], caller=caller), names[1], caller=caller)
    rows = rows_of(predictions, targets, axis, where, names=names, caller=caller)
    logs, truth = rows.predictions, rows.truth
    is_log = names[1] == "log_targets"
    if rows.where is not None:
        # Model and target agree there, in each of the three.
        logs = jnp.where(rows.where, logs, 0 if is_log else -jnp.inf)
        truth = jnp.where(rows.where, truth, 0)
    wide = jnp.promote_types(logs.dtype, jnp.float32)
    values = value_of(formula, logs.astype(wide), truth.astype(wide)).astype(logs.dtype)
    if not is_log:
        check_targets(values, truth, names[1], caller=caller)
    return values
