"""Surprisal of single outcomes."""

from __future__ import annotations

import math

from xent.arrays import Array, checked_integer
from xent.measures.distributions import distributions
from xent.measures.event_probs import event_probs
from xent.measures.units import in_base

__all__ = ["surprisal"]


def surprisal(
    probs: Array | None = None,
    /,
    *,
    log_probs: Array | None = None,
    logits: Array | None = None,
    base: float = math.e,
    axis: int = -1,
    validate: bool = True,
) -> Array:
    r"""
    Surprisal of each outcome, in nats or in the unit of `base`.

    The surprisal ``-log(p)`` measures how unexpected an outcome is; it is the length of its ideal codeword.

    Parameters
    ----------
    probs : array
        Probabilities in [0, 1], of any shape, of any sum; None if `log_probs` or `logits` is given.
    log_probs : array, optional
        Natural logarithms of the probabilities, <= 0, in place of `probs`.
    logits : array, optional
        Logits of the outcomes along `axis`, whose softmax is the distribution, in place of `probs`.
    base : float, optional
        Base of the logarithm: e for nats (the default), 2 for bits; > 0, finite and not 1.
    axis : int, optional
        Axis of the outcomes, the last by default; used for `logits` only.
    validate : bool, optional
        False skips the checks of values; the result for invalid values is then unspecified.

    Returns
    -------
    array
        Surprisal of each entry, never negative for a base above 1, in the dtype of the argument; integers
        give the library's default floating one.

    Raises
    ------
    DTypeError
        If the argument is not real floating or integral, or `axis` is no integer.
    ShapeError
        If `logits` has no axis `axis`, or one of length 0.
    DomainError
        If a probability lies outside [0, 1], a logarithm above 0, one of either is nan, an entry is masked,
        none or several of `probs`, `log_probs` and `logits` are given, or `base` is not > 0, finite and not
        1. Traced or off-host values are not inspected.

    See Also
    --------
    entropy : Mean surprisal of the outcomes of a distribution.

    Notes
    -----
    **Definition.** :math:`-\log_b p`.

    **Gradient.** :math:`-1 / p`, in nats.

    **Edge cases.** ``p = 1`` gives 0, not -0; ``p = 0`` gives ``inf``. Logits are not checked: nan, ``+inf``,
    or ``-inf`` alone gives ``nan``.

    **Numerics.** Within 2 units in the last place in float64 and within 4 in float32, where the logarithm is
    NumPy's; from logits within 4. For logits the surprisal of the most likely outcome is ``log1p`` of the sum
    of the other exponentials, which does not cancel.

    References
    ----------
    .. [1] Cover, T. M., Thomas, J. A. (2006). Elements of Information Theory, 2nd ed., section 2.1.

    Examples
    --------
    >>> import numpy as np
    >>> surprisal(np.asarray([1.0, 0.5, 0.125]), base=2)
    array([0., 1., 3.])
    >>> surprisal(logits=np.asarray([50.0, 0.0]))
    array([1.92874985e-22, 5.00000000e+01])
    """
    caller = "surprisal"
    checked_integer(axis, "axis", caller=caller)
    if logits is not None or (probs is None and log_probs is None):
        checked = distributions(probs, log_probs=log_probs, logits=logits, axis=axis, caller=caller)
        logs = checked.logs[0]
        return checked.result(0 - (logs if axis == -1 else checked.xp.moveaxis(logs, -1, axis)), base=base)
    values = [("probs", probs), ("log_probs", log_probs)]
    names, given = zip(*((name, value) for name, value in values if value is not None), strict=True)
    if len(given) > 1:
        distributions(probs, log_probs=log_probs, caller=caller)
    events = event_probs(*given, names=names, validate=validate, caller=caller)
    return events.of(
        lambda array, xp: in_base(
            0 - (array if names[0] == "log_probs" else xp.log(array)), base, caller=caller
        )
    )
