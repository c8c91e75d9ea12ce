"""Definition of `normalized_softmax`."""

from tests.oracles.loss_tables import Definition, scaled_cross_entropy


def definition(c, label, scale):
    """``-log softmax(scale * c)`` at the label."""
    return scaled_cross_entropy(c, label, scale, c[label])


DEFINITION = Definition(
    definition,
    source="Wang, Xiang, Cheng, Yuille 2017, section 3",
    inputs="cosines",
    parameters=({"scale": 20.0}, {"scale": 64.0}),
    units={"value": 4, "gradient": 8, "gradient of factors": True, "product": 16},
)
