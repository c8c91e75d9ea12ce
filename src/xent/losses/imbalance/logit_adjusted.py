"""Cross-entropy of logits adjusted for class frequencies; balanced softmax is a special case."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, final

from xent.arrays import Namespace, is_number, is_traced
from xent.formulas.losses.softmax_cross_entropy import softmax_cross_entropy as formula
from xent.formulas.moved_logits import moved_logits, unadjusted
from xent.losses.abstract_loss import check_parameter
from xent.losses.arguments.class_counts import as_class_counts, check_one_count_per_class
from xent.losses.arguments.examples import Request
from xent.losses.facts import LossFacts
from xent.losses.families.losses_of_logits import AbstractLossOfLogits, problem_of_labels
from xent.losses.problem import Problem
from xent.precision.exact_numbers import exact_numbers

__all__ = ["LogitAdjusted"]


@final
@dataclass(frozen=True, repr=False)
class LogitAdjusted(AbstractLossOfLogits):
    r"""
    Logit-adjusted cross-entropy of integer labels under a softmax, one value per row, in nats.

    Construct the loss with the counts of the training set and call it: ``LogitAdjusted(counts)(logits,
    labels)``. With the default `tau` the loss is balanced softmax. Predictions use the plain logits.

    Parameters
    ----------
    logits : array of shape (..., K)
        Unnormalised log-probabilities, real floating. ``-inf`` means probability 0; a row with ``nan`` gives
        ``nan``.
    labels : array of shape (...)
        True class of each row, an integer in ``0 .. K-1``.
    sample_weight : array of shape (...), optional
        Factor of each row, finite and >= 0, or booleans, True for a row that counts. None means 1. A row of
        weight 0 is ignored, whatever its label: loss and gradient are 0.
    class_counts : K numbers >= 0
        Number of examples of each class, up to a common factor.
    tau : float >= 0, default 1
        Factor of the log-counts that are added to the logits; 0 gives `softmax_cross_entropy`.
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
        nothing. Here the class counts are added last.

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
        negative or not finite, or all are 0; if `tau` is negative or not finite.

    See Also
    --------
    class_balanced_weights : Class weights instead of an offset of the logits.
    LDAM : Loss with a margin for each class.

    Notes
    -----
    **Definition.** With counts :math:`n_k`,

    .. math:: \ell = w \left( \log \sum_k n_k^\tau e^{z_k} - (z_y + \tau \log n_y) \right).

    Class frequencies :math:`\pi_k = n_k / \sum_j n_j` in place of the counts give the same loss. For a test
    set of equal class frequencies, the class of the largest plain logit is then Bayes-optimal.

    **Gradient.** :math:`w (q - e_y)` with :math:`q = \mathrm{softmax}(z + \tau \log n)`; the entries sum to
    0. The Hessian is :math:`w (\mathrm{diag}(q) - q q^\top)`.

    **Character.** Never negative, unbounded, convex in the logits, not robust to symmetric label noise.

    **Edge cases.** Equal counts give `softmax_cross_entropy`. A class of count 0 has :math:`q_k = 0` for any
    logit, and a row of that label gives ``inf``, with the gradient of the limit; counts are not smoothed.
    ``z_y = -inf`` gives ``inf``; ``nan`` gives ``nan``; an empty batch gives an empty array.

    **Numerics.** The summands of the logits are known to twice the digits of the dtype, and the rounding
    errors of the sums are kept for the softmax. Value and gradient are within 8 units in the last place for
    counts that differ by factors up to 250,000.

    References
    ----------
    .. [1] Menon, A. K. et al. (2021). Long-tail learning via logit adjustment. ICLR. Equation 10.
    .. [2] Ren, J. et al. (2020). Balanced meta-softmax for long-tailed visual recognition. NeurIPS. Section
       3.1.

    Examples
    --------
    For equal logits the loss of a class is minus the logarithm of its frequency.

    >>> import numpy as np
    >>> balanced = LogitAdjusted(class_counts=(900, 90, 10))
    >>> balanced(np.zeros((2, 3)), np.asarray([0, 2]))
    array([0.10536052, 4.60517019])
    """

    name: ClassVar[str] = "logit_adjusted"
    facts: ClassVar[LossFacts] = LossFacts(
        use="imbalanced classes that are equally important",
        domain="logits",
        truth="labels",
        link="softmax",
        minimum=0.0,
        maximum=math.inf,
        convex=True,
        shift_invariant=True,
        noise_robust=False,
        source="Menon et al. 2021, equation 10; Ren et al. 2020, section 3.1",
        also=("logit adjustment",),
    )
    example: ClassVar[Mapping[str, Any]] = {"class_counts": (900, 90, 10)}
    class_counts: Any
    tau: float = 1.0

    def __post_init__(self) -> None:
        counts = as_class_counts(self.class_counts, caller=type(self).__name__)
        object.__setattr__(self, "class_counts", counts)
        check_parameter(self, "tau", "be finite and >= 0", holds=0 <= self.tau < math.inf)

    def problem(self, request: Request) -> Problem:
        """
        Checked logits (..., K), labels (...) and weights of `request`, with cross-entropy as the formula.

        The adjusted logits are those of the options plus ``tau * log(count / largest count)`` of each class;
        class weights multiply the weights of the rows. Raises `ShapeError` unless there is one count for each
        class, and `DTypeError`, `ShapeError` or `DomainError` for arrays and options that do not fit, a label
        out of range or an invalid weight. Values are not checked if ``request.validate`` is False.
        """
        problem = problem_of_labels(request, formula, self.options)
        examples = problem.examples
        check_one_count_per_class(self.class_counts, examples)
        summand = exact_numbers(self._log_counts(examples.xp), examples.logits, xp=examples.xp)
        adjusted = problem.adjusted or unadjusted(examples.logits, xp=examples.xp)
        return problem._replace(adjusted=moved_logits(adjusted, summand, xp=examples.xp))

    def _log_counts(self, xp: Namespace) -> tuple[Any, ...]:
        """
        Summand of each logit, a tuple of K: ``tau * log(count / largest count)`` of the class.

        It is ``-inf`` for a count of 0; for a `tau` of 0, also a traced one, all are 0. The entries are
        floats; for a traced `tau` they are arrays of `xp`, of shape ().
        """
        most = max(self.class_counts)
        if is_number(self.tau, 0):
            return (0.0,) * len(self.class_counts)
        # For a traced tau of 0 the summand of a count of 0 is 0 as well.
        at_0 = xp.where(self.tau == 0, 0.0, -xp.inf) if is_traced(self.tau) else -math.inf
        return tuple(self.tau * math.log(n / most) if n > 0 else at_0 for n in self.class_counts)
