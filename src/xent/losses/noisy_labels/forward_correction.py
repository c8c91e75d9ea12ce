"""Forward correction: cross-entropy of noisy labels, with a softmax of the true classes."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, final

from xent.formulas.losses.forward_correction import ForwardCorrection as Formula
from xent.losses.arguments.examples import Request
from xent.losses.arguments.noise_matrix import as_rows, noise_matrix_of, rows_of_labels
from xent.losses.facts import LossFacts
from xent.losses.families.losses_of_logits import AbstractLossOfLogits, problem_of_labels
from xent.losses.problem import Problem

__all__ = ["ForwardCorrection"]


@final
@dataclass(frozen=True, repr=False)
class ForwardCorrection(AbstractLossOfLogits):
    r"""
    Forward-corrected cross-entropy of noisy labels under a softmax, one value per row, in nats.

    Construct the loss with the noise matrix and call it: ``ForwardCorrection(matrix)(logits, labels)``. The
    softmax gives the probabilities of the true classes, the matrix those of the noisy labels.

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
        to 1. PyTorch and JAX differentiate the loss in the matrix too.
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
        are not inspected; such a row gives ``nan``, in the value and the gradient. Also if a row of
        `noise_matrix` is not a distribution.

    See Also
    --------
    BackwardCorrection : Correction of the losses instead of the probabilities.
    soft_bootstrap : Loss for noise of unknown kind.

    Notes
    -----
    **Definition.** With :math:`p = \mathrm{softmax}(z)` and the noise matrix :math:`T`,

    .. math:: \ell = -w \log \sum_k T_{ky}\, p_k .

    The mean over noisy data has the same minimiser as cross-entropy on clean data, if the matrix is correct
    and invertible.

    **Gradient.** :math:`w (p - r)` with the posterior :math:`r_k = T_{ky} p_k / \sum_j T_{jy} p_j` of the
    true class; the entries sum to 0. The Hessian is :math:`w (\mathrm{diag}(p) - p p^\top - \mathrm{diag}(r)
    + r r^\top)`.

    **Character.** Between :math:`-\log \max_k T_{ky}` and :math:`-\log \min_k T_{ky}`, so bounded unless some
    class never gets the label; not convex, because the loss is a difference of two convex functions.

    **Edge cases.** The identity matrix gives `softmax_cross_entropy`; equal rows give a constant, and
    gradient 0. A label that no class of finite logit can get gives ``inf`` with the gradient ``nan``, which
    has no limit. A class of ``z_k = -inf`` is masked; ``nan`` gives ``nan``; an empty batch gives an empty
    array.

    **Numerics.** No probability is clipped. A probability of the label near 1 is computed from its
    complement, one below the smallest float from logarithms. The gradient uses differences of entries of the
    matrix in place of :math:`p - r`, so no digits are lost where prior and posterior agree. The value is
    within 4 units in the last place on NumPy and PyTorch and 8 on JAX, the gradient within 8 and 16 of the
    largest entry of its row.

    References
    ----------
    .. [1] Patrini, G. et al. (2017). Making deep neural networks robust to label noise: a loss correction
       approach. CVPR. Theorem 2.

    Examples
    --------
    A label that contradicts a confident model has the loss of a labelling error, ``-log(0.125)``.

    >>> import numpy as np
    >>> corrected = ForwardCorrection(noise_matrix=[[0.875, 0.125], [0.125, 0.875]])
    >>> corrected(np.asarray([[1000.0, 0.0], [1000.0, 0.0]]), np.asarray([0, 1]))
    array([0.13353139, 2.07944154])
    """

    name: ClassVar[str] = "forward_correction"
    facts: ClassVar[LossFacts] = LossFacts(
        use="noisy labels with known rates: the likelihood of the observed labels",
        domain="logits",
        truth="labels",
        link="softmax",
        minimum=0.0,
        maximum=math.inf,
        convex=False,
        shift_invariant=True,
        noise_robust=False,
        source="Patrini et al. 2017, theorem 2",
    )
    example: ClassVar[Mapping[str, Any]] = {
        "noise_matrix": ((1.0, 0.0, 0.0), (0.25, 0.75, 0.0), (0.0, 0.125, 0.875))
    }
    noise_matrix: Any

    def __post_init__(self) -> None:
        rows = as_rows(self.noise_matrix, caller=type(self).__name__)
        object.__setattr__(self, "noise_matrix", rows)

    def problem(self, request: Request) -> Problem:
        """
        Checked logits (..., K), labels (...) and weights of `request`, with the formula of this loss.

        The data of the formula are the columns of the noise matrix at the labels, (..., K): likelihoods of
        the label under each true class, nan where a label is out of range. Raises `DomainError` for a noise
        matrix whose entries are negative or rows do not sum to 1, for a label out of range, an invalid weight
        or a row without a softmax; `DTypeError` or `ShapeError` for arrays that do not fit. Values are not
        checked if ``request.validate`` is False.
        """
        problem = problem_of_labels(request, Formula(), self.options)
        examples = problem.examples
        matrix = noise_matrix_of(self.noise_matrix, examples)
        likelihoods = rows_of_labels(examples.xp.matrix_transpose(matrix), examples.truth, xp=examples.xp)
        return problem._replace(data=(likelihoods,))
