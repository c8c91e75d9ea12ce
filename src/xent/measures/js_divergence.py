"""Jensen-Shannon divergence and the Jensen-Shannon distance, its square root."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Sequence
from typing import Any

from xent.arrays import Array, check_unmasked
from xent.errors import DomainError, DTypeError, ShapeError
from xent.formulas.measures import js_divergence as formula
from xent.measures.distributions import Distributions, distributions
from xent.measures.normalized_in_64_bits import normalized_in_64_bits

__all__ = ["js_distance", "js_divergence"]

_TOLERANCE = 2.0**-26


@normalized_in_64_bits
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
    Jensen-Shannon divergence of two or more distributions, in nats or in the unit of `base`.

    The divergence is the weighted mean of the Kullback-Leibler divergences of the distributions from their
    mixture. SciPy's `jensenshannon` is the square root, `js_distance`.

    Parameters
    ----------
    *probs : array
        At least two distributions over the outcomes along `axis`. Leading axes broadcast. None are passed if
        `log_probs` or `logits` is given.
    weights : sequence of float, optional
        Weight of each distribution in the mixture: numbers >= 0 that sum to 1; equal weights by default.
    log_probs, logits : tuple of arrays, optional
        All distributions as natural logarithms, or as logits, in place of `probs`.
    base : float, optional
        Base of the logarithm: e for nats (the default), 2 for bits; > 0, finite and not 1.
    axis : int, optional
        Axis of the outcomes; the last by default.
    keepdims : bool, optional
        True keeps `axis`, with length 1.
    normalize : bool, optional
        True divides probabilities, also those of `log_probs`, by their sum along `axis` first. False, the
        default, requires sums of 1.
    validate : bool, optional
        False skips the checks of values other than `weights`; the result for invalid values is then
        unspecified.

    Returns
    -------
    array
        Divergence of each row, from 0 to the entropy of the weights (log 2 for equal weights of a pair),
        negative for a base below 1, in the common dtype of floating arguments; integers alone give the
        library's default one.

    Raises
    ------
    DTypeError
        If an argument is not real floating or integral, a weight or `axis` no number of its kind, or the
        arrays are of several libraries; arrays of NumPy after the first join its library.
    ShapeError
        If there are fewer than two distributions, `log_probs` or `logits` is not a tuple, `weights` has not
        one entry for each distribution, `axis` does not exist or has length 0, numbers of outcomes differ, or
        leading axes do not broadcast.
    DomainError
        If a weight is negative, nan or masked, the weights do not sum to 1, a probability is negative, nan or
        masked, a sum differs from 1 by more than the square root of the dtype's epsilon (with `normalize`: is
        not positive and finite), the distributions are given in several spaces, or `base` is not > 0, finite
        and not 1. Traced or off-host values are not inspected.

    See Also
    --------
    js_distance : Square root of the divergence; a metric for two distributions of equal weights.
    kl_divergence : Divergence that is neither symmetric nor bounded.

    Notes
    -----
    **Definition.** With the mixture :math:`m = \sum_i w_i p_i`, :math:`\sum_i w_i\, \mathrm{KL}(p_i \,\|\,
    m)`.

    **Gradient.** :math:`\partial / \partial p_{ik} = w_i \log (p_{ik} / m_k)`.

    **Edge cases.** Equal distributions give exactly 0; distributions that share no outcome give the entropy
    of the weights. Logits, and `log_probs` with `normalize`, are not checked: nan, ``+inf``, or ``-inf``
    alone gives ``nan``.

    **Numerics.** No term of the sum is negative, and the difference of a distribution to the mixture is
    formed from differences between distributions: within 4 units in the last place for K <= 1000, also where
    the distributions are almost equal. Logarithms and logits are converted to probabilities first.

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
    checked, shares = _mixture(
        probs,
        weights,
        log_probs,
        logits,
        axis=axis,
        normalize=normalize,
        validate=validate,
        caller="js_divergence",
    )
    return checked.result(checked.sum(_of(shares)), base=base, keepdims=keepdims)


@normalized_in_64_bits
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
    Jensen-Shannon distance: square root of the divergence, in roots of nats or of the unit of `base`.

    The distance is a metric for two distributions of equal weights.

    Parameters
    ----------
    *probs, weights, log_probs, logits, base, axis, keepdims, normalize, validate
        Arguments of `js_divergence`, whose square root is returned; no argument differs.

    Returns
    -------
    array
        Distance of each row, from 0 to the square root of the entropy of the weights, in the dtype of
        `js_divergence`.

    Raises
    ------
    DTypeError, ShapeError, DomainError
        Under the conditions of `js_divergence`; `DomainError` also for a `base` below 1, in whose unit the
        divergence has no real root.

    See Also
    --------
    js_divergence : Square of the distance.

    Notes
    -----
    **Definition.** :math:`\sqrt{\mathrm{JS}}`; the divergence is converted to the unit of `base` before the
    square root is taken.

    **Gradient.** Gradient of the divergence over twice the distance; not defined for equal distributions.

    **Edge cases.** Equal distributions give exactly 0; distributions that share no outcome give the square
    root of the entropy of the weights, :math:`\sqrt{\log_b 2}` for two of equal weights.

    **Numerics.** Those of `js_divergence`. The divergence is computed times a power of 2 and does not
    underflow where the distance is a normal number: within 4 units in the last place for K <= 1000.

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
    checked, shares = _mixture(
        probs,
        weights,
        log_probs,
        logits,
        axis=axis,
        normalize=normalize,
        validate=validate,
        caller="js_distance",
    )
    return checked.result(checked.root_of_sum(_of(shares), base=base), keepdims=keepdims)


def _of(shares: Sequence[float]) -> Callable[..., Array]:
    """
    Formula of the divergence as a function of the distributions and ``xp=``, with `shares` as their
    weights.
    """
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
    caller: str,
) -> tuple[Distributions, Sequence[float]]:
    """
    Checked distributions, from exactly one of the three spaces, and their weights in the mixture.

    `probs` is empty or holds None for distributions given as `log_probs` or `logits`; `weights` None means
    equal ones. Raises `ShapeError` for fewer than two distributions or another number of weights,
    `DomainError` for weights that are negative, nan or masked, or do not sum to 1 within 2**-26, and the
    errors of `distributions`.
    """
    given: tuple[Array | None, ...] = probs
    if not given and (log_probs is not None or logits is not None):
        space, value = ("log_probs", log_probs) if log_probs is not None else ("logits", logits)
        if not isinstance(value, tuple):
            raise ShapeError(caller, space, "be a tuple of arrays", got=type(value).__name__)
        given = (None,) * len(value)
    if len(given) < 2:
        raise ShapeError(caller, "probs", "be at least two distributions", got=str(len(given)))
    checked = distributions(
        *given,
        names=[f"probs[{k}]" for k in range(len(given))],
        log_probs=log_probs,
        logits=logits,
        axis=axis,
        normalize=normalize,
        validate=validate,
        caller=caller,
    )
    return checked, _checked_shares(weights, len(given), caller)


def _checked_shares(weights: Any, n: int, caller: str) -> Sequence[float]:
    """
    `n` weights that are >= 0 and sum to 1 within 2**-26, as floats, not scaled; ``1 / n`` each if `weights`
    is None.

    Raises `ShapeError` for another number of weights, `DTypeError` for other than real numbers,
    `DomainError` if one is negative, nan or masked, or they sum to another number.
    """
    if weights is None:
        return (1 / n,) * n
    check_unmasked(weights, caller=caller, argument="weights")
    rule = f"have {n} entries, one for each distribution"
    if isinstance(weights, str) or not hasattr(weights, "__len__") or getattr(weights, "ndim", 1) != 1:
        raise ShapeError(caller, "weights", rule, got=type(weights).__name__)
    try:
        shares = tuple(float(weight) for weight in weights)
    except (TypeError, ValueError) as error:
        raise DTypeError(caller, "weights", "hold real numbers", got=str(error)) from error
    if len(shares) != n:
        raise ShapeError(caller, "weights", rule, got=str(len(shares)))
    for k, share in enumerate(shares):
        if not share >= 0:
            raise DomainError(caller, "weights", "be >= 0", got=f"{share:g}", index=(k,))
    if not abs(math.fsum(shares) - 1) <= _TOLERANCE:
        raise DomainError(caller, "weights", "sum to 1", got=f"{math.fsum(shares):.9g}")
    return shares
