r"""
What one logit says of an event and of its opposite, each number to its last digits.

With the log-odds :math:`x` of what happened, :math:`u = \sigma(x)`, the complement :math:`c = \sigma(-x)` and
the surprisal

.. math:: s = -\log u = \max(-x, 0) + \mathrm{log1p}\, e^{-|x|} .

Source: Bishop, C. M. (2006). Pattern Recognition and Machine Learning, equations 4.59 and 4.60.
"""

from __future__ import annotations

from typing import NamedTuple

from xent.arrays import Array, Namespace
from xent.formulas.sigmoid import sigmoid, small_exponential
from xent.precision.exact_logits import ExactLogits, Logits, rounded_and_rest

__all__ = ["Event", "event_and_opposite"]


class Event(NamedTuple):
    """
    Something that happened, as a sigmoid sees it.

    Parameters
    ----------
    log_odds : array, or `ExactLogits`
        Logit of it.
    prob, complement : array
        Probability of it, and of its opposite.
    surprisal : array
        ``-log(prob)`` in nats.
    """

    log_odds: Logits
    prob: Array
    complement: Array
    surprisal: Array


def event_and_opposite(logits: Logits, *, xp: Namespace) -> tuple[Event, Event]:
    """
    The event that `logits` are of, and that it does not happen.

    Examples
    --------
    >>> import numpy as np
    >>> event, opposite = event_and_opposite(np.asarray([50.0]), xp=np)
    >>> float(event.surprisal[0]), float(opposite.surprisal[0])
    (1.9287498479639178e-22, 50.0)
    """
    high, low = rounded_and_rest(logits)
    above, below = sigmoid(logits, xp=xp)
    rest = xp.log1p(small_exponential(logits, xp=xp))
    zero = xp.zeros_like(high)
    opposite_logits = -high if isinstance(low, float) else ExactLogits(-high, -low)
    event = Event(logits, above, below, xp.maximum(-high, zero) + rest)
    return event, Event(opposite_logits, below, above, xp.maximum(high, zero) + rest)
