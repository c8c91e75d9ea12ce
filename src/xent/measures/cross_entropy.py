"""Cross-entropy of a model distribution relative to the true one."""

from __future__ import annotations

import math

from xent.arrays import Array
from xent.formulas.measures import cross_entropy as formula
from xent.measures.distributions import Distributions, distributions
from xent.measures.normalized_in_64_bits import normalized_in_64_bits

__all__ = ["cross_entropy", "nats_of"]


@normalized_in_64_bits
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
    Cross-entropy of the model `q` under the truth `p`, in nats or in the unit of `base`.

    The cross-entropy is the mean ideal code length of outcomes drawn from `p` with a code built for `q`; it
    equals the entropy of `p` plus ``kl_divergence(p, q)``.

    Parameters
    ----------
    p, q : array
        Probabilities of the outcomes along `axis`: truth first, model second. Leading axes broadcast.
    log_probs : array or tuple of two arrays, optional
        Natural logarithms of the probabilities: of `q` alone if `p` is given, else ``(log_p, log_q)``.
    logits : array or tuple of two arrays, optional
        Logits, whose softmax is the distribution: of `q` alone if `p` is given, else of both.
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
        False skips the checks of values; the result for invalid values is then unspecified.

    Returns
    -------
    array
        One value for each pair, never negative for a base above 1, in the common dtype of floating arguments;
        integers alone give the library's default one.

    Raises
    ------
    DTypeError
        If an argument is not real floating or integral, `axis` is no integer, or the arrays are of several
        libraries; arrays of NumPy after the first join its library.
    ShapeError
        If `axis` does not exist or has length 0, `p` and `q` have different numbers of outcomes, their
        leading axes do not broadcast, or both are to be read from `log_probs` or `logits` and that is not a
        tuple of two arrays.
    DomainError
        If a probability is negative, nan or masked, a sum differs from 1 by more than the square root of the
        dtype's epsilon (with `normalize`: is not positive and finite), a distribution is given in no space or
        in several, or `base` is not > 0, finite and not 1. Traced or off-host values are not inspected.

    See Also
    --------
    kl_divergence : Cross-entropy minus the entropy of the truth.
    xent.losses.softmax_cross_entropy : Loss of labels and logits, with gradient and Hessian.

    Notes
    -----
    **Definition.** :math:`H(p, q) = -\sum_k p_k \log_b q_k`, where terms of :math:`p_k = 0` are 0.

    **Gradient.** :math:`\partial H / \partial q_k = -p_k / q_k`; in logits of the model, :math:`q_k - p_k`.

    **Edge cases.** :math:`p_k > 0` with :math:`q_k = 0` gives ``inf``: no probability is clipped. ``p == q``
    gives the entropy. Logits, and `log_probs` with `normalize`, are not checked: nan, ``+inf``, or ``-inf``
    alone gives ``nan``.

    **Numerics.** No term is negative, so nothing cancels: within 4 units in the last place for K <= 1000.
    From logits or logarithms of the model no probability underflows, because its logarithm is used.

    References
    ----------
    .. [1] Cover, T. M., Thomas, J. A. (2006). Elements of Information Theory, 2nd ed., section 5.4.

    Examples
    --------
    >>> import numpy as np
    >>> p = np.asarray([0.5, 0.5])
    >>> print(f"{cross_entropy(p, np.asarray([0.9, 0.1]), base=2):.10f}")
    1.7369655942

    The probability ``exp(-1000)`` underflows to 0, but its logarithm, -1000, does not.

    >>> cross_entropy(p, logits=np.asarray([1000.0, 0.0]))
    np.float64(500.0)
    """
    checked = distributions(
        p,
        q,
        names=("p", "q"),
        log_probs=log_probs,
        logits=logits,
        axis=axis,
        normalize=normalize,
        validate=validate,
        caller="cross_entropy",
    )
    return checked.result(nats_of(checked), base=base, keepdims=keepdims)


def nats_of(checked: Distributions) -> Array:
    """Cross-entropy in nats of two checked distributions; uses the model's logarithms if they were given."""
    if checked.given_logs[1] is None:
        return checked.sum(formula.value)
    return checked.sum(formula.value_of_logs, checked.probs[0], checked.given_logs[1])
