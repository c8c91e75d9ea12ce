"""Truncated generalised cross-entropy under a softmax."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, final

from xent.formulas.losses import truncated_cross_entropy as formula
from xent.formulas.true_class import FunctionOfTrueClass
from xent.losses.abstract_loss import check_parameter
from xent.losses.arguments.examples import Request
from xent.losses.facts import LossFacts
from xent.losses.families.losses_of_logits import AbstractLossOfLogits, problem_of_labels
from xent.losses.problem import Problem

__all__ = ["TruncatedCrossEntropy", "truncated_cross_entropy"]

_NO_BOUND = "Without a bound it is `generalized_cross_entropy`."


@final
@dataclass(frozen=True, repr=False)
class TruncatedCrossEntropy(AbstractLossOfLogits):
    r"""
    Truncated generalised cross-entropy of integer labels under a softmax, one value per row, a pure number.

    Call the object `truncated_cross_entropy`, with parameters as keywords, or an instance with parameters of
    its own: ``TruncatedCrossEntropy(q=0.5, k=0.1)(logits, labels)``.

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
        Exponent, as in `generalized_cross_entropy`.
    k : float in (0, 1), default 0.5
        Threshold: rows whose label has at most this probability have a constant loss and gradient 0.
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
        [0, 1], or `k` outside (0, 1).

    See Also
    --------
    generalized_cross_entropy : Loss without the bound.

    Notes
    -----
    **Definition.** For the probability :math:`u` of the label and weight :math:`w`,

    .. math:: \ell = w \frac{1 - \max(u, k)^q}{q} .

    **Gradient.** :math:`w u^q (p - e_y)` where :math:`u > k`, and 0 elsewhere. At :math:`u = k` the loss
    has a kink, and the gradient is that of the flat side.

    **Character.** In :math:`[0, (1 - k^q) / q]`, neither convex nor robust to symmetric label noise in
    general. If no label has a probability above `k`, as in an untrained model, all gradients are 0: the paper
    trains without the bound first.

    **Edge cases.** ``K = 1`` gives 0; ``z_y = -inf`` gives the greatest value, with gradient 0; ``nan``
    gives ``nan``; an empty batch gives an empty array.

    **Numerics.** The form is that of `generalized_cross_entropy`: value and gradient are within 6 units in
    the last place on NumPy and PyTorch, and within 12 on JAX. Products with the Hessian are within 8 units
    (16 on JAX) of the largest entry of their row or of its gradient's.

    References
    ----------
    .. [1] Zhang, Z., Sabuncu, M. (2018). Generalized cross entropy loss for training deep neural networks
       with noisy labels. NeurIPS. Section 3.3.

    Examples
    --------
    For an improbable label the loss is constant and the gradient 0.

    >>> import numpy as np
    >>> logits, labels = np.asarray([[2.0, 0.0], [0.0, 2.0], [0.0, 20.0]]), np.asarray([0, 0, 0])
    >>> truncated_cross_entropy(logits, labels)
    array([0.12145261, 0.54918256, 0.54918256])
    >>> truncated_cross_entropy.gradient(logits, labels)[1:].any()
    np.False_
    """

    name: ClassVar[str] = "truncated_cross_entropy"
    facts: ClassVar[LossFacts] = LossFacts(
        use="noisy labels: rows whose label has a small probability get no gradient",
        domain="logits",
        truth="labels",
        link="softmax",
        minimum=0.0,
        maximum=(1 - 0.5**0.7) / 0.7,
        convex=False,
        shift_invariant=True,
        noise_robust=False,
        source="Zhang and Sabuncu 2018, section 3.3",
    )
    q: float = 0.7
    k: float = 0.5

    def __post_init__(self) -> None:
        check_parameter(self, "q", "lie in [0, 1]", holds=0 <= self.q <= 1)
        check_parameter(self, "k", "lie in (0, 1)", holds=0 < self.k < 1, hint=_NO_BOUND)

    @property
    def formula(self) -> FunctionOfTrueClass:
        """Formula of the loss, of logits and labels, with the parameters of this object."""
        return FunctionOfTrueClass(formula.TruncatedCrossEntropy(self.q, self.k))

    def problem(self, request: Request) -> Problem:
        """
        Checked logits, labels, which are the formula's data, and weights, with the formula of this loss.

        Errors are those of the class docstring; no values are checked if ``request.validate`` is False.
        """
        return problem_of_labels(request, self.formula, self.options)


truncated_cross_entropy = TruncatedCrossEntropy()
