"""Divergences of log-probabilities, expectations over targets, log-normaliser: values and derivatives."""

import mpmath
import numpy as np
import pytest
from tests.central_differences import central_gradient, directional_derivative
from tests.relative_error import assert_within, units_apart

from xent.formulas.losses.divergence_of_log_probs import IDivergenceOfLogProbs, KLDivergenceOfLogProbs
from xent.formulas.losses.expected_over_targets import ExpectedOverTargets
from xent.formulas.losses.focal import Focal
from xent.formulas.losses.log_normaliser import LogNormaliser
from xent.formulas.losses.poly import Poly
from xent.formulas.true_class import FunctionOfTrueClass

DRAW = np.random.default_rng(11)
LOGITS = 2 * DRAW.standard_normal((5, 4)) + 1
TARGETS = DRAW.dirichlet(np.ones(4), 5)
LOGS = np.log(DRAW.dirichlet(np.ones(4), 5)) - 0.25
VECTORS = DRAW.standard_normal((5, 4)) - 0.5
FORMULAS = {
    "kl": (KLDivergenceOfLogProbs(), LOGS, TARGETS),
    "kl of log-targets": (KLDivergenceOfLogProbs(True), LOGS, np.log(TARGETS)),
    "i": (IDivergenceOfLogProbs(), LOGS, TARGETS),
    "poly": (ExpectedOverTargets(Poly(1.0, 2.0)), LOGITS, TARGETS),
    "negative poly": (ExpectedOverTargets(Poly(1.0, -0.75)), LOGITS, TARGETS),
    "focal": (ExpectedOverTargets(Focal(2.0)), LOGITS, TARGETS),
    "log-normaliser": (LogNormaliser(), LOGITS, TARGETS[:, 0]),
}


def exact(name, z, t):
    """Value of a row from its definition."""
    with mpmath.workdps(40):
        z, t = ([mpmath.mpf(float(one)) for one in np.atleast_1d(row)] for row in (z, t))
        if name.startswith(("kl", "i")):
            t = list(map(mpmath.exp, t)) if "log" in name else t
            kl = mpmath.fsum(b * (mpmath.log(b) - a) for a, b in zip(z, t, strict=True))
            return float(kl if "kl" in name else kl + mpmath.fsum(map(mpmath.exp, z)) - mpmath.fsum(t))
        total = mpmath.log(mpmath.fsum(map(mpmath.exp, z)))
        if name == "log-normaliser":
            return float(total)
        factor = {"poly": 2.0, "negative poly": -0.75}.get(name)
        terms = []
        for a, b in zip(z, t, strict=True):
            s, c = total - a, 1 - mpmath.exp(a - total)
            terms.append(b * (c**2 * s if factor is None else s + factor * c))
        return float(mpmath.fsum(terms))


@pytest.mark.parametrize("name", FORMULAS)
def test_values_are_those_of_the_definition(name):
    formula, z, t = FORMULAS[name]
    found = formula.value(z, t, xp=np)
    wanted = [exact(name, *row) for row in zip(z, t, strict=True)]
    # Terms of a divergence have both signs.
    scale = np.abs(TARGETS * LOGS).max(-1) + np.exp(LOGS).max(-1) if name.startswith(("kl", "i")) else None
    assert units_apart(found, np.asarray(wanted), scale=scale).max() <= 8


@pytest.mark.parametrize("name", FORMULAS)
def test_derivatives_are_those_of_differences(name):
    formula, z, t = FORMULAS[name]
    value, gradient = formula.value_and_gradient(z, t, xp=np)
    np.testing.assert_array_equal(gradient, formula.gradient(z, t, xp=np))
    np.testing.assert_array_equal(value, formula.value(z, t, xp=np))
    np.testing.assert_allclose(
        gradient, central_gradient(lambda p: formula.value(p, t, xp=np), z), rtol=1e-8, atol=1e-10
    )
    product = formula.hessian_vector_product(z, t, VECTORS, xp=np)
    by_steps = directional_derivative(lambda p: formula.gradient(p, t, xp=np), z, VECTORS)
    np.testing.assert_allclose(product, by_steps, rtol=1e-7, atol=1e-9)
    hessian = formula.hessian(z, t, xp=np)
    np.testing.assert_allclose((hessian * VECTORS[:, None]).sum(-1), product, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("phi", [Poly(1.0, 2.0), Poly(1.0, -1.0), Focal(2.0)])
def test_one_hot_targets_give_the_loss_of_the_label(phi):
    logits = np.asarray([[40.0, 0.0, 1.0], [0.0, -np.inf, 0.5]])
    one_hot, labels = np.asarray([[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]), np.asarray([0, 2])
    expected, of_label = ExpectedOverTargets(phi), FunctionOfTrueClass(phi)
    for name in ("value", "gradient"):
        found, wanted = (
            getattr(f, name)(logits, t, xp=np) for f, t in ((expected, one_hot), (of_label, labels))
        )
        assert_within(4, found, wanted)


def test_the_i_divergence_of_close_masses_keeps_the_digits_of_its_gradient():
    logs = np.asarray([np.log(0.5) + 2.0**-40, np.log(0.25)])
    slope = IDivergenceOfLogProbs().gradient(logs, np.asarray([0.5, 0.25]), xp=np)
    assert slope[1] == 0
    assert_within(4, slope[0], 0.5 * np.expm1(logs[0] - np.log(0.5)))


def test_a_target_of_zero_adds_nothing_at_probability_zero():
    logs, targets = np.asarray([0.0, -np.inf]), np.asarray([1.0, 0.0])
    assert KLDivergenceOfLogProbs().value(logs, targets, xp=np) == 0
    assert KLDivergenceOfLogProbs(True).value(logs, logs, xp=np) == 0
    assert IDivergenceOfLogProbs().value(logs, targets, xp=np) == 0
    assert KLDivergenceOfLogProbs().value(logs, targets[::-1], xp=np) == np.inf
