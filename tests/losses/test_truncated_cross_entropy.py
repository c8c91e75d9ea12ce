"""truncated_cross_entropy."""

from mpmath import expm1, log, mpf
from tests.oracles.loss_tables import Definition, softmax


def definition(z, label, q, k):
    """``(1 - p_y ** q) / q``, and where ``p_y <= k`` this of `k`; for ``q = 0`` the limit, ``-log(p_y)``."""
    u = max(softmax(z)[label], mpf(k))
    return -log(u) if q == 0 else -expm1(mpf(q) * log(u)) / mpf(q)


DEFINITION = Definition(
    definition,
    source="Zhang and Sabuncu 2018, section 3.3",
    inputs="logits",
    parameters=({"q": 0.7, "k": 0.3}, {"q": 0.0, "k": 0.1}),
    # No row of the table has a label of probability `k`, where there is no derivative.
    # Units in the last place: of each value; of each entry of a gradient; of the largest entry of a row's
    # gradient or product.
    units={"value": 6, "gradient": 6, "product": 8, "inflection": True},
)
