"""
Probability, complement and surprisal of every class under a softmax, by the formulas of `true_class.py`.

Source: Bishop, C. M. (2006). Pattern Recognition and Machine Learning, equation 4.104.
"""

from __future__ import annotations

from typing import NamedTuple

from xent.arrays import Array, Namespace
from xent.formulas.softmax import Softmax, softmax
from xent.formulas.true_class import gap_below_peak, normalised_sum
from xent.precision.exact_difference import Logits, high_and_low

__all__ = ["EveryClass", "every_class"]


class EveryClass(NamedTuple):
    """
    Probability, complement and surprisal of every class of each row.

    Parameters
    ----------
    prob, complement : array of shape (..., K)
        Probability of each class, and of all other classes together.
    surprisal, surprisal_rest : array of shape (..., K)
        ``-log(prob)`` in nats, and its low-order part.
    model : Softmax
        Softmax of the logits.
    """

    prob: Array
    complement: Array
    surprisal: Array
    surprisal_rest: Array
    model: Softmax


def every_class(logits: Logits, *, xp: Namespace) -> EveryClass:
    """
    Probability, complement and surprisal in nats of every class under the softmax of `logits`, (..., K).

    The result also holds the low-order part of the surprisal, and the softmax itself. A class of logit
    ``-inf`` has probability 0 and the surprisal ``inf``. All are nan in a row that is all ``-inf`` or holds
    nan or ``inf``.

    Examples
    --------
    >>> import numpy as np
    >>> every_class(np.asarray([50.0, 0.0]), xp=np).surprisal
    array([1.92874985e-22, 5.00000000e+01])
    """
    model = softmax(logits, xp=xp)
    high, low = high_and_low(logits)
    low_gap = 0.0 if isinstance(low, float) else model.peak_rest[..., None] - low
    gap, gap_rest = gap_below_peak(model.peak[..., None], high, low_gap, xp=xp)
    surprisal, surprisal_rest = normalised_sum(gap, gap_rest + xp.log1p(model.rest)[..., None], xp=xp)
    probs = model.probs
    return EveryClass(probs, model.complements(probs, xp=xp), surprisal, surprisal_rest, model)
