"""
Registry of all losses by name, the source of lists in tests, documentation and the command line.

A loss with required parameters is registered with an example for three classes.
"""

from __future__ import annotations

from types import MappingProxyType

from xent.losses.abstract_loss import AbstractLoss
from xent.losses.contrastive.info_nce import info_nce
from xent.losses.contrastive.nt_xent import nt_xent
from xent.losses.contrastive.supervised_contrastive import supervised_contrastive
from xent.losses.cross_entropy.sigmoid_cross_entropy import sigmoid_cross_entropy
from xent.losses.cross_entropy.softmax_cross_entropy import softmax_cross_entropy
from xent.losses.cross_entropy.softmax_cross_entropy_of_targets import softmax_cross_entropy_of_targets
from xent.losses.divergences.js_divergence_of_targets import js_divergence_of_targets
from xent.losses.divergences.kl_divergence_of_targets import kl_divergence_of_targets
from xent.losses.divergences.knowledge_distillation import knowledge_distillation
from xent.losses.divergences.reverse_kl_divergence_of_targets import reverse_kl_divergence_of_targets
from xent.losses.evidential.evidential_cross_entropy import evidential_cross_entropy
from xent.losses.evidential.evidential_likelihood import evidential_likelihood
from xent.losses.evidential.evidential_squared_error import evidential_squared_error
from xent.losses.focusing.asymmetric import asymmetric
from xent.losses.focusing.focal import focal
from xent.losses.focusing.poly import poly
from xent.losses.focusing.sigmoid_focal import sigmoid_focal
from xent.losses.imbalance.ldam import LDAM
from xent.losses.imbalance.logit_adjusted import LogitAdjusted
from xent.losses.margins.arcface import arcface
from xent.losses.margins.combined_margin import combined_margin
from xent.losses.margins.cosface import cosface
from xent.losses.margins.l_softmax import LSoftmax
from xent.losses.margins.normalized_softmax import normalized_softmax
from xent.losses.margins.soft_margin_softmax import soft_margin_softmax
from xent.losses.margins.sphereface import sphereface
from xent.losses.noisy_labels.active_passive import active_passive
from xent.losses.noisy_labels.backward_correction import BackwardCorrection
from xent.losses.noisy_labels.forward_correction import ForwardCorrection
from xent.losses.noisy_labels.generalized_cross_entropy import generalized_cross_entropy
from xent.losses.noisy_labels.hard_bootstrap import hard_bootstrap
from xent.losses.noisy_labels.mean_absolute_error import mean_absolute_error
from xent.losses.noisy_labels.normalized import Normalized
from xent.losses.noisy_labels.normalized_cross_entropy import normalized_cross_entropy
from xent.losses.noisy_labels.normalized_focal import normalized_focal
from xent.losses.noisy_labels.soft_bootstrap import soft_bootstrap
from xent.losses.noisy_labels.symmetric_cross_entropy import symmetric_cross_entropy
from xent.losses.noisy_labels.taylor_cross_entropy import taylor_cross_entropy
from xent.losses.noisy_labels.truncated_cross_entropy import truncated_cross_entropy
from xent.losses.ordinal.coral import coral
from xent.losses.ordinal.corn import corn
from xent.losses.ordinal.squared_emd import squared_emd
from xent.losses.ordinal.squared_emd_of_targets import squared_emd_of_targets
from xent.losses.regression.gaussian_nll import gaussian_nll
from xent.losses.regression.poisson_nll import poisson_nll
from xent.losses.regression.squared_error import squared_error
from xent.losses.sparse.entmax_loss import entmax_loss
from xent.losses.sparse.entmax_loss_of_targets import entmax_loss_of_targets
from xent.losses.sparse.sparsemax_loss import sparsemax_loss
from xent.losses.sparse.sparsemax_loss_of_targets import sparsemax_loss_of_targets
from xent.losses.squared_errors.sigmoid_squared_error import sigmoid_squared_error
from xent.losses.squared_errors.softmax_squared_error import softmax_squared_error
from xent.losses.squared_errors.softmax_squared_error_of_targets import softmax_squared_error_of_targets

__all__ = ["REGISTRY"]

_LOSSES: tuple[AbstractLoss, ...] = (
    softmax_cross_entropy,
    softmax_cross_entropy_of_targets,
    sigmoid_cross_entropy,
    sigmoid_focal,
    asymmetric,
    # of the true class's probability
    focal,
    poly,
    taylor_cross_entropy,
    generalized_cross_entropy,
    truncated_cross_entropy,
    symmetric_cross_entropy,
    mean_absolute_error,
    # of all classes' probabilities as labels
    normalized_cross_entropy,
    normalized_focal,
    Normalized(poly),
    active_passive,
    # against imbalance
    LogitAdjusted(class_counts=(900, 90, 10)),
    LDAM(class_counts=(900, 90, 10)),
    # against noisy labels
    ForwardCorrection(noise_matrix=((1.0, 0.0, 0.0), (0.25, 0.75, 0.0), (0.0, 0.125, 0.875))),
    BackwardCorrection(noise_matrix=((0.875, 0.125, 0.0), (0.25, 0.75, 0.0), (0.0625, 0.0625, 0.875))),
    soft_bootstrap,
    hard_bootstrap,
    # of probabilities
    softmax_squared_error,
    softmax_squared_error_of_targets,
    sigmoid_squared_error,
    # of distributions
    kl_divergence_of_targets,
    reverse_kl_divergence_of_targets,
    js_divergence_of_targets,
    knowledge_distillation,
    # of sparse distributions
    entmax_loss,
    entmax_loss_of_targets,
    sparsemax_loss,
    sparsemax_loss_of_targets,
    # of ordered classes
    coral,
    corn,
    squared_emd,
    squared_emd_of_targets,
    # of numbers and counts
    squared_error,
    gaussian_nll,
    poisson_nll,
    # of cosines, and of logits with a margin
    normalized_softmax,
    cosface,
    arcface,
    sphereface,
    combined_margin,
    LSoftmax(norms=1.0),
    soft_margin_softmax,
    # of evidence
    evidential_cross_entropy,
    evidential_likelihood,
    evidential_squared_error,
    # of embeddings
    info_nce,
    nt_xent,
    supervised_contrastive,
)

REGISTRY = MappingProxyType({loss.name: loss for loss in _LOSSES})
