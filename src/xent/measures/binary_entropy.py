"""Binary entropy: that of an event and its opposite, with derivatives."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import final

from xent.arrays import Array
from xent.errors import DomainError
from xent.formulas.measures import binary_entropy as formula
from xent.measures.event_probs import event_probs
from xent.measures.units import in_base

__all__ = ["BinaryEntropy", "binary_entropy"]


@final
@dataclass(frozen=True)
class BinaryEntropy:
    r"""
    Entropy of an event of probability `p`, elementwise, in nats or in the unit of `base`.

    The object `binary_entropy` is the only instance: ``binary_entropy(p)`` or ``binary_entropy(logits=z)`` is
    the value, ``binary_entropy.derivative(p)`` and ``binary_entropy.second_derivative(p)`` are the
    derivatives in `p`.

    Parameters
    ----------
    p : array
        Probability of the event, in [0, 1], of any shape; None if `logits` is given.
    logits : array, optional
        Log-odds of the event, in place of `p`. The derivatives are in `p` and take no `logits`.
    base : float, optional
        Base of the logarithm: e for nats (the default), 2 for bits; > 0, finite and not 1.
    validate : bool, optional
        False skips the checks of values; the result for invalid values is then unspecified.

    Returns
    -------
    array
        Value for each entry, in the dtype of the argument; integers give the library's default floating one.

    Raises
    ------
    DTypeError
        If the argument is not real floating or integral.
    DomainError
        If a probability lies outside [0, 1] or is nan, an entry is masked, both or neither of `p` and
        `logits` are given, or `base` is not > 0, finite and not 1. Traced or off-host values are not
        inspected.

    See Also
    --------
    entropy : Entropy for any number of outcomes.
    binary_cross_entropy : Cross-entropy of an event under a model's probability.

    Notes
    -----
    **Definition.** :math:`h(p) = -p \log_b p - (1 - p) \log_b (1 - p)`.

    **Gradient.** :math:`h'(p) = \log_b ((1 - p) / p)`, :math:`h''(p) = -1 / (p (1 - p) \log b)`.

    **Edge cases.** ``p = 0`` gives 0 with derivative ``inf``, ``p = 1`` gives 0 with derivative ``-inf``;
    ``p = 1/2`` gives :math:`\log_b 2`, the maximum. A logit of nan gives ``nan``.

    **Numerics.** No term is negative, and :math:`\log (1 - p)` is computed by ``log1p``: within 4 units in
    the last place from probabilities and from logits. The derivative is ``log1p`` of the odds less 1, so no
    digits are lost near 1/2.

    References
    ----------
    .. [1] Cover, T. M., Thomas, J. A. (2006). Elements of Information Theory, 2nd ed., equation 2.5.

    Examples
    --------
    >>> import numpy as np
    >>> binary_entropy(np.asarray([0.0, 0.5, 1.0]), base=2)
    array([0., 1., 0.])
    >>> binary_entropy(logits=np.asarray([50.0, -1000.0]))
    array([9.83662422e-21, 0.00000000e+00])
    """

    def __call__(
        self,
        p: Array | None = None,
        /,
        *,
        logits: Array | None = None,
        base: float = math.e,
        validate: bool = True,
    ) -> Array:
        """Binary entropy of each entry; arguments and errors are those of the class docstring."""
        caller = "binary_entropy"
        if (p is None) == (logits is None):
            rule = "be given in one space: as probabilities or as `logits`"
            raise DomainError(caller, "p", rule, got="none" if p is None else "several")
        if p is None:
            events = event_probs(logits, names=("logits",), validate=validate, caller=caller)
            return events.of(lambda z, xp: in_base(formula.value_of_logits(z, xp=xp), base, caller=caller))
        events = event_probs(p, names=("p",), validate=validate, caller=caller)
        return events.of(lambda p, xp: in_base(formula.value(p, xp=xp), base, caller=caller))

    def derivative(self, p: Array, /, *, base: float = math.e, validate: bool = True) -> Array:
        """
        Derivative of the entropy in `p`, elementwise; 0 at 1/2, ``inf`` at 0, ``-inf`` at 1; raises as the
        call.
        """
        caller = "binary_entropy.derivative"
        events = event_probs(p, names=("p",), validate=validate, caller=caller)
        return events.of(lambda p, xp: in_base(formula.derivative(p, xp=xp), base, caller=caller))

    def second_derivative(self, p: Array, /, *, base: float = math.e, validate: bool = True) -> Array:
        """
        Second derivative of the entropy in `p`, elementwise; never positive, ``-inf`` at 0 and 1; raises as
        the call.
        """
        caller = "binary_entropy.second_derivative"
        events = event_probs(p, names=("p",), validate=validate, caller=caller)
        return events.of(lambda p, xp: in_base(formula.second_derivative(p, xp=xp), base, caller=caller))


binary_entropy = BinaryEntropy()
