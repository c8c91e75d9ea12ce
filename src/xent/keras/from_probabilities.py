"""
Losses of probabilities, as Keras' models return them by default: unclipped, or clipped on request.

As in Keras, the probabilities of a row are divided by their sum. A label of probability 0 costs infinity. The
logits are lost here: a probability that was rounded to 1 has loss 0.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import keras
from xent.arrays import constant, namespace_of
from xent.formulas.i_divergence import value as i_divergence
from xent.formulas.measures import binary_cross_entropy, cross_entropy
from xent.formulas.slopes_of_kl import slope_in_p

__all__ = ["Outcome", "clipped", "cross_entropy_of", "divergence_of", "events", "outcomes"]


class Outcome(NamedTuple):
    """
    Outcome with its probability, for formulas of the true class.

    Parameters
    ----------
    prob, complement, surprisal : tensor
        Probability, 1 minus it, and its negative logarithm.
    surprisal_rest : float
        0: a probability says nothing about the digits that its logarithm lost.
    """

    prob: Any
    complement: Any
    surprisal: Any
    surprisal_rest: float = 0.0


def clipped(probs: Any, clip: float) -> Any:
    """The probabilities between `clip` and ``1 - clip``; unchanged if `clip` is 0."""
    return keras.ops.clip(probs, clip, 1 - clip) if clip else probs


def cross_entropy_of(targets: Any, probs: Any) -> Any:
    """
    Cross-entropy of each row, in nats, of `probs` divided by their sum, with `targets` as they are.

    Both have the shape (..., K); targets need not sum to 1. It is ``inf`` where a class of probability 0 has
    a target above 0, and nan for a row of probabilities of sum 0.
    """
    xp = namespace_of(probs)
    total = keras.ops.sum(probs, axis=-1)
    return cross_entropy.value(targets, probs, xp=xp) + keras.ops.sum(targets, axis=-1) * keras.ops.log(total)


def events(targets: Any, probs: Any) -> Any:
    """
    Binary cross-entropy in nats of each entry of `probs` under `targets` in [0, 1], both of one shape.

    It is ``inf`` where an outcome of probability 0 has a target above 0.
    """
    return binary_cross_entropy.value(targets, probs, xp=namespace_of(probs))


def outcomes(probs: Any) -> Outcome:
    """
    `Outcome` of probabilities, entry by entry; the surprisal is in nats, ``inf`` for a probability of
    0.
    """
    return Outcome(probs, 1 - probs, -keras.ops.log(probs))


def divergence_of(targets: Any, probs: Any) -> Any:
    """
    ``sum(p log(p / q))`` of each row, in nats: the I-divergence, less what the sums of `p` and `q` differ by.

    `targets` are p and `probs` q, both (..., K), which need not sum to 1 and are not divided by their sums;
    so the result may be negative. It is ``inf`` where q is 0 and p is not.
    """
    xp = namespace_of(probs)
    at = constant(targets)
    apart = at - probs + slope_in_p(targets, lambda: -keras.ops.log(probs), xp=xp)
    return i_divergence(at, probs, xp=xp) + keras.ops.sum(apart, axis=-1)
