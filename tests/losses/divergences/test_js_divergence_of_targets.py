"""Definition, mutants and edge cases of `js_divergence_of_targets`."""

import numpy as np
import pytest
from tests.losses.divergences.test_divergences_of_targets import probabilities
from tests.losses.divergences.test_kl_divergence_of_targets import divergence
from tests.losses.divergences.test_reverse_kl_divergence_of_targets import inputs
from tests.mutants.harness import Mutant, meets_definition
from tests.mutants.mutators import drop_left, flip_sign, never
from tests.oracles.loss_tables import Definition, far_targets, softmax

from xent.errors import DomainError
from xent.losses import JSDivergenceOfTargets, js_divergence_of_targets


def definition(z, targets, share):
    """``share * KL(targets, m) + (1 - share) * KL(p, m)`` with the mixture `m`."""
    p = softmax(z)
    mixture = [share * t + (1 - share) * q for t, q in zip(targets, p, strict=True)]
    return share * divergence(targets, mixture) + (1 - share) * divergence(p, mixture)


def truths(logits, _rng):
    """Targets that the model does not state, so that its gradient is no difference of near numbers."""
    return far_targets(logits)


DEFINITION = Definition(
    definition,
    source="Lin 1991, equation 4.1, for two distributions",
    inputs=inputs,
    parameters=({"share": 0.5}, {"share": 0.125}),
    units={
        "value": 8,
        "value beside gradient": True,
        "gradient": 16,
        "gradient of rows": True,
        "gradient of factors": True,
        "product": 64,
    },
    truths=truths,
)

TESTS = "tests/losses/divergences/test_js_divergence_of_targets.py::"

MUTANTS = (
    Mutant(
        "exchange the shares",
        "js_divergence_of_targets:JSDivergenceOfTargets._value",
        "self.share * below + (1 - self.share) * above",
        "(1 - self.share) * below + self.share * above",
        TESTS + "test_the_jensen_shannon_divergence_keeps_to_the_entropy_of_its_share[numpy]",
    ),
    Mutant(
        "the difference to the mixture with the other sign",
        "js_divergence_of_targets:JSDivergenceOfTargets._value",
        "-self.share",
        flip_sign,
        "tests/losses/divergences/test_divergences_of_targets.py::"
        "test_it_is_the_measure_of_the_same_name[numpy-js_divergence_of_targets]",
    ),
    Mutant(
        "slopes with a constant that is rounded",
        "js_divergence_of_targets:JSDivergenceOfTargets._parts",
        "xp.where(is_far, from_odds, logs)",
        never,
        TESTS
        + "test_where_model_and_targets_share_nothing_the_slopes_of_other_classes_do_not_seem_to_differ",
    ),
    Mutant(
        "odds next to underflow",
        "js_divergence_of_targets:JSDivergenceOfTargets._parts",
        "xp.where(is_tiny, logs + log_of_rest, -xp.log1p(odds))",
        "-xp.log1p(self.share * targets / ((1 - self.share) * (probs + 1e-320)))",
        TESTS + "test_a_target_of_a_class_next_to_underflow_has_a_finite_slope[numpy]",
    ),
    Mutant(
        "forget the curvature of the logarithm",
        "js_divergence_of_targets:JSDivergenceOfTargets.hessian_vector_product",
        "second_derivative + turn_product(model, derivatives, vectors, xp=xp)",
        "0 * second_derivative + turn_product(model, derivatives, vectors, xp=xp)",
        meets_definition("js_divergence_of_targets"),
    ),
    Mutant(
        "forget the share in the gradient",
        "js_divergence_of_targets:JSDivergenceOfTargets._gradient",
        "(1 - self.share) * parts.model.jacobian_product(parts.derivatives, xp=xp)",
        drop_left,
        meets_definition("js_divergence_of_targets"),
    ),
)


def test_the_jensen_shannon_divergence_keeps_to_the_entropy_of_its_share(xp):
    logits, targets = np.asarray([[800.0, 0.0], [100.0, 0.0]]), np.asarray([[0.0, 1.0], [0.0, 1.0]])
    for share in (0.5, 0.1, 0.9):
        bound = -(share * np.log(share) + (1 - share) * np.log1p(-share))
        found = xp.call_public(JSDivergenceOfTargets(share=share), logits, targets)
        np.testing.assert_allclose(found, bound, rtol=1e-15)
        assert (found <= bound * (1 + 1e-15)).all()


def test_where_model_and_targets_share_nothing_the_slopes_of_other_classes_do_not_seem_to_differ():
    # Without a target, classes have one log-ratio to the mixture; its rounding is larger than the gradient.
    gradient = JSDivergenceOfTargets(share=0.3).gradient(
        np.asarray([[3.0, 0.0, 1.0, -60.0]]), np.asarray([[0.0, 0.0, 0.0, 1.0]])
    )[0]
    probs = probabilities(np.asarray([3.0, 0.0, 1.0, -60.0]))
    slope = 0.7 * probs[3] * -np.log1p(3 / 7 / probs[3])
    np.testing.assert_allclose(gradient, [-slope * probs[k] for k in range(3)] + [slope], rtol=1e-13)


def test_a_target_of_a_class_next_to_underflow_has_a_finite_slope(xp):
    logits, targets = np.asarray([[0.0, -712.0, -5.0]]), np.asarray([[0.0, 1.0, 0.0]])
    gradient = xp.call_public(js_divergence_of_targets.gradient, logits, targets)
    product = xp.call_public(js_divergence_of_targets.hessian_vector_product, logits, targets, logits)
    assert (np.abs(gradient) < 1e-300).all()
    assert (np.abs(product) < 1e-300).all()


@pytest.mark.parametrize("share", [0.0, 1.0, -0.5, np.nan])
def test_a_share_beyond_its_range_is_refused(share):
    with pytest.raises(DomainError, match=r"^JSDivergenceOfTargets: `share` must lie between 0 and 1; got "):
        JSDivergenceOfTargets(share=share)
