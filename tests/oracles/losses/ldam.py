"""Cao et al. 2019, section 3.2."""

from mpmath import exp, fsum, log, mpf, root

INPUTS = "cosines"
UNITS = {"value": 4, "gradient": 8, "gradient of factors": True, "product": 64}

_COUNTS = (1000.0, 7.0, 250000.0, 37.0)


def value(z, label, class_counts, max_margin, scale):
    """Cross-entropy of scaled cosines, less a margin at the label."""
    margin = mpf(max_margin) * root(mpf(min(class_counts)) / mpf(class_counts[label]), 4)
    moved = [scale * (x - margin * (k == label)) for k, x in enumerate(z)]
    return log(1 + fsum(exp(x - moved[label]) for k, x in enumerate(moved) if k != label))


def parameters(n_classes):
    """The paper's scale and margin, and a margin and a scale that are no floats of 32 bits."""
    counts = list(_COUNTS[:n_classes])
    return [
        {"class_counts": counts, "max_margin": 0.5, "scale": 30.0},
        {"class_counts": counts, "max_margin": 0.3, "scale": 90.1},
    ]
