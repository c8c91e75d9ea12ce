"""Perplexity of distributions, and of a model under the truth."""

from __future__ import annotations

from xent.arrays import Array, Namespace
from xent.measures.cross_entropy import nats_of as cross_entropy_of
from xent.measures.distributions import distributions
from xent.measures.entropy import nats_of as entropy_of
from xent.measures.normalized_in_64_bits import normalized_in_64_bits

__all__ = ["perplexity"]


@normalized_in_64_bits
def perplexity(
    p: Array | None = None,
    q: Array | None = None,
    /,
    *,
    log_probs: Array | tuple[Array, Array] | None = None,
    logits: Array | tuple[Array, Array] | None = None,
    axis: int = -1,
    keepdims: bool = False,
    normalize: bool = False,
    validate: bool = True,
) -> Array:
    r"""
    Perplexity of `p`, or of the model `q` under the truth `p`: a number of outcomes, without a unit.

    A perplexity of k means that the outcome is as hard to guess as one of k equally likely outcomes.

    Parameters
    ----------
    p : array, optional
        Probabilities of the outcomes along `axis`; the truth if a model is given.
    q : array, optional
        Probabilities under a model. The result is then the exponential of the cross-entropy of `q` under
        `p`; without a model, that of the entropy of `p`.
    log_probs, logits : array or tuple of two arrays, optional
        Natural logarithms or logits in place of probabilities. Without `p`: one array replaces `p`, a tuple
        of two replaces ``(p, q)``. With `p`: one array replaces `q`.
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
        Perplexity of each distribution, >= 1, in the common dtype of floating arguments; integers alone give
        the library's default one.

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
        dtype's epsilon (with `normalize`: is not positive and finite), or a distribution is given in no space
        or in several. Traced or off-host values are not inspected.

    See Also
    --------
    entropy : Logarithm of the perplexity of one distribution.
    cross_entropy : Logarithm of the perplexity of a model.

    Notes
    -----
    **Definition.** :math:`e^{H(p)}`, or :math:`e^{H(p, q)}` for a model, with :math:`H` in nats. The result
    does not depend on a base: :math:`b^{H_b} = e^H`.

    **Gradient.** Gradient of the entropy times the perplexity.

    **Edge cases.** A certain outcome gives 1, K equally likely outcomes give K; a model with :math:`q_k = 0`
    at an outcome of :math:`p_k > 0` gives ``inf``. Logits, and `log_probs` with `normalize`, are not checked:
    nan, ``+inf``, or ``-inf`` alone gives ``nan``.

    **Numerics.** The exponential turns the absolute error of :math:`H` into a relative error of the
    perplexity: within ``4 (1 + H)`` units in the last place.

    References
    ----------
    .. [1] Cover, T. M., Thomas, J. A. (2006). Elements of Information Theory, 2nd ed., section 2.1.

    Examples
    --------
    >>> import numpy as np
    >>> perplexity(np.asarray([0.25, 0.25, 0.25, 0.25]))
    np.float64(4.0)
    >>> perplexity(np.asarray([0.5, 0.5]), np.asarray([1.0, 0.0]))
    np.float64(inf)
    """
    log_space = log_probs if log_probs is not None else logits
    of_model = q is not None or isinstance(log_space, tuple) or (p is not None and log_space is not None)
    checked = distributions(
        *((p, q) if of_model else (p,)),
        names=("p", "q") if of_model else ("p",),
        log_probs=log_probs,
        logits=logits,
        axis=axis,
        normalize=normalize,
        validate=validate,
        caller="perplexity",
    )
    nats = cross_entropy_of(checked) if of_model else entropy_of(checked)
    return checked.result(checked.of(_exp, nats), keepdims=keepdims)


def _exp(nats: Array, *, xp: Namespace) -> Array:
    """Exponential of an entropy in nats."""
    return xp.exp(nats)
