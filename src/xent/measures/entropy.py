"""Entropy of distributions."""

from __future__ import annotations

import math

from xent.arrays import Array
from xent.formulas.measures import cross_entropy as in_logs
from xent.formulas.measures import entropy as formula
from xent.measures.distributions import Distributions, distributions

__all__ = ["entropy", "nats_of"]


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
    Entropy of distributions, one value for each, in nats unless `base` says otherwise.

    The mean surprisal of an outcome, and the least mean length of a code for it.

    Parameters
    ----------
    probs : array
        Probabilities of the outcomes along `axis`: real floating or integral, >= 0, summing to 1.
    log_probs : array, optional
        Their natural logarithms instead; ``-inf`` is a probability of 0.
    logits : array, optional
        Logarithms but for a constant instead, as a softmax takes them.
    base : float, optional
        Base of the logarithm: e for nats, 2 for bits, 10 for bans; any number > 0 except 1.
    axis : int, optional
        Axis of the outcomes; the last by default.
    keepdims : bool, optional
        Keep `axis`, with length 1.
    normalize : bool, optional
        Divide by the sum along `axis` first. Without it nothing is normalised.
    validate : bool, optional
        Check the values; shapes and dtypes always are. What breaks the rules then gives some number.

    Returns
    -------
    array
        One entropy for each distribution, >= 0, in the dtype of the argument; integers give the default
        floating dtype of the library. Half precision is summed in 32 bits.

    Raises
    ------
    DTypeError
        If the argument is not real floating or integral.
    ShapeError
        If there is no such axis, or it is empty.
    DomainError
        If a probability is negative or nan, or a sum differs from 1 by more than the square root of the
        dtype's epsilon; if no or several spaces are given; if the base has no logarithm. Traced or off-host
        values are not inspected.

    See Also
    --------
    cross_entropy : With a code for another distribution.
    perplexity : The number of equally likely outcomes of the same entropy.

    Notes
    -----
    **Definition.** :math:`H(p) = -\sum_k p_k \log_b p_k` with :math:`0 \log 0 = 0`; between 0 and
    :math:`\log_b K`.

    **Gradient.** :math:`\partial H / \partial p_k = -\log p_k - 1`; in logits
    :math:`-p_k (\log p_k + H)`.

    **Edge cases.** A certain outcome gives 0; K equal probabilities give :math:`\log_b K`; an empty batch
    gives an empty array; logits that have no softmax give ``nan``.

    **Numerics.** No term is negative, so nothing cancels: within 4 units in the last place for
    K <= 1000, from probabilities and from logarithms. Logits of ``(1000, 0)`` have no overflow.

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

    A sure model has a small entropy, not none.

    >>> entropy(logits=np.asarray([[50.0, 0.0], [1000.0, 0.0]]))
    array([9.83662422e-21, 0.00000000e+00])
    """
    found = distributions(
        probs,
        log_probs=log_probs,
        logits=logits,
        axis=axis,
        normalize=normalize,
        validate=validate,
        where="entropy",
    )
    return found.result(nats_of(found), base=base, keepdims=keepdims)


def nats_of(found: Distributions) -> Array:
    """Entropy of one checked distribution, from its logarithms if they were given."""
    if found.in_log_space:
        return found.sum(in_logs.value_of_logs, found.probs[0], found.logs[0])
    return found.sum(formula.value)
