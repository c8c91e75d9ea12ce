"""Patrini et al. 2017, theorem 2."""

from mpmath import fsum, log, mpf
from tests.oracles.loss_tables import softmax

INPUTS = "logits"
UNITS = {"value": 4, "gradient": 8, "gradient of rows": True, "product": 64}


def value(z, label, noise_matrix):
    """Minus the logarithm of the label's probability, which is that of each class times its noise."""
    return -log(fsum(p * mpf(row[label]) for p, row in zip(softmax(z), noise_matrix, strict=True)))


def parameters(n_classes):
    """A matrix that confuses all classes alike, and one that takes each for the next; exact in 32 bits."""
    alike = 1 / 2 ** (2 * n_classes - 2).bit_length()
    matrices = (
        [
            [alike if k != j else 1 - (n_classes - 1) * alike for k in range(n_classes)]
            for j in range(n_classes)
        ],
        [[_next(j, k, n_classes) for k in range(n_classes)] for j in range(n_classes)],
    )
    return [{"noise_matrix": matrix} for matrix in matrices]


def _next(j, k, n_classes):
    if j == n_classes - 1:
        return float(k == j)
    return {j: 0.75, j + 1: 0.25}.get(k, 0.0)
