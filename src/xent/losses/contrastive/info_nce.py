"""InfoNCE: each query has to find its own key among others."""

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
    Cross-entropy of finding each query's key among all keys or among negatives, one value per query, in nats.

    Call the object `info_nce`, naming any of the parameters, or one made with them:
    ``InfoNCE(temperature=0.07)(queries, keys)``.

    Parameters
    ----------
    queries : array of shape (..., n, D)
        Embeddings, real floating.
    keys : array of shape (..., n, D)
        Embedding that belongs to each query.
    negatives : array of shape (..., m, D), optional
        Embeddings that belong to no query, such as a queue of earlier keys. Each query then has its own key
        and these as candidates; without them all keys.
    sample_weight : array of shape (..., n), optional
        Factor of each query, finite and >= 0, or whether it counts; default 1. The key of one that does not
        is a candidate still.
    temperature : float > 0, or array of shape (), default 0.1
        What similarities are divided by. PyTorch and JAX differentiate in it.
    normalize : bool, default True
        Whether embeddings are divided by their norms, which makes similarities cosines.

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
    nt_xent : Queries and keys in one array, each a candidate of all others.
    supervised_contrastive : Several rows that belong together.

    Notes
    -----
    **Definition.** For queries :math:`q_i`, keys :math:`k_i`, temperature :math:`\tau`, weight
    :math:`w_i`, and candidates :math:`c`, of which one is :math:`k_i`,

    .. math:: \ell_i = -w_i \log \frac{e^{\langle q_i, k_i \rangle / \tau}}
        {\sum_c e^{\langle q_i, c \rangle / \tau}} .

    One direction of CLIP's loss; the other is that of ``(keys, queries)``.

    **Gradient.** With :math:`P` the softmax over candidates, of the sum of all values and before
    normalisation, :math:`\sum_c w_i (P_{ic} - [c = k_i])\,c / \tau` in :math:`q_i`, and
    :math:`\sum_i w_i (P_{ic} - [c = k_i])\,q_i / \tau` in :math:`c`. `gradient` returns a tuple, for
    `queries`, `keys` and, if given, `negatives`; to hold keys constant, leave theirs unused.

    **Character.** At least 0, unbounded in the number of candidates; with `normalize` no value is above
    :math:`\log n + 2 / \tau`. Not convex. ``log`` of the number of candidates less its mean is a lower bound
    of the information that queries and keys have of each other, and never above that logarithm.

    **Edge cases.** One query without negatives costs 0; candidates that are all alike cost ``log`` of their
    number; ``nan`` gives ``nan``, in all that have it for a candidate.

    **Numerics.** Value and gradient keep all digits that the similarities have. Where those are exact, values
    and the gradient of each array are within 8 units in the last place (of its largest entry); a similarity
    that rounding has changed by :math:`\delta` changes the value by up to :math:`2 \delta / \tau`.

    References
    ----------
    .. [1] van den Oord, A., Li, Y., Vinyals, O. (2018). Representation learning with contrastive predictive
       coding. arXiv:1807.03748. Equation 4.

    Examples
    --------
    A pair that has found itself costs little, and that little has all its digits.

    >>> import numpy as np
    >>> queries = np.asarray([[1.0, 0.0], [0.0, 1.0]])
    >>> info_nce(queries, queries, temperature=0.02)
    array([1.92874985e-22, 1.92874985e-22])
    """

    name: ClassVar[str] = "info_nce"
    facts: ClassVar[LossFacts] = LossFacts(
        use="two views or kinds of the same things",
        domain="embeddings",
        truth="keys",
        link="softmax",
        minimum=0.0,
        maximum=math.inf,
        convex=False,
        shift_invariant=False,
        noise_robust=False,
        source="van den Oord, Li, Vinyals 2018, equation 4",
    )
    negatives: Any = None

    def problem(self, request: Request) -> ContrastiveProblem:
        """As in `AbstractContrastiveLoss`."""
        named = [("queries", request.logits), ("keys", request.truth)]
        if self.negatives is not None:
            named.append(("negatives", self.negatives))
        embeddings = embeddings_of(request, tuple(named), normalize=self.normalize)
        queries, keys, *negatives = embeddings.arrays
        shape = tuple(queries.shape)
        check_shape(keys, shape, where=request.where, argument="keys", because="that of `queries`")
        own = class_indices(queries[..., 0], xp=embeddings.xp)
        takes_part = _own_or_negative(embeddings, own) if negatives else None
        candidates = tuple(range(1, len(embeddings.arrays)))
        return self._contrast(embeddings, candidates, softmax_cross_entropy, own, takes_part)


info_nce = InfoNCE()


def _own_or_negative(embeddings: Embeddings, own: Array) -> Array:
    """Whether each candidate is the query's own key or a negative, of shape (..., n, n + m)."""
    xp, (_, keys, negatives) = embeddings.xp, embeddings.arrays
    candidates = class_indices(xp.concat([keys[..., 0], negatives[..., 0]], axis=-1), xp=xp)[..., None, :]
    return (candidates == own[..., None]) | (candidates >= keys.shape[-2])
