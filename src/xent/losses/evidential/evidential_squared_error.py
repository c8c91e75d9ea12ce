"""Expected squared error of probabilities that have a Dirichlet distribution."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, final

from xent.formulas.losses.evidential.dirichlet_squared_error import DirichletSquaredError
from xent.losses.arguments.examples import Request
from xent.losses.facts import LossFacts
from xent.losses.families.abstract_weighted_loss import AbstractWeightedLoss
from xent.losses.families.losses_of_evidence import check_evidence, problem_of_evidence
from xent.losses.problem import Problem

__all__ = ["EvidentialSquaredError", "evidential_squared_error"]


@final
@dataclass(frozen=True, repr=False, kw_only=True)
class EvidentialSquaredError(AbstractWeightedLoss):
    r"""
    Expected squared error of probabilities with a Dirichlet distribution, a pure number in [0, 2].

    Call the object `evidential_squared_error`, with parameters as keywords, or an instance with parameters of
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
        New array of losses, in the dtype of `logits`; never negative.

    Raises
    ------
    DTypeError, ShapeError, DomainError
        As for `EvidentialCrossEntropy`.

    See Also
    --------
    evidential_cross_entropy : Expected cross-entropy, whose gradient does not vanish where the model is
        wrong.
    softmax_squared_error : Half the limit for growing evidence.

    Notes
    -----
    **Definition.** For evidence :math:`e_k`, concentrations :math:`\alpha_k = 1 + e_k`, their sum :math:`S`,
    :math:`p = \alpha / S`, label :math:`y` and weight :math:`w`,

    .. math:: \ell = w \left(\operatorname{E}_{q \sim \mathrm{Dir}(\alpha)} \sum_k (q_k - [k = y])^2
        + \lambda D\right) = w \left(\sum_k (p_k - [k = y])^2 + \sum_k \frac{p_k (1 - p_k)}{S + 1}
        + \lambda D\right),

    with the regulariser of `EvidentialCrossEntropy`. The first sum is the squared error of the mean, the
    second the variance.

    **Gradient.** Without the regulariser, with :math:`w_k = p_k - [k = y] - p_k / (S + 1)` and the sum
    :math:`V` of the :math:`p_k (1 - p_k)`,
    :math:`e_k' (2 (w_k - \langle p, w \rangle) / S - V / (S + 1)^2)`.

    **Character.** At least 0, less than 2, not convex in the logits, not invariant to a shift of the logits,
    not robust to symmetric label noise.

    **Edge cases.** No evidence at all, as in a row of ``-inf``, gives :math:`(K - 1) / K \cdot (K + 2) / (K
    + 1)`; ``K = 1`` gives 0; ``+inf`` and ``nan`` give ``nan``; an empty batch gives an empty array.

    **Numerics.** The residual at the label is minus the sum of all other probabilities. The bounds are those
    of `EvidentialCrossEntropy`.

    References
    ----------
    .. [1] Sensoy, M., Kaplan, L., Kandemir, M. (2018). Evidential deep learning to quantify classification
       uncertainty. NeurIPS 31. Equation 5 and section 4.

    Examples
    --------
    More evidence reduces the variance and the loss.

    >>> import numpy as np
    >>> logits = np.log(np.asarray([[3.0, 1.0], [9.0, 4.0], [1999.0, 999.0]]))
    >>> evidential_squared_error(logits, np.zeros(3, dtype=int), evidence="exponential").round(4)
    array([0.2857, 0.25  , 0.2224])
    """

    name: ClassVar[str] = "evidential_squared_error"
    facts: ClassVar[LossFacts] = LossFacts(
        use="uncertainty of the probabilities: squared error under a Dirichlet distribution",
        domain="logits of evidence",
        truth="labels",
        link="Dirichlet distribution",
        minimum=0.0,
        maximum=2.0,
        convex=False,
        shift_invariant=False,
        noise_robust=False,
        source="Sensoy, Kaplan, Kandemir 2018, equation 5",
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
        return problem_of_evidence(request, self, DirichletSquaredError(self.evidence))


evidential_squared_error = EvidentialSquaredError()
