"""Rows that have no softmax, or no entmax: value and gradient are nan in every loss, whatever the truth."""

import numpy as np
import pytest

from xent.losses.registry import REGISTRY

ROWS = {
    "nan": [0.0, np.nan, 1.0],
    "only -inf": [-np.inf, -np.inf, -np.inf],
    "inf": [0.0, np.inf, 1.0],
}
TARGETS = [[0.5, 0.5, 0.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.2, 0.3, 0.5]]
TRUTHS = {
    "labels": [0, 1, 2],
    "ordered labels": [0, 1, 2],
    "targets": TARGETS,
    "positive targets": TARGETS,
    "ordered targets": TARGETS,
    "teacher logits": [[0.0, 1.0, -1.0], [-np.inf, 0.0, 0.0], [2.0, -np.inf, -np.inf]],
}
LOSSES = [
    name
    for name, loss in REGISTRY.items()
    if loss.facts.domain in {"logits", "ordinal logits"}
    and loss.facts.link in {"softmax", "entmax", "sparsemax"}
]


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
@pytest.mark.parametrize("name", LOSSES)
def test_value_and_gradient_are_nan(name, row):
    loss = REGISTRY[name]
    truths = np.asarray(TRUTHS[loss.facts.truth])
    logits = np.tile(row, (len(truths), 1))
    value, gradient = loss.value_and_gradient(logits, truths, validate=False)
    assert np.isnan(value).all()
    assert np.isnan(gradient).all()
