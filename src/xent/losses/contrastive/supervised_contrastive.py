"""Supervised contrastive loss: cross-entropy of the similarities of each row with the rows of its class."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import ClassVar, final

from xent.arrays import Array, check_dtype, check_shape, check_values
from xent.errors import DomainError
from xent.formulas.losses.softmax_cross_entropy_of_targets import softmax_cross_entropy_of_targets
from xent.losses.arguments.embeddings import Embeddings, companions, embeddings_of
from xent.losses.arguments.examples import Request
from xent.losses.facts import LossFacts
from xent.losses.families.abstract_contrastive_loss import AbstractContrastiveLoss, ContrastiveProblem

__all__ = ["SupervisedContrastive", "supervised_contrastive"]

_ON_SINGLE = ("raise", "zero")


@final
@dataclass(frozen=True, repr=False)
class SupervisedContrastive(AbstractContrastiveLoss):
    r"""
    Mean cross-entropy of the rows of the same class among all other rows, one value per row, in nats.

    Call the object `supervised_contrastive`, with parameters as keywords, or an instance with parameters of
    its own: ``SupervisedContrastive(temperature=0.5)(embeddings, labels)``.

    Parameters
    ----------
    embeddings : array of shape (..., n, D)
        One or more views of each example, real floating.
    labels : array of shape (..., n)
        Class of each row: any integers, which are only compared for equality.
    sample_weight : array of shape (..., n), optional
        Factor of each row's value, finite and >= 0, or whether it counts; default 1. One that does not is a
        candidate still.
    temperature : float > 0, or array of shape (), default 0.1
        Divisor of the similarities. PyTorch and JAX differentiate in it.
    normalize : bool, default True
        True divides embeddings by their norms, so that similarities are cosines.
    on_single : "raise" or "zero"
        Result for a row that is alone in its class and has no positives: an error, or a value of 0 of weight
        0 in the mean. For traced or off-host values ``"raise"`` gives 0 too.

    Returns
    -------
    array of shape (..., n)
        New array of losses in nats, in the dtype of `embeddings`; never negative.

    Raises
    ------
    DTypeError
        If `embeddings` is not real floating or `labels` not integral, or they are of different libraries.
    ShapeError
        If there are fewer than two rows, or `labels` or `sample_weight` is not of shape (..., n).
    DomainError
        If a row of positive weight is alone in its class; if a row that is to be normalised is zero, or the
        temperature is not positive; if a weight is negative or not finite.

    See Also
    --------
    nt_xent : Loss for two views of each example, without labels.
    softmax_cross_entropy_of_targets : Loss that is applied to the similarities of each row.

    Notes
    -----
    **Definition.** For embeddings :math:`x`, the other rows :math:`P(i)` of the class of row
    :math:`i`, temperature :math:`\tau` and weight :math:`w_i`,

    .. math:: \ell_i = -\frac{w_i}{|P(i)|} \sum_{p \in P(i)} \log \frac{e^{\langle x_i, x_p \rangle / \tau}}
        {\sum_{k \ne i} e^{\langle x_i, x_k \rangle / \tau}} .

    This is the paper's :math:`\mathcal L_{out}`, whose mean over :math:`P(i)` is outside the logarithm;
    unlike in the code of the paper, the loss is not multiplied by the temperature.

    **Gradient.** With :math:`G_{ik} = w_i (S_{ik} - [k \in P(i)] / |P(i)|) / \tau` and :math:`S` the softmax
    over all other rows, the gradient of the sum of all values, before normalisation, is :math:`(G + G^\top)
    X`.

    **Character.** At least :math:`\log |P(i)|` in each row, and so 0 only for classes of two; unbounded in
    the number of rows. Not convex.

    **Edge cases.** A row that is alone in its class raises or gives 0, as set by `on_single`, never ``nan``.
    n equal rows give ``log(n - 1)``; ``nan`` gives ``nan`` in all rows. The similarity of a row with itself
    is masked after the division by the temperature, so that the derivative in the temperature is finite.

    **Numerics.** The error bounds are those of `info_nce`: no digits are lost beyond the rounding of the
    similarities.

    References
    ----------
    .. [1] Khosla, P. et al. (2020). Supervised contrastive learning. NeurIPS. Equation 2.

    Examples
    --------
    The third row is alone in its class; its similarities are in the denominators of the other rows.

    >>> import numpy as np
    >>> embeddings, labels = np.asarray([[1.0, 0.0], [0.8, 0.6], [0.0, 1.0]]), np.asarray([4, 4, 7])
    >>> supervised_contrastive(embeddings, labels, on_single="zero")
    array([0.00033541, 0.12692801, 0.        ])
    """

    name: ClassVar[str] = "supervised_contrastive"
    facts: ClassVar[LossFacts] = LossFacts(
        use="embeddings in which classes lie apart, before a classifier is trained",
        domain="embeddings",
        truth="groups",
        link="softmax",
        minimum=0.0,
        maximum=math.inf,
        convex=False,
        shift_invariant=False,
        noise_robust=False,
        source="Khosla et al. 2020, equation 2",
    )
    on_single: str = "raise"

    def __post_init__(self) -> None:
        if self.on_single not in _ON_SINGLE:
            rule = f"be one of {', '.join(_ON_SINGLE)}"
            raise DomainError(type(self).__name__, "on_single", rule, got=repr(self.on_single))

    def problem(self, request: Request) -> ContrastiveProblem:
        """
        Checked embeddings and labels with the cross-entropy of each row's class mates, ready to evaluate.

        `request` has the embeddings, (..., n, D), n >= 2, as logits and the labels, (..., n), as truth. The
        candidates of a row are all other rows, its targets those of its class, in equal shares. A row without
        a target raises `DomainError` for an `on_single` of "raise" if values can be read and checked and its
        weight is positive; elsewhere its weight becomes 0. `DomainError` is also raised for an invalid
        temperature or weight, and for a row of zeros that is to be normalised; `ShapeError` for fewer than
        two rows and for other shapes, `DTypeError` for other dtypes. Values are not checked if
        ``request.validate`` is False.
        """
        named = (("embeddings", request.logits),)
        embeddings = embeddings_of(request, named, "labels", normalize=self.normalize)
        xp, labels, others = embeddings.xp, embeddings.truth, companions(embeddings)
        rows = tuple(embeddings.arrays[0].shape)[:-1]
        check_dtype(labels, "integral", caller=request.caller, argument="labels", xp=xp)
        check_shape(labels, rows, caller=request.caller, argument="labels", because="one for each row")
        is_found = xp.astype(
            (labels[..., :, None] == labels[..., None, :]) & others, embeddings.arrays[0].dtype
        )
        count = xp.sum(is_found, axis=-1)
        if self.on_single == "raise":
            _refuse_single(labels, count, embeddings)
        one = xp.ones_like(count)
        targets = is_found / xp.where(count == 0, one, count)[..., None]
        has_others = xp.where(count == 0, xp.zeros_like(count), one)
        weight = has_others if embeddings.weight is None else embeddings.weight * has_others
        embeddings = replace(embeddings, weight=weight)
        return self._contrast(embeddings, (0,), softmax_cross_entropy_of_targets, targets, others)


supervised_contrastive = SupervisedContrastive()


def _refuse_single(labels: Array, count: Array, embeddings: Embeddings) -> None:
    """
    Raise `DomainError` for a row of positive weight whose `count` of other rows of its class is 0.

    Nothing is checked if `embeddings.validate` is False or the values cannot be read.
    """
    if not embeddings.validate:
        return
    is_read = True if embeddings.weight is None else embeddings.weight != 0
    check_values(
        labels,
        lambda _: (count == 0) & is_read,
        "name the class of another row too",
        caller=embeddings.caller,
        argument="labels",
        xp=embeddings.xp,
        hint='The row has nothing to find. Give it weight 0, or pass `on_single="zero"`.',
    )
