"""Cross-entropy of a model on the truth."""

from __future__ import annotations

import math

from xent.arrays import Array
from xent.formulas.measures import cross_entropy as formula
from xent.measures.distributions import Distributions, distributions

__all__ = ["cross_entropy", "nats_of"]


def cross_entropy(
    p: Array | None = None,
    q: Array | None = None,
    /,
    *,
    log_probs: Array | tuple[Array, Array] | None = None,
    logits: Array | tuple[Array, Array] | None = None,
    base: float = math.e,
    axis: int = -1,
    keepdims: bool = False,
    normalize: bool = False,
    validate: bool = True,
) -> Array:
    r"""
    Cross-entropy of the model `q` on the truth `p`, in nats unless `base` says otherwise.

    The mean length of a code built for `q` where `p` is true: the entropy of `p` and the divergence of `q`.

    Parameters
    ----------
    p, q : array
        Probabilities of the outcomes along `axis`: truth first, model second. Leading axes broadcast.
    log_probs : array or tuple of two arrays, optional
        Natural logarithms: of the model if `p` is given, else of both, as ``(log_p, log_q)``.
    logits : array or tuple of two arrays, optional
        Logits in the same way.
    base, axis, keepdims, normalize, validate : optional
        As in `entropy`.

    Returns
    -------
    array
        One value for each pair, never negative, in the common dtype of the arguments.

    Raises
    ------
    DTypeError, ShapeError, DomainError
        As in `entropy`; `p` and `q` need equally many outcomes.

    See Also
    --------
    kl_divergence : Without the entropy of the truth.
    xent.losses.softmax_cross_entropy : Of labels under logits, with gradient and Hessian.

    Notes
    -----
    **Definition.** :math:`H(p, q) = -\sum_k p_k \log_b q_k`, where terms of :math:`p_k = 0` are 0.

    **Gradient.** :math:`\partial H / \partial q_k = -p_k / q_k`; in logits of the model, :math:`q_k - p_k`.

    **Edge cases.** :math:`p_k > 0` with :math:`q_k = 0` gives ``inf``, and nothing is clipped; ``p == q``
    gives the entropy.

    **Numerics.** No term is negative, so nothing cancels: within 4 units in the last place for K <= 1000.
    From logits or logarithms of the model nothing underflows.

    References
    ----------
    .. [1] Cover, T. M., Thomas, J. A. (2006). Elements of Information Theory, 2nd ed., section 5.4.

    Examples
    --------
    >>> import numpy as np
    >>> p = np.asarray([0.5, 0.5])
    >>> print(f"{cross_entropy(p, np.asarray([0.9, 0.1]), base=2):.10f}")
    1.7369655942

    The probability ``exp(-1000)`` is no float, and its logarithm is -1000.

    >>> cross_entropy(p, logits=np.asarray([1000.0, 0.0]))
    np.float64(500.0)
    """
    found = distributions(
        p,
        q,
        names=("p", "q"),
        log_probs=log_probs,
        logits=logits,
        axis=axis,
        normalize=normalize,
        validate=validate,
        where="cross_entropy",
    )
    return found.result(nats_of(found), base=base, keepdims=keepdims)


def nats_of(found: Distributions) -> Array:
    """Cross-entropy of two checked distributions, from the logarithms of the model if they were given."""
    if found.given_logs[1] is None:
        return found.sum(formula.value)
    return found.sum(formula.value_of_logs, found.probs[0], found.given_logs[1])
