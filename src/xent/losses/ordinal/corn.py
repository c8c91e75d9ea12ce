"""CORN: cross-entropy of ordered classes by conditional probabilities of successive thresholds."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar, final

from xent.formulas.losses.sum_of_sigmoid_cross_entropies import sum_of_sigmoid_cross_entropies as formula
from xent.losses.arguments.examples import Request
from xent.losses.arguments.label_questions import answers
from xent.losses.arguments.labelled_examples import weighted_examples
from xent.losses.facts import LossFacts
from xent.losses.families.abstract_weighted_loss import AbstractWeightedLoss
from xent.losses.problem import Problem

__all__ = ["Corn", "corn"]


@final
@dataclass(frozen=True, repr=False, kw_only=True)
class Corn(AbstractWeightedLoss):
    r"""
    CORN loss of labels of ordered classes, one value per row, in nats.

    Logit k is the log-odds that the class lies above k, given that it is not below k. Call the object `corn`,
    with parameters as keywords, or an instance with parameters of its own.

    Parameters
    ----------
    logits : array of shape (..., K-1)
        Conditional log-odds, real floating: above 0; above 1, if above 0; ...; above K-2, if above K-3.
    labels : array of shape (...)
        True class of each row, an integer in ``0 .. K-1``: one more class than logits.
    sample_weight : array of shape (...), optional
        Factor of each row, finite and >= 0, or booleans, True for a row that counts. None means 1. A row of
        weight 0 is ignored, whatever its label: loss and gradient are 0.
    class_weights : array of shape (K,), optional
        Factor of each class, finite and >= 0, for the rows with its label. None means 1.
    ignored_label : int, optional
        Rows with this label are ignored: loss and gradient are 0. The label may be out of range. None ignores
        no row.

    Returns
    -------
    array of shape (...)
        New array of losses in nats, in the dtype of `logits`; never negative.

    Raises
    ------
    DTypeError, ShapeError, DomainError
        As for `Coral`.

    See Also
    --------
    coral : Loss that uses all thresholds for each row.
    softmax_cross_entropy : Likelihood of classes without an order.

    Notes
    -----
    **Definition.** For logits :math:`z_0 \dots z_{K-2}`, label :math:`y` and weight :math:`w`,

    .. math:: \ell = w \left(\sum_{k < y} \log(1 + e^{-z_k}) + [y < K - 1] \log(1 + e^{z_y})\right)
        = -w \log P(y),

    with :math:`P(y) = (1 - \sigma(z_y)) \prod_{k<y} \sigma(z_k)`, where the last class has no first factor.

    **Gradient.** :math:`w (\sigma(z_k) - [y > k])` for :math:`k \le y`, 0 beyond; the Hessian is diagonal.

    **Mean.** Each value is a negative log-likelihood, and `mean` divides the sum by the weight of the rows.
    The paper divides by the number of thresholds used; for this, pass the denominator: ``corn.mean(logits,
    labels, denominator=np.minimum(labels + 1, K - 1).sum())``.

    **Character.** At least 0, unbounded, convex, proper; not robust to symmetric label noise. The products of
    :math:`\sigma(z_k)` decrease with :math:`k` for all logits, so that ranks are consistent.

    **Edge cases.** Two classes give `sigmoid_cross_entropy` of one logit; a logit above the label contributes
    0, even if infinite; ``z_k = -inf`` contributes ``inf`` below the label and 0 at the label; ``nan`` gives
    ``nan``; an empty batch gives an empty array.

    **Numerics.** The loss is a sum of non-negative terms, each computed as in `sigmoid_cross_entropy`. For K
    <= 11, value and gradient are within 4 units in the last place on NumPy and PyTorch, in 32 and 64 bits,
    within twice that on JAX.

    References
    ----------
    .. [1] Shi, X., Cao, W., Raschka, S. (2023). Deep neural networks for rank-consistent ordinal regression
       based on conditional probabilities. Pattern Analysis and Applications 26. Section 3.

    Examples
    --------
    The probabilities of all labels sum to 1.

    >>> import numpy as np
    >>> logits = np.tile([2.0, -1.0, 0.5], (4, 1))
    >>> float(np.exp(-corn(logits, np.arange(4))).sum().round(15))
    1.0
    """

    name: ClassVar[str] = "corn"
    facts: ClassVar[LossFacts] = LossFacts(
        use="ordered classes, as a likelihood of consistent ranks",
        domain="conditional logits",
        truth="ordered labels",
        link="sigmoid",
        minimum=0.0,
        maximum=math.inf,
        convex=True,
        shift_invariant=False,
        noise_robust=False,
        source="Shi, Cao, Raschka 2023, section 3",
    )

    def problem(self, request: Request) -> Problem:
        """
        Checked logits, labels and weights of `request`, with the formula of this loss and its data.

        The data are two masses for each threshold, of the shape of the logits: 1 or 0 for a label above it,
        and 1 or 0 for one at it. Errors are those of the class docstring; no values are checked if
        ``request.validate`` is False.
        """
        examples = weighted_examples(
            request, ignored_label=self.ignored_label, class_weights=self.class_weights, more_classes=1
        )
        above, equal, _ = answers(examples)
        return Problem(examples, formula, (above, equal))


corn = Corn()
