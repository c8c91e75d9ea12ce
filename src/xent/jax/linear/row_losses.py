"""Losses and statistics of the rows of a chunk, from its logits."""

from __future__ import annotations

from typing import Any

import jax.numpy as jnp

from xent.arrays import differentiable
from xent.formulas.losses.log_normaliser import LogNormaliser
from xent.formulas.losses.squared_log_normaliser import SquaredLogNormaliser
from xent.formulas.soft_cap import SoftCap
from xent.jax.linear.classes import Classes, Sharded, Together, value_of
from xent.jax.linear.request import LinearStatistics, Operands, Plan, Shared, Truth
from xent.options.label_smoothing import smoothed

__all__ = ["classes_of", "logits_of", "losses_of_rows", "statistics_of_rows", "weights_of_labels"]


def classes_of(plan: Plan) -> Classes:
    """`Together` if the `class_axis` of `plan` is None, else `Sharded` over that axis."""
    return Together() if plan.class_axis is None else Sharded(plan.class_axis)


def logits_of(operands: Operands) -> Any:
    """
    Logits, (N, C), in 32 bits or more, with the bias unless that is None.

    Operands of 16 bits are multiplied as they are and summed in 32 bits.
    """
    hidden, weight, bias = operands
    wide = jnp.promote_types(hidden.dtype, jnp.float32)
    logits = jnp.matmul(hidden, weight.T, preferred_element_type=wide)
    return logits if bias is None else logits + bias.astype(wide)


def adjusted(logits: Any, truth: Truth, shared: Shared) -> Any:
    """
    Logits, (n, C), capped, scaled and masked, in this order.

    They are ``-inf`` for classes that one of the masks, of all rows or of each, leaves out, and 0 throughout
    in rows that do not count. A logit of ``-inf`` stays so under any scale. `logits` hold the bias.
    """
    if shared.softcap is not None:
        logits = differentiable("value", SoftCap(shared.softcap), logits, xp=jnp)
    if shared.logit_scale is not None:
        # A masked class stays masked under a scale of 0, where -inf would become nan.
        logits = jnp.where(logits == -jnp.inf, logits, logits * shared.logit_scale)
    for mask in (shared.class_mask, truth.class_mask):
        logits = logits if mask is None else jnp.where(mask, logits, -jnp.inf)
    # Finite in ignored rows, so that no nan arises whose derivative would be 0 times nan.
    return jnp.where(truth.counts[:, None], logits, 0)


def losses_of_rows(logits: Any, truth: Truth, shared: Shared, classes: Classes) -> Any:
    """
    Loss of each row in nats, (N,), with class weights, smoothing and z-loss of `shared`; 0 in ignored rows.

    `logits`, (N, C), hold the bias and are capped, scaled and masked here. With `classes` sharded, C are the
    classes of this device, and the loss is that over all. An invalid label or target gives nan. A class of
    weight 0 costs 0, at a probability of 0 too; z-loss is added without a class weight.
    """
    logits = adjusted(logits, truth, shared)
    if truth.probs is None and shared.label_smoothing is None:
        losses = classes.of_labels(logits, truth.labels)
        if shared.class_weights is not None:
            weights = weights_of_labels(truth.labels, shared.class_weights, classes)
            # An infinite loss of weight 0 costs 0, but 0 * inf is nan.
            losses = weights * jnp.where((weights == 0) & jnp.isinf(losses), 0, losses)
    else:
        losses = classes.of_targets(logits, _targets(logits, truth, shared, classes))
    if shared.z_loss is not None:
        normalisers = classes.normalisers(logits)
        losses = losses + shared.z_loss * value_of(SquaredLogNormaliser(), normalisers, normalisers[:, 0])
    return jnp.where(truth.counts, losses, 0)


