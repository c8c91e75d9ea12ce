"""PolyLoss of distributions, with optax's arguments."""

from __future__ import annotations

from typing import Any

import jax.numpy as jnp
import numpy as np

from xent.formulas.losses.expected_over_targets import ExpectedOverTargets
from xent.formulas.losses.poly import Poly
from xent.jax.arguments import Axes, check_classes, check_floating, one_as_jax, rows_of, without_masked
from xent.jax.evaluation import check_targets, value_of, with_parameters
from xent.losses import poly

__all__ = ["poly_loss_cross_entropy"]


def poly_loss_cross_entropy(
    logits: Any, labels: Any, *, epsilon: Any = 2.0, axis: Axes = -1, where: Any = None
) -> Any:
    r"""
    Cross-entropy of distributions plus a multiple of the expected complement, one value per row.

    Stands in for `optax.losses.poly_loss_cross_entropy`.

    Parameters
    ----------
    logits : array of shape (..., K)
        Unnormalised log-probabilities; ``-inf`` masks a class.
    labels : array that broadcasts against `logits`
        Distribution over the classes in each row, >= 0.
    epsilon : float >= -1, default 2
        Factor of the complement; may be traced.
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
        If `logits` or `labels` is not real floating, `logits` has no class, `epsilon` is not one number,
        `axis` is no integer, or `labels` or `where` does not broadcast.
    DomainError
        If `epsilon` is below -1 or not finite, or a target negative or nan, where they can be read; or if
        `axis` names an axis that there is not, or one twice. Traced ones, and a row without a softmax, give
        nan.

    Notes
    -----
    **Definition.** :math:`\sum_k t_k (-\log q_k + \varepsilon (1 - q_k))`, with :math:`q` the softmax.

    **Gradient.** :math:`\sum_k t_k (1 + \varepsilon q_k) (q - e_k)`, closed; in `epsilon` that of the steps.

    **Edge cases.** Those of `softmax_cross_entropy`.

    **Numerics.** Within 16 units in the last place; a negative `epsilon` does not cancel.

    Examples
    --------
    >>> import jax.numpy as jnp
    >>> round(float(poly_loss_cross_entropy(jnp.asarray([0.0, 0.0]), jnp.asarray([1.0, 0.0]))), 5)
    1.69315
    """
    caller = "poly_loss_cross_entropy"
    rows = rows_of(logits, labels, axis, where, caller=caller)
    check_classes(rows, caller=caller)
    check_floating(one_as_jax(labels, "labels", caller=caller), "labels", caller=caller)
    rows, counts = without_masked(rows, masked=-jnp.inf)
    targets = jnp.where(rows.truth >= 0, rows.truth, jnp.nan)
    # The rule for epsilon is that of the loss of labels.
    if isinstance(epsilon, np.ndarray):
        epsilon = one_as_jax(epsilon, "epsilon", caller=caller)
    checked: Any = with_parameters(poly, {"epsilon": epsilon}, caller=caller)
    values = _values(rows.predictions, targets, checked.epsilon)
    check_targets(values, rows.truth, "labels", caller="poly_loss_cross_entropy")
    return values if counts is None else jnp.where(counts, values, 0)


def _values(logits: Any, targets: Any, epsilon: Any) -> Any:
    """
    PolyLoss of each row of `logits` under `targets`, both (..., K), with the factor `epsilon`.

    Losses are computed in 32 bits or more and returned in the dtype of `logits`; nan for a target of nan.
    """
    wide = jnp.promote_types(logits.dtype, jnp.float32)
    formula = ExpectedOverTargets(Poly(1.0, epsilon))
    return value_of(formula, logits.astype(wide), targets.astype(wide)).astype(logits.dtype)
