"""NT-Xent of embeddings in groups, with optax's arguments."""

from __future__ import annotations

from typing import Any

import jax.numpy as jnp

from xent.arrays import check_dtype, check_shape, is_traced
from xent.errors import DomainError, ShapeError
from xent.formulas.losses.log_normaliser import LogNormaliser
from xent.formulas.losses.sigmoid_cross_entropy import sigmoid_cross_entropy
from xent.formulas.unit_rows import unit_rows
from xent.jax.arguments import as_jax, check_floating, one_as_jax
from xent.jax.evaluation import value_of

__all__ = ["ntxent"]


def ntxent(embeddings: Any, labels: Any, temperature: Any = 0.07) -> Any:
    r"""
    Normalised, temperature-scaled cross-entropy of embeddings in groups: the mean over positive pairs, in
    nats.

    Stands in for `optax.losses.ntxent`.

    Parameters
    ----------
    embeddings : array of shape (N, D)
        Embeddings. The similarity of two is their cosine; that of an embedding of zeros with any is 0.
    labels : array of int of shape (N,)
        Group of each embedding.
    temperature : float > 0, default 0.07
        Divisor of the similarities; may be traced.

    Returns
    -------
    array of shape ()
        Mean over all ordered pairs of different embeddings of one group, in the dtype of `embeddings`; nan
        if there is no pair.

    Raises
    ------
    DTypeError, ShapeError
        If `embeddings` are not real floating with two axes, `labels` not integers of shape (N,), or
        `temperature` not one number.
    DomainError
        If `temperature` is not positive, where it can be read; a traced one gives nan.

    Notes
    -----
    **Definition.** The mean over pairs of

    .. math:: -\log \frac{e^{s_{ij}}}{e^{s_{ij}} + \sum_k e^{s_{ik}}} ,

    with :math:`s` the cosines over the temperature and k over the embeddings of other groups.

    **Gradient.** That of a sigmoid cross-entropy of :math:`s_{ij} - \log \sum_k e^{s_{ik}}`, closed in the
    similarities.

    **Edge cases.** A single group of two or more embeddings costs 0.

    **Numerics.** A small loss keeps its digits up to the rounding of the similarities.

    Examples
    --------
    >>> import jax.numpy as jnp
    >>> embeddings = jnp.asarray([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.0, 1.0]])
    >>> round(float(ntxent(embeddings, jnp.asarray([0, 0, 1, 1]), temperature=1.0)), 4)
    0.5514
    """
    embeddings, labels = as_jax(embeddings, labels, names=("embeddings", "labels"), caller="ntxent")
    check_floating(embeddings, "embeddings", caller="ntxent")
    if embeddings.ndim != 2:
        got = str(tuple(embeddings.shape))
        raise ShapeError("xent.jax.ntxent", "embeddings", "have 2 axes, features last", got=got)
    check_shape(labels, embeddings.shape[:1], caller="xent.jax.ntxent", argument="labels")
    check_dtype(labels, "integral", caller="xent.jax.ntxent", argument="labels", xp=jnp)
    if len(labels) == 0:
        return jnp.asarray(jnp.nan, embeddings.dtype)
    wide = jnp.promote_types(embeddings.dtype, jnp.float32)
    similarities = _cosines(embeddings.astype(wide)) / _temperature(temperature, wide)
    is_same = labels[:, None] == labels[None, :]
    is_pair = is_same & ~jnp.eye(len(labels), dtype=bool)
    # Without other groups there is no softmax: the loss of every pair is 0.
    has_others = ~jnp.all(is_same, axis=1)
    others = jnp.where(has_others[:, None], jnp.where(is_same, -jnp.inf, similarities), 0)
    leads = similarities - value_of(LogNormaliser(), others, labels)[:, None]
    leads = jnp.where(is_pair & has_others[:, None], leads, jnp.inf)
    ones = jnp.ones_like(leads)
    terms = value_of(sigmoid_cross_entropy, leads, ones, 0 * ones)
    return (jnp.sum(terms) / jnp.sum(is_pair)).astype(embeddings.dtype)


def _cosines(embeddings: Any) -> Any:
    """Cosine of each pair of `embeddings`, from (N, D) to (N, N); 0 for an embedding of zeros."""
    if embeddings.shape[1] == 0:
        return jnp.zeros((len(embeddings), len(embeddings)), embeddings.dtype)
    is_zero = jnp.all(embeddings == 0, axis=1, keepdims=True)
    units = unit_rows(jnp.where(is_zero, 1, embeddings), xp=jnp).rows
    units = jnp.where(is_zero, 0, units)
    return units @ units.T


def _temperature(temperature: Any, dtype: Any) -> Any:
    """
    `temperature` as an array of shape () and `dtype`, nan for a traced one that is not positive.

    Raises `DTypeError` for one that is no real number, `ShapeError` for one with axes, and `DomainError` for
    one that is not traced and 0, negative or nan.
    """
    number = one_as_jax(temperature, "temperature", caller="ntxent", dtype=dtype)
    check_shape(number, (), caller="xent.jax.ntxent", argument="temperature")
    if not is_traced(number) and not bool(number > 0):
        raise DomainError("xent.jax.ntxent", "temperature", "be positive", got=str(number))
    return jnp.where(number > 0, number, jnp.nan)
