"""Liang et al. 2017."""

from mpmath import fsum, log, mp, mpf

INPUTS = "logits"
PARAMETERS = ({"margin": 1.0}, {"margin": 0.35})
# Units in the last place: of each value; of each entry of a gradient; of the largest entry of a row's
# product.
UNITS = {"value": 4, "gradient": 8, "product": 16}


def value(z, label, margin):
    """``-log softmax(z)`` at the label, whose logit is less `margin`."""
    less = [x - mpf(margin) if k == label else x for k, x in enumerate(z)]
    return log(fsum(map(mp.exp, less))) - less[label]
