"""
Cross-entropy for Keras 3: the losses and metrics of `keras.losses` and `keras.metrics`, exact and unclipped.

Keras' functions with Keras' arguments, truth first, stand in a file for each kind: `categorical`, `binary`,
`categorical_focal`, `generalized`, `divergences`. `losses.py` and `metrics.py` have the classes, which are
Keras' own with these functions inside, so that reductions, masks, weights and saved configurations are
Keras'. A probability loss takes `clip`: 0 leaves probabilities as they are, so that a label of probability 0
costs infinity, and ``clip=1e-7`` is Keras' own rule. `arguments.py`, and `labels.py` for integers, turn
tensors into what `xent.losses` takes; `from_probabilities.py` evaluates a loss where a model returns
probabilities. Keras runs on JAX, PyTorch or TensorFlow.

May import `losses`, `options`, `formulas` and `arrays`, and keras; no other room imports it.
"""

from xent.errors import BackendError

try:
    import keras as _keras
except ModuleNotFoundError as error:
    if error.name not in {"keras", "tensorflow"}:
        raise
    raise BackendError(
        "xent.keras",
        error.name,
        "be installed",
        got="no such package",
        hint='Run `pip install "xent[keras]"`, and set KERAS_BACKEND to jax, tensorflow or torch.',
    ) from error

if _keras.backend.backend() not in {"jax", "tensorflow", "torch"}:
    raise BackendError(
        "xent.keras",
        "KERAS_BACKEND",
        "be jax, tensorflow or torch",
        got=repr(_keras.backend.backend()),
        hint="Set it before keras is imported.",
    )

if tuple(map(int, _keras.__version__.split(".")[:2])) < (3, 15):
    raise BackendError(
        "xent.keras",
        "keras",
        "have version 3.15 or later",
        got=_keras.__version__,
        hint='Run `pip install "xent[keras]"`.',
    )

from xent.keras import metrics
from xent.keras.binary import binary_crossentropy, binary_focal_crossentropy
from xent.keras.categorical import categorical_crossentropy, sparse_categorical_crossentropy
from xent.keras.categorical_focal import categorical_focal_crossentropy
from xent.keras.divergences import kl_divergence, poisson
from xent.keras.generalized import categorical_generalized_cross_entropy
from xent.keras.losses import (
    BinaryCrossentropy,
    BinaryFocalCrossentropy,
    CategoricalCrossentropy,
    CategoricalFocalCrossentropy,
    CategoricalGeneralizedCrossEntropy,
    KLDivergence,
    Poisson,
    SparseCategoricalCrossentropy,
)

__all__ = [
    "BinaryCrossentropy",
    "BinaryFocalCrossentropy",
    "CategoricalCrossentropy",
    "CategoricalFocalCrossentropy",
    "CategoricalGeneralizedCrossEntropy",
    "KLDivergence",
    "Poisson",
    "SparseCategoricalCrossentropy",
    "binary_crossentropy",
    "binary_focal_crossentropy",
    "categorical_crossentropy",
    "categorical_focal_crossentropy",
    "categorical_generalized_cross_entropy",
    "kl_divergence",
    "metrics",
    "poisson",
    "sparse_categorical_crossentropy",
]
