"""Backward correction: cross-entropy of noisy labels, corrected by the inverse of the noise matrix."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, final

from xent.formulas.losses.backward_correction import BackwardCorrection as Formula
from xent.losses.arguments.examples import Request
from xent.losses.arguments.noise_matrix import as_rows, invertible, noise_matrix_of, rows_of_labels
from xent.losses.facts import LossFacts
from xent.losses.families.losses_of_logits import AbstractLossOfLogits, problem_of_labels
from xent.losses.problem import Problem

__all__ = ["BackwardCorrection"]


@final
@dataclass(frozen=True, repr=False)
class BackwardCorrection(AbstractLossOfLogits):
    r"""
    Backward-corrected cross-entropy of noisy labels under a softmax, one value per row, in nats.

    Construct the loss with the noise matrix and call it: ``BackwardCorrection(matrix)(logits, labels)``. The
    mean of the loss over the noisy labels of a true class is the cross-entropy of the true class.

    Parameters
    ----------
    logits : array of shape (..., K)
        Unnormalised log-probabilities of the true classes, real floating. ``-inf`` means probability 0; a row
        with ``nan`` gives ``nan``.
    labels : array of shape (...)
        Label that was seen in each row, an integer in ``0 .. K-1``.
    sample_weight : array of shape (...), optional
        Factor of each row, finite and >= 0, or booleans, True for a row that counts. None means 1. A row of
        weight 0 is ignored, whatever its label: loss and gradient are 0.
    noise_matrix : array of shape (K, K)
        Probability of each label, along a row, for an example of each true class: entries >= 0 whose rows sum
        to 1. The matrix must be invertible. PyTorch and JAX differentiate the loss in the matrix too.
    ignored_label : int, optional
        Rows with this label are ignored: loss and gradient are 0. The label may be out of range. None ignores
        no row.
    class_weights : array of shape (K,), optional
        Factor of each class, finite and >= 0, for the rows with its label. None means 1. Here that is the
        label seen, not the true class.
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
        New array of losses in nats, in the dtype of `logits`; negative ones are right, see below.

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
        are not inspected; such a row gives ``nan``, in the value and the gradient. Also if a row of
        `noise_matrix` is not a distribution, or the matrix has no inverse.

    See Also
    --------
    ForwardCorrection : Correction that is bounded below.
    softmax_cross_entropy_of_targets : Cross-entropy of distributions, which have no negative entries.

    Notes
    -----
    **Definition.** With :math:`p = \mathrm{softmax}(z)`, the noise matrix :math:`T` and the signed target
    :math:`t_k = (T^{-1})_{yk}`,

    .. math:: \ell = -w \sum_k t_k \log p_k , \qquad \sum_k t_k = 1, \qquad
        \sum_y T_{jy}\, \ell(y) = -w \log p_j .

    **Gradient.** :math:`w (p - t)`; the entries sum to 0. The Hessian is :math:`w (\mathrm{diag}(p) - p
    p^\top)`, that of cross-entropy.

    **Character.** Convex, and not bounded below: for a class with a negative target the loss tends to
    ``-inf`` as its probability tends to 0. Only the mean over many rows has a minimum. With few rows or a
    wrong matrix, training can diverge.

    **Edge cases.** The identity matrix gives `softmax_cross_entropy`. ``z_k = -inf`` gives ``inf`` if
    :math:`t_k > 0`, ``-inf`` if :math:`t_k < 0`, and ``nan`` if a row has both; ``nan`` gives ``nan``; an
    empty batch gives an empty array.

    **Numerics.** Targets are computed in the precision of the computation, with an error of about the
    matrix's condition number in units in the last place. The loss is a sum of terms of both signs. For a
    matrix of condition number 2, value and gradient are within 16 units in the last place of their largest
    term.

    References
    ----------
    .. [1] Patrini, G. et al. (2017). Making deep neural networks robust to label noise: a loss correction
       approach. CVPR. Theorem 1.

    Examples
    --------
    The mean over the noisy labels of an example of class 0 is the cross-entropy of class 0, 0.31.

    >>> import numpy as np
    >>> corrected = BackwardCorrection(noise_matrix=[[0.75, 0.25], [0.25, 0.75]])
    >>> losses = corrected(np.asarray([[1.0, 0.0], [1.0, 0.0]]), np.asarray([0, 1]))
    >>> losses, round(float(losses @ [0.75, 0.25]), 6)
    (array([-0.18673831,  1.81326169]), 0.313262)
    """

    name: ClassVar[str] = "backward_correction"
    facts: ClassVar[LossFacts] = LossFacts(
        use="noisy labels with known rates: in the mean over the noise, the cross-entropy of the true labels",
        domain="logits",
        truth="labels",
        link="softmax",
        minimum=-math.inf,
        maximum=math.inf,
        convex=True,
        shift_invariant=True,
        noise_robust=False,
        source="Patrini et al. 2017, theorem 1",
    )
    example: ClassVar[Mapping[str, Any]] = {
        "noise_matrix": ((0.875, 0.125, 0.0), (0.25, 0.75, 0.0), (0.0625, 0.0625, 0.875))
    }
    noise_matrix: Any

    def __post_init__(self) -> None:
        rows = as_rows(self.noise_matrix, caller=type(self).__name__)
        object.__setattr__(self, "noise_matrix", rows)

    def problem(self, request: Request) -> Problem:
        """
        Checked logits (..., K), labels (...) and weights of `request`, with the formula of this loss.

        The data of the formula are the rows of the inverse noise matrix at the labels, (..., K), nan where a
        label is out of range. Raises `DomainError` for a noise matrix whose entries are negative or rows do
        not sum to 1, or that is singular, for a label out of range, an invalid weight or a row without a
        softmax; `DTypeError` or `ShapeError` for arrays that do not fit. Values are not checked if
        ``request.validate`` is False.
        """
        problem = problem_of_labels(request, Formula(), self.options)
        examples = problem.examples
        matrix = noise_matrix_of(self.noise_matrix, examples)
        matrix = invertible(matrix, examples)
        targets = rows_of_labels(examples.xp.linalg.inv(matrix), examples.truth, xp=examples.xp)
        return problem._replace(data=(targets,))
