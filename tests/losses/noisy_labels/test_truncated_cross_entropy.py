"""Definition, mutants and edge cases of `truncated_cross_entropy`."""

import numpy as np
from mpmath import expm1, log, mpf
from tests.mutants.harness import Mutant, meets_definition
from tests.mutants.mutators import drop_right, move_bound, negate, never
from tests.oracles.loss_tables import Definition, softmax

from xent.losses import truncated_cross_entropy


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

TESTS = "tests/losses/noisy_labels/test_truncated_cross_entropy.py::"

MUTANTS = (
    Mutant(
        "truncate the likely ones",
        "truncated_cross_entropy:TruncatedCrossEntropy.value",
        "of_label.prob <= self.k",
        negate,
        "tests/losses/noisy_labels/test_generalized_cross_entropy.py::test_the_definitions_as_written_hold[numpy]",
    ),
    Mutant(
        "a threshold that is not flat",
        "truncated_cross_entropy:TruncatedCrossEntropy.first_derivative",
        "of_label.prob <= self.k",
        move_bound,
        TESTS + "test_at_the_threshold_the_loss_is_continuous_and_flat[numpy]",
    ),
    Mutant(
        "a slope below the threshold",
        "truncated_cross_entropy:TruncatedCrossEntropy.first_derivative",
        "xp.where(of_label.prob <= self.k, flat, self._whole.first_derivative(of_label, xp=xp))",
        never,
        meets_definition("truncated_cross_entropy"),
    ),
    Mutant(
        "a bend below the threshold",
        "truncated_cross_entropy:TruncatedCrossEntropy.second_derivative",
        "xp.where(of_label.prob <= self.k, flat, self._whole.second_derivative(of_label, xp=xp))",
        never,
        meets_definition("truncated_cross_entropy"),
    ),
    Mutant(
        "a jump at the threshold",
        "truncated_cross_entropy:TruncatedCrossEntropy._at_threshold",
        "-math.expm1(self.q * math.log(self.k)) / self.q",
        drop_right,
        TESTS + "test_at_the_threshold_the_loss_is_continuous_and_flat[numpy]",
    ),
    Mutant(
        "a finite loss of what is undefined",
        "truncated_cross_entropy:TruncatedCrossEntropy.value",
        "xp.where(of_label.prob <= self.k, at_k, self._whole.value(of_label, xp=xp))",
        "xp.where(of_label.prob > self.k, self._whole.value(of_label, xp=xp), at_k)",
        "tests/losses/noisy_labels/test_generalized_cross_entropy.py::"
        "test_one_class_costs_nothing_and_nan_stays_nan[numpy]",
    ),
)


def test_at_the_threshold_the_loss_is_continuous_and_flat(xp):
    logits, labels = np.asarray([[0.0, 0.0], [1e-9, 0.0], [-1e-9, 0.0]]), np.asarray([0, 0, 0])
    value, gradient = xp.call_public(truncated_cross_entropy.value_and_gradient, logits, labels)
    np.testing.assert_allclose(value, (1 - 0.5**0.7) / 0.7, rtol=2e-9)
    np.testing.assert_array_equal(gradient[[0, 2]], 0)
    np.testing.assert_allclose(gradient[1], [-(0.5**1.7), 0.5**1.7], rtol=1e-8)


def test_an_untrained_model_has_no_slope_under_the_truncated_loss():
    logits = 0.01 * np.random.default_rng(4).standard_normal((50, 10))
    assert not truncated_cross_entropy.gradient(logits, np.arange(50) % 10).any()
