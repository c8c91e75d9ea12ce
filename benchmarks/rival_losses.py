"""Value and gradient of cross-entropy as each library gives them for NumPy arrays."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from typing import Any

import numpy as np
from scipy.special import expit, log_expit, log_softmax, logsumexp, softmax

from xent.losses import sigmoid_cross_entropy, softmax_cross_entropy

__all__ = ["sigmoid_providers", "softmax_providers"]

Array = Any
Provider = Callable[[Array, Array], tuple[Array, Array]]


def softmax_providers() -> dict[str, Provider]:
    """Functions from rows of logits and labels to the loss of each row and its gradient, by library."""
    found: dict[str, Provider] = {"xent on NumPy": softmax_cross_entropy.value_and_gradient}
    if _installed("torch"):
        import torch

        found["xent on PyTorch"] = _by_torch(softmax_cross_entropy)
        found["torch cross_entropy"] = _by_torch(
            lambda z, y: torch.nn.functional.cross_entropy(z, y, reduction="none")
        )
    if _installed("jax"):
        found["xent on JAX"] = _by_jax(softmax_cross_entropy)
    if _installed("optax"):
        import optax

        found["optax integer_labels"] = _by_jax(optax.losses.softmax_cross_entropy_with_integer_labels)
    if _installed("keras"):
        found["keras sparse_categorical"] = _by_jax(_keras_softmax())
    found["scipy logsumexp"] = _scipy_logsumexp
    found["scipy log_softmax"] = _scipy_log_softmax
    if _installed("sklearn"):
        found["sklearn HalfMultinomialLoss"] = _sklearn_softmax
    return found


def sigmoid_providers() -> dict[str, Provider]:
    """Functions from logits and labels 0 and 1 to the loss of each logit and its derivative, by library."""
    found: dict[str, Provider] = {"xent on NumPy": _events(sigmoid_cross_entropy.value_and_gradient)}
    if _installed("torch"):
        import torch

        found["xent on PyTorch"] = _events(_by_torch(sigmoid_cross_entropy))
        found["torch bce_with_logits"] = _events(
            _by_torch(
                lambda z, t: torch.nn.functional.binary_cross_entropy_with_logits(z, t, reduction="none")
            )
        )
    if _installed("jax"):
        found["xent on JAX"] = _events(_by_jax(sigmoid_cross_entropy))
    if _installed("optax"):
        import optax

        found["optax sigmoid_binary"] = _events(_by_jax(optax.losses.sigmoid_binary_cross_entropy))
    found["scipy log_expit"] = _scipy_sigmoid
    if _installed("sklearn"):
        found["sklearn HalfBinomialLoss"] = _sklearn_sigmoid
    return found


def _installed(name: str) -> bool:
    return importlib.util.find_spec(name) is not None


def _events(provider: Provider) -> Provider:
    """Adapter from columns of logits and labels to `provider`, which takes targets of the logits' shape."""
    return lambda logits, labels: provider(logits[:, 0], labels.astype(logits.dtype))


def _by_torch(loss: Callable[[Any, Any], Any]) -> Provider:
    import torch

    def value_and_gradient(logits: Array, truth: Array) -> tuple[Array, Array]:
        leaf = torch.tensor(logits, requires_grad=True)
        value = loss(leaf, torch.tensor(truth))
        value.sum().backward()
        return value.detach().numpy(), leaf.grad.numpy()

    return value_and_gradient


def _by_jax(loss: Callable[[Any, Any], Any]) -> Provider:
    import jax

    jax.config.update("jax_enable_x64", True)

    def total(logits: Array, truth: Array) -> Any:
        value = loss(logits, truth)
        return value.sum(), value

    step = jax.jit(jax.grad(total, has_aux=True))

    def value_and_gradient(logits: Array, truth: Array) -> tuple[Array, Array]:
        gradient, value = step(logits, truth)
        return np.asarray(value), np.asarray(gradient)

    return value_and_gradient


def _keras_softmax() -> Callable[[Any, Any], Any]:
    import keras

    return lambda z, y: keras.losses.sparse_categorical_crossentropy(y, z, from_logits=True)


def _scipy_logsumexp(logits: Array, labels: Array) -> tuple[Array, Array]:
    rows = np.arange(len(labels))
    log_total = logsumexp(logits, axis=1)
    gradient = np.exp(logits - log_total[:, None])
    gradient[rows, labels] -= 1
    return log_total - logits[rows, labels], gradient


def _scipy_log_softmax(logits: Array, labels: Array) -> tuple[Array, Array]:
    rows = np.arange(len(labels))
    gradient = softmax(logits, axis=1)
    gradient[rows, labels] -= 1
    return -log_softmax(logits, axis=1)[rows, labels], gradient


def _sklearn_softmax(logits: Array, labels: Array) -> tuple[Array, Array]:
    from sklearn._loss import HalfMultinomialLoss

    loss = HalfMultinomialLoss(n_classes=logits.shape[1])
    return loss.loss_gradient(labels.astype(logits.dtype), np.ascontiguousarray(logits))


def _scipy_sigmoid(logits: Array, labels: Array) -> tuple[Array, Array]:
    z = logits[:, 0]
    return -np.where(labels == 1, log_expit(z), log_expit(-z)), expit(z) - labels


def _sklearn_sigmoid(logits: Array, labels: Array) -> tuple[Array, Array]:
    from sklearn._loss import HalfBinomialLoss

    return HalfBinomialLoss().loss_gradient(labels.astype(logits.dtype), logits[:, 0].copy())
