"""Any loss of the true class's probability, normalised."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, final

from xent.errors import DomainError
from xent.formulas.losses.function_of_true_class import Phi
from xent.losses.character import Character
from xent.losses.families.abstract_loss_of_true_class import AbstractLossOfTrueClass
from xent.losses.families.abstract_normalized_loss import AbstractNormalizedLoss
from xent.losses.families.loss_as_part import check_has_no_options

__all__ = ["Normalized"]


@final
@dataclass(frozen=True, repr=False)
class Normalized(AbstractNormalizedLoss):
    r"""
    Loss of integer labels over its sum over all labels, one value per row, a pure number in [0, 1].

    Construct it with the loss to normalise: ``Normalized(Focal(gamma=2))(logits, labels)``.

    Parameters
    ----------
    logits : array of shape (..., K)
        Unnormalised log-probabilities, real floating; ``-inf`` means probability 0.
    labels : array of shape (...)
        True class of each row, an integer in ``0 .. K-1``.
    sample_weight : array of shape (...), optional
        Factor of each row, finite and >= 0, or whether it counts; default 1.
    loss : loss of the true class's probability
        Loss to normalise: `Focal`, `Poly`, `GeneralizedCrossEntropy`, `TruncatedCrossEntropy`,
        `SymmetricCrossEntropy`, `MeanAbsoluteError` or `TaylorCrossEntropy`, without options of its own.
    ignored_label, class_weights, class_mask, softcap, temperature, offset
        As for `SoftmaxCrossEntropy`.

    Returns
    -------
    array of shape (...)
        New array of losses in the dtype of `logits`, none negative.

    Raises
    ------
    DTypeError, ShapeError, DomainError
        As for `SoftmaxCrossEntropy`; if `loss` is none of those named, or has options; if fewer than two
        classes of a row take part.

    See Also
    --------
    normalized_cross_entropy, normalized_focal : Normalised losses that the paper defines explicitly.
    active_passive : Sum with a second loss, which compensates for slow learning.

    Notes
    -----
    **Definition.** For a loss :math:`L(z, y)`, label :math:`y` and weight :math:`w`,

    .. math:: \ell = w \frac{L(z, y)}{\sum_k L(z, k)} .

    **Gradient.** :math:`w \sum_k c_k (p - e_k)` with :math:`c_k = \varphi'(p_k) ([k = y] - \ell / w) / S`,
    where :math:`S` is the denominator and :math:`\varphi'` the derivative of :math:`L` in the surprisal; the
    entries sum to 0.

    **Character.** In [0, 1] and robust to symmetric label noise, whatever the loss: the values over all
    labels sum to 1. For `mean_absolute_error`, and so for reverse cross-entropy, the normalised loss is
    :math:`(1 - p_y) / (K - 1)`.

    **Edge cases.** Equal logits give :math:`w / K`; ``z_y = -inf`` gives the limit; a class other than the
    label that is masked or of logit ``-inf`` takes no part in the sum; a single class would give 0 over 0,
    which raises, or gives ``nan`` where values are not inspected; ``nan`` gives ``nan``; an empty batch gives
    an empty array.

    **Numerics.** 1 minus the loss is computed as the share of the other classes. With `poly` the value is
    within 6 units in the last place on NumPy and PyTorch and within 12 on JAX, and the gradient within 8 (16
    on JAX) of the largest entry of its row; so are products with the Hessian, of theirs or the gradient's.

    References
    ----------
    .. [1] Ma, X. et al. (2020). Normalized loss functions for deep learning with noisy labels. ICML. The
       section on normalised losses.

    Examples
    --------
    >>> import numpy as np
    >>> from xent.losses import mean_absolute_error
    >>> Normalized(mean_absolute_error)(np.zeros((1, 5)), np.asarray([3]))
    array([0.2])
    """

    name: ClassVar[str] = "normalized"
    character: ClassVar[Character] = Character(
        use="some labels are wrong, and you have a loss you like",
        domain="logits",
        truth="labels",
        link="softmax",
        minimum=0.0,
        maximum=1.0,
        convex=False,
        shift_invariant=True,
        noise_robust=True,
        source="Ma et al. 2020, the normalised losses",
    )
    loss: AbstractLossOfTrueClass

    def __post_init__(self) -> None:
        check_has_no_options(self, "loss")
        loss: object = self.loss
        if not isinstance(loss, AbstractLossOfTrueClass):
            hint = "For cross-entropy itself take `normalized_cross_entropy`."
            rule = "be a loss of the true class's probability alone"
            raise DomainError("Normalized", "loss", rule, got=repr(loss), hint=hint)

    @property
    def phi(self) -> Phi:
        """Numerator as a function of the surprisal of the label."""
        return self.loss.phi
