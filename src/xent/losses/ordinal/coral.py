"""CORAL: sum of binary cross-entropies of ordered classes, one for each threshold between classes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, ClassVar, final

from xent.arrays import Array, check_shape, valid_values
from xent.formulas.losses.sum_of_sigmoid_cross_entropies import sum_of_sigmoid_cross_entropies as formula
from xent.losses.arguments.examples import Examples, Request, numbers_like
from xent.losses.arguments.label_questions import answers
from xent.losses.arguments.labelled_examples import weighted_examples
from xent.losses.facts import LossFacts
from xent.losses.families.abstract_weighted_loss import AbstractWeightedLoss
from xent.losses.problem import Problem

__all__ = ["Coral", "coral"]


@final
@dataclass(frozen=True, repr=False, kw_only=True)
class Coral(AbstractWeightedLoss):
    r"""
    CORAL loss of labels of ordered classes, one value per row, in nats.

    Each of the K - 1 logits is the log-odds that the class lies above a threshold. Call the object `coral`,
    with parameters as keywords, or an instance with parameters of its own.

    Parameters
    ----------
    logits : array of shape (..., K-1)
        Log-odds that the class is above 0, above 1, ..., above K-2; real floating.
    labels : array of shape (...)
        True class of each row, an integer in ``0 .. K-1``: one more class than logits.
    sample_weight : array of shape (...), optional
        Factor of each row, finite and >= 0, or booleans, True for a row that counts. None means 1. A row of
        weight 0 is ignored, whatever its label: loss and gradient are 0.
    task_weights : array of shape (K-1,), optional
        Factor of each threshold, the importance parameters of the paper, finite and >= 0; default 1.
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
    DTypeError
        If `logits` is not real floating or `labels` not integral, or the arrays are of different libraries.
    ShapeError
        If there are no logits, or `labels` or a weight does not fit them.
    DomainError
        If a weight is negative or not finite, or the label of a row of positive weight lies outside
        ``0 .. K-1``, as one of ``1 .. K`` does. Traced or off-host values are not inspected; such a row
        gives ``nan``.

    See Also
    --------
    corn : Loss with conditional thresholds, a likelihood of the label.
    squared_emd : Loss of a softmax over ordered classes.

    Notes
    -----
    **Definition.** For logits :math:`z_0 \dots z_{K-2}`, label :math:`y`, task weights :math:`\lambda` and
    weight :math:`w`,

    .. math:: \ell = w \sum_k \lambda_k \left([y > k] \log(1 + e^{-z_k}) + [y \le k] \log(1 + e^{z_k})\right).

    **Gradient.** :math:`w \lambda_k (\sigma(z_k) - [y > k])`; the Hessian is diagonal.

    **Character.** At least 0, unbounded, convex, not robust to symmetric label noise. The sum of K - 1 losses
    of the same label is not a likelihood of the label. The probabilities :math:`\sigma(z_k)` need not
    decrease with :math:`k`; in a model whose logits differ only by constants they do at the minimum (theorem
    1 of the paper).

    **Edge cases.** Two classes give `sigmoid_cross_entropy` of one logit; ``z_k = -inf`` contributes 0 for a
    label at or below k and ``inf`` for one above, ``+inf`` the reverse; ``nan`` gives ``nan``; an empty batch
    gives an empty array.

    **Numerics.** The loss is a sum of non-negative terms, each computed as in `sigmoid_cross_entropy`. For K
    <= 11, value and gradient are within 4 units in the last place on NumPy and PyTorch, in 32 and 64 bits,
    within twice that on JAX.

    References
    ----------
    .. [1] Cao, W., Mirjalili, V., Raschka, S. (2020). Rank consistent ordinal regression for neural
       networks with application to age estimation. Pattern Recognition Letters 140. Section 3.

    Examples
    --------
    An error of two classes has a larger loss than an error of one class, unlike under a softmax.

    >>> import numpy as np
    >>> logits = np.asarray([[5.0, 5.0, 5.0]])
    >>> [round(float(coral(logits, np.asarray([label]))[0]), 4) for label in (3, 2, 1)]
    [0.0201, 5.0201, 10.0201]
    """

    name: ClassVar[str] = "coral"
    facts: ClassVar[LossFacts] = LossFacts(
        use="ordered classes, one threshold at a time",
        domain="cumulative logits",
        truth="ordered labels",
        link="sigmoid",
        minimum=0.0,
        maximum=math.inf,
        convex=True,
        shift_invariant=False,
        noise_robust=False,
        source="Cao, Mirjalili, Raschka 2020, section 3",
    )
    task_weights: Any = None

    def problem(self, request: Request) -> Problem:
        """
        Checked logits (..., K - 1), labels (...) and weights of `request`, with the formula of this loss.

        The data of the formula are two masses for each threshold, of the shape of the logits: 1 or 0 for a
        label above it and for one that is not, times the task weights. Class weights, (K,), multiply the
        weights of the rows. Raises `DomainError` for a label out of range in a row of positive weight, or a
        weight that is negative or not finite; `DTypeError` or `ShapeError` for arrays that do not fit. Values
        are not checked if ``request.validate`` is False.
        """
        examples = weighted_examples(
            request, ignored_label=self.ignored_label, class_weights=self.class_weights, more_classes=1
        )
        above, equal, below = answers(examples)
        mass_for, mass_against = above, equal + below
        factors = self._task_weights(examples)
        if factors is not None:
            mass_for, mass_against = factors * mass_for, factors * mass_against
        return Problem(examples, formula, (mass_for, mass_against))

    def _task_weights(self, examples: Examples) -> Array | None:
        """
        Checked factors of the thresholds, of shape (K - 1,); None without task weights.

        Raises `DTypeError` for anything but real numbers, `ShapeError` for another shape, and `DomainError`
        for a factor that is negative or not finite; an invalid one that cannot be read becomes nan. Values
        are not checked if `validate` of the examples is False.
        """
        if self.task_weights is None:
            return None
        xp, caller, logits = examples.xp, examples.caller, examples.logits
        factors = numbers_like(logits, self.task_weights, "task_weights", caller=caller, xp=xp)
        shape = (logits.shape[-1],)
        check_shape(
            factors, shape, caller=caller, argument="task_weights", because="one factor for each logit"
        )
        if examples.validate:
            factors = valid_values(
                factors,
                lambda factors: ~(xp.isfinite(factors) & (factors >= 0)),
                "be finite and >= 0",
                caller=caller,
                argument="task_weights",
                xp=xp,
            )
        return factors


coral = Coral()
