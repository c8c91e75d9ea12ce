"""Mean absolute error of softmax probabilities."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, final

from xent.formulas.losses.poly import Poly
from xent.formulas.true_class import FunctionOfTrueClass
from xent.losses.arguments.examples import Request
from xent.losses.facts import LossFacts
from xent.losses.families.losses_of_logits import AbstractLossOfLogits, problem_of_labels
from xent.losses.problem import Problem

__all__ = ["MeanAbsoluteError", "mean_absolute_error"]


@final
@dataclass(frozen=True, repr=False)
class MeanAbsoluteError(AbstractLossOfLogits):
    r"""
    Absolute errors of softmax probabilities for integer labels, summed over the classes, in [0, 2].

    Call the object `mean_absolute_error`, with parameters as keywords, or an instance with parameters of its
    own.

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
        New array of losses, in the dtype of `logits`; never negative.

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
        are not inspected; such a row gives ``nan``, in the value and the gradient.

    See Also
    --------
    softmax_squared_error : Loss with squares in place of absolute values.
    generalized_cross_entropy : Family between this loss and cross-entropy.
    active_passive : Sum with a loss whose gradient does not vanish for improbable labels.

    Notes
    -----
    **Definition.** For :math:`p = \mathrm{softmax}(z)`, the label's :math:`u = p_y` and weight :math:`w`,

    .. math:: \ell = w \sum_k |p_k - [k = y]| = 2 w (1 - u) .

    Despite the name, the sum is not divided by the number of classes, as in the literature.

    **Gradient.** :math:`2 w u (p - e_y)`; the entries sum to 0. The gradient vanishes where the model is
    confident, right or wrong.

    **Character.** In [0, 2] and not convex in the logits. The values over all labels sum to :math:`2 (K -
    1)`, so symmetric label noise below :math:`1 - 1/K` does not move the minimum of the mean loss; that
    minimum, however, puts all probability on the most frequent label.

    **Edge cases.** ``K = 1`` gives 0; equal logits give :math:`2 w (1 - 1/K)`; ``z_y = -inf`` gives
    :math:`2 w` with gradient 0; ``nan`` gives ``nan``; an empty batch gives an empty array.

    **Numerics.** The complement ``1 - u`` is a sum over the other classes where the label is probable;
    elsewhere `u` is the exponential of an exact difference: value and gradient are within 6 units in the last
    place on NumPy and PyTorch, and within 12 on JAX. Products with the Hessian are within 8 units (16 on JAX)
    of the largest entry of their row or of its gradient's.

    References
    ----------
    .. [1] Ghosh, A., Kumar, H., Sastry, P. S. (2017). Robust loss functions under label noise for deep
       neural networks. AAAI. Section 3, and theorem 1.

    Examples
    --------
    The gradient of a confident wrong prediction is small: neither wrong labels nor hard rows are learned
    quickly.

    >>> import numpy as np
    >>> logits, labels = np.asarray([[0.0, 10.0]]), np.asarray([0])
    >>> mean_absolute_error(logits, labels)
    array([1.9999092])
    >>> mean_absolute_error.gradient(logits, labels)
    array([[-9.07916155e-05,  9.07916155e-05]])
    """

    name: ClassVar[str] = "mean_absolute_error"
    facts: ClassVar[LossFacts] = LossFacts(
        use="noisy labels: bounded and robust to symmetric noise, slow to train",
        domain="logits",
        truth="labels",
        link="softmax",
        minimum=0.0,
        maximum=2.0,
        convex=False,
        shift_invariant=True,
        noise_robust=True,
        source="Ghosh, Kumar, Sastry 2017, section 3",
        also=("MAE",),
    )

    @property
    def formula(self) -> FunctionOfTrueClass:
        """Formula of the loss, of logits and labels, with the parameters of this object."""
        return FunctionOfTrueClass(Poly(0.0, 2.0))

    def problem(self, request: Request) -> Problem:
        """
        Checked logits, labels, which are the formula's data, and weights, with the formula of this loss.

        Errors are those of the class docstring; no values are checked if ``request.validate`` is False.
        """
        return problem_of_labels(request, self.formula, self.options)


mean_absolute_error = MeanAbsoluteError()
