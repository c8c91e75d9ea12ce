"""Cross-entropy of a model's probability of an event."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import final

from xent.arrays import Array
from xent.errors import DomainError
from xent.formulas.losses.sigmoid_cross_entropy import sigmoid_cross_entropy
from xent.formulas.measures import binary_cross_entropy as formula
from xent.measures.distributions import in_base
from xent.measures.event_probs import EventProbs, event_probs

__all__ = ["BinaryCrossEntropy", "binary_cross_entropy"]


@final
@dataclass(frozen=True)
class BinaryCrossEntropy:
    r"""
    Cross-entropy of the probability `q` of an event on its true `p`, in nats unless `base` says otherwise.

    Use the object `binary_cross_entropy`: ``binary_cross_entropy(p, q)``;
    ``binary_cross_entropy.derivative(p, q)`` and ``binary_cross_entropy.second_derivative(p, q)`` are its
    derivatives in `q`.

    Parameters
    ----------
    p, q : array
        True and modelled probability of the event, in [0, 1]; shapes broadcast.
    logits : array, optional
        Log-odds of the model instead of `q`; derivatives are in `q` and take no logits.
    base : float, optional
        As in `entropy`.
    validate : bool, optional
        Check the values.

    Returns
    -------
    array
        One number for each entry, in the common dtype of the arguments.

    Raises
    ------
    DTypeError
        If an argument is not real floating or integral.
    ShapeError
        If the shapes do not broadcast.
    DomainError
        If a probability lies outside [0, 1], or both or neither of `q` and `logits` are given.

    See Also
    --------
    cross_entropy : Of any number of outcomes.
    xent.losses.sigmoid_cross_entropy : On logits, with derivatives in them.

    Notes
    -----
    **Definition.** :math:`H(q) = -p \log_b q - (1 - p) \log_b (1 - q)`.

    **Gradient.** :math:`H'(q) = (q - p) / (q (1 - q) \log b)`, :math:`H''(q) = (p / q^2 + (1 - p) / (1 -
    q)^2) / \log b > 0`: convex, with its minimum, the entropy of `p`, at :math:`q = p`.

    **Edge cases.** A model that rules out what happens, :math:`q = 0 < p` or :math:`q = 1 > p`, costs
    ``inf``, with slope ``-inf`` or ``inf``; a sure model that is right costs 0, with the slope of the one
    term that is left, 1 at ``p = q = 0`` and -1 at ``p = q = 1``.

    **Numerics.** No term of the value or of the second derivative is negative, and the first has one
    subtraction, exact where it is small: each is within 4 units in the last place.

    References
    ----------
    .. [1] Bishop, C. M. (2006). Pattern Recognition and Machine Learning, Springer. Equation 4.90.

    Examples
    --------
    The price of ``q = 0.9`` is least where ``p`` is 0.9.

    >>> import numpy as np
    >>> q = np.asarray([0.8, 0.9, 0.99])
    >>> binary_cross_entropy(0.9, q).round(4), binary_cross_entropy.derivative(0.9, q).round(4)
    (array([0.3618, 0.3251, 0.4696]), array([-0.625 ,  0.    ,  9.0909]))
    """

    def __call__(
        self,
        p: Array,
        q: Array | None = None,
        /,
        *,
        logits: Array | None = None,
        base: float = math.e,
        validate: bool = True,
    ) -> Array:
        """Cross-entropy; the class describes it."""
        where = "binary_cross_entropy"
        if (q is None) == (logits is None):
            rule = "be given in one space: as probabilities or as `logits`"
            raise DomainError(where, "q", rule, got="none" if q is None else "several")
        if q is None:
            events = event_probs(p, logits, names=("p", "logits"), validate=validate, where=where)
            value = sigmoid_cross_entropy.value
            return events.of(lambda p, z, xp: in_base(value(z, p, 1 - p, xp=xp), base, where=where))
        events = _events(p, q, where, validate=validate)
        return events.of(lambda p, q, xp: in_base(formula.value(p, q, xp=xp), base, where=where))

    def derivative(self, p: Array, q: Array, /, *, base: float = math.e, validate: bool = True) -> Array:
        """Derivative in `q`; 0 where it equals `p`."""
        where = "binary_cross_entropy.derivative"
        events = _events(p, q, where, validate=validate)
        return events.of(lambda p, q, xp: in_base(formula.derivative(p, q, xp=xp), base, where=where))

    def second_derivative(
        self, p: Array, q: Array, /, *, base: float = math.e, validate: bool = True
    ) -> Array:
        """Second derivative in `q`; positive."""
        where = "binary_cross_entropy.second_derivative"
        events = _events(p, q, where, validate=validate)
        return events.of(lambda p, q, xp: in_base(formula.second_derivative(p, q, xp=xp), base, where=where))


def _events(p: Array, q: Array, where: str, *, validate: bool) -> EventProbs:
    return event_probs(p, q, names=("p", "q"), validate=validate, where=where)


binary_cross_entropy = BinaryCrossEntropy()
