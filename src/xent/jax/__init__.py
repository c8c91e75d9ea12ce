"""
Cross-entropy for JAX: the cross-entropies of `optax.losses` under its names, exact, and a linear one.

Functions with optax's arguments, logits first and never reduced, stand in a file for each kind: `softmax`,
`sigmoid`, `poly`, `divergences`, `smoothing`, `contrastive`. `linear` holds the cross-entropy of hidden
states and a weight without all logits in memory. `arguments.py` turns arrays, axes and masks into rows with
the classes last; `evaluation.py` compiles a loss once for calls outside of `jit`, and looks for the cause of
a nan there. Hinge, perceptron, triplet, CTC and Fenchel-Young losses of optax are not cross-entropies and
stay there.

May import `losses`, `kernels`, `options`, `formulas` and `arrays`, and jax; no other room imports it.
"""

from xent.errors import BackendError

try:
    import jax as _jax  # noqa: F401 - to say how to install it
except ModuleNotFoundError as error:
    if error.name not in {"jax", "jaxlib"}:
        raise
    raise BackendError(
        "xent.jax",
        error.name,
        "be installed",
        got="no such package",
        hint='Run `pip install "xent[jax]"`.',
    ) from error

from xent.jax.contrastive import ntxent
from xent.jax.divergences import (
    convex_kl_divergence,
    generalized_kl_divergence,
    kl_divergence,
    kl_divergence_with_log_targets,
)
from xent.jax.linear import LinearStatistics, SparseTargets, linear_softmax_cross_entropy
from xent.jax.poly import poly_loss_cross_entropy
from xent.jax.sigmoid import sigmoid_binary_cross_entropy, sigmoid_focal_loss
from xent.jax.smoothing import smooth_labels
from xent.jax.softmax import (
    safe_softmax_cross_entropy,
    softmax_cross_entropy,
    softmax_cross_entropy_with_integer_labels,
)

__all__ = [
    "LinearStatistics",
    "SparseTargets",
    "convex_kl_divergence",
    "generalized_kl_divergence",
    "kl_divergence",
    "kl_divergence_with_log_targets",
    "linear_softmax_cross_entropy",
    "ntxent",
    "poly_loss_cross_entropy",
    "safe_softmax_cross_entropy",
    "sigmoid_binary_cross_entropy",
    "sigmoid_focal_loss",
    "smooth_labels",
    "softmax_cross_entropy",
    "softmax_cross_entropy_with_integer_labels",
]
