r"""
Probability, complement and surprisal of a binary event, given its logit.

With the log-odds :math:`x` of the event, :math:`u = \sigma(x)`, the complement :math:`c = \sigma(-x)` and
the surprisal

.. math:: s = -\log u = \max(-x, 0) + \mathrm{log1p}\, e^{-|x|} .

Each number is accurate to a few units in the last place, also where :math:`u` is near 0 or 1.

Source: Bishop, C. M. (2006). Pattern Recognition and Machine Learning, equations 4.59 and 4.60.
"""

from __future__ import annotations

from typing import NamedTuple

from xent.arrays import Array, Namespace
from xent.formulas.sigmoid import sigmoid, small_exponential
from xent.precision.exact_difference import ExactLogits, Logits, high_and_low

__all__ = ["Event", "event_and_opposite"]


class Event(NamedTuple):
    """
    Binary event under a sigmoid.

    Parameters
    ----------
    log_odds : array, or `ExactLogits`
        Logit of the event.
    prob, complement : array
        Probability of the event, and of its opposite.
    surprisal : array
        ``-log(prob)`` in nats.
    """

    log_odds: Logits
    prob: Array
    complement: Array
    surprisal: Array


def event_and_opposite(logits: Logits, *, xp: Namespace) -> tuple[Event, Event]:
    """
    Event whose log-odds are `logits`, and the opposite event, whose log-odds are ``-logits``.

    Each holds its log-odds, probability, complement (the other's probability) and surprisal in nats, all of
    the shape of the logits and accurate near 0 too. A logit of ``inf`` gives an event of surprisal 0, and
    ``inf`` for the opposite; nan gives nan.

    Examples
    --------
    >>> import numpy as np
    >>> event, opposite = event_and_opposite(np.asarray([50.0]), xp=np)
    >>> float(event.surprisal[0]), float(opposite.surprisal[0])
    (1.9287498479639178e-22, 50.0)
    """
    high, low = high_and_low(logits)
    above, below = sigmoid(logits, xp=xp)
    rest = xp.log1p(small_exponential(logits, xp=xp))
    zero = xp.zeros_like(high)
    opposite_logits = -high if isinstance(low, float) else ExactLogits(-high, -low)
    event = Event(logits, above, below, xp.maximum(-high, zero) + rest)
    return event, Event(opposite_logits, below, above, xp.maximum(high, zero) + rest)