def statistics_of_rows(
    logits: Any, truth: Truth, shared: Shared, classes: Classes, top_k: int
) -> LinearStatistics:
    """
    Statistics of each row, of the adjusted logits without smoothing and weights; `logits` are not yet
    adjusted.

    They are the log-probability of the label, or minus the cross-entropy of targets, the log-normaliser, the
    entropy, the class of the largest logit, and for a `top_k` above 0 the largest log-probabilities and their
    classes, (n, top_k), else None. In rows that do not count the first three are 0, and the others without
    meaning. With `classes` sharded, `logits`, (n, C), are those of this device's classes, and the statistics
    of all.
    """
    logits = adjusted(logits, truth, shared)
    if truth.probs is None:
        log_prob = 0 - classes.of_labels(logits, truth.labels)
    else:
        log_prob = 0 - classes.of_targets(logits, _targets(logits, truth, Shared(), classes))
    normalisers = classes.normalisers(logits)
    log_normaliser = value_of(LogNormaliser(), normalisers, normalisers[:, 0])
    values, numbers = classes.tops(logits, max(top_k, 1))
    # Only these three are 0 in ignored rows; the differences below need the log-normaliser as it is.
    log_prob, entropy, shown = (
        jnp.where(truth.counts, values_of_rows, 0)
        for values_of_rows in (log_prob, classes.entropy(logits), log_normaliser)
    )
    found = LinearStatistics(log_prob, shown, entropy, numbers[:, 0])
    if not top_k:
        return found
    return found._replace(top_log_probs=values - log_normaliser[:, None], top_classes=numbers)


def weights_of_labels(labels: Any, class_weights: Any, classes: Classes) -> Any:
    """
    Class weight of each label, the same on all devices, from `class_weights` of this device's classes; 0 for
    a label out of range.
    """
    own = classes.own(labels, len(class_weights))
    return classes.anywhere(jnp.where(own >= 0, jnp.take(class_weights, jnp.maximum(own, 0)), 0))


def _targets(logits: Any, truth: Truth, shared: Shared, classes: Classes) -> Any:
    """
    Targets, (n, C), of the classes of this device: ``(1 - smoothing) * weight * t + share * class_weight``.

    The weight is that of the row's label, for the whole row, or for targets t that of each class. The share
    is the smoothing over the number of unmasked classes of all devices, and 0 at a masked class, which keeps
    its t. Masked are classes that one of the two masks leaves out, whatever their logit. None stands for
    weights of 1 and a smoothing of 0. nan in a row of an invalid label, and at least at an invalid target.
    """
    targets = _plain_targets(logits, truth, classes)
    weights = shared.class_weights
    if truth.probs is None and weights is not None:
        targets = targets * weights_of_labels(truth.labels, weights, classes)[:, None]
    elif weights is not None:
        targets = targets * weights
    if shared.label_smoothing is None:
        return targets
    participates = jnp.ones_like(logits)
    for mask in (shared.class_mask, truth.class_mask):
        participates = participates if mask is None else jnp.where(mask, participates, 0)
    share_of = participates if weights is None else participates * weights
    return smoothed(targets, shared.label_smoothing, classes.count(participates), share_of)


def _plain_targets(logits: Any, truth: Truth, classes: Classes) -> Any:
    """
    Targets, (n, C), of this device's classes before weights and smoothing.

    They are as given; or those of a few classes of each row, added where a class is named twice, and else 0;
    or 1 at the label. A negative entry of targets as given is nan. With labels, and with a few classes, the
    whole row is nan if a target is negative, or if a class is one of no device. An entry above 1 is not
    looked for.
    """
    if truth.labels is None:
        return jnp.where(truth.probs >= 0, truth.probs, jnp.nan).astype(logits.dtype)
    labels = truth.labels if truth.probs is not None else truth.labels[:, None]
    own = classes.own(labels, logits.shape[-1])
    # A class of another device is a class: only one that no device has is out of range.
    is_class = classes.anywhere((own >= 0).astype(logits.dtype)) > 0
    masses = jnp.where(is_class, 1.0 if truth.probs is None else truth.probs, jnp.nan)
    masses = jnp.where(masses >= 0, masses, jnp.nan).astype(logits.dtype)
    # A class that is not here goes one place beyond those that are, and is dropped.
    places = jnp.where(own >= 0, own, logits.shape[-1])
    rows = jnp.arange(len(logits))[:, None]
    targets = jnp.zeros_like(logits).at[rows, places].add(masses, mode="drop")
    return targets + jnp.where(jnp.any(jnp.isnan(masses), axis=-1, keepdims=True), jnp.nan, 0)
