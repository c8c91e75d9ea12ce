"""Definition, mutants and edge cases of `kl_divergence_of_targets`."""

import numpy as np
import pytest
from mpmath import fsum, log
from tests.losses.divergences.test_divergences_of_targets import rows
from tests.mutants.harness import Mutant, meets_definition
from tests.mutants.mutators import flip_sign, never
from tests.oracles.loss_tables import Definition, softmax

from xent import measures
from xent.losses import kl_divergence_of_targets, softmax_cross_entropy, softmax_cross_entropy_of_targets


def divergence(p, q):
    """``sum(p * log(p / q))`` over what `p` allows."""
    return fsum(a * log(a / b) for a, b in zip(p, q, strict=True) if a > 0)


def definition(z, targets):
    """The divergence of the model from the targets."""
    return divergence(targets, softmax(z))


def truths(logits, rng):
    """A certain class, a distribution in 64ths with zeros, and one that is next to certain."""
    allowed = np.flatnonzero(np.isfinite(logits))
    K, first, last = len(logits), allowed[0], allowed[-1]
    shares = np.zeros(K)
    shares[allowed] = rng.multinomial(64, rng.dirichlet(np.ones(len(allowed)))) / 64
    nearly = np.zeros(K)
    nearly[last] = 2.0**-20
    nearly[first] += 1 - 2.0**-20
    return [np.eye(K)[last].tolist(), shares.tolist(), nearly.tolist()]


DEFINITION = Definition(
    definition,
    source="Kullback and Leibler 1951, equation 2.4",
    inputs="logits",
    parameters=({},),
    units={
        "value": 8,
        "value beside gradient": True,
        "gradient": 16,
        "gradient of rows": True,
        "product": 64,
    },
    truths=truths,
)

TESTS = "tests/losses/divergences/test_kl_divergence_of_targets.py::"

MUTANTS = (
    Mutant(
        "cross-entropy less entropy",
        "kl_divergence_of_targets:KLDivergenceOfTargets.value",
        "i_divergence.terms(at, model.probs - at, logs, xp=xp)",
        "-at * logs",
        "tests/losses/divergences/test_divergences_of_targets.py::"
        "test_next_to_the_targets_the_error_is_what_rounding_of_a_logit_makes[numpy-kl_divergence_of_targets]",
    ),
    Mutant(
        "the cross-entropy",
        "kl_divergence_of_targets:KLDivergenceOfTargets.value",
        "i_divergence.terms(at, model.probs - at, logs, xp=xp)",
        "at * (model.distances(logits) + xp.log1p(model.rest)[..., None])",
        "tests/losses/divergences/test_divergences_of_targets.py::"
        "test_it_is_the_measure_of_the_same_name[numpy-kl_divergence_of_targets]",
    ),
    Mutant(
        "0 * inf in a class without a target",
        "kl_divergence_of_targets:KLDivergenceOfTargets.value",
        "xp.where(at == 0, 0.0, log_ratio(model, logits, at, xp=xp))",
        never,
        TESTS + "test_a_certain_target_costs_the_cross_entropy_of_its_label[numpy]",
    ),
    Mutant(
        "the gradient with the other sign",
        "kl_divergence_of_targets:KLDivergenceOfTargets.gradient",
        "cross_entropy.gradient(logits, targets, xp=xp)",
        flip_sign,
        meets_definition("kl_divergence_of_targets"),
    ),
)


def test_cross_entropy_is_more_by_the_entropy_and_has_the_same_gradient(xp):
    logits, targets = rows()
    value, gradient = xp.call_public(kl_divergence_of_targets.value_and_gradient, logits, targets)
    whole, same = xp.call_public(softmax_cross_entropy_of_targets.value_and_gradient, logits, targets)
    np.testing.assert_allclose(value + measures.entropy(targets), whole, rtol=1e-13)
    np.testing.assert_allclose(gradient, same, rtol=1e-12)


def test_a_certain_target_costs_the_cross_entropy_of_its_label(xp):
    logits, _ = rows()
    labels = np.arange(20) % 5
    found = xp.call_public(kl_divergence_of_targets, logits, np.eye(5)[labels])
    np.testing.assert_allclose(found, softmax_cross_entropy(logits, labels), rtol=1e-14)


def test_the_forward_divergence_of_a_sure_model_keeps_its_digits(xp):
    found = xp.call_public(kl_divergence_of_targets, np.asarray([[50.0, 0.0]]), np.asarray([[1.0, 0.0]]))
    np.testing.assert_allclose(found, [1.9287498479639178e-22], rtol=1e-15)


def test_probabilities_below_the_smallest_float_cost_what_their_logits_say(xp):
    logits, targets = np.asarray([[0.0, -1000.0, -5000.0]]), np.asarray([[0.5, 0.25, 0.25]])
    found = xp.call_public(kl_divergence_of_targets, logits, targets)
    np.testing.assert_allclose(found, [1500 - 1.5 * np.log(2)], rtol=1e-15)


def test_pytorchs_divergence_is_the_same_where_it_is_one(xp):
    torch = pytest.importorskip("torch")
    logits, targets = rows()
    logs = torch.log_softmax(torch.tensor(logits), dim=-1)
    theirs = torch.nn.functional.kl_div(logs, torch.tensor(targets), reduction="none").sum(dim=-1)
    np.testing.assert_allclose(xp.call_public(kl_divergence_of_targets, logits, targets), theirs, rtol=1e-12)
    # It is nan there for a masked class without a target.
    masked = torch.tensor([[0.0, -torch.inf]], dtype=torch.float64)
    theirs = torch.nn.functional.kl_div(
        torch.log_softmax(masked, -1), torch.tensor([[1.0, 0.0]]), reduction="sum"
    )
    assert torch.isnan(theirs)
    np.testing.assert_array_equal(kl_divergence_of_targets(masked.numpy(), np.asarray([[1.0, 0.0]])), 0)
