"""Definition and edge cases of `combined_margin`."""

import numpy as np
import pytest
from mpmath import acos, cos, floor, mp, mpf, pi, sin
from tests.central_differences import directional_derivative
from tests.losses.margins.test_margins import random_rows
from tests.oracles.loss_tables import Definition, scaled_cross_entropy
from tests.relative_error import assert_within

from xent.losses import CombinedMargin, combined_margin


def definition(c, label, *, multiplier, angle, shift, scale):
    """``-log softmax(scale * c)`` at the label, whose cosine has three margins."""
    alpha = mpf(multiplier) * acos(c[label]) + mpf(angle)
    k = int(floor(alpha / pi))
    of_label = (-1) ** k * cos(alpha) - 2 * k
    if k and multiplier == 1:
        of_label = c[label] - mpf(angle) * sin(mpf(angle))
    return scaled_cross_entropy(c, label, scale, of_label - mpf(shift))


DEFINITION = Definition(
    definition,
    source="Deng et al. 2019, equation 4; past pi falling, as in the codes of SphereFace and ArcFace",
    inputs="cosines",
    parameters=(
        {"multiplier": 1.0, "angle": 0.3, "shift": 0.2, "scale": 64.0},
        {"multiplier": 2.0, "angle": 0.4, "shift": 0.15, "scale": 30.1},
    ),
    units={"value": 4, "gradient": 8, "gradient of factors": True, "product": 16},
)


def test_any_multiplier_is_within_4_units_for_each_1_of_the_scale():
    cosines, labels = random_rows(60)
    parameters = {"multiplier": 0.9, "angle": 0.4, "shift": 0.15, "scale": 30.0}
    value = combined_margin(cosines, labels, **parameters)
    with mp.workdps(60):
        truth = [written(row, label, **parameters) for row, label in zip(cosines, labels, strict=True)]
    assert_within(4 * 30, value, truth)


def written(row, label, *, multiplier, angle, shift, scale):
    alpha = mpf(multiplier) * acos(mpf(row[label])) + mpf(angle)
    of_label = (-cos(alpha) - 2 if alpha > mp.pi else cos(alpha)) - mpf(shift)
    logits = [scale * (of_label if k == label else mpf(c)) for k, c in enumerate(row)]
    return float(mp.log(sum(map(mp.exp, logits))) - logits[label])


@pytest.mark.parametrize("multiplier", [0.9, 1.35, 2.5])
def test_any_multiplier_has_the_derivatives_of_its_value(multiplier):
    loss = CombinedMargin(multiplier=multiplier, angle=0.0, shift=0.1, scale=8)
    cosines, labels = random_rows(50, limit=0.95)
    cosines[:3, 0], labels[:3] = (0.9999, 0.999, 0.88), 0
    vectors = np.random.default_rng(4).standard_normal(cosines.shape)
    for value, derivative in (
        (lambda c: loss(c, labels), lambda v: (loss.gradient(cosines, labels) * v).sum(axis=-1)),
        (lambda c: loss.gradient(c, labels), lambda v: loss.hessian_vector_product(cosines, labels, v)),
    ):
        found, near = derivative(vectors), directional_derivative(value, cosines, vectors)
        np.testing.assert_allclose(found, near, rtol=1e-6, atol=1e-6)
