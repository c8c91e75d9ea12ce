"""
Every loss by its name, from which tests, documentation and the command line take their lists.

A loss that needs parameters stands here with some for three classes.
"""

from __future__ import annotations

from types import MappingProxyType

from xent.losses.abstract_loss import AbstractLoss
from xent.losses.active_passive import active_passive
from xent.losses.arcface import arcface
from xent.losses.asymmetric import asymmetric
from xent.losses.backward_correction import BackwardCorrection
from xent.losses.combined_margin import combined_margin
from xent.losses.coral import coral
from xent.losses.corn import corn
from xent.losses.cosface import cosface
from xent.losses.entmax_loss import entmax_loss
from xent.losses.entmax_loss_of_targets import entmax_loss_of_targets
from xent.losses.evidential_cross_entropy import evidential_cross_entropy
from xent.losses.evidential_likelihood import evidential_likelihood
from xent.losses.evidential_squared_error import evidential_squared_error
from xent.losses.focal import focal
from xent.losses.forward_correction import ForwardCorrection
from xent.losses.gaussian_nll import gaussian_nll
from xent.losses.generalized_cross_entropy import generalized_cross_entropy
from xent.losses.hard_bootstrap import hard_bootstrap
from xent.losses.info_nce import info_nce
from xent.losses.js_divergence_of_targets import js_divergence_of_targets
from xent.losses.kl_divergence_of_targets import kl_divergence_of_targets
from xent.losses.knowledge_distillation import knowledge_distillation
from xent.losses.l_softmax import LSoftmax
from xent.losses.ldam import LDAM
from xent.losses.logit_adjusted import LogitAdjusted
from xent.losses.mean_absolute_error import mean_absolute_error
from xent.losses.normalized import Normalized
from xent.losses.normalized_cross_entropy import normalized_cross_entropy
from xent.losses.normalized_focal import normalized_focal
from xent.losses.normalized_softmax import normalized_softmax
from xent.losses.nt_xent import nt_xent
from xent.losses.poisson_nll import poisson_nll
from xent.losses.poly import poly
from xent.losses.reverse_kl_divergence_of_targets import reverse_kl_divergence_of_targets
from xent.losses.sigmoid_cross_entropy import sigmoid_cross_entropy
from xent.losses.sigmoid_focal import sigmoid_focal
from xent.losses.sigmoid_squared_error import sigmoid_squared_error
from xent.losses.soft_bootstrap import soft_bootstrap
from xent.losses.soft_margin_softmax import soft_margin_softmax
from xent.losses.softmax_cross_entropy import softmax_cross_entropy
from xent.losses.softmax_cross_entropy_of_targets import softmax_cross_entropy_of_targets
from xent.losses.softmax_squared_error import softmax_squared_error
from xent.losses.softmax_squared_error_of_targets import softmax_squared_error_of_targets
from xent.losses.sparsemax_loss import sparsemax_loss
from xent.losses.sparsemax_loss_of_targets import sparsemax_loss_of_targets
from xent.losses.sphereface import sphereface
from xent.losses.squared_emd import squared_emd
from xent.losses.squared_emd_of_targets import squared_emd_of_targets
from xent.losses.squared_error import squared_error
from xent.losses.supervised_contrastive import supervised_contrastive
from xent.losses.symmetric_cross_entropy import symmetric_cross_entropy
from xent.losses.taylor_cross_entropy import taylor_cross_entropy
from xent.losses.truncated_cross_entropy import truncated_cross_entropy

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
