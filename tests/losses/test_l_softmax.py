"""l_softmax."""

from mpmath import fsum, log, mp, mpf
from tests.losses.test_sphereface import psi
from tests.oracles.loss_tables import Definition


def definition(z, label, norms, margin, annealing):
    """``-log softmax(z)`` at the label, whose angle is multiplied by `margin`."""
    weight, norm = mpf(annealing), mpf(norms)
    at_label = (weight * z[label] + norm * psi(z[label] / norm, margin)) / (1 + weight)
    logits = [at_label if k == label else x for k, x in enumerate(z)]
    return log(fsum(map(mp.exp, logits))) - at_label


DEFINITION = Definition(
    definition,
    source="Liu et al. 2016, equations 4 to 6, and the annealing of its experiments",
    inputs="cosines",
    parameters=(
        {"norms": 1.5, "margin": 4, "annealing": 0.0},
        {"norms": 1.0625, "margin": 3, "annealing": 2.3},
    ),
    units={"value": 4, "gradient": 8, "product": 16},
)
