"""Binary cross-entropy: that of a model's probability of an event, with derivatives."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import final

from xent.arrays import Array
from xent.errors import DomainError
from xent.formulas.losses.sigmoid_cross_entropy import sigmoid_cross_entropy
from xent.formulas.measures import binary_cross_entropy as formula
from xent.measures.event_probs import EventProbs, event_probs
from xent.measures.units import in_base

__all__ = ["BinaryCrossEntropy", "binary_cross_entropy"]


@final
@dataclass(frozen=True)
class BinaryCrossEntropy:
    r"""
    Cross-entropy of an event of true probability `p` under the model's `q`, in nats or in the unit of `base`.

    The object `binary_cross_entropy` is the only instance: ``binary_cross_entropy(p, q)`` is the value,
    ``binary_cross_entropy.derivative(p, q)`` and ``binary_cross_entropy.second_derivative(p, q)`` are the
    derivatives in `q`.

    Parameters
    ----------
    p, q : array
        True and modelled probability of the event, in [0, 1]; shapes broadcast. `q` is None if `logits` is
        given.
    logits : array, optional
        Log-odds of the event under the model, in place of `q`. The derivatives are in `q` and take no
        `logits`.
    base : float, optional
        Base of the logarithm: e for nats (the default), 2 for bits; > 0, finite and not 1.
    validate : bool, optional
        False skips the checks of values; the result for invalid values is then unspecified.

    Returns
    -------
    array
        Value for each entry, in the common dtype of floating arguments; integers alone give the library's
        default one.

    Raises
    ------
    DTypeError
        If an argument is not real floating or integral, or the arrays are of several libraries; arrays of
        NumPy after the first join its library.
    ShapeError
        If the shapes do not broadcast.
    DomainError
        If a probability lies outside [0, 1] or is nan, an entry is masked, both or neither of `q` and
        `logits` are given, or `base` is not > 0, finite and not 1. Traced or off-host values are not
        inspected.

    See Also
    --------
    cross_entropy : Cross-entropy for any number of outcomes.
    xent.losses.sigmoid_cross_entropy : Loss on logits, with derivatives in the logits.

    Notes
    -----
    **Definition.** :math:`H(q) = -p \log_b q - (1 - p) \log_b (1 - q)`.

    **Gradient.** :math:`H'(q) = (q - p) / (q (1 - q) \log b)`, :math:`H''(q) = (p / q^2 + (1 - p) / (1 -
    q)^2) / \log b > 0`: convex, with its minimum, the entropy of `p`, at :math:`q = p`.

    **Edge cases.** :math:`q = 0 < p` gives ``inf`` with derivative ``-inf``; :math:`q = 1 > p` gives ``inf``
    with derivative ``inf``. ``p = q = 0`` gives 0 with derivative 1, ``p = q = 1`` gives 0 with derivative
    -1: the derivative of the term whose factor is not 0. A logit of nan gives ``nan``.

    **Numerics.** No term of the value or of the second derivative is negative. The derivative has one
    subtraction, ``q - p``, which is exact where `p` and `q` are close. Each result is within 4 units in the
    last place.

    References
    ----------
    .. [1] Bishop, C. M. (2006). Pattern Recognition and Machine Learning, Springer. Equation 4.90.

    Examples
    --------
    For ``p = 0.9`` the value is least at ``q = 0.9``, where the derivative is 0.

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
        """Binary cross-entropy of each entry; arguments and errors are those of the class docstring."""
        caller = "binary_cross_entropy"
        if (q is None) == (logits is None):
            rule = "be given in one space: as probabilities or as `logits`"
            raise DomainError(caller, "q", rule, got="none" if q is None else "several")
        if q is None:
            events = event_probs(p, logits, names=("p", "logits"), validate=validate, caller=caller)
            value = sigmoid_cross_entropy.value
            return events.of(lambda p, z, xp: in_base(value(z, p, 1 - p, xp=xp), base, caller=caller))
        events = _events(p, q, caller, validate=validate)
        return events.of(lambda p, q, xp: in_base(formula.value(p, q, xp=xp), base, caller=caller))

    def derivative(self, p: Array, q: Array, /, *, base: float = math.e, validate: bool = True) -> Array:
        """
        Derivative of the cross-entropy in `q`, elementwise; 0 where `q` equals `p` in (0, 1); raises as the
        call.
        """
        caller = "binary_cross_entropy.derivative"
        events = _events(p, q, caller, validate=validate)
        return events.of(lambda p, q, xp: in_base(formula.derivative(p, q, xp=xp), base, caller=caller))

    def second_derivative(
        self, p: Array, q: Array, /, *, base: float = math.e, validate: bool = True
    ) -> Array:
        """Second derivative of the cross-entropy in `q`, elementwise; positive; raises as the call."""
        caller = "binary_cross_entropy.second_derivative"
        events = _events(p, q, caller, validate=validate)
        return events.of(
            lambda p, q, xp: in_base(formula.second_derivative(p, q, xp=xp), base, caller=caller)
        )


def _events(p: Array, q: Array, caller: str, *, validate: bool) -> EventProbs:
    """Checked and broadcast probabilities `p` and `q`; raises as `binary_cross_entropy` says."""
    return event_probs(p, q, names=("p", "q"), validate=validate, caller=caller)


binary_cross_entropy = BinaryCrossEntropy()
