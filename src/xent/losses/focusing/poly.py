"""Poly-1 loss under a softmax."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar, final

from xent.formulas.losses import poly as formula
from xent.formulas.true_class import FunctionOfTrueClass
from xent.losses.abstract_loss import check_parameter
from xent.losses.arguments.examples import Request
from xent.losses.facts import LossFacts
from xent.losses.families.losses_of_logits import AbstractLossOfLogits, problem_of_labels
from xent.losses.problem import Problem

__all__ = ["Poly", "poly"]


@final
@dataclass(frozen=True, repr=False)
class Poly(AbstractLossOfLogits):
    r"""
    Poly-1 loss of integer labels under a softmax, one value per row, in nats.

    Call the object `poly`, with parameters as keywords, or an instance with parameters of its own:
    ``Poly(epsilon=2)(logits, labels)``.

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
    epsilon : float >= -1, default 1
        Summand of the first coefficient, 1, of the series of the logarithm; 0 gives `softmax_cross_entropy`.
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
        are not inspected; such a row gives ``nan``, in the value and the gradient. Also if `epsilon` is below
        -1 or not finite.

    See Also
    --------
    softmax_cross_entropy : Loss for ``epsilon = 0``.
    symmetric_cross_entropy : Loss of the same two terms with a factor for each.
    taylor_cross_entropy : Loss of the first terms of the series only.

    Notes
    -----
    **Definition.** For the probability :math:`u` of the label and weight :math:`w`,

    .. math:: \ell = w \left( -\log u + \varepsilon (1 - u) \right)
        = w \left( (1 + \varepsilon)(1 - u) + \tfrac12 (1 - u)^2 + \tfrac13 (1 - u)^3 + \dots \right) .

    **Gradient.** :math:`w (1 + \varepsilon u) (p - e_y)`; the entries sum to 0. The Hessian is :math:`w ((1 +
    \varepsilon u) J - \varepsilon u\, a a^\top)` with :math:`a = p - e_y` and :math:`J = \mathrm{diag}(p) - p
    p^\top`.

    **Character.** At least 0, unbounded, not robust to symmetric label noise. The loss is convex in the
    logits if and only if ``epsilon <= 1``, and proper only for ``epsilon = 0``: for a positive `epsilon` the
    minimum over a distribution of labels is more confident than that distribution, for a negative `epsilon`
    less confident.

    **Edge cases.** ``K = 1`` gives 0; ``z_y = -inf`` gives ``inf``, with the gradient of its limit; ``nan``
    gives ``nan``; an empty batch gives an empty array.

    **Numerics.** The loss is a sum of the surprisal `s` and the complement `c`, both free of cancellation.
    For a negative `epsilon` the sum is :math:`(1 + \varepsilon) s + |\varepsilon| (s - c)`, where the second
    term is computed by a series in `s` for `s` below 1. With `epsilon` between -1 and 2, value and gradient
    are within 8 units in the last place on NumPy and PyTorch, and within 16 on JAX. Products with the Hessian
    are within 8 units (16 on JAX) of the largest entry of their row or of its gradient's.

    References
    ----------
    .. [1] Leng, Z. et al. (2022). PolyLoss: a polynomial expansion perspective of classification loss
       functions. ICLR. Equation 1, and its section on the first coefficient.

    Examples
    --------
    With ``epsilon = -1`` the loss of a confident model is half the square of its error: ``-log(u) - (1 - u)``
    would give 0.

    >>> import numpy as np
    >>> logits, labels = np.asarray([[50.0, 0.0]]), np.asarray([0])
    >>> poly(logits, labels), poly(logits, labels, epsilon=-1.0)
    (array([3.8574997e-22]), array([1.86003799e-44]))
    """

    name: ClassVar[str] = "poly"
    facts: ClassVar[LossFacts] = LossFacts(
        use="cross-entropy with a parameter for the weight of confident rows",
        domain="logits",
        truth="labels",
        link="softmax",
        minimum=0.0,
        maximum=math.inf,
        convex=True,
        shift_invariant=True,
        noise_robust=False,
        source="Leng et al. 2022, the poly-1 loss",
    )
    epsilon: float = 1.0

    def __post_init__(self) -> None:
        holds = -1 <= self.epsilon < math.inf
        check_parameter(self, "epsilon", "be >= -1 and finite", holds=holds)

    @property
    def formula(self) -> FunctionOfTrueClass:
        """Formula of the loss, of logits and labels, with the parameters of this object."""
        return FunctionOfTrueClass(formula.Poly(1.0, self.epsilon))

    def problem(self, request: Request) -> Problem:
        """
        Checked logits, labels, which are the formula's data, and weights, with the formula of this loss.

        Errors are those of the class docstring; no values are checked if ``request.validate`` is False.
        """
        return problem_of_labels(request, self.formula, self.options)


poly = Poly()
