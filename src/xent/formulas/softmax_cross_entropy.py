r"""
Cross-entropy under a softmax, of integer labels and of target distributions.

For logits :math:`z`, :math:`p = \mathrm{softmax}(z)`, label :math:`y` or targets :math:`t` with
:math:`s = \sum_k t_k`,

.. math::

    \ell = \log \sum_k e^{z_k} - z_y, \quad \frac{\partial \ell}{\partial z_k} = p_k - [k = y], \quad
    \nabla^2 \ell = \mathrm{diag}(p) - p p^\top;

    \ell = \sum_k t_k \left(\log \sum_j e^{z_j} - z_k\right), \quad
    \frac{\partial \ell}{\partial z_k} = s p_k - t_k, \quad
    \nabla^2 \ell = s \left(\mathrm{diag}(p) - p p^\top\right).

None is evaluated as it stands, for each subtracts near numbers once the model is sure. The value is a
sum of two non-negative terms, ``(peak - z_y) + log1p(rest)``; the gradient at the label is minus the
probability of all the others; with targets it is ``(s - t_k) p_k - t_k (1 - p_k)``.

Source: Bishop, C. M. (2006). Pattern Recognition and Machine Learning, equations 4.108 to 4.110.
"""

from __future__ import annotations

from typing import NamedTuple

from xent.arrays import Array, Namespace, class_indices, constant, entry_of_class, one_hot
from xent.formulas.softmax import Softmax, softmax

__all__ = [
    "gradient",
    "gradient_of_targets",
    "hessian",
    "hessian_of_targets",
    "hessian_vector_product",
    "hessian_vector_product_of_targets",
    "value",
    "value_and_gradient",
    "value_and_gradient_of_targets",
    "value_of_targets",
]


def value(logits: Array, labels: Array, *, xp: Namespace) -> Array:
    """Cross-entropy of `labels` in nats, of shape (...); nan where a label is no class."""
    model = softmax(logits, xp=xp)
    return _value(model, _label_in(model, logits, labels, xp=xp), xp=xp)


def gradient(logits: Array, labels: Array, *, xp: Namespace) -> Array:
    """Gradient of `value` in the logits, of shape (..., K); nan where a label is no class."""
    model = softmax(logits, xp=xp)
    return _gradient(model, _label_in(model, logits, labels, xp=xp), xp=xp)


def value_and_gradient(logits: Array, labels: Array, *, xp: Namespace) -> tuple[Array, Array]:
    """`value` and `gradient` for little more than the price of one."""
    model = softmax(logits, xp=xp)
    label = _label_in(model, logits, labels, xp=xp)
    return _value(model, label, xp=xp), _gradient(model, label, xp=xp)


def value_of_targets(logits: Array, targets: Array, *, xp: Namespace) -> Array:
    """Cross-entropy of `targets` in nats, of shape (...)."""
    return _value_of_targets(softmax(logits, xp=xp), logits, targets, xp=xp)


def gradient_of_targets(logits: Array, targets: Array, *, xp: Namespace) -> Array:
    """Gradient of `value_of_targets` in the logits, of shape (..., K)."""
    return _gradient_of_targets(softmax(logits, xp=xp), targets, xp=xp)


def value_and_gradient_of_targets(logits: Array, targets: Array, *, xp: Namespace) -> tuple[Array, Array]:
    """`value_of_targets` and `gradient_of_targets` for little more than the price of one."""
    model = softmax(logits, xp=xp)
    return (
        _value_of_targets(model, logits, targets, xp=xp),
        _gradient_of_targets(model, targets, xp=xp),
    )


def hessian_vector_product(logits: Array, vectors: Array, *, xp: Namespace) -> Array:
    """Product of the Hessian in the logits with `vectors`, of shape (..., K); labels do not enter."""
    return softmax(logits, xp=xp).jacobian_product(vectors, xp=xp)


