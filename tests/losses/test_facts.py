"""Facts that the losses state: bounds, convexity, what a shift changes, what label noise does."""

from typing import get_args

import numpy as np
import pytest
from tests.losses.every_loss import INPUTS, TRUTHS, every_loss, random_inputs

from xent.losses.facts import Domain, Link, Truth
from xent.losses.registry import REGISTRY


def inputs_of(case, scale):
    return random_inputs(case.loss, np.random.default_rng(20261124), 200, scale=scale)


@every_loss
def test_values_keep_to_their_bounds_and_come_near_them(case):
    minimum, maximum = case.bounds
    seen = np.concatenate([np.ravel(case.loss(*inputs_of(case, scale))) for scale in (0.1, 2.0, 30.0)])
    assert (seen >= minimum).all()
    assert (seen <= maximum * (1 + 1e-12)).all()
    if case.is_far_reaching:
        assert seen.max() > (8 if np.isinf(maximum) else 0.9 * maximum)
    if np.isfinite(minimum) and case.is_far_reaching:
        assert seen.min() < minimum + 0.05 * (1 if np.isinf(maximum) else maximum - minimum)


@every_loss
def test_the_loss_is_convex_if_and_only_if_it_says_so(case):
    lowest, size = np.inf, 0.0
    for scale in (0.5, 2.0, 5.0):
        hessian = case.loss.hessian(*inputs_of(case, scale))
        if not case.is_elementwise:
            hessian = np.linalg.eigvalsh(hessian)
        lowest, size = min(lowest, hessian.min()), max(size, np.abs(hessian).max())
    is_convex = lowest >= -1e-12 * size and _is_below_its_chords(case)
    assert is_convex == case.loss.facts.convex


def _is_below_its_chords(case):
    """A second derivative does not see a ridge."""
    (start, truth), end = inputs_of(case, 2.0), inputs_of(case, 1.0)[0][::-1]
    ends = [case.loss(point, truth) for point in (start, end)]
    excess = case.loss((start + end) / 2, truth) - sum(ends) / 2
    return (excess <= 1e-12 * sum(map(np.abs, ends))).all()


@every_loss
def test_a_shift_changes_nothing_if_and_only_if_the_loss_says_so(case):
    logits, truth = inputs_of(case, 2.0)
    moved, still = case.loss(logits + 0.0625, truth), case.loss(logits, truth)
    assert np.allclose(moved, still, rtol=1e-9, atol=0) == case.loss.facts.shift_invariant


@every_loss
def test_the_gradient_of_a_loss_that_a_shift_does_not_change_sums_to_0(case):
    if case.loss.facts.shift_invariant:
        gradient = case.loss.gradient(*inputs_of(case, 2.0))
        size = np.abs(gradient).max(axis=-1)
        assert (np.abs(gradient.sum(axis=-1)) <= 1e-14 * size).all()
        hessian = case.loss.hessian(*inputs_of(case, 2.0))
        size = np.abs(hessian).max(axis=(-1, -2))
        assert (np.abs(hessian.sum(axis=-1)).max(axis=-1) <= 1e-13 * size).all()


@pytest.mark.parametrize(
    "name", [name for name, loss in REGISTRY.items() if loss.facts.truth.endswith("labels")]
)
def test_the_sum_over_all_labels_is_one_number_if_and_only_if_the_loss_is_noise_robust(name):
    loss = REGISTRY[name]
    logits, _ = random_inputs(loss, np.random.default_rng(20261125), 50)
    sums = sum(loss(logits, np.full(50, label)) for label in range(3))
    assert (np.ptp(sums) <= 1e-9 * np.abs(sums).max()) == loss.facts.noise_robust


@pytest.mark.parametrize(
    "name", [name for name, loss in REGISTRY.items() if loss.facts.truth.endswith("labels")]
)
def test_only_a_symmetric_loss_could_be_robust_to_noise_and_every_loss_says_why_to_take_it(name):
    facts = REGISTRY[name].facts
    assert not (facts.noise_robust and np.isinf(facts.maximum))
    assert facts.use
    assert facts.source


def test_every_kind_of_argument_has_a_function_that_draws_it():
    # Embeddings, and what they belong to, are drawn in `test_contrastive.py`.
    assert set(get_args(Domain)) == {*INPUTS, "embeddings"}
    assert set(get_args(Truth)) == {*TRUTHS, "keys", "partners", "groups"}


@pytest.mark.parametrize("name", REGISTRY)
def test_every_loss_states_facts_of_the_kinds_there_are(name):
    facts = REGISTRY[name].facts
    assert facts.domain in get_args(Domain)
    assert facts.truth in get_args(Truth)
    assert facts.link in get_args(Link)


def test_no_kind_of_argument_or_link_is_left_without_a_loss():
    facts = [loss.facts for loss in REGISTRY.values()]
    assert {each.domain for each in facts} == set(get_args(Domain))
    assert {each.truth for each in facts} == set(get_args(Truth))
    assert {each.link for each in facts} == set(get_args(Link))
