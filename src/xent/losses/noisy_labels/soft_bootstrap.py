"""Soft bootstrapping: cross-entropy with the model's distribution as a part of the target."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar, final

from xent.arrays import is_number
from xent.formulas.losses.entropy_of_softmax import EntropyOfSoftmax
from xent.formulas.losses.softmax_cross_entropy import softmax_cross_entropy
from xent.formulas.weighted_sum import WeightedSum
from xent.losses.abstract_loss import check_parameter
from xent.losses.arguments.examples import Request
from xent.losses.facts import LossFacts
from xent.losses.families.losses_of_logits import AbstractLossOfLogits, problem_of_labels
from xent.losses.problem import Problem

__all__ = ["SoftBootstrap", "soft_bootstrap"]


@final
@dataclass(frozen=True, repr=False)
class SoftBootstrap(AbstractLossOfLogits):
    r"""
    Soft bootstrapping loss of integer labels under a softmax, one value per row, in nats.

    Call the object `soft_bootstrap`, with parameters as keywords, or an instance with parameters of its own:
    ``SoftBootstrap(beta=0.8)(logits, labels)``.

    Parameters
    ----------
    logits : array of shape (..., K)
        Unnormalised log-probabilities, real floating. ``-inf`` means probability 0; a row with ``nan`` gives
        ``nan``.
    labels : array of shape (...)
        Class of each row, right or not, an integer in ``0 .. K-1``.
    sample_weight : array of shape (...), optional
        Factor of each row, finite and >= 0, or booleans, True for a row that counts. None means 1. A row of
        weight 0 is ignored, whatever its label: loss and gradient are 0.
    beta : float in [0, 1], default 0.95
        Share of the label in the target; the rest is the model's own distribution. 1 gives
        `softmax_cross_entropy`.
    ignored_label : int, optional
        Rows with this label are ignored: loss and gradient are 0. The label may be out of range. None ignores
        no row.
    class_weights : array of shape (K,), optional
        Factor of each class, finite and >= 0, for the rows with its label. None means 1.
    class_mask : array of bool of shape (K,) or (..., K), optional
        True for the classes that participate; False masks a class. None masks no class.
    softcap : float, optional
        Positive bound of the logits: :math:`z` becomes ``softcap * tanh(z / softcap)``, before temperature
        and offset. None sets no bound.
    temperature : float or array of shape (), default 1
        Positive divisor of the logits, after `softcap`.
    offset : array of shape (K,) or (..., K), optional
        Numbers added to the logits, after `softcap` and `temperature`. ``-inf`` masks a class. None adds
        nothing.

    Returns
    -------
    array of shape (...)
        New array of losses in nats, in the dtype of `logits`; never negative.

    Raises
    ------
    DTypeError
        If `logits` is not real floating, `labels` is not integral, or the arrays are of different libraries.
    ShapeError
        If ``K = 0``, `labels` or `sample_weight` is not of shape (...), or a parameter does not fit.
    DomainError
        If a weight is negative or not finite; if the label of a row of positive weight lies outside
        ``0 .. K-1``; if a row has a logit ``+inf`` or no class that participates; if `temperature` or
        `softcap` is not positive and finite. Values of traced arrays, and of arrays that are not on the host,
        are not inspected; such a row gives ``nan``, in the value and the gradient. Also if `beta` lies
        outside [0, 1].

    See Also
    --------
    hard_bootstrap : Loss with the model's most probable class in place of its distribution.
    ForwardCorrection : Loss for noise of a known kind.

    Notes
    -----
    **Definition.** With :math:`p = \mathrm{softmax}(z)`,

    .. math:: \ell = -w \sum_k (\beta [k = y] + (1 - \beta) p_k) \log p_k ,

    which is :math:`\beta` times the cross-entropy plus :math:`1 - \beta` times the entropy of the model.

    **Gradient.** The `p` in the target is differentiated too, as in the entropy: :math:`w (\beta (p - e_y) -
    (1 - \beta)\, p \odot (\log p + H))` with the entropy :math:`H`; the entries sum to 0. If the target were
    treated as a constant, the second term would be 0.

    **Character.** Never negative, unbounded, not robust to symmetric label noise in the strict sense. Convex
    where :math:`\log K \le (2 \beta - 1) / (1 - \beta)`: for the default `beta` up to 65 million classes, for
    0.8 up to 20.

    **Edge cases.** ``K = 1`` gives 0; equal logits give :math:`w \log K`; ``z_y = -inf`` gives ``inf`` if
    ``beta > 0``; any other class with a logit ``-inf`` contributes 0 to value and gradient; ``nan`` gives
    ``nan``; an empty batch gives an empty array.

    **Numerics.** With the distances :math:`d_k` of the logits from the largest and :math:`D = \langle p, d
    \rangle`, the entropy is :math:`\mathrm{log1p}\,r + D` and its gradient :math:`p_k (d_k - D)`: no digits
    are lost for a confident model. Value and gradient are within 16 units in the last place, the gradient
    relative to the largest of its terms.

    References
    ----------
    .. [1] Reed, S. et al. (2015). Training deep neural networks on noisy labels with bootstrapping. ICLR
       workshop. Section 3.2.

    Examples
    --------
    For a model confident of another class the loss is smaller than cross-entropy, 8.

    >>> import numpy as np
    >>> soft_bootstrap(np.asarray([[8.0, 0.0]]), np.asarray([1]), beta=0.8)
    array([6.40087197])
    """

    name: ClassVar[str] = "soft_bootstrap"
    facts: ClassVar[LossFacts] = LossFacts(
        use="noisy labels with unknown rates: targets mixed with the model's own probabilities",
        domain="logits",
        truth="labels",
        link="softmax",
        minimum=0.0,
        maximum=math.inf,
        convex=True,
        shift_invariant=True,
        noise_robust=False,
        source="Reed et al. 2015, section 3.2",
    )
    beta: float = 0.95

    def __post_init__(self) -> None:
        check_parameter(self, "beta", "lie in [0, 1]", holds=0 <= self.beta <= 1)

    def problem(self, request: Request) -> Problem:
        """
        Checked logits, labels, which are the formula's data, and weights, with the formula of this loss.

        For ``beta = 0`` the label does not enter the formula. Errors are those of the class docstring; no
        values are checked if ``request.validate`` is False.
        """
        if is_number(self.beta, 0):
            return problem_of_labels(request, EntropyOfSoftmax(), self.options)
        terms = ((self.beta, softmax_cross_entropy), (1 - self.beta, EntropyOfSoftmax()))
        return problem_of_labels(request, WeightedSum(terms), self.options)


soft_bootstrap = SoftBootstrap()
