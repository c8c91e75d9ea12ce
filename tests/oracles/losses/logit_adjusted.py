"""Menon et al. 2021, equation 10."""

from mpmath import exp, fsum, log, mpf

INPUTS = "logits"
UNITS = {"value": 8, "gradient": 8, "product": 64}

_COUNTS = (1000.0, 1.0, 37.0, 250000.0, 5.0, 900.0, 3.0, 81.0, 20000.0, 11.0)


def value(z, label, class_counts, tau):
    """``-log(n_y ** tau * exp(z_y) / sum(n ** tau * exp(z)))``."""
    masses = [mpf(n) ** mpf(tau) * exp(x) for n, x in zip(class_counts, z, strict=True)]
    return log(1 + fsum(masses[:label] + masses[label + 1 :]) / masses[label])


def parameters(n_classes):
    """Counts of so many classes, from 1 to 250000."""
    return [{"class_counts": list(_COUNTS[:n_classes]), "tau": tau} for tau in (1.0, 0.3)]
