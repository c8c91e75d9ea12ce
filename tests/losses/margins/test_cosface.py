"""Definition of `cosface`."""

from mpmath import mpf
from tests.oracles.loss_tables import Definition, scaled_cross_entropy


def definition(c, label, margin, scale):
    """``-log softmax(scale * c)`` at the label, whose cosine is less `margin`."""
    return scaled_cross_entropy(c, label, scale, c[label] - mpf(margin))


DEFINITION = Definition(
    definition,
    source="Wang et al. 2018, equation 4",
    inputs="cosines",
    parameters=({"margin": 0.35, "scale": 64.0}, {"margin": 0.1, "scale": 30.1}),
    units={"value": 4, "gradient": 8, "gradient of factors": True, "product": 16},
)
