"""The losses of the registry, each with inputs of its kind: what one test says of all of them."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from xent.losses.registry import REGISTRY

__all__ = ["INPUTS", "TRUTHS", "Case", "cases", "every_loss", "parametrize", "parts", "random_inputs"]

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
        return _ARGUMENTS[self.loss.facts.truth]

    @property
    def is_elementwise(self):
        """Whether each logit has a value of its own, and no part in another's."""
        return self.loss.facts.domain in ("logit", "log-rate", "mean")

    @property
    def is_far_reaching(self):
        """Whether the first argument may be any number, so that values come near their bounds."""
        return self.loss.facts.domain not in ("cosines", "logits of given norms")

    @property
    def bounds(self):
        """Greatest lower and least upper bound of the values of inputs like these."""
        maximum = self.loss.facts.maximum
        # It grows with the number of classes, which here is 3.
        return self.loss.facts.minimum, 2.0 if self.loss.facts.domain == "ordinal logits" else maximum

    @property
    def values_shape(self):
        """Shape of the values."""
        return self.logits.shape if self.is_elementwise else self.logits.shape[:-1]


def random_inputs(loss, rng, rows, *, scale=2.0):
    """`rows` rows of inputs for three classes, and truths, of the kind that a loss takes."""
    logits = INPUTS[loss.facts.domain](rng, rows, scale)
    return logits, TRUTHS[loss.facts.truth](rng, rows, loss.facts.domain)


def _logits(rng, rows, scale):
    return scale * rng.standard_normal((rows, 3)) + 0.3


def _cosines(rng, rows, scale):
    del scale
    return rng.uniform(-0.9, 0.9, size=(rows, 3))


def _logits_of_evidence(rng, rows, scale):
    """Softplus evidence grows like a logit, and its losses like the logarithm of it."""
    return scale**2.5 * rng.standard_normal((rows, 3)) + 0.3


def _mean_and_log_variance(rng, rows, scale):
    return scale * rng.standard_normal((rows, 2)) + 0.3


def _labels(rng, rows, domain):
    # Thresholds between four classes give three logits.
    return rng.integers(0, 4 if domain in ("cumulative logits", "conditional logits") else 3, size=rows)


def _teacher_logits(rng, rows, domain):
    del domain
    return 2 * rng.standard_normal((rows, 3)) - 0.7


def _events(rng, rows, domain):
    del domain
    return rng.integers(0, 2, size=(rows, 3)).astype(float)


def _values(rng, rows, domain):
    return rng.standard_normal((rows, 3) if domain == "mean" else rows) + 0.7


def _counts(rng, rows, domain):
    del domain
    return rng.poisson(2.5, size=(rows, 3)).astype(float)


def _targets(rng, rows, domain):
    """Distributions, every third of them certain."""
    del domain
    targets = rng.dirichlet(np.ones(3), size=rows)
    targets[2::3] = np.eye(3)[rng.integers(0, 3, size=len(targets[2::3]))]
    return targets


def _positive_targets(rng, rows, domain):
    """Distributions without a zero, some of them next to it."""
    del domain
    cubes = rng.dirichlet(np.ones(3), size=rows) ** 3
    return cubes / cubes.sum(axis=-1, keepdims=True)


# For each kind of first argument a function that draws some, and for each kind of truth.
INPUTS = {
    "logits": _logits,
    "logit": _logits,
    "cosines": _cosines,
    "logits of given norms": _cosines,
    "ordinal logits": _logits,
    "cumulative logits": _logits,
    "conditional logits": _logits,
    "logits of evidence": _logits_of_evidence,
    "mean": _logits,
    "mean and log-variance": _mean_and_log_variance,
    "log-rate": _logits,
}
TRUTHS = {
    "labels": _labels,
    "ordered labels": _labels,
    "targets": _targets,
    "positive targets": _positive_targets,
    "ordered targets": _targets,
    "teacher logits": _teacher_logits,
    "events": _events,
    "values": _values,
    "counts": _counts,
}


def _case(name):
    loss = REGISTRY[name]
    logits, truth = random_inputs(loss, np.random.default_rng(20261123), 2)
    if loss.facts.truth == "labels":
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
cases = tuple(_case(name) for name, loss in REGISTRY.items() if loss.facts.domain != "embeddings")
every_loss = parametrize(cases)
