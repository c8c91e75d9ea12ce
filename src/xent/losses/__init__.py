"""
Training losses on logits, for any array library.

A loss is a frozen object: ``loss(logits, truth)`` is the value of each example; ``loss.gradient``,
``value_and_gradient``, ``hessian``, ``hessian_vector_product``, ``total`` and ``mean`` take the same
arguments. Parameters are set in the class, ``Focal(gamma=3)``, or by keyword for one call. Losses of integer
labels and of target distributions have different names, so that the kind of truth is never inferred from a
dtype or shape. PyTorch and JAX differentiate a value by its closed forms.

A loss here is docstring, checks and delegation, in a folder for each purpose; the mathematics is in
`xent.formulas`. `registry` lists all losses. May import `kernels`, `options`, `formulas`, `precision` and
`arrays`; no array library.
"""

from xent.losses.contrastive.info_nce import InfoNCE, info_nce
from xent.losses.contrastive.nt_xent import NTXent, nt_xent
from xent.losses.contrastive.supervised_contrastive import SupervisedContrastive, supervised_contrastive
from xent.losses.cross_entropy.sigmoid_cross_entropy import SigmoidCrossEntropy, sigmoid_cross_entropy
from xent.losses.cross_entropy.softmax_cross_entropy import SoftmaxCrossEntropy, softmax_cross_entropy
from xent.losses.cross_entropy.softmax_cross_entropy_of_targets import (
    SoftmaxCrossEntropyOfTargets,
    softmax_cross_entropy_of_targets,
)
from xent.losses.divergences.js_divergence_of_targets import JSDivergenceOfTargets, js_divergence_of_targets
from xent.losses.divergences.kl_divergence_of_targets import KLDivergenceOfTargets, kl_divergence_of_targets
from xent.losses.divergences.knowledge_distillation import KnowledgeDistillation, knowledge_distillation
from xent.losses.divergences.reverse_kl_divergence_of_targets import (
    ReverseKLDivergenceOfTargets,
    reverse_kl_divergence_of_targets,
)
from xent.losses.evidential.evidential_cross_entropy import EvidentialCrossEntropy, evidential_cross_entropy
from xent.losses.evidential.evidential_likelihood import EvidentialLikelihood, evidential_likelihood
from xent.losses.evidential.evidential_squared_error import EvidentialSquaredError, evidential_squared_error
from xent.losses.focusing.asymmetric import Asymmetric, asymmetric
from xent.losses.focusing.focal import Focal, focal
from xent.losses.focusing.poly import Poly, poly
from xent.losses.focusing.sigmoid_focal import SigmoidFocal, sigmoid_focal
from xent.losses.imbalance.class_balanced_weights import class_balanced_weights
from xent.losses.imbalance.ldam import LDAM
from xent.losses.imbalance.logit_adjusted import LogitAdjusted
from xent.losses.margins.arcface import ArcFace, arcface
from xent.losses.margins.combined_margin import CombinedMargin, combined_margin
from xent.losses.margins.cosface import CosFace, cosface
from xent.losses.margins.l_softmax import LSoftmax, l_softmax
from xent.losses.margins.normalized_softmax import NormalizedSoftmax, normalized_softmax
from xent.losses.margins.soft_margin_softmax import SoftMarginSoftmax, soft_margin_softmax
from xent.losses.margins.sphereface import SphereFace, sphereface
from xent.losses.noisy_labels.active_passive import ActivePassive, active_passive
from xent.losses.noisy_labels.backward_correction import BackwardCorrection
from xent.losses.noisy_labels.forward_correction import ForwardCorrection
from xent.losses.noisy_labels.generalized_cross_entropy import (
    GeneralizedCrossEntropy,
    generalized_cross_entropy,
)
from xent.losses.noisy_labels.hard_bootstrap import HardBootstrap, hard_bootstrap
from xent.losses.noisy_labels.mean_absolute_error import MeanAbsoluteError, mean_absolute_error
from xent.losses.noisy_labels.normalized import Normalized
from xent.losses.noisy_labels.normalized_cross_entropy import NormalizedCrossEntropy, normalized_cross_entropy
from xent.losses.noisy_labels.normalized_focal import NormalizedFocal, normalized_focal
from xent.losses.noisy_labels.soft_bootstrap import SoftBootstrap, soft_bootstrap
from xent.losses.noisy_labels.symmetric_cross_entropy import SymmetricCrossEntropy, symmetric_cross_entropy
from xent.losses.noisy_labels.taylor_cross_entropy import TaylorCrossEntropy, taylor_cross_entropy
from xent.losses.noisy_labels.truncated_cross_entropy import TruncatedCrossEntropy, truncated_cross_entropy
from xent.losses.ordinal.coral import Coral, coral
from xent.losses.ordinal.corn import Corn, corn
from xent.losses.ordinal.squared_emd import SquaredEMD, squared_emd
from xent.losses.ordinal.squared_emd_of_targets import SquaredEMDOfTargets, squared_emd_of_targets
from xent.losses.registry import REGISTRY
from xent.losses.regression.gaussian_nll import GaussianNLL, gaussian_nll
from xent.losses.regression.poisson_nll import PoissonNLL, poisson_nll
from xent.losses.regression.squared_error import SquaredError, squared_error
from xent.losses.sparse.entmax_loss import EntmaxLoss, entmax_loss
from xent.losses.sparse.entmax_loss_of_targets import EntmaxLossOfTargets, entmax_loss_of_targets
from xent.losses.sparse.sparsemax_loss import SparsemaxLoss, sparsemax_loss
from xent.losses.sparse.sparsemax_loss_of_targets import SparsemaxLossOfTargets, sparsemax_loss_of_targets
from xent.losses.squared_errors.sigmoid_squared_error import SigmoidSquaredError, sigmoid_squared_error
from xent.losses.squared_errors.softmax_squared_error import SoftmaxSquaredError, softmax_squared_error
from xent.losses.squared_errors.softmax_squared_error_of_targets import (
    SoftmaxSquaredErrorOfTargets,
    softmax_squared_error_of_targets,
)

