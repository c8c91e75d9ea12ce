"""Hard bootstrapping: cross-entropy with the model's most probable class as a part of the target."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar, final

from xent.arrays import is_number
from xent.formulas.losses.softmax_cross_entropy import softmax_cross_entropy
from xent.formulas.losses.surprisal_of_top_class import SurprisalOfTopClass
from xent.formulas.weighted_sum import WeightedSum
from xent.losses.abstract_loss import check_parameter
from xent.losses.arguments.examples import Request
from xent.losses.facts import LossFacts
from xent.losses.families.losses_of_logits import AbstractLossOfLogits, problem_of_labels
from xent.losses.problem import Problem

__all__ = ["HardBootstrap", "hard_bootstrap"]


@final
@dataclass(frozen=True, repr=False)
class HardBootstrap(AbstractLossOfLogits):
    r"""
    Hard bootstrapping loss of integer labels under a softmax, one value per row, in nats.

    Call the object `hard_bootstrap`, with parameters as keywords, or an instance with parameters of its own:
    ``HardBootstrap(beta=0.9)(logits, labels)``.

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
    beta : float in [0, 1], default 0.8
        Share of the label in the target; the rest is the model's most probable class. 1 gives
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
    soft_bootstrap : Loss with the model's distribution in place of its most probable class.

    Notes
    -----
    **Definition.** With :math:`p = \mathrm{softmax}(z)` and the class :math:`j` of the largest logit, the
    first if several are,

    .. math:: \ell = -w \left( \beta \log p_y + (1 - \beta) \log p_j \right) .

    **Gradient.** :math:`w (p - \beta e_y - (1 - \beta) e_j)`; the entries sum to 0. The class :math:`j` is
    treated as a constant, which is exact wherever the largest logit is unique. The Hessian is :math:`w
    (\mathrm{diag}(p) - p p^\top)`.

    **Character.** Never negative and unbounded. The loss is convex in each region with the same largest
    logit, but has a ridge between the regions, so the loss is not convex: a row whose label the model
    contradicts with confidence stays in its region.

    **Edge cases.** ``K = 1`` gives 0; equal logits give :math:`w \log K` with the gradient towards the first
    class; ``z_y = -inf`` gives ``inf`` if ``beta > 0``; ``nan`` gives ``nan``; an empty batch gives an empty
    array.

    **Numerics.** The surprisal of the most probable class is ``log1p`` of the sum of the other exponentials.
    Value and gradient are within 8 units in the last place, the gradient relative to the largest of its
    terms.

    References
    ----------
    .. [1] Reed, S. et al. (2015). Training deep neural networks on noisy labels with bootstrapping. ICLR
       workshop. Section 3.2.

    Examples
    --------
    For ``beta = 0.5``, a confident prediction counts as much as the label.

    >>> import numpy as np
    >>> hard_bootstrap.gradient(np.asarray([[50.0, 0.0]]), np.asarray([1]), beta=0.5)
    array([[ 0.5, -0.5]])
    """

    name: ClassVar[str] = "hard_bootstrap"
    facts: ClassVar[LossFacts] = LossFacts(
        use="noisy labels with unknown rates: targets mixed with the model's predicted class",
        domain="logits",
        truth="labels",
        link="softmax",
        minimum=0.0,
        maximum=math.inf,
        convex=False,
        shift_invariant=True,
        noise_robust=False,
        source="Reed et al. 2015, section 3.2",
    )
    beta: float = 0.8

    def __post_init__(self) -> None:
        check_parameter(self, "beta", "lie in [0, 1]", holds=0 <= self.beta <= 1)

    def problem(self, request: Request) -> Problem:
        """
        Checked logits, labels, which are the formula's data, and weights, with the formula of this loss.

        For ``beta = 0`` the label does not enter the formula. Errors are those of the class docstring; no
        values are checked if ``request.validate`` is False.
        """
        if is_number(self.beta, 0):
            return problem_of_labels(request, SurprisalOfTopClass(), self.options)
        terms = ((self.beta, softmax_cross_entropy), (1 - self.beta, SurprisalOfTopClass()))
        return problem_of_labels(request, WeightedSum(terms), self.options)


hard_bootstrap = HardBootstrap()
