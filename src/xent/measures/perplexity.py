"""Perplexity of distributions."""

from __future__ import annotations

from xent.arrays import Array, Namespace
from xent.measures.cross_entropy import nats_of as cross_entropy_of
from xent.measures.distributions import distributions
from xent.measures.entropy import nats_of as entropy_of

__all__ = ["perplexity"]


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
    Perplexity of `p`, or of the model `q` on the truth `p`: a number of outcomes, without a unit.

    So many equally likely outcomes would be as hard to guess.

    Parameters
    ----------
    p : array
        Probabilities of the outcomes along `axis`.
    q : array, optional
        A model of them: the perplexity is then that of its cross-entropy.
    log_probs, logits : array or tuple of two arrays, optional
        Without `p` an array instead of it, or a tuple of two instead of both; with `p` the model instead
        of `q`.
    axis, keepdims, normalize, validate : optional
        As in `entropy`.

    Returns
    -------
    array
        One perplexity for each distribution, >= 1, in the dtype of the arguments.

    Raises
    ------
    DTypeError, ShapeError, DomainError
        As in `entropy`.

    See Also
    --------
    entropy : Its logarithm.

    Notes
    -----
    **Definition.** :math:`e^{H(p)}`, or :math:`e^{H(p, q)}`, with the entropy in nats: every base gives the
    same.

    **Gradient.** That of the entropy times the perplexity.

    **Edge cases.** A certain outcome gives 1, K equally likely ones give K; a model that rules out what
    happens gives ``inf``.

    **Numerics.** The exponential of :math:`H` turns its absolute error into a relative one: within
    ``4 (1 + H)`` units in the last place.

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
    found = distributions(
        *((p, q) if of_model else (p,)),
        names=("p", "q") if of_model else ("p",),
        log_probs=log_probs,
        logits=logits,
        axis=axis,
        normalize=normalize,
        validate=validate,
        where="perplexity",
    )
    nats = cross_entropy_of(found) if of_model else entropy_of(found)
    return found.result(found.of(_exp, nats), keepdims=keepdims)


def _exp(nats: Array, *, xp: Namespace) -> Array:
    return xp.exp(nats)
