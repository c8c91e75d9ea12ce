"""
Training losses on logits, for any array library.

A loss is a small frozen object: ``loss(logits, truth)`` is its value, one number for each example, and
``loss.gradient``, ``value_and_gradient``, ``hessian``, ``hessian_vector_product``, ``total`` and ``mean``
take the same arguments. One with other parameters is made by its class, ``Focal(gamma=3)``, or for one call
by naming them. Integer labels and target distributions have losses of different names; which is meant is
never guessed from a dtype or a shape. PyTorch and JAX differentiate a value by its closed forms.

Here are docstrings, checks and delegation, in a folder for each purpose; the mathematics is in
`xent.formulas`. A loss has one line below, in the order of `xent losses`; `registry` lists them all.
May import `kernels`, `options`, `formulas`, `precision` and `arrays`; no array library.
"""

# A star makes one line of a loss: its module's `__all__` holds its public names. The order is chosen.
# ruff: noqa: F403, I001
import types as _types

# cross-entropy, and losses of events
from xent.losses.cross_entropy.softmax_cross_entropy import *
from xent.losses.cross_entropy.softmax_cross_entropy_of_targets import *
from xent.losses.cross_entropy.sigmoid_cross_entropy import *
from xent.losses.focusing.sigmoid_focal import *
from xent.losses.focusing.asymmetric import *

# of the true class's probability
from xent.losses.focusing.focal import *
from xent.losses.focusing.poly import *
from xent.losses.noisy_labels.taylor_cross_entropy import *
from xent.losses.noisy_labels.generalized_cross_entropy import *
from xent.losses.noisy_labels.truncated_cross_entropy import *
from xent.losses.noisy_labels.symmetric_cross_entropy import *
from xent.losses.noisy_labels.mean_absolute_error import *

# of all classes' probabilities as labels
from xent.losses.noisy_labels.normalized_cross_entropy import *
from xent.losses.noisy_labels.normalized_focal import *
from xent.losses.noisy_labels.normalized import *
from xent.losses.noisy_labels.active_passive import *

# against imbalance
from xent.losses.imbalance.logit_adjusted import *
from xent.losses.imbalance.ldam import *
from xent.losses.imbalance.class_balanced_weights import *

# against noisy labels
from xent.losses.noisy_labels.forward_correction import *
from xent.losses.noisy_labels.backward_correction import *
from xent.losses.noisy_labels.soft_bootstrap import *
from xent.losses.noisy_labels.hard_bootstrap import *

# of probabilities
from xent.losses.squared_errors.softmax_squared_error import *
from xent.losses.squared_errors.softmax_squared_error_of_targets import *
from xent.losses.squared_errors.sigmoid_squared_error import *

# of distributions
from xent.losses.divergences.kl_divergence_of_targets import *
from xent.losses.divergences.reverse_kl_divergence_of_targets import *
from xent.losses.divergences.js_divergence_of_targets import *
from xent.losses.divergences.knowledge_distillation import *

# of sparse distributions
from xent.losses.sparse.entmax_loss import *
from xent.losses.sparse.entmax_loss_of_targets import *
from xent.losses.sparse.sparsemax_loss import *
from xent.losses.sparse.sparsemax_loss_of_targets import *

# of ordered classes
from xent.losses.ordinal.coral import *
from xent.losses.ordinal.corn import *
from xent.losses.ordinal.squared_emd import *
from xent.losses.ordinal.squared_emd_of_targets import *

# of numbers and counts
from xent.losses.regression.squared_error import *
from xent.losses.regression.gaussian_nll import *
from xent.losses.regression.poisson_nll import *

# of cosines, and of logits with a margin
from xent.losses.margins.normalized_softmax import *
from xent.losses.margins.cosface import *
from xent.losses.margins.arcface import *
from xent.losses.margins.sphereface import *
from xent.losses.margins.combined_margin import *
from xent.losses.margins.l_softmax import *
from xent.losses.margins.soft_margin_softmax import *

# of evidence
from xent.losses.evidential.evidential_cross_entropy import *
from xent.losses.evidential.evidential_likelihood import *
from xent.losses.evidential.evidential_squared_error import *

# of embeddings
from xent.losses.contrastive.info_nce import *
from xent.losses.contrastive.nt_xent import *
from xent.losses.contrastive.supervised_contrastive import *

from xent.losses.registry import *

__all__ = [
    name
    for name, export in sorted(globals().items())
    if not name.startswith("_") and not isinstance(export, _types.ModuleType)
]
