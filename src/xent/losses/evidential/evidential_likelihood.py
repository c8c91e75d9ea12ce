"""Surprisal of the expected probability under a Dirichlet distribution: type-II maximum likelihood."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar, final

from xent.formulas.growing_function import LOGARITHM
from xent.formulas.losses.evidential.dirichlet_surprisal import DirichletSurprisal
from xent.losses.arguments.examples import Request
from xent.losses.facts import LossFacts
from xent.losses.families.abstract_weighted_loss import AbstractWeightedLoss
from xent.losses.families.losses_of_evidence import check_evidence, problem_of_evidence
from xent.losses.problem import Problem

__all__ = ["EvidentialLikelihood", "evidential_likelihood"]


@final
@dataclass(frozen=True, repr=False, kw_only=True)
class EvidentialLikelihood(AbstractWeightedLoss):
    r"""
    Surprisal of labels whose probabilities have a Dirichlet distribution, one value per row, in nats.

    The likelihood is that of the label with the probabilities integrated out (type-II maximum likelihood).
    Call the object `evidential_likelihood`, with parameters as keywords, or an instance with parameters of
    its own.

    Parameters
    ----------
    logits, evidence, annealing
        As for `EvidentialCrossEntropy`.
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

    Returns
    -------
    array of shape (...)
        New array of losses in nats, in the dtype of `logits`; never negative.

    Raises
    ------
    DTypeError, ShapeError, DomainError
        As for `EvidentialCrossEntropy`.

    See Also
    --------
    evidential_cross_entropy : Expectation of the surprisal, which is never smaller.
    softmax_cross_entropy : Limit for exponential evidence much larger than 1.

    Notes
    -----
    **Definition.** For evidence :math:`e_k`, concentrations :math:`\alpha_k = 1 + e_k`, their sum :math:`S`,
    label :math:`y` and weight :math:`w`,

    .. math:: \ell = w \left(-\log \operatorname{E}_{p \sim \mathrm{Dir}(\alpha)} p_y + \lambda D\right)
        = w \left(\log S - \log \alpha_y + \lambda D\right),

    with the regulariser of `EvidentialCrossEntropy`.

    **Gradient.** Without the regulariser :math:`w\,e_k' (1 / S - [k = y] / \alpha_y)`.

    **Character.** At least 0, which is approached as the evidence for the label grows; unbounded, not convex
    in the logits, not invariant to a shift of the logits, not robust to symmetric label noise. Without the
    regulariser the loss rewards more evidence for the label, and never less evidence in total.

    **Edge cases.** No evidence at all, as in a row of ``-inf``, gives ``log K`` for any label; ``K = 1``
    gives 0; ``+inf`` and ``nan`` give ``nan``; an empty batch gives an empty array.

    **Numerics.** The value is computed as :math:`\log(1 + B / \alpha_y)` with :math:`B` the sum of all other
    concentrations, the gradient at the label as :math:`-e_y' B / (S \alpha_y)`: nothing cancels. The bounds
    are those of `EvidentialCrossEntropy`.

    References
    ----------
    .. [1] Sensoy, M., Kaplan, L., Kandemir, M. (2018). Evidential deep learning to quantify classification
       uncertainty. NeurIPS 31. Equation 3 and section 4.

    Examples
    --------
    The first two rows have the same expected probabilities and differ in the regulariser.

    >>> import numpy as np
    >>> logits = np.log(np.asarray([[1.0, 3.0], [4.0, 9.0], [9.0, 4.0]]))
    >>> labels = np.zeros(3, dtype=int)
    >>> evidential_likelihood(logits, labels, evidence="exponential").round(4)
    array([1.0986, 1.0986, 0.4055])
    >>> evidential_likelihood(logits, labels, evidence="exponential", annealing=0.1).round(4)
    array([1.1622, 1.2389, 0.4864])
    """

    name: ClassVar[str] = "evidential_likelihood"
    facts: ClassVar[LossFacts] = LossFacts(
        use="uncertainty of the probabilities: likelihood of the label under a Dirichlet distribution",
        domain="logits of evidence",
        truth="labels",
        link="Dirichlet distribution",
        minimum=0.0,
        maximum=math.inf,
        convex=False,
        shift_invariant=False,
        noise_robust=False,
        source="Sensoy, Kaplan, Kandemir 2018, equation 3",
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
        return problem_of_evidence(request, self, DirichletSurprisal(LOGARITHM, self.evidence))


evidential_likelihood = EvidentialLikelihood()
