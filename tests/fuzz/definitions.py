"""Definitions of all losses: those of tests/oracles/losses, and of the first ones in the same form."""

from dataclasses import replace

from mpmath import exp, fsum, inf, log, log1p
from tests.losses.every_loss import random_inputs
from tests.oracles import loss_tables
from tests.oracles.loss_tables import softmax

__all__ = ["PLAIN", "STEMS", "is_single", "of", "random_inputs"]

# Of these a truth or a parameter belongs to the classes as they are, so that options would change it too.
_OF_PARAMETERS = ("forward_correction", "backward_correction", "logit_adjusted", "ldam", "hard_bootstrap")
_OF_TARGETS = tuple(f"{name}_of_targets" for name in ("entmax_loss", "kl_divergence", "js_divergence"))
_OF_SUMS = ("normalized_cross_entropy", "normalized_focal", "normalized", "active_passive")
PLAIN = frozenset((*_OF_PARAMETERS, *_OF_TARGETS, *_OF_SUMS, "reverse_kl_divergence_of_targets"))


def of_label(z, label):
    """``log(sum(exp(z))) - z_y``."""
    return log(fsum(map(exp, z))) - z[label]


def of_targets(z, targets):
    """``sum(t_k (log(sum(exp(z))) - z_k))``."""
    total = log(fsum(map(exp, z)))
    return fsum(t * (total - x if x > -inf else inf) for t, x in zip(targets, z, strict=True) if t)


def of_event(z, target):
    """``t log(1 + exp(-z)) + (1 - t) log(1 + exp(z))``."""
    (x,), (t,) = z, target
    return t * log1p(exp(-x)) + (1 - t) * log1p(exp(x))


def squared(z, label):
    """``sum((p_k - [k = y]) ** 2) / 2``."""
    return squared_of_targets(z, [k == label for k in range(len(z))])


def squared_of_targets(z, targets):
    """``sum((p_k - t_k) ** 2) / 2``."""
    return fsum((p - t) ** 2 for p, t in zip(softmax(z), targets, strict=True)) / 2


def squared_of_event(z, target):
    """``(p - t) ** 2``."""
    return (1 / (1 + exp(-z[0])) - target[0]) ** 2


def _events(_logits, _rng):
    return [[1.0], [0.0]]


_TARGETS = loss_tables.definition_of("kl_divergence_of_targets").truths
_ROWS = {"value": 8, "gradient": 8, "gradient of rows": True, "gradient of factors": True}
_FIRST = {
    "softmax_cross_entropy": (of_label, "logits", None, {"value": 4, "gradient": 4}),
    "softmax_cross_entropy_of_targets": (
        of_targets, "logits", _TARGETS, {"value": 4, "gradient": 4, "gradient of terms": True}),
    "sigmoid_cross_entropy": (of_event, "logit", _events, {"value": 4, "gradient": 4}),
    "softmax_squared_error": (squared, "logits", None, _ROWS),
    "softmax_squared_error_of_targets": (
        squared_of_targets, "logits", _TARGETS, {**_ROWS, "value beside gradient": True}),
    "sigmoid_squared_error": (squared_of_event, "logit", _events, _ROWS),
}  # fmt: skip
STEMS = (*loss_tables.stems(), *_FIRST)


def of(stem):
    """The definition of a loss: its value, parameters to try, inputs, truths and units in the last place."""
    if stem in _FIRST:
        value, inputs, truths, units = _FIRST[stem]
        return loss_tables.Definition(value, "as written here", inputs, ({},), units, truths)
    found = loss_tables.definition_of(stem)
    if stem == "squared_emd_of_targets":
        # Its docstring promises digits of the residuals, which next to the targets are differences.
        return replace(found, units={**found.units, "value beside gradient": True})
    return found


def is_single(stem):
    """True where each logit has a value of its own."""
    return of(stem).inputs == "logit"
