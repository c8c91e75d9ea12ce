"""Definition, mutants and edge cases of `reverse_kl_divergence_of_targets`."""

import numpy as np
from tests.losses.divergences.test_kl_divergence_of_targets import divergence
from tests.mutants.harness import Mutant, meets_definition
from tests.mutants.mutators import drop_left, drop_right, never
from tests.oracles.loss_tables import Definition, positive_shares, softmax

from xent.losses import reverse_kl_divergence_of_targets


def definition(z, targets):
    """The divergence with its arguments exchanged."""
    return divergence(softmax(z), targets)


def truths(logits, rng):
    """A distribution without zeros, and one that is next to certain."""
    shares = positive_shares(logits, rng)
    order = np.argsort(shares)
    nearly = np.where(shares > 0, 2.0**-18, 0.0)
    nearly[order[-1]] = 1 - 2.0**-18 * (np.count_nonzero(shares) - 1)
    return [shares.tolist(), nearly.tolist()]


def inputs():
    """Rows of logits whose probabilities have all digits: below that, `p log(p)` has none of them."""
    rng = np.random.default_rng(20261127)
    for gap in (0.0, 2.0**-30, 0.5, 17.0, 50.0, 80.0):
        yield np.float32([0.0, -gap])
    for scale, shift in ((0.01, 0.0), (1.0, -1e4), (1.0, 0.0), (10.0, 0.0)):
        yield (scale * rng.standard_normal(4) + shift).astype(np.float32)
    yield np.full(4, -2.25, dtype=np.float32)
    yield np.float32([1.7, -0.4, 1.7, 0.9, -60.0])
    yield np.float32([-np.inf, 0.8, -1.3, -np.inf, 2.4])
    yield np.float32([13.7])
    yield (2 * rng.standard_normal(10)).astype(np.float32)


DEFINITION = Definition(
    definition,
    source="Csiszar 1975: the divergence of the targets from the model",
    inputs=inputs,
    parameters=({},),
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

TESTS = "tests/losses/divergences/test_reverse_kl_divergence_of_targets.py::"
LIMITS = (
    TESTS + "test_a_forbidden_class_makes_the_reverse_divergence_infinite_and_its_derivatives_limits[numpy]"
)

MUTANTS = (
    Mutant(
        "the divergence the right way round",
        "reverse_kl_divergence_of_targets:_value",
        "i_divergence.terms(probs, targets - probs, -parts.logs, xp=xp)",
        "i_divergence.terms(targets, probs - targets, parts.logs, xp=xp)",
        "tests/losses/divergences/test_divergences_of_targets.py::"
        "test_it_is_the_measure_of_the_same_name[numpy-reverse_kl_divergence_of_targets]",
    ),
    Mutant(
        "a finite divergence of what is forbidden",
        "reverse_kl_divergence_of_targets:_value",
        "xp.where(xp.max(parts.is_infinite, axis=-1) > 0, xp.inf, finite)",
        never,
        LIMITS,
    ),
    Mutant(
        "a finite gradient of what is forbidden",
        "reverse_kl_divergence_of_targets:_with_infinity",
        "xp.where(factor > 0, xp.inf, xp.where(factor < 0, -xp.inf, finite))",
        "finite",
        LIMITS,
    ),
    Mutant(
        "read a class without probability",
        "reverse_kl_divergence_of_targets:_parts",
        "xp.where(probs == 0, 0.0, logs)",
        "logs + 0.0",
        "tests/losses/divergences/test_divergences_of_targets.py::"
        "test_a_target_that_the_model_rules_out_costs_what_each_divergence_says[numpy]",
    ),
    Mutant(
        "forget that a logarithm has a slope of its own",
        "reverse_kl_divergence_of_targets:ReverseKLDivergenceOfTargets.hessian_vector_product",
        "model.jacobian_product(vectors, xp=xp) + turn_product(model, logs, vectors, xp=xp)",
        drop_left,
        meets_definition("reverse_kl_divergence_of_targets"),
    ),
    Mutant(
        "let blank rows be infinite",
        "reverse_kl_divergence_of_targets:ReverseKLDivergenceOfTargets.problem",
        "problem._replace(data=(targets,))",
        "problem",
        TESTS + "test_a_row_of_weight_0_has_no_infinite_reverse_divergence[numpy]",
    ),
    Mutant(
        "infinite where nothing is known",
        "reverse_kl_divergence_of_targets:_parts",
        "(logs == xp.inf) & (probs > 0)",
        drop_right,
        "tests/losses/test_rows_without_a_softmax.py::"
        "test_value_and_gradient_are_nan[reverse_kl_divergence_of_targets-nan]",
    ),
)


def test_a_forbidden_class_makes_the_reverse_divergence_infinite_and_its_derivatives_limits(xp):
    logits = np.asarray([[0.5, 0.0, -0.3], [0.5, 0.0, -np.inf]])
    targets = np.asarray([[0.5, 0.5, 0.0], [0.5, 0.5, 0.0]])
    loss = reverse_kl_divergence_of_targets
    value, gradient = xp.call_public(loss.value_and_gradient, logits, targets)
    assert value[0] == np.inf
    assert 0 < value[1] < 1
    np.testing.assert_array_equal(gradient[0], [-np.inf, -np.inf, np.inf])
    np.testing.assert_array_equal(gradient[1, 2], 0)
    assert np.isfinite(gradient[1]).all()
    unit = np.asarray([[0.0, 0.0, 1.0]] * 2)
    product = xp.call_public(loss.hessian_vector_product, logits, targets, unit)
    close = np.asarray([[0.5, 0.5 - 1e-300, 1e-300]])
    limit = loss.hessian_vector_product(logits[:1], close, unit[:1])[0]
    np.testing.assert_array_equal(product[0], np.sign(limit) * np.inf)
    assert np.isfinite(product[1]).all()


def test_a_row_of_weight_0_has_no_infinite_reverse_divergence(xp):
    logits, targets = np.asarray([[0.5, 0.0], [np.nan, 1.0]]), np.asarray([[0.5, 0.5], [1.0, 0.0]])
    value, gradient = xp.call_public(
        reverse_kl_divergence_of_targets.value_and_gradient,
        logits,
        targets,
        sample_weight=np.asarray([1.0, 0.0]),
    )
    assert value[0] > 0
    assert value[1] == 0
    np.testing.assert_array_equal(gradient[1], 0)
