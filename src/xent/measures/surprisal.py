"""Surprisal of single outcomes."""

from __future__ import annotations

import math

from xent.arrays import Array
from xent.measures.distributions import distributions, in_base
from xent.measures.event_probs import event_probs

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
    Surprisal of each outcome, in nats unless `base` says otherwise.

    How unexpected an outcome is, and the length of its ideal code word.

    Parameters
    ----------
    probs : array
        Probabilities in [0, 1], of any shape; they need not sum to 1.
    log_probs : array, optional
        Their natural logarithms instead, <= 0.
    logits : array, optional
        Logits of the outcomes along `axis` instead.
    base, validate : optional
        As in `entropy`.
    axis : int, optional
        Axis of the outcomes, read for `logits` alone.

    Returns
    -------
    array
        One surprisal for each entry, never negative, in the dtype of the argument.

    Raises
    ------
    DTypeError, ShapeError, DomainError
        As in `entropy`; here the sum of the probabilities is free.

    See Also
    --------
    entropy : Its mean.

    Notes
    -----
    **Definition.** :math:`-\log_b p`.

    **Gradient.** :math:`-1 / p`, in nats.

    **Edge cases.** ``p = 1`` gives 0, without a sign; ``p = 0`` gives ``inf``.

    **Numerics.** Within 2 units in the last place; of logits, 4, also at the most likely outcome: there it is
    ``log1p`` of the others' exponentials.

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
    where = "surprisal"
    if logits is not None or (probs is None and log_probs is None):
        found = distributions(probs, log_probs=log_probs, logits=logits, axis=axis, where=where)
        logs = found.logs[0]
        return found.result(0 - (logs if axis == -1 else found.xp.moveaxis(logs, -1, axis)), base=base)
    values = [("probs", probs), ("log_probs", log_probs)]
    names, given = zip(*((name, value) for name, value in values if value is not None), strict=True)
    if len(given) > 1:
        distributions(probs, log_probs=log_probs, where=where)
    events = event_probs(*given, names=names, validate=validate, where=where)
    return events.of(
        lambda array, xp: in_base(
            0 - (array if names[0] == "log_probs" else xp.log(array)), base, where=where
        )
    )