__all__ = [
    "LDAM",
    "REGISTRY",
    "ActivePassive",
    "ArcFace",
    "Asymmetric",
    "BackwardCorrection",
    "CombinedMargin",
    "Coral",
    "Corn",
    "CosFace",
    "EntmaxLoss",
    "EntmaxLossOfTargets",
    "EvidentialCrossEntropy",
    "EvidentialLikelihood",
    "EvidentialSquaredError",
    "Focal",
    "ForwardCorrection",
    "GaussianNLL",
    "GeneralizedCrossEntropy",
    "HardBootstrap",
    "InfoNCE",
    "JSDivergenceOfTargets",
    "KLDivergenceOfTargets",
    "KnowledgeDistillation",
    "LSoftmax",
    "LogitAdjusted",
    "MeanAbsoluteError",
    "NTXent",
    "Normalized",
    "NormalizedCrossEntropy",
    "NormalizedFocal",
    "NormalizedSoftmax",
    "PoissonNLL",
    "Poly",
    "ReverseKLDivergenceOfTargets",
    "SigmoidCrossEntropy",
    "SigmoidFocal",
    "SigmoidSquaredError",
    "SoftBootstrap",
    "SoftMarginSoftmax",
    "SoftmaxCrossEntropy",
    "SoftmaxCrossEntropyOfTargets",
    "SoftmaxSquaredError",
    "SoftmaxSquaredErrorOfTargets",
    "SparsemaxLoss",
    "SparsemaxLossOfTargets",
    "SphereFace",
    "SquaredEMD",
    "SquaredEMDOfTargets",
    "SquaredError",
    "SupervisedContrastive",
    "SymmetricCrossEntropy",
    "TaylorCrossEntropy",
    "TruncatedCrossEntropy",
    "active_passive",
    "arcface",
    "asymmetric",
    "class_balanced_weights",
    "combined_margin",
    "coral",
    "corn",
    "cosface",
    "entmax_loss",
    "entmax_loss_of_targets",
    "evidential_cross_entropy",
    "evidential_likelihood",
    "evidential_squared_error",
    "focal",
    "gaussian_nll",
    "generalized_cross_entropy",
    "hard_bootstrap",
    "info_nce",
    "js_divergence_of_targets",
    "kl_divergence_of_targets",
    "knowledge_distillation",
    "l_softmax",
    "mean_absolute_error",
    "normalized_cross_entropy",
    "normalized_focal",
    "normalized_softmax",
    "nt_xent",
    "poisson_nll",
    "poly",
    "reverse_kl_divergence_of_targets",
    "sigmoid_cross_entropy",
    "sigmoid_focal",
    "sigmoid_squared_error",
    "soft_bootstrap",
    "soft_margin_softmax",
    "softmax_cross_entropy",
    "softmax_cross_entropy_of_targets",
    "softmax_squared_error",
    "softmax_squared_error_of_targets",
    "sparsemax_loss",
    "sparsemax_loss_of_targets",
    "sphereface",
    "squared_emd",
    "squared_emd_of_targets",
    "squared_error",
    "supervised_contrastive",
    "symmetric_cross_entropy",
    "taylor_cross_entropy",
    "truncated_cross_entropy",
]
