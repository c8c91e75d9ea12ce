"""
Neural networks that minimise cross-entropy: a scikit-learn classifier, its training, its files.

`neural_classifier` is the estimator, `classifier_training` sets its attributes, `batch_methods` are its
methods for rows in parts, `parameters` its checks, `rows_of_network` its features, `training_rows` these in
batches, `training_loss` the losses of the registry on a network's outputs, `training` the epochs,
`early_stopping` the rows that end them, `temperature_choice` the calibration, `checkpoint` and `network_file`
the files, `attribution` the parts of the features, `race` a descent on two losses, `multilayer_perceptron`,
`member_layers` and `convolution` the networks. Of rows larger than memory, `coded_stream` reads numbers and
classes, `stream_scan` learns what precedes a training, and `streamed_rows` mixes them; `streamed_training`
puts these together.

The loop is plain PyTorch. On 10,000 rows of 130 features, skorch 1.4.0 with the same network, loss and
optimiser took 1.50, 1.63 and 1.81 times its processor time an epoch at batches of 64, 128 and 256 rows.

May import every room below; torch and safetensors, which ``xent[network]`` installs, are imported here only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from xent.errors import BackendError
from xent.lazy_names import lazy_names

try:
    import torch as _torch  # noqa: F401 - to say what to do where it is not there
except ModuleNotFoundError as error:
    if error.name != "torch":
        raise
    raise BackendError(
        "xent.networks",
        "torch",
        "be installed",
        got="no such package",
        hint='Run `pip install "xent[network]"`.',
    ) from error

if TYPE_CHECKING:
    from xent.networks.convolution import signal
    from xent.networks.multilayer_perceptron import perceptron
    from xent.networks.neural_classifier import NeuralClassifier

__all__ = ["NeuralClassifier", "perceptron", "signal"]

__getattr__ = lazy_names(
    __name__,
    {"NeuralClassifier": "neural_classifier", "perceptron": "multilayer_perceptron", "signal": "convolution"},
)
