"""soft_margin_softmax."""

from mpmath import fsum, log, mp, mpf
from tests.oracles.loss_tables import Definition


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
