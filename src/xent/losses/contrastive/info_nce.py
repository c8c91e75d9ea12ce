"""InfoNCE: cross-entropy of the similarities of each query with its own key and others."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, ClassVar, final

from xent.arrays import Array, check_shape, class_indices
from xent.formulas.losses.softmax_cross_entropy import softmax_cross_entropy
from xent.losses.arguments.embeddings import Embeddings, embeddings_of
from xent.losses.arguments.examples import Request
from xent.losses.facts import LossFacts
from xent.losses.families.abstract_contrastive_loss import AbstractContrastiveLoss, ContrastiveProblem

__all__ = ["InfoNCE", "info_nce"]


@final
@dataclass(frozen=True, repr=False)
class InfoNCE(AbstractContrastiveLoss):
    r"""
    Cross-entropy of each query's own key among all keys or negatives, one value per query, in nats.

    Call the object `info_nce`, with parameters as keywords, or an instance with parameters of its own:
    ``InfoNCE(temperature=0.07)(queries, keys)``.

    Parameters
    ----------
    queries : array of shape (..., n, D)
        Embeddings, real floating.
    keys : array of shape (..., n, D)
        Embedding that belongs to each query.
    negatives : array of shape (..., m, D), optional
        Embeddings that belong to no query, such as a queue of earlier keys. The candidates of a query are
        then its own key and the negatives; without `negatives`, all keys.
    sample_weight : array of shape (..., n), optional
        Factor of each query, finite and >= 0, or whether it counts; default 1. The key of one that does not
        is a candidate still.
    temperature : float > 0, or array of shape (), default 0.1
        Divisor of the similarities. PyTorch and JAX differentiate in it.
    normalize : bool, default True
        True divides embeddings by their norms, so that similarities are cosines.

    Returns
    -------
    array of shape (..., n)
        New array of losses in nats, in the dtype of `queries`; never negative.

    Raises
    ------
    DTypeError
        If an array is not real floating, or they are of different libraries.
    ShapeError
        If the arrays have no rows, or differ in more than the number of negatives.
    DomainError
        If a row that is to be normalised is zero, or the temperature is not positive; if a weight is negative
        or not finite. Values that cannot be looked at give ``nan`` instead.

    See Also
    --------
    nt_xent : Loss for queries and keys in one array, in which each row is a candidate for all others.
    supervised_contrastive : Loss for several positives of each anchor.

    Notes
    -----
    **Definition.** For queries :math:`q_i`, keys :math:`k_i`, temperature :math:`\tau`, weight
    :math:`w_i`, and candidates :math:`c`, of which one is :math:`k_i`,

    .. math:: \ell_i = -w_i \log \frac{e^{\langle q_i, k_i \rangle / \tau}}
        {\sum_c e^{\langle q_i, c \rangle / \tau}} .

    The loss is one direction of CLIP's loss; the other direction is ``info_nce(keys, queries)``.

    **Gradient.** With :math:`P` the softmax over candidates, of the sum of all values and before
    normalisation, :math:`\sum_c w_i (P_{ic} - [c = k_i])\,c / \tau` in :math:`q_i`, and :math:`\sum_i w_i
    (P_{ic} - [c = k_i])\,q_i / \tau` in :math:`c`. `gradient` returns a tuple, for `queries`, `keys` and, if
    given, `negatives`; to hold keys constant, ignore the gradient of `keys`.

    **Character.** At least 0, unbounded in the number of candidates; with `normalize` no value is above
    :math:`\log n + 2 / \tau`. Not convex. The logarithm of the number of candidates minus the mean loss is a
    lower bound of the mutual information of queries and keys, and never above that logarithm.

    **Edge cases.** One query without negatives gives 0; equal candidates give the logarithm of their number;
    ``nan`` gives ``nan`` for all queries that have it as a candidate.

    **Numerics.** Value and gradient lose no digits beyond the rounding of the similarities. For exact
    similarities, values are within 8 units in the last place, and the gradient of each array within 8 units
    of its largest entry, or of the largest coordinate over :math:`\tau` if all candidates of the row are
    nearly equal, so that their terms cancel; a similarity that rounding has changed by :math:`\delta`
    changes the value by up to :math:`2 \delta / \tau`.

    References
    ----------
    .. [1] van den Oord, A., Li, Y., Vinyals, O. (2018). Representation learning with contrastive predictive
       coding. arXiv:1807.03748. Equation 4.

    Examples
    --------
    A pair of equal embeddings has a small loss, which is accurate to the last digits.

    >>> import numpy as np
    >>> queries = np.asarray([[1.0, 0.0], [0.0, 1.0]])
    >>> info_nce(queries, queries, temperature=0.02)
    array([1.92874985e-22, 1.92874985e-22])
    """

    name: ClassVar[str] = "info_nce"
    facts: ClassVar[LossFacts] = LossFacts(
        use="pairs of embeddings: two views or two kinds of the same thing",
        domain="embeddings",
        truth="keys",
        link="softmax",
        minimum=0.0,
        maximum=math.inf,
        convex=False,
        shift_invariant=False,
        noise_robust=False,
        source="van den Oord, Li, Vinyals 2018, equation 4",
        also=("CLIP loss",),
    )
    negatives: Any = None

    def problem(self, request: Request) -> ContrastiveProblem:
        """
        Checked queries, keys and negatives with the cross-entropy of each query's own key, ready to evaluate.

        `request` has the queries as logits and the keys as truth, (..., n, D) each. The candidates of a query
        are all keys, or with `negatives` its own key and these. Raises `DTypeError` for arrays that are not
        real floating, `ShapeError` if they differ in more than the number of negatives or have no rows, and
        `DomainError` for a row of zeros that is to be normalised, an invalid temperature or weight. Values
        are not checked if ``request.validate`` is False.
        """
        named = [("queries", request.logits), ("keys", request.truth)]
        if self.negatives is not None:
            named.append(("negatives", self.negatives))
        embeddings = embeddings_of(request, tuple(named), "keys", normalize=self.normalize)
        queries, keys, *negatives = embeddings.arrays
        shape = tuple(queries.shape)
        check_shape(keys, shape, caller=request.caller, argument="keys", because="that of `queries`")
        own = class_indices(queries[..., 0], xp=embeddings.xp)
        takes_part = _own_or_negative(embeddings, own) if negatives else None
        candidates = tuple(range(1, len(embeddings.arrays)))
        return self._contrast(embeddings, candidates, softmax_cross_entropy, own, takes_part)


info_nce = InfoNCE()


def _own_or_negative(embeddings: Embeddings, own: Array) -> Array:
    """Mask of shape (..., n, n + m): True where a candidate is the query's own key or a negative."""
    xp, (_, keys, negatives) = embeddings.xp, embeddings.arrays
    candidates = class_indices(xp.concat([keys[..., 0], negatives[..., 0]], axis=-1), xp=xp)[..., None, :]
    return (candidates == own[..., None]) | (candidates >= keys.shape[-2])
