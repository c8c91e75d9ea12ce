"""The losses of the registry, each with inputs of its kind: what one test says of all of them."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from xent.losses.registry import REGISTRY

__all__ = ["Case", "cases", "every_loss", "parametrize", "parts", "random_inputs"]

_ARGUMENTS = {
    "labels": "labels",
    "ordered labels": "labels",
    "targets": "targets",
    "positive targets": "targets",
    "teacher logits": "teacher_logits",
    "ordered targets": "targets",
    "events": "targets",
    "values": "values",
    "counts": "counts",
}


@dataclass(frozen=True)
class Case:
    """A loss with inputs and truths for two rows of it."""

    loss: Any
    name: str
    logits: np.ndarray
    truth: np.ndarray

    @property
    def argument(self):
        """Name of the argument that the truth is."""
        return _ARGUMENTS[self.loss.character.truth]

    @property
    def is_elementwise(self):
        """Whether each logit has a value of its own, and no part in another's."""
        return self.loss.character.domain in ("logit", "log-rate", "mean")

    @property
    def is_far_reaching(self):
        """Whether the first argument may be any number, so that values come near their bounds."""
        return self.loss.character.domain not in ("cosines", "logits of given norms")

    @property
    def bounds(self):
        """Greatest lower and least upper bound of the values of inputs like these."""
        maximum = self.loss.character.maximum
        # It grows with the number of classes, which here is 3.
        return self.loss.character.minimum, 2.0 if self.loss.character.domain == "ordinal logits" else maximum

    @property
    def values_shape(self):
        """Shape of the values."""
        return self.logits.shape if self.is_elementwise else self.logits.shape[:-1]


def random_inputs(loss, rng, rows, *, scale=2.0):
    """`rows` rows of inputs for three classes, and truths, of the kind that a loss takes."""
    domain, truth = loss.character.domain, loss.character.truth
    logits = {
        "logits": lambda: scale * rng.standard_normal((rows, 3)) + 0.3,
        "logit": lambda: scale * rng.standard_normal((rows, 3)) + 0.3,
        "cosines": lambda: rng.uniform(-0.9, 0.9, size=(rows, 3)),
        "logits of given norms": lambda: rng.uniform(-0.9, 0.9, size=(rows, 3)),
        "ordinal logits": lambda: scale * rng.standard_normal((rows, 3)) + 0.3,
        # of four classes
        "cumulative logits": lambda: scale * rng.standard_normal((rows, 3)) + 0.3,
        "conditional logits": lambda: scale * rng.standard_normal((rows, 3)) + 0.3,
        # of softplus evidence, which grows like a logit and whose losses grow like its logarithm
        "logits of evidence": lambda: scale**2.5 * rng.standard_normal((rows, 3)) + 0.3,
        "mean": lambda: scale * rng.standard_normal((rows, 3)) + 0.3,
        "mean and log-variance": lambda: scale * rng.standard_normal((rows, 2)) + 0.3,
        "log-rate": lambda: scale * rng.standard_normal((rows, 3)) + 0.3,
    }[domain]()
    truths = {
        "labels": lambda: rng.integers(0, 3, size=rows),
        "targets": lambda: _targets(rng, rows),
        "positive targets": lambda: _positive_targets(rng, rows),
        "teacher logits": lambda: 2 * rng.standard_normal((rows, 3)) - 0.7,
        "events": lambda: rng.integers(0, 2, size=(rows, 3)).astype(float),
        "ordered labels": lambda: rng.integers(0, 3 if domain == "ordinal logits" else 4, size=rows),
        "ordered targets": lambda: _targets(rng, rows),
        "values": lambda: rng.standard_normal(logits.shape if domain == "mean" else rows) + 0.7,
        "counts": lambda: rng.poisson(2.5, size=(rows, 3)).astype(float),
    }[truth]()
    return logits, truths


def _targets(rng, rows):
    """Distributions, every third of them certain."""
    targets = rng.dirichlet(np.ones(3), size=rows)
    targets[2::3] = np.eye(3)[rng.integers(0, 3, size=len(targets[2::3]))]
    return targets


def _positive_targets(rng, rows):
    """Distributions without a zero, some of them next to it."""
    cubes = rng.dirichlet(np.ones(3), size=rows) ** 3
    return cubes / cubes.sum(axis=-1, keepdims=True)


def _case(name):
    loss = REGISTRY[name]
    logits, truth = random_inputs(loss, np.random.default_rng(20261123), 2)
    if loss.character.truth == "labels":
        truth = np.asarray([2, 0])
        if not loss.gradient(logits, truth).any():  # it has no slope where the model is wrong
            truth = np.asarray([1, 0])
    return Case(loss, name, logits, truth)


def parametrize(some):
    """Run a test on some of the cases."""
    return pytest.mark.parametrize("case", some, ids=lambda case: case.name)


def parts(result):
    """A result as a tuple."""
    return result if isinstance(result, tuple) else (result,)


# Values of a contrastive loss depend on all rows: `test_contrastive.py` says of them what is said here.
cases = tuple(_case(name) for name, loss in REGISTRY.items() if loss.character.domain != "embeddings")
every_loss = parametrize(cases)
