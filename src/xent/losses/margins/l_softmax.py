"""L-Softmax: a multiple of the label's angle, for logits with given norms."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar, final

from xent.arrays import Array, nan_where, plain_number, valid_values
from xent.errors import ShapeError
from xent.formulas.adjusted_by_label import AdjustedByLabel
from xent.formulas.angular_margin import AngularMargin
from xent.formulas.losses.softmax_cross_entropy import softmax_cross_entropy
from xent.formulas.margins_at_label import LogitsWithNorms
from xent.losses.abstract_loss import check_parameter
from xent.losses.arguments.examples import Examples, Request, numbers_like
from xent.losses.arguments.labelled_examples import weighted_examples
from xent.losses.facts import LossFacts
from xent.losses.families.abstract_weighted_loss import AbstractWeightedLoss
from xent.losses.problem import Problem

__all__ = ["LSoftmax", "l_softmax"]


@final
@dataclass(frozen=True, repr=False)
class LSoftmax(AbstractWeightedLoss):
    r"""
    Cross-entropy of logits with a multiple of the label's angle, one value per row, in nats.

    Call the object `l_softmax` with the norms: ``l_softmax(logits, labels, norms=norms)``. The loss is the
    large-margin softmax of Liu et al.; with class vectors of norm 1 it is the A-Softmax of SphereFace.

    Parameters
    ----------
    logits : array of shape (..., K)
        Products :math:`z_k = w_k^\top x` of features and class vectors, real floating, without a bias.
    labels : array of shape (...)
        True class of each row, an integer in ``0 .. K-1``.
    norms : array of shape (..., K), or one that broadcasts to it
        Products :math:`|w_k|\,|x|` of the norms of class vectors and features, positive and not below
        :math:`|z_k|`.
    sample_weight : array of shape (...), optional
        Factor of each row, finite and >= 0, or booleans, True for a row that counts. None means 1. A row of
        weight 0 is ignored, whatever its label: loss and gradient are 0.
    margin : int >= 1, default 4
        Factor of the angle of the label; 1 gives `softmax_cross_entropy`.
    annealing : float >= 0, default 0
        Weight of the plain logit in the mean with the logit with a margin, whose weight is 1. In training
        `annealing` starts large and is lowered.
    ignored_label : int, optional
        Rows with this label are ignored: loss and gradient are 0. The label may be out of range. None ignores
        no row.
    class_weights : array of shape (K,), optional
        Factor of each class, finite and >= 0, for the rows with its label. None means 1.

    Returns
    -------
    array of shape (...)
        New array of losses in nats, in the dtype of `logits`; never negative.

    Raises
    ------
    DTypeError, ShapeError, DomainError
        As for `SoftmaxCrossEntropy`; if `norms` is not given, does not broadcast, is not positive and finite,
        or is below the size of a logit by more than half of the digits of its dtype; if a parameter is
        outside its range. Values that cannot be looked at give ``nan`` instead.

    See Also
    --------
    sphereface : Loss on cosines, with one scale for all rows.
    soft_margin_softmax : Loss with a margin that needs no norms.

    Notes
    -----
    **Definition.** For logits :math:`z`, norms :math:`n`, label :math:`y`, margin :math:`m`, annealing
    :math:`\lambda` and weight :math:`w`,

    .. math:: \ell = w \left( \log \Big(e^F + \sum_{k \ne y} e^{z_k}\Big) - F \right), \quad
        F = \frac{\lambda z_y + n_y \psi(\theta_y)}{\lambda + 1}, \quad \cos\theta_y = \frac{z_y}{n_y},

    with the decreasing :math:`\psi` of `SphereFace`.

    **Gradient.** In the logits, :math:`w (p_k - [k = y])`, and at the label times :math:`(\lambda + \psi') /
    (\lambda + 1)` with :math:`\psi' = m\,|\sin m\theta| / \sin\theta`. The loss depends on the norms too,
    with :math:`\partial F / \partial n_y = (\psi - \psi' \cos\theta) / (\lambda + 1)`: PyTorch and JAX
    differentiate in both, as a model requires, because logits and norms come from the same vectors.

    **Character.** At least 0, unbounded, not convex, not proper, not robust to symmetric label noise.

    **Edge cases.** ``K = 1`` gives 0; a logit above its norm by rounding counts as that norm; ``nan`` gives
    ``nan``; an empty batch gives an empty array.

    **Numerics.** Chebyshev polynomials as in `SphereFace`, of the quotient of logit and norm in two floats:
    the value is within 4 units in the last place, the gradient within 8.

    References
    ----------
    .. [1] Liu, W., Wen, Y., Yu, Z., Yang, M. (2016). Large-margin softmax loss for convolutional neural
       networks. ICML. Equations 4 to 6.

    Examples
    --------
    The features of the first row have the direction of their class vector, where the margin has no effect.

    >>> import numpy as np
    >>> logits, norms = np.asarray([[5.0, 0.0], [4.0, 3.0]]), np.full((2, 2), 5.0)
    >>> l_softmax(logits, np.asarray([0, 0]), norms=norms)
    array([6.71534849e-03, 7.21673447e+00])
    """

    name: ClassVar[str] = "l_softmax"
    facts: ClassVar[LossFacts] = LossFacts(
        use="classes that are to lie apart in angle, at their own norms",
        domain="logits of given norms",
        truth="labels",
        link="softmax",
        minimum=0.0,
        maximum=math.inf,
        convex=False,
        shift_invariant=False,
        noise_robust=False,
        source="Liu et al. 2016, equations 4 to 6",
        also=("large-margin softmax",),
    )
    example: ClassVar[Mapping[str, Any]] = {"norms": 1.0}
    norms: Any = None
    margin: int = 4
    annealing: float = 0.0

    def __post_init__(self) -> None:
        check_parameter(self, "margin", "be a whole number >= 1", holds=self.margin in range(1, 1000))
        check_parameter(self, "annealing", "be finite and >= 0", holds=0 <= self.annealing < math.inf)

    def problem(self, request: Request) -> Problem:
        """
        Checked logits, norms, broadcast to them, labels, (...), and weights, with the formula of this loss.

        The data of the formula are labels and norms; class weights are in the weights. Raises `DomainError`
        for a norm that is not positive and finite, a logit larger in size than ``1 + sqrt(eps)`` times its
        norm, with the epsilon of the logits' dtype, a label out of range or an invalid weight; `DTypeError`
        or `ShapeError` for arrays that do not fit or missing norms. A norm, logit or weight that is invalid
        and cannot be read becomes nan. Values are not checked if ``request.validate`` is False, but such a
        logit becomes nan.
        """
        examples = weighted_examples(
            request, ignored_label=self.ignored_label, class_weights=self.class_weights
        )
        norms = self._norms(examples)
        xp, furthest = examples.xp, 1 + float(examples.xp.finfo(examples.dtype).eps) ** 0.5
        logits = examples.logits
        if examples.validate:
            logits = valid_values(
                logits,
                lambda logits: xp.abs(logits) > furthest * norms,
                "lie between `-norms` and `norms`",
                caller=examples.caller,
                argument="logits",
                xp=xp,
                hint="They are products of norms of features and class vectors, and logits have no bias.",
            )
        else:
            logits = nan_where(xp.abs(logits) > furthest * norms, logits, xp=xp)
        examples = replace(examples, logits=logits)
        margin = AngularMargin(multiplier=plain_number(self.margin), annealing=plain_number(self.annealing))
        formula = AdjustedByLabel(LogitsWithNorms(margin), softmax_cross_entropy)
        return Problem(examples, formula, (examples.truth, norms))

    def _norms(self, examples: Examples) -> Array:
        """
        Checked norms, broadcast to the shape of the logits; 1 in rows of weight 0.

        Raises `ShapeError` if there are none or they do not broadcast, `DTypeError` if they are no numbers,
        `DomainError` unless positive and finite; where values cannot be read, an invalid one becomes nan.
        Values are not checked if `validate` of the examples is False.
        """
        xp, caller, logits = examples.xp, examples.caller, examples.logits
        rule = "be of the shape of `logits`, or broadcast to it"
        if self.norms is None:
            hint = "Pass the product of the norms of each row's features and each class vector."
            raise ShapeError(caller, "norms", rule, got="None", hint=hint)
        norms = numbers_like(logits, self.norms, "norms", caller=caller, xp=xp)
        try:
            norms = xp.broadcast_to(norms, tuple(logits.shape))
        except (RuntimeError, ValueError):
            raise ShapeError(caller, "norms", rule, got=f"shape {tuple(norms.shape)}") from None
        norms = examples.where_read(norms, 1.0)
        if examples.validate:
            norms = valid_values(
                norms,
                lambda norms: ~(xp.isfinite(norms) & (norms > 0)),
                "be positive and finite",
                caller=caller,
                argument="norms",
                xp=xp,
            )
        return norms


l_softmax = LSoftmax()
