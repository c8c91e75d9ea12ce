"""Wang, Xiang, Cheng, Yuille 2017, section 3."""

from tests.oracles.loss_tables import scaled_cross_entropy

INPUTS = "cosines"
PARAMETERS = ({"scale": 20.0}, {"scale": 64.0})
# Units in the last place: of each value; of each entry of a gradient; of the largest entry of a row's
# product.
UNITS = {"value": 4, "gradient": 8, "gradient of factors": True, "product": 16}


def value(c, label, scale):
    """``-log softmax(scale * c)`` at the label."""
    return scaled_cross_entropy(c, label, scale, c[label])
