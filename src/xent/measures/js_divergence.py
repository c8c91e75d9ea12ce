"""Jensen-Shannon divergence, and the distance that is its root."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Sequence

from xent.arrays import Array
from xent.errors import DomainError, ShapeError
from xent.formulas.measures import js_divergence as formula
from xent.measures.distributions import Distributions, distributions, in_base

__all__ = ["js_distance", "js_divergence"]

_TOLERANCE = 2.0**-26


def js_divergence(
    *probs: Array,
    weights: Sequence[float] | None = None,
    log_probs: tuple[Array, ...] | None = None,
    logits: tuple[Array, ...] | None = None,
    base: float = math.e,
    axis: int = -1,
    keepdims: bool = False,
    normalize: bool = False,
    validate: bool = True,
) -> Array:
    r"""
    Jensen-Shannon divergence of two or more distributions, in nats unless `base` says otherwise.

    Mean divergence from their mixture. Its root is `js_distance`; here no root is taken.

    Parameters
    ----------
    *probs : array
        At least two distributions over the outcomes along `axis`. Leading axes broadcast.
    weights : sequence of float, optional
        Share of each distribution in the mixture: numbers >= 0 that sum to 1; equal shares by default.
    log_probs, logits : tuple of arrays, optional
        All distributions as natural logarithms, or as logits, instead.
    base, axis, keepdims, normalize, validate : optional
        As in `entropy`.

    Returns
    -------
    array
        One divergence for each row, from 0 to the entropy of the weights (log 2 for a pair).

    Raises
    ------
    DTypeError, ShapeError, DomainError
        As in `entropy`; or if the weights are negative or do not sum to 1.

    See Also
    --------
    js_distance : Its square root, a metric.
    kl_divergence : Not symmetric, not bounded.

    Notes
    -----
    **Definition.** With the mixture :math:`m = \sum_i w_i p_i`, :math:`\sum_i w_i\, \mathrm{KL}(p_i \,\|\,
    m)`.

    **Gradient.** :math:`\partial / \partial p_{ik} = w_i \log (p_{ik} / m_k)`.

    **Edge cases.** Equal distributions give exactly 0; distributions that share no outcome the entropy of the
    weights.

    **Numerics.** Summed of terms that are never negative, with the difference of a distribution to the
    mixture formed from differences between distributions: within 4 units in the last place for K <= 1000,
    also where they are almost equal. From logarithms, differences are those of the probabilities.

    References
    ----------
    .. [1] Lin, J. (1991). Divergence measures based on the Shannon entropy. IEEE Trans. Inf. Theory 37(1),
       equations 4.1 and 5.1.

    Examples
    --------
    >>> import numpy as np
    >>> p, q = np.asarray([0.5, 0.5]), np.asarray([0.5 + 1e-9, 0.5 - 1e-9])
    >>> print(f"{js_divergence(p, q):.4g}")
    5e-19
    >>> js_divergence(np.asarray([1.0, 0.0]), np.asarray([0.0, 1.0]), base=2)
    np.float64(1.0)
    """
    found, shares = _mixture(
        probs,
        weights,
        log_probs,
        logits,
        axis=axis,
        normalize=normalize,
        validate=validate,
        where="js_divergence",
    )
    return found.result(found.sum(_of(shares)), base=base, keepdims=keepdims)


def js_distance(
    *probs: Array,
    weights: Sequence[float] | None = None,
    log_probs: tuple[Array, ...] | None = None,
    logits: tuple[Array, ...] | None = None,
    base: float = math.e,
    axis: int = -1,
    keepdims: bool = False,
    normalize: bool = False,
    validate: bool = True,
) -> Array:
    r"""
    Jensen-Shannon distance: square root of the divergence, in roots of nats unless `base` says otherwise.

    The root of `js_divergence` in the same base. Of two distributions it is a metric.

    Parameters
    ----------
    *probs, weights, log_probs, logits, base, axis, keepdims, normalize, validate
        As in `js_divergence`.

    Returns
    -------
    array
        One distance for each row.

    Raises
    ------
    DTypeError, ShapeError, DomainError
        As in `entropy`; or if the weights are negative or do not sum to 1.

    See Also
    --------
    js_divergence : Without the root.

    Notes
    -----
    **Definition.** :math:`\sqrt{\mathrm{JS}}`, with the base applied before the root.

    **Gradient.** That of the divergence over twice the distance; infinite at 0.

    **Edge cases.** Equal distributions give exactly 0; two that share no outcome :math:`\sqrt{\log_b 2}`.

    **Numerics.** As `js_divergence`; the root halves the relative error.

    References
    ----------
    .. [1] Endres, D. M., Schindelin, J. E. (2003). A new metric for probability distributions. IEEE Trans.
       Inf. Theory 49(7).

    Examples
    --------
    >>> import numpy as np
    >>> js_distance(np.asarray([1.0, 0.0]), np.asarray([0.0, 1.0]), base=2)
    np.float64(1.0)
    """
    found, shares = _mixture(
        probs,
        weights,
        log_probs,
        logits,
        axis=axis,
        normalize=normalize,
        validate=validate,
        where="js_distance",
    )
    squared = in_base(found.sum(_of(shares)), base, where=found.where)
    return found.result(found.xp.sqrt(squared), keepdims=keepdims)


def _of(shares: Sequence[float]) -> Callable[..., Array]:
    return functools.partial(formula.value, weights=shares)


def _mixture(
    probs: tuple[Array, ...],
    weights: Sequence[float] | None,
    log_probs: tuple[Array, ...] | None,
    logits: tuple[Array, ...] | None,
    *,
    axis: int,
    normalize: bool,
    validate: bool,
    where: str,
) -> tuple[Distributions, Sequence[float]]:
    """The distributions, and the shares of the mixture."""
    given: tuple[Array | None, ...] = probs
    if not given and (log_probs is not None or logits is not None):
        given = (None,) * len(log_probs if log_probs is not None else logits or ())
    if len(given) < 2:
        raise ShapeError(where, "probs", "be at least two distributions", got=str(len(given)))
    found = distributions(
        *given,
        names=[f"probs[{k}]" for k in range(len(given))],
        log_probs=log_probs,
        logits=logits,
        axis=axis,
        normalize=normalize,
        validate=validate,
        where=where,
    )
    return found, _checked_shares(weights, len(given), where)


def _checked_shares(weights: Sequence[float] | None, n: int, where: str) -> Sequence[float]:
    if weights is None:
        return (1 / n,) * n
    shares = tuple(float(weight) for weight in weights)
    if len(shares) != n:
        raise ShapeError(
            where, "weights", f"have {n} entries, one for each distribution", got=str(len(shares))
        )
    for k, share in enumerate(shares):
        if not share >= 0:
            raise DomainError(where, "weights", "be >= 0", got=f"{share:g}", index=(k,))
    if not abs(math.fsum(shares) - 1) <= _TOLERANCE:
        raise DomainError(where, "weights", "sum to 1", got=f"{math.fsum(shares):.9g}")
    return shares
