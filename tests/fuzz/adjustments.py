"""Options that adjust logits and weigh classes, for a call and in long arithmetic."""

from dataclasses import dataclass, field, fields

import numpy as np
from mpmath import inf, mpf
from tests.fuzz import definitions
from tests.fuzz.cases import chance, one_of
from tests.fuzz.truths import number

__all__ = ["Adjustment", "adjustment"]


@dataclass(frozen=True)
class Adjustment:
    """Options of a call; of a row in mpmath and its truth it gives the adjusted row and its weight."""

    options: dict = field(default_factory=dict)

    def __call__(self, x, truth):
        """Divide, move and mask a row, in this order."""
        x = [a / mpf(self.options.get("temperature", 1.0)) if a > -inf else a for a in x]
        if "offset" in self.options:
            x = [a + number(b) if a > -inf else a for a, b in zip(x, self.options["offset"], strict=True)]
        if "class_mask" in self.options:
            x = [a if keep else -inf for a, keep in zip(x, self.options["class_mask"], strict=True)]
        weight = self.options.get("class_weights")
        return x, mpf(1) if weight is None else number(weight[truth])


def adjustment(rng, loss, rows, truths):
    """Some options that a loss takes for these rows, often none."""
    names = {each.name for each in fields(loss)}
    takes = {"temperature", "offset", "class_mask"} <= names and loss.facts.domain == "logits"
    if not takes or loss.name in definitions.PLAIN or chance(rng, 0.5):
        return Adjustment()
    K, options, are_labels = rows.shape[-1], {}, isinstance(truths[0], int)
    if chance(rng, 0.4) and loss.name != "knowledge_distillation":
        options["temperature"] = one_of(rng, 0.5, 2.0, 0.7, 30.0)
    if chance(rng, 0.3):
        options["offset"] = rng.standard_normal(K).astype(np.float32).astype(float)
    if chance(rng, 0.3) and K > 2 and are_labels and not np.isneginf(rows).any():
        options["class_mask"] = rng.random(K) < 0.6
        # Two classes at least, and the labels, take part.
        options["class_mask"][[0, 1, *truths]] = True
    if chance(rng, 0.3) and are_labels:
        options["class_weights"] = 2.0 ** rng.integers(-2, 3, K)
    return Adjustment(options)
