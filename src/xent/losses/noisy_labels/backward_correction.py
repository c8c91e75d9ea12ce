"""Backward correction: cross-entropy of noisy labels, corrected by the inverse of the noise matrix."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, ClassVar, final

from xent.formulas.losses.backward_correction import BackwardCorrection as Formula
from xent.losses.abstract_loss import Problem
from xent.losses.arguments.examples import Asked
from xent.losses.arguments.noise_matrix import as_rows, check_invertible, noise_matrix_of, rows_of_labels
from xent.losses.character import Character
from xent.losses.families.abstract_softmax_loss import AbstractLossOfLabels

__all__ = ["BackwardCorrection"]


@final
@dataclass(frozen=True, repr=False)
class BackwardCorrection(AbstractLossOfLabels):
    r"""
    Backward-corrected cross-entropy of noisy labels under a softmax, one value per row, in nats.

    Construct the loss with the noise matrix and call it: ``BackwardCorrection(matrix)(logits, labels)``. The
    mean of the loss over the noisy labels of a true class is the cross-entropy of the true class.

    Parameters
    ----------
    logits : array of shape (..., K)
        Unnormalised log-probabilities of the true classes, real floating; ``-inf`` means probability 0.
    labels : array of shape (...)
        Label that was seen in each row, an integer in ``0 .. K-1``.
    sample_weight : array of shape (...), optional
        Factor of each row, finite and >= 0, or whether it counts; default 1.
    noise_matrix : array of shape (K, K)
        Probability of each label, along a row, for an example of each true class: entries >= 0 whose rows sum
        to 1. The matrix must be invertible. PyTorch and JAX differentiate the loss in the matrix too.
    class_weights, ignored_label, class_mask, softcap, temperature, offset
        As for `SoftmaxCrossEntropy`; a class weight is that of the label seen.

    Returns
    -------
    array of shape (...)
        New array of losses in nats, in the dtype of `logits`; negative ones are right, see below.

    Raises
    ------
    DTypeError, ShapeError, DomainError
        As for `SoftmaxCrossEntropy`; if `noise_matrix` is not of shape (K, K), a row of it is no
        distribution, or it has no inverse.

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
    character: ClassVar[Character] = Character(
        use="labels are noisy, how is known, and the mean over the noise has to be cross-entropy itself",
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
    noise_matrix: Any

    def __post_init__(self) -> None:
        object.__setattr__(self, "noise_matrix", as_rows(self.noise_matrix))

    def problem(self, asked: Asked) -> Problem:
        """Checked arguments and formula of this loss."""
        problem = self._of_labels(asked, Formula())
        examples = problem.examples
        matrix = noise_matrix_of(self.noise_matrix, examples)
        check_invertible(matrix, examples)
        targets = rows_of_labels(examples.xp.linalg.inv(matrix), examples.truth, xp=examples.xp)
        return problem._replace(data=(targets,))