def hessian_vector_product_of_targets(
    logits: Array, targets: Array, vectors: Array, *, xp: Namespace
) -> Array:
    """Product of the Hessian in the logits with `vectors`; of the targets only their sum enters."""
    return xp.sum(targets, axis=-1)[..., None] * hessian_vector_product(logits, vectors, xp=xp)


def hessian(logits: Array, *, xp: Namespace) -> Array:
    """Hessian in the logits, of shape (..., K, K); labels do not enter."""
    model = softmax(logits, xp=xp)
    probs = model.probs
    classes = class_indices(logits, xp=xp)
    diagonal = (probs * model.complements(probs, xp=xp))[..., None]
    products = probs[..., :, None] * probs[..., None, :]
    return xp.where(classes[..., :, None] == classes[..., None, :], diagonal, -products)


def hessian_of_targets(logits: Array, targets: Array, *, xp: Namespace) -> Array:
    """Hessian in the logits, of shape (..., K, K); of the targets only their sum enters."""
    return xp.sum(targets, axis=-1)[..., None, None] * hessian(logits, xp=xp)


class _Label(NamedTuple):
    """Where the label is in a softmax: its distance from the peak, and the rest; nan for no class."""

    one_hot: Array
    is_top: Array
    gap: Array
    rest: Array


def _label_in(model: Softmax, logits: Array, labels: Array, *, xp: Namespace) -> _Label:
    gap = constant(model.peak) - entry_of_class(logits, labels, xp=xp)
    # Multiplied, not selected: derivatives of the value are then nan as well.
    rest = model.rest * xp.where(xp.isnan(gap), gap, xp.ones_like(gap))
    return _Label(one_hot(labels, logits, xp=xp), labels == model.top, gap, rest)


def _value(model: Softmax, label: _Label, *, xp: Namespace) -> Array:
    # `unit` is 1 and `gap` is 0 at the top. They are written out for their derivatives, which are then
    # those of the closed form: no 1 - 1 + small where the model is sure.
    gap = xp.where(label.is_top, 0.0, label.gap)
    rest = xp.where(label.is_top, label.rest / model.unit, label.rest + (model.unit - 1))
    return gap + xp.log1p(rest)


def _gradient(model: Softmax, label: _Label, *, xp: Namespace) -> Array:
    total = model.unit + label.rest
    # The label's probability again, from the gap; a gather of `probs` would cost more.
    others = xp.where(label.is_top, label.rest / total, 1 - xp.exp(-label.gap) / total)
    probs = model.exponentials / total[..., None]
    return probs * (1 - label.one_hot) - others[..., None] * label.one_hot


def _value_of_targets(model: Softmax, logits: Array, targets: Array, *, xp: Namespace) -> Array:
    # As for labels, what is 1 or 0 at the top is written out for its derivative.
    of_top = xp.log1p(model.rest / model.unit)[..., None]
    log_total = xp.log1p(model.rest + (model.unit - 1))[..., None]
    gaps = xp.where(model.is_top == 1, of_top, constant(model.peak)[..., None] - logits + log_total)
    # A masked class without a target costs nothing, and 0 * inf is nan.
    gaps = xp.where((targets == 0) & xp.isinf(gaps), 0.0, gaps)
    return xp.sum(targets * gaps, axis=-1)


def _gradient_of_targets(model: Softmax, targets: Array, *, xp: Namespace) -> Array:
    probs = model.probs
    return _others(targets, xp=xp) * probs - targets * model.complements(probs, xp=xp)


def _others(targets: Array, *, xp: Namespace) -> Array:
    """Sum of the targets of all other classes, without taking a large one away from the sum of all."""
    is_top = one_hot(xp.argmax(targets, axis=-1), targets, xp=xp)
    rest = xp.sum(targets * (1 - is_top), axis=-1)[..., None]
    total = rest + xp.sum(targets * is_top, axis=-1)[..., None]
    return rest * is_top + (total - targets) * (1 - is_top)
