"""Generalised cross-entropy under a softmax."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, final

from xent.formulas.losses import generalized_cross_entropy as formula
from xent.formulas.true_class import FunctionOfTrueClass
from xent.losses.abstract_loss import check_parameter
from xent.losses.arguments.examples import Request
from xent.losses.facts import LossFacts
from xent.losses.families.losses_of_logits import AbstractLossOfLogits, problem_of_labels
from xent.losses.problem import Problem

__all__ = ["GeneralizedCrossEntropy", "generalized_cross_entropy"]


@final
@dataclass(frozen=True, repr=False)
class GeneralizedCrossEntropy(AbstractLossOfLogits):
    r"""
    Generalised cross-entropy of integer labels under a softmax, one value per row, a pure number in [0, 1/q].

    Call the object `generalized_cross_entropy`, with parameters as keywords, or an instance with parameters
    of its own: ``GeneralizedCrossEntropy(q=0.5)(logits, labels)``.

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
    q : float in [0, 1], default 0.7
        Exponent of the probability: 0 gives `softmax_cross_entropy`, 1 half of `mean_absolute_error`.
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
        New array of losses, in the dtype of `logits`; never negative. Here the unit is the nat for ``q = 0``.

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
        are not inspected; such a row gives ``nan``, in the value and the gradient. Also if `q` lies outside
        [0, 1].

    See Also
    --------
    truncated_cross_entropy : Loss that is constant for labels of low probability.
    mean_absolute_error : Twice the loss for ``q = 1``.

    Notes
    -----
    **Definition.** For the probability :math:`u` of the label and weight :math:`w`,

    .. math:: \ell = w \frac{1 - u^q}{q} .

    **Gradient.** :math:`w u^q (p - e_y)`, never singular; the entries sum to 0.

    **Character.** In :math:`[0, 1/q]`, convex in the logits and proper for ``q = 0`` alone, robust to
    symmetric label noise for ``q = 1`` alone; for `q` between 0 and 1 the sum of the values over all labels
    is bounded on both sides. For :math:`q < 1` the minimum over a distribution :math:`t` of labels is at
    :math:`p_k \propto t_k^{1 / (1 - q)}`.

    **Edge cases.** ``K = 1`` gives 0; ``z_y = -inf`` gives :math:`w / q` with gradient 0; ``nan`` gives
    ``nan``; an empty batch gives an empty array.

    **Numerics.** The value is ``-expm1(q log u) / q``, accurate for confident models and for a small `q`. The
    power in the gradient is the exponential of a product with twice the digits of the dtype, and accurate
    also where `u` itself underflows. Value and gradient are within 6 units in the last place on NumPy and
    PyTorch, and within 12 on JAX. Products with the Hessian are within 8 units (16 on JAX) of the largest
    entry of their row or of its gradient's.

    References
    ----------
    .. [1] Zhang, Z., Sabuncu, M. (2018). Generalized cross entropy loss for training deep neural networks
       with noisy labels. NeurIPS. Section 3.2.

    Examples
    --------
    The probability ``exp(-800)`` underflows to 0, but its square root and the gradient do not.

    >>> import numpy as np
    >>> generalized_cross_entropy.gradient(np.asarray([[0.0, 800.0]]), np.asarray([0]), q=0.5)
    array([[-1.9151696e-174,  1.9151696e-174]])
    """

    name: ClassVar[str] = "generalized_cross_entropy"
    facts: ClassVar[LossFacts] = LossFacts(
        use="noisy labels: between cross-entropy and absolute error",
        domain="logits",
        truth="labels",
        link="softmax",
        minimum=0.0,
        maximum=1 / 0.7,
        convex=False,
        shift_invariant=True,
        noise_robust=False,
        source="Zhang and Sabuncu 2018, section 3.2",
        also=("GCE",),
    )
    q: float = 0.7

    def __post_init__(self) -> None:
        check_parameter(self, "q", "lie in [0, 1]", holds=0 <= self.q <= 1)

    @property
    def formula(self) -> FunctionOfTrueClass:
        """Formula of the loss, of logits and labels, with the parameters of this object."""
        return FunctionOfTrueClass(formula.GeneralizedCrossEntropy(self.q))

    def problem(self, request: Request) -> Problem:
        """
        Checked logits, labels, which are the formula's data, and weights, with the formula of this loss.

        Errors are those of the class docstring; no values are checked if ``request.validate`` is False.
        """
        return problem_of_labels(request, self.formula, self.options)


generalized_cross_entropy = GeneralizedCrossEntropy()
