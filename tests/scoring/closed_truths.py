"""
Populations whose scores are known in closed form, for tests and benchmarks of coverage.

Each has ``draw(n, rng)``, which returns log-probabilities and classes, and the true terms of its account.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import digamma

__all__ = ["POPULATIONS", "Population", "drawn_classes", "normalised"]


@dataclass(frozen=True)
class Population:
    """Forecasts and outcomes; terms in nats, nan where unknown. `coefficients` are those of the best map."""

    name: str
    K: int
    draw: object
    cross_entropy: float
    uncertainty: float = np.nan
    miscalibration: float = np.nan
    coefficients: int = 1

    @property
    def resolution(self):
        return self.uncertainty + self.miscalibration - self.cross_entropy


def normalised(logits):
    return logits - np.logaddexp.reduce(logits, axis=1, keepdims=True)


def drawn_classes(probs, rng):
    return np.minimum((probs.cumsum(axis=1) < rng.random((len(probs), 1))).sum(axis=1), probs.shape[1] - 1)


def squared_chance(n, rng):
    """p uniform and P(y = 1 | p) = p²."""
    p = 1 - rng.random(n)
    log_probs = np.stack([np.log1p(-p * (1 - 1e-16)), np.log(p)], axis=1)
    return log_probs, (rng.random(n) < p * p).astype(int)


def dirichlet(K, sharpness=1.0):
    def draw(n, rng):
        q = rng.dirichlet(np.ones(K), n)
        return normalised(sharpness * np.log(q)), drawn_classes(q, rng)

    return draw


def shifted(n, rng):
    """Calibrated forecasts of two classes with 0.4 added to their log-odds."""
    q = 1 - rng.random(n)
    return normalised(np.stack([np.log1p(-q * (1 - 1e-16)), np.log(q) + 0.4], axis=1)), (
        rng.random(n) < q
    ).astype(int)


MATRIX = np.asarray([[1.6, 0.5, -0.3], [-0.4, 0.8, 0.2], [0.3, -0.6, 1.3]])
SHIFT = np.asarray([0.7, -0.2, -0.5])


def mapped(n, rng):
    """Calibrated forecasts of three classes behind a known affine map of their logits."""
    q = rng.dirichlet(np.ones(3), n)
    return normalised(np.log(q) @ MATRIX.T + SHIFT), drawn_classes(q, rng)


RARE = np.log([0.99, 1e-4, 0.0099])


def rare_disaster(n, rng):
    """One row in a hundred costs 9.21 nats, the others 0.01005."""
    return np.tile(RARE, (n, 1)), (rng.random(n) < 0.01).astype(int)


def calibrated_loss(K):
    return digamma(K + 1) - digamma(2)


# E log sum_k q_k^2 + 2 (psi(4) - psi(2)), by quadrature over the simplex to 3e-9.
_SHARP = 0.9434976835
# The same with 1.2 in place of 2.
_SHARPER = 0.8392529298
# E log(1 + e^-z) over both outcomes, with z the log-odds plus 0.4, by quadrature to 1e-12.
_SHIFTED = 0.5132979127
# E of the loss behind the map, by quadrature over the simplex to 1e-12.
_MAPPED = 1.0562185712
_RARE = -float(0.99 * RARE[0] + 0.01 * RARE[1])
_RARE_ENTROPY = -(0.99 * np.log(0.99) + 0.01 * np.log(0.01))

POPULATIONS = {
    one.name: one
    for one in (
        Population("squared chance", 2, squared_chance, 0.5, 0.63651417, 0.09086291, 3),
        *(
            Population(f"calibrated, {K} classes", K, dirichlet(K), calibrated_loss(K), np.log(K), 0.0, 0)
            for K in (2, 3, 10)
        ),
        Population("too sharp", 3, dirichlet(3, 2.0), _SHARP, np.log(3), _SHARP - calibrated_loss(3), 1),
        Population(
            "slightly too sharp",
            3,
            dirichlet(3, 1.2),
            _SHARPER,
            np.log(3),
            _SHARPER - calibrated_loss(3),
            1,
        ),
        Population("shifted", 2, shifted, _SHIFTED, np.log(2), _SHIFTED - 0.5, 2),
        Population("behind a matrix", 3, mapped, _MAPPED, np.log(3), _MAPPED - calibrated_loss(3), 11),
        Population("rare disaster", 3, rare_disaster, _RARE, _RARE_ENTROPY, _RARE - _RARE_ENTROPY, 2),
    )
}
