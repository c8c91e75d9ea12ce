"""Label-distribution-aware margin (LDAM) loss: cross-entropy with a wider margin for a rarer class."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, final

from xent.arrays import one_hot, plain_number
from xent.formulas.label_margins import label_margins
from xent.formulas.losses.softmax_cross_entropy import softmax_cross_entropy as formula
from xent.formulas.moved_logits import moved_logits, scaled_logits, unadjusted
from xent.losses.abstract_loss import check_parameter
from xent.losses.arguments.class_counts import as_class_counts, check_one_count_per_class
from xent.losses.arguments.examples import Examples, Request
from xent.losses.facts import LossFacts
from xent.losses.families.losses_of_logits import AbstractLossOfLogits, problem_of_labels
from xent.losses.problem import Problem
from xent.precision.exact_difference import ExactLogits

__all__ = ["LDAM"]

_ABSENT = "A class without examples has no margin: leave it out, or count it as if it had one."


@final
@dataclass(frozen=True, repr=False)
class LDAM(AbstractLossOfLogits):
    r"""
    Label-distribution-aware margin loss of integer labels under a softmax, one value per row, in nats.

    Construct the loss with the counts of the training set and call it: ``LDAM(counts)(logits, labels)``.
    Predictions use the plain logits, without margins.

    Parameters
    ----------
    logits : array of shape (..., K)
        Real floating; in the paper they are cosines, of features and class vectors of length 1, which is what
        the scale and the margins are made for. ``-inf`` means probability 0.
    labels : array of shape (...)
        True class of each row, an integer in ``0 .. K-1``.
    sample_weight : array of shape (...), optional
        Factor of each row, finite and >= 0, or booleans, True for a row that counts. None means 1. A row of
        weight 0 is ignored, whatever its label: loss and gradient are 0.
    class_counts : K positive numbers
        Number of examples of each class, up to a common factor.
    max_margin : float >= 0, default 0.5
        Margin of the rarest class; 0 gives `softmax_cross_entropy` of the scaled logits.
    scale : float > 0, default 30
        Factor of the logits after the subtraction of the margins: an inverse temperature.
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
        nothing. Here margins and scale come last.

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
        are not inspected; such a row gives ``nan``, in the value and the gradient. Also if a class count is
        not positive and finite; if `max_margin` is negative, or `scale` not positive, or one of them not
        finite.

    See Also
    --------
    class_balanced_weights : Class weights for the late epochs, by the authors' deferred re-weighting.
    LogitAdjusted : Loss with an offset for each class, independent of the label.

    Notes
    -----
    **Definition.** With counts :math:`n_k`, the scale :math:`a` and the margins
    :math:`\Delta_k = \Delta (\min_j n_j / n_k)^{1/4}`,

    .. math:: \ell = -w \log \frac{e^{a (z_y - \Delta_y)}}
        {e^{a (z_y - \Delta_y)} + \sum_{k \ne y} e^{a z_k}} .

    **Gradient.** :math:`w a (q - e_y)` with the softmax :math:`q` of those logits; the entries sum to 0. The
    Hessian is :math:`w a^2 (\mathrm{diag}(q) - q q^\top)`.

    **Character.** Never negative, unbounded, convex in the logits, not robust to symmetric label noise.

    **Edge cases.** ``K = 1`` gives 0; ``z_y = -inf`` gives ``inf`` with the gradient of its limit; ``nan``
    gives ``nan``; an empty batch gives an empty array. A count of 0 raises: it would make one margin ``nan``
    and all others 0.

    **Numerics.** Margins are computed with twice the digits of the dtype, and the rounding errors of the
    products with the scale are kept for the softmax. The value is within 4 units in the last place, the
    gradient within 8.

    References
    ----------
    .. [1] Cao, K. et al. (2019). Learning imbalanced datasets with label-distribution-aware margin loss.
       NeurIPS. Section 3.2.

    Examples
    --------
    A lead of 0.3 suffices for the frequent class; for the rare class it is below the margin of 0.5.

    >>> import numpy as np
    >>> ldam = LDAM(class_counts=(160000, 10))
    >>> ldam(np.asarray([[0.3, 0.0], [0.0, 0.3]]), np.asarray([0, 1]))
    array([4.68242341e-04, 6.00247569e+00])
    """

    name: ClassVar[str] = "ldam"
    facts: ClassVar[LossFacts] = LossFacts(
        use="imbalanced classes: margins that are larger for rare classes",
        domain="logits",
        truth="labels",
        link="softmax",
        minimum=0.0,
        maximum=math.inf,
        convex=True,
        shift_invariant=True,
        noise_robust=False,
        source="Cao et al. 2019, section 3.2",
    )
    example: ClassVar[Mapping[str, Any]] = {"class_counts": (900, 90, 10)}
    class_counts: Any
    max_margin: float = 0.5
    scale: float = 30.0

    def __post_init__(self) -> None:
        caller = type(self).__name__
        counts = as_class_counts(self.class_counts, caller=caller, positive=True, hint=_ABSENT)
        object.__setattr__(self, "class_counts", counts)
        check_parameter(self, "max_margin", "be finite and >= 0", holds=0 <= self.max_margin < math.inf)
        check_parameter(self, "scale", "be finite and positive", holds=0 < self.scale < math.inf)

    def problem(self, request: Request) -> Problem:
        """
        Checked logits (..., K), labels (...) and weights of `request`, with cross-entropy as the formula.

        The adjusted logits are those of the options, less the margin of the label's class at the label, times
        `scale`; class weights multiply the weights of the rows. Raises `ShapeError` unless there is one count
        for each class, and `DTypeError`, `ShapeError` or `DomainError` for arrays and options that do not
        fit, a label out of range or an invalid weight. Values are not checked if ``request.validate`` is
        False.
        """
        problem = problem_of_labels(request, formula, self.options)
        examples = problem.examples
        check_one_count_per_class(self.class_counts, examples)
        adjusted = problem.adjusted or unadjusted(examples.logits, xp=examples.xp)
        moved = moved_logits(adjusted, self._less_margins(examples), xp=examples.xp)
        return problem._replace(adjusted=scaled_logits(moved, plain_number(self.scale), xp=examples.xp))

    def _less_margins(self, examples: Examples) -> ExactLogits:
        """
        Minus the margin of each row's label at the label, and 0 elsewhere, of shape (..., K).

        A label that is out of range gives 0 throughout.
        """
        logits, xp = examples.logits, examples.xp
        margins = label_margins(self.class_counts, plain_number(self.max_margin), logits, xp=xp)
        at_label = one_hot(examples.truth, logits, xp=xp)
        return ExactLogits(-(at_label * margins.rounded), -(at_label * margins.rest))
