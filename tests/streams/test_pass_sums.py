"""A pass has the sums of loss and gradient over weighted rows, as defined."""

from types import SimpleNamespace

import numpy as np
import pytest

from xent.solvers.block_sums import Block
from xent.streams.pass_sums import PassTask, branch_sums


class Stream:
    """Blocks in place of a file; each fragment is a block."""

    def __init__(self, classes):
        self.classes = SimpleNamespace(classes=np.arange(classes))

    def blocks(self, fragment):
        return iter([fragment])


def made_block(n, p, classes, seed):
    generator = np.random.default_rng(seed)
    codes = generator.integers(0, classes, n)
    return Block(generator.standard_normal((n, p)), codes, generator.integers(1, 5, n) / 2)


@pytest.mark.parametrize("classes", [2, 3])
def test_a_pass_has_the_weighted_sums_of_the_definition(classes):
    blocks = tuple(made_block(50, 4, classes, seed) for seed in range(2))
    point = np.random.default_rng(9).standard_normal((1 if classes == 2 else classes, 5))
    found = branch_sums(PassTask("value", blocks, Stream(classes), point))
    X, codes, weights = (np.concatenate([getattr(b, name) for b in blocks]) for name in Block.__slots__)
    logits = X @ point[:, :-1].T + point[:, -1]
    logits = logits if classes > 2 else np.column_stack([np.zeros(100), logits])
    probs = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    slopes = (probs - np.eye(classes)[codes])[:, -len(point) :]
    loss, of_weights, of_intercepts = found.sums[:3]
    np.testing.assert_allclose(loss, -weights @ np.log(probs[np.arange(100), codes]), rtol=1e-12)
    np.testing.assert_allclose(of_weights, (slopes.T * weights) @ X, rtol=1e-10)
    np.testing.assert_allclose(of_intercepts, slopes.T @ weights, rtol=1e-10)
    assert found.counts.tolist() == [np.bincount(b.codes, minlength=classes).tolist() for b in blocks]
