"""Definition and edge cases of `normalized_cross_entropy`."""

import numpy as np
import pytest
from mpmath import fsum, log
from tests.oracles.loss_tables import Definition, softmax
from tests.relative_error import assert_within

from xent.losses import normalized_cross_entropy


def truths(logits, rng):
    """The largest and the smallest finite logit; no label where there is one class, as that were 0 over 0."""
    del rng
    finite = np.flatnonzero(np.isfinite(logits))
    order = finite[np.argsort(logits[finite], kind="stable")]
    return sorted({int(order[0]), int(order[-1])}) if len(order) > 1 else []


def definition(z, label):
    """``log(p_y) / sum(log(p_k))``."""
    p = [x for x in softmax(z) if x > 0]
    return log(softmax(z)[label]) / fsum(map(log, p))


DEFINITION = Definition(
    definition,
    source="Ma et al. 2020, the normalised cross-entropy; a class of logit ``-inf`` takes no part",
    inputs="logits",
    parameters=({},),
    units={"value": 6, "gradient": 8, "gradient of rows": True, "product": 8, "inflection": True},
    truths=truths,
)


@pytest.mark.parametrize("gap", [0.0, 0.3, 17.0, 50.0, 300.0, 700.0])
def test_for_two_classes_no_entry_of_the_gradient_loses_a_digit(xp, gap):
    """The sums of three or more classes have terms of both signs, those of two have not."""
    from mpmath import mp, mpf

    logits = np.asarray([[gap, 0.0], [0.0, gap]])
    value, gradient = xp.call_public(normalized_cross_entropy.value_and_gradient, logits, np.asarray([0, 0]))
    with mp.workdps(700):
        near, far = mp.log1p(mp.exp(-mpf(gap))), mpf(gap) + mp.log1p(mp.exp(-mpf(gap)))
        p = 1 / (1 + mp.exp(-mpf(gap)))
        # d(near) = -(1 - p) and d(far) = p along the label's logit, for a label that is the larger one
        slope = (-(1 - p) * far - p * near) / (near + far) ** 2
        values = np.asarray([float(near / (near + far)), float(far / (near + far))])
        slope = float(slope)
    units = 16 if xp.name == "jax" else 8
    assert_within(units, value, values, flushes=xp.flushes)
    assert_within(units, gradient, [[slope, -slope], [slope, -slope]], flushes=xp.flushes)


def test_a_mask_by_name_is_that_of_infinite_logits():
    logits = np.asarray([[0.3, 2.0, 1.2, -0.4]])
    found = normalized_cross_entropy(
        logits, np.asarray([3]), class_mask=np.asarray([True, False, True, True])
    )
    np.testing.assert_array_equal(found, normalized_cross_entropy(logits[:, [0, 2, 3]], np.asarray([2])))
