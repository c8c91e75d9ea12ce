"""
Training losses on logits, for any array library.

A loss is a small frozen object: ``loss(logits, labels)`` is its value, one number for each row, and
``loss.gradient``, ``loss.value_and_gradient``, ``loss.hessian`` and ``loss.hessian_vector_product`` take the
same arguments. A loss with parameters will be an object made with them and called in the same way.
Integer labels and target distributions have losses of different names; which is meant is never guessed
from a dtype or a shape.

Here are docstrings, checks and delegation; the mathematics is in `xent.formulas`. May import `formulas`,
`arrays` and `errors`; no array library.
"""

from xent.losses.sigmoid_cross_entropy import SigmoidCrossEntropy, sigmoid_cross_entropy
from xent.losses.sigmoid_squared_error import SigmoidSquaredError, sigmoid_squared_error
from xent.losses.softmax_cross_entropy import SoftmaxCrossEntropy, softmax_cross_entropy
from xent.losses.softmax_cross_entropy_of_targets import (
    SoftmaxCrossEntropyOfTargets,
    softmax_cross_entropy_of_targets,
)
from xent.losses.softmax_squared_error import SoftmaxSquaredError, softmax_squared_error
from xent.losses.softmax_squared_error_of_targets import (
    SoftmaxSquaredErrorOfTargets,
    softmax_squared_error_of_targets,
)

__all__ = [
    "SigmoidCrossEntropy",
    "SigmoidSquaredError",
    "SoftmaxCrossEntropy",
    "SoftmaxCrossEntropyOfTargets",
    "SoftmaxSquaredError",
    "SoftmaxSquaredErrorOfTargets",
    "sigmoid_cross_entropy",
    "sigmoid_squared_error",
    "softmax_cross_entropy",
    "softmax_cross_entropy_of_targets",
    "softmax_squared_error",
    "softmax_squared_error_of_targets",
]
