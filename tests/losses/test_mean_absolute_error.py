"""mean_absolute_error."""

from tests.oracles.loss_tables import Definition, softmax


def definition(z, label):
    """``sum(|p_k - [k = y]|)``."""
    p = softmax(z)
    others = sum(p[k] for k in range(len(z)) if k != label)
    return others + others  # 1 - p_y is the sum of the others, which has its digits at any precision


DEFINITION = Definition(
    definition,
    source="Ghosh, Kumar, Sastry 2017, section 3",
    inputs="logits",
    parameters=({},),
    units={"value": 6, "gradient": 6, "product": 8, "inflection": True},
)
