"""Zhang and Sabuncu 2018, section 3.2."""

from mpmath import expm1, log, mpf
from tests.oracles.loss_tables import softmax

INPUTS = "logits"
PARAMETERS = ({"q": 0.7}, {"q": 1.0})
# Units in the last place: of each value; of each entry of a gradient; of the largest entry of a row's
# gradient or product.
UNITS = {"value": 6, "gradient": 6, "product": 8, "inflection": True}


def value(z, label, q):
    """``(1 - p_y ** q) / q``; as an ``expm1``, for the difference is to have its digits at two precisions."""
    return -expm1(mpf(q) * log(softmax(z)[label])) / mpf(q)
