"""Entropy of distributions."""

from __future__ import annotations

import math

from xent.arrays import Array
from xent.formulas.measures import cross_entropy as in_logs
from xent.formulas.measures import entropy as formula
from xent.measures.distributions import Distributions, distributions
from xent.measures.normalized_in_64_bits import normalized_in_64_bits

__all__ = ["entropy", "nats_of"]


@normalized_in_64_bits
def entropy(
    probs: Array | None = None,
    /,
    *,
    log_probs: Array | None = None,
    logits: Array | None = None,
    base: float = math.e,
    axis: int = -1,
    keepdims: bool = False,
    normalize: bool = False,
    validate: bool = True,
) -> Array:
    r"""
    Shannon entropy of each distribution, in nats or in the unit of `base`.

    The entropy is the mean surprisal of an outcome, and the lower bound of the mean length of a code for the
    outcomes.

    Parameters
    ----------
    probs : array
        Probabilities of the outcomes along `axis`: real floating or integral, >= 0, summing to 1. None if
        `log_probs` or `logits` is given.
    log_probs : array, optional
        Natural logarithms of the probabilities, in place of `probs`; ``-inf`` is a probability of 0.
    logits : array, optional
        Logits, whose softmax along `axis` is the distribution, in place of `probs`.
    base : float, optional
        Base of the logarithm: e for nats, 2 for bits, 10 for bans; any number > 0 except 1.
    axis : int, optional
        Axis of the outcomes; the last by default.
    keepdims : bool, optional
        True keeps `axis`, with length 1.
    normalize : bool, optional
        True divides the probabilities, also those of `log_probs`, by their sum along `axis` first. False, the
        default, requires sums of 1. Logits are always normalised.
    validate : bool, optional
        False skips the checks of values, but not those of shapes and dtypes; the result for invalid values is
        then unspecified.

    Returns
    -------
    array
        One entropy for each distribution, >= 0 for a base above 1, in the dtype of the argument; integers
        give the default floating dtype of the library. Half precision is summed in 32 bits.

    Raises
    ------
    DTypeError
        If the argument is not real floating or integral, or `axis` is no integer.
    ShapeError
        If `axis` does not exist or has length 0.
    DomainError
        If a probability is negative, nan or masked, a sum differs from 1 by more than the square root of the
        dtype's epsilon (with `normalize`: is not positive and finite), none or several of `probs`,
        `log_probs` and `logits` are given, or `base` is not > 0, finite and not 1. Traced or off-host values
        are not inspected.

    See Also
    --------
    cross_entropy : Mean code length with a code built for another distribution.
    perplexity : Number of equally likely outcomes that have the same entropy.

    Notes
    -----
    **Definition.** :math:`H(p) = -\sum_k p_k \log_b p_k` with :math:`0 \log 0 = 0`; between 0 and
    :math:`\log_b K`.

    **Gradient.** :math:`\partial H / \partial p_k = -\log p_k - 1`; in logits
    :math:`-p_k (\log p_k + H)`.

    **Edge cases.** A certain outcome gives 0; K equal probabilities give :math:`\log_b K`; an empty batch
    gives an empty array. Logits, and `log_probs` with `normalize`, are not checked: nan, ``+inf``, or
    ``-inf`` alone gives ``nan``.

    **Numerics.** No term is negative, so nothing cancels: within 4 units in the last place for
    K <= 1000, from probabilities and from logarithms. The softmax of large logits does not overflow.

    References
    ----------
    .. [1] Shannon, C. E. (1948). A mathematical theory of communication. Bell System Technical Journal 27,
       theorem 2.

    Examples
    --------
    >>> import numpy as np
    >>> horses = np.asarray([1 / 2, 1 / 4, 1 / 8, 1 / 16, 1 / 64, 1 / 64, 1 / 64, 1 / 64])
    >>> float(entropy(horses, base=2))
    2.0

    Confident logits have a small positive entropy; it underflows to 0 for a difference of 1000.

    >>> entropy(logits=np.asarray([[50.0, 0.0], [1000.0, 0.0]]))
    array([9.83662422e-21, 0.00000000e+00])
    """
    checked = distributions(
        probs,
        log_probs=log_probs,
        logits=logits,
        axis=axis,
        normalize=normalize,
        validate=validate,
        caller="entropy",
    )
    return checked.result(nats_of(checked), base=base, keepdims=keepdims)


def nats_of(checked: Distributions) -> Array:
    """Entropy in nats of one checked distribution; uses its logarithms if they were given."""
    if checked.in_log_space:
        return checked.sum(in_logs.value_of_logs, checked.probs[0], checked.logs[0])
    return checked.sum(formula.value)
