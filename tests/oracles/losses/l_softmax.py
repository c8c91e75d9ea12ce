"""Liu et al. 2016, equations 4 to 6, and the annealing of its experiments."""

from mpmath import fsum, log, mp, mpf
from tests.oracles.losses.sphereface import psi

INPUTS = "cosines"
PARAMETERS = (
    {"norms": 1.5, "margin": 4, "annealing": 0.0},
    {"norms": 1.0625, "margin": 3, "annealing": 2.3},
)
# Units in the last place: of each value; of each entry of a gradient; of the largest entry of a row's
# product.
UNITS = {"value": 4, "gradient": 8, "product": 16}


def value(z, label, norms, margin, annealing):
    """``-log softmax(z)`` at the label, whose angle is multiplied by `margin`."""
    weight, norm = mpf(annealing), mpf(norms)
    at_label = (weight * z[label] + norm * psi(z[label] / norm, margin)) / (1 + weight)
    logits = [at_label if k == label else x for k, x in enumerate(z)]
    return log(fsum(map(mp.exp, logits))) - at_label
