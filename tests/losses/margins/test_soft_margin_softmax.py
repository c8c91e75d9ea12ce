"""Definition and edge cases of `soft_margin_softmax`."""

import numpy as np
from mpmath import fsum, log, mp, mpf
from tests.losses.margins.test_margins import random_rows
from tests.oracles.loss_tables import Definition
from tests.relative_error import assert_within

from xent.losses import soft_margin_softmax, softmax_cross_entropy


def definition(z, label, margin):
    """``-log softmax(z)`` at the label, whose logit is less `margin`."""
    less = [x - mpf(margin) if k == label else x for k, x in enumerate(z)]
    return log(fsum(map(mp.exp, less))) - less[label]


DEFINITION = Definition(
    definition,
    source="Liang et al. 2017",
    inputs="logits",
    parameters=({"margin": 1.0}, {"margin": 0.35}),
    units={"value": 4, "gradient": 8, "product": 16},
)


def test_a_soft_margin_is_an_offset_of_the_label_and_0_is_cross_entropy():
    logits, labels = 3 * random_rows()[0], random_rows()[1]
    assert_within(2, soft_margin_softmax(logits, labels, margin=0), softmax_cross_entropy(logits, labels))
    found = soft_margin_softmax.value_and_gradient(logits, labels, margin=0.7)
    offset = -0.7 * np.eye(4)[labels]
    for mine, theirs in zip(
        found, softmax_cross_entropy.value_and_gradient(logits, labels, offset=offset), strict=True
    ):
        np.testing.assert_allclose(mine, theirs, rtol=1e-14)


def test_a_soft_margin_comes_after_temperature_and_mask():
    logits, labels = np.asarray([[4.0, 2.0, 9.0]]), np.asarray([0])
    found = soft_margin_softmax(
        logits, labels, margin=3, temperature=2.0, class_mask=np.asarray([True, True, False])
    )
    np.testing.assert_allclose(found, np.log1p(np.exp(3 - (4 - 2) / 2)), rtol=1e-15)


def test_a_soft_margin_of_large_logits_keeps_its_digits_in_32_bits():
    logits = np.asarray([[1e6, 1e6 - 1]], dtype=np.float32)
    assert_within(4, soft_margin_softmax(logits, np.asarray([0]), margin=0.35), np.log1p(np.exp([-0.65])))
