"""Expected cross-entropy of probabilities that have a Dirichlet distribution."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar, final

from xent.formulas.growing_function import DIGAMMA
from xent.formulas.losses.evidential.dirichlet_surprisal import DirichletSurprisal
from xent.losses.arguments.examples import Request
from xent.losses.facts import LossFacts
from xent.losses.families.abstract_weighted_loss import AbstractWeightedLoss
from xent.losses.families.losses_of_evidence import check_evidence, problem_of_evidence
from xent.losses.problem import Problem

__all__ = ["EvidentialCrossEntropy", "evidential_cross_entropy"]


@final
@dataclass(frozen=True, repr=False, kw_only=True)
class EvidentialCrossEntropy(AbstractWeightedLoss):
    r"""
    Expected cross-entropy of labels under a Dirichlet distribution, one value per row, in nats.

    The logits are converted to evidence for the classes, and the evidence to a Dirichlet distribution over
    their probabilities. Call the object `evidential_cross_entropy`, with parameters as keywords, or an
    instance with parameters of its own.

    Parameters
    ----------
    logits : array of shape (..., K)
        What evidence is made of, real floating; ``-inf`` gives none.
    labels : array of shape (...)
        True class of each row, an integer in ``0 .. K-1``.
    sample_weight : array of shape (...), optional
        Factor of each row, finite and >= 0, or booleans, True for a row that counts. None means 1. A row of
        weight 0 is ignored, whatever its label: loss and gradient are 0.
    evidence : "softplus" or "exponential", default "softplus"
        Function that maps a logit :math:`z` to evidence: :math:`\log(1 + e^z)` or :math:`e^z`. The positive
        part of the logit, as in the paper, is not available: its derivative is 0 for negative logits, where
        evidence has to grow.
    annealing : float >= 0, default 0
        Factor of the regulariser, the divergence of the Dirichlet distribution without the evidence for the
        label from the uniform one. In the paper the factor grows from 0 to 1 over the first ten epochs.
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
        If ``K = 0``, or `labels` or a weight does not fit the logits.
    DomainError
        If a weight is negative or not finite, or the label of a row of positive weight lies outside
        ``0 .. K-1``; if `evidence` or `annealing` is none of the above. Traced or off-host values are not
        inspected; such a row gives ``nan``.

    See Also
    --------
    evidential_likelihood : Surprisal of the expected probability, which is never larger.
    evidential_squared_error : Expected squared error.

    Notes
    -----
    **Definition.** For evidence :math:`e_k`, concentrations :math:`\alpha_k = 1 + e_k`, their sum :math:`S`,
    label :math:`y`, weight :math:`w` and the digamma function :math:`\psi`,

    .. math:: \ell = w \left(\operatorname{E}_{p \sim \mathrm{Dir}(\alpha)} (-\log p_y) + \lambda D\right)
        = w \left(\psi(S) - \psi(\alpha_y) + \lambda D\right),

    with the annealing factor :math:`\lambda` and, where :math:`\tilde\alpha` is :math:`\alpha` with 1 at the
    label, :math:`D = \mathrm{KL}(\mathrm{Dir}(\tilde\alpha) \,\|\, \mathrm{Dir}(1))`.

    **Gradient.** Without the regulariser :math:`w\,e_k' (\psi'(S) - [k = y]\,\psi'(\alpha_y))`; the gradient
    of `D` is :math:`e_k' (e_k \psi'(1 + e_k) - E \psi'(K + E))` with :math:`E = \sum_{k \ne y} e_k`, and 0 at
    the label.

    **Character.** At least 0, which is approached as the evidence for the label grows; unbounded, not convex
    in the logits, not invariant to a shift of the logits, not robust to symmetric label noise.

    **Edge cases.** No evidence at all, as in a row of ``-inf``, gives the harmonic number :math:`1 + \dots +
    1/(K-1)` for any label; ``K = 1`` gives 0; ``+inf`` and ``nan`` give ``nan``; an empty batch gives an
    empty array. If exponential evidence overflows the loss does not: it is then a difference of logits.

    **Numerics.** Differences of digamma functions, and of their derivatives, are sums of non-negative terms:
    steps of the recurrence until the argument is large, then divided differences of the asymptotic series. Of
    the two forms of the regulariser the one with smaller terms is used. For K <= 4, the value is within 8
    units in the last place for any amount of evidence, and the gradient within 16 of the largest entry of its
    row, in 32 and 64 bits, with and without the regulariser; within twice that on JAX.

    References
    ----------
    .. [1] Sensoy, M., Kaplan, L., Kandemir, M. (2018). Evidential deep learning to quantify classification
       uncertainty. NeurIPS 31. Equation 4 and section 4.

    Examples
    --------
    For this evidence a direct evaluation of ``psi(S) - psi(alpha)`` has six correct digits.

    >>> import numpy as np
    >>> evidential_cross_entropy(np.asarray([[20.0, 0.0]]), np.asarray([0]), evidence="exponential")
    array([4.12230723e-09])

    Regularised evidence against the label increases the loss; without evidence the loss is the same for all
    labels.

    >>> logits = np.asarray([[-np.inf, 3.0, -np.inf], [-np.inf, -np.inf, -np.inf]])
    >>> evidential_cross_entropy(logits, np.asarray([0, 0])).round(4)
    array([2.2921, 1.5   ])
    >>> evidential_cross_entropy(logits, np.asarray([0, 0]), annealing=1.0).round(4)
    array([3.2596, 1.5   ])
    """

    name: ClassVar[str] = "evidential_cross_entropy"
    facts: ClassVar[LossFacts] = LossFacts(
        use="uncertainty of the probabilities: cross-entropy under a Dirichlet distribution",
        domain="logits of evidence",
        truth="labels",
        link="Dirichlet distribution",
        minimum=0.0,
        maximum=math.inf,
        convex=False,
        shift_invariant=False,
        noise_robust=False,
        source="Sensoy, Kaplan, Kandemir 2018, equation 4",
    )
    evidence: str = "softplus"
    annealing: float = 0.0

    def __post_init__(self) -> None:
        check_evidence(self)

    def problem(self, request: Request) -> Problem:
        """
        Checked logits, labels, which are the formula's data, and weights, with the formula of this loss.

        Errors are those of the class docstring; no values are checked if ``request.validate`` is False.
        """
        return problem_of_evidence(request, self, DirichletSurprisal(DIGAMMA, self.evidence))


evidential_cross_entropy = EvidentialCrossEntropy()
