"""What the parameters of losses do: weights, masks, smoothing, adjusted logits; and totals and means."""

import functools

import numpy as np
import pytest
from tests.array_libraries import array_library
from tests.relative_error import assert_within

from xent.errors import DomainError, DTypeError, ShapeError, XentError
from xent.losses import (
    SoftmaxCrossEntropy,
    sigmoid_cross_entropy,
    softmax_cross_entropy,
    softmax_cross_entropy_of_targets,
    softmax_squared_error,
)

RNG = np.random.default_rng(20261130)
LOGITS = 2 * RNG.standard_normal((6, 4)) + 0.5
LABELS = np.asarray([0, 3, 1, 1, 2, 0])
TARGETS = RNG.dirichlet(np.ones(4), size=6)
ONE_HOTS = np.eye(4)[LABELS]
EVENTS = (RNG.random((6, 4)) < 0.4).astype(float)
WEIGHTS = np.asarray([0.5, 2.0, 1.25, 0.0])
SAMPLE = np.asarray([1.0, 0.0, 2.5, 0.5, 1.0, 3.0])


def log_probs(logits):
    return logits - np.log(np.exp(logits).sum(axis=-1, keepdims=True))


def both_ways(xp, loss, logits, truth, **arrays):
    """Value and gradient of a loss, given its number-like parameters already, in a library."""
    return xp.call_public(loss.value_and_gradient, logits, truth, **arrays)


# Weights -----------------------------------------------------------------------------------------------


def test_a_class_weight_is_the_factor_of_the_rows_of_its_label(xp):
    value, gradient = both_ways(xp, softmax_cross_entropy, LOGITS, LABELS, class_weights=WEIGHTS)
    plain = softmax_cross_entropy.value_and_gradient(LOGITS, LABELS)
    np.testing.assert_allclose(value, WEIGHTS[LABELS] * plain[0], rtol=1e-14)
    np.testing.assert_allclose(gradient, WEIGHTS[LABELS][:, None] * plain[1], rtol=1e-13)


def test_a_class_weight_is_the_factor_of_the_target_of_its_class(xp):
    value, gradient = both_ways(xp, softmax_cross_entropy_of_targets, LOGITS, TARGETS, class_weights=WEIGHTS)
    masses = WEIGHTS * TARGETS
    np.testing.assert_allclose(value, -(masses * log_probs(LOGITS)).sum(axis=-1), rtol=1e-13)
    probs = np.exp(log_probs(LOGITS))
    closed = masses.sum(axis=-1, keepdims=True) * probs - masses
    np.testing.assert_allclose(gradient, closed, rtol=1e-12, atol=1e-15)


def test_a_class_weight_is_the_factor_of_each_event_of_its_class(xp):
    value = xp.call_public(sigmoid_cross_entropy, LOGITS, EVENTS, class_weights=WEIGHTS)
    np.testing.assert_allclose(value, WEIGHTS * sigmoid_cross_entropy(LOGITS, EVENTS), rtol=1e-15)


def test_a_sample_weight_may_be_a_truth_value(xp):
    counts = np.asarray([True, False, True, True, False, True])
    for loss, truth in (
        (softmax_cross_entropy, LABELS),
        (softmax_cross_entropy_of_targets, TARGETS),
        (softmax_squared_error, LABELS),
    ):
        found = xp.call_public(loss, LOGITS, truth, sample_weight=counts)
        np.testing.assert_array_equal(
            found, xp.call_public(loss, LOGITS, truth, sample_weight=counts.astype(float))
        )
        np.testing.assert_array_equal(found == 0, ~counts)


def test_class_and_sample_weights_multiply(xp):
    value = xp.call_public(softmax_cross_entropy, LOGITS, LABELS, class_weights=WEIGHTS, sample_weight=SAMPLE)
    plain = softmax_cross_entropy(LOGITS, LABELS)
    np.testing.assert_allclose(value, SAMPLE * WEIGHTS[LABELS] * plain, rtol=1e-14)


def test_positive_weight_is_the_factor_of_events_alone(xp):
    weights = np.asarray([3.0, 0.5, 1.0, 7.0])
    value, gradient = both_ways(xp, sigmoid_cross_entropy, LOGITS, EVENTS, positive_weight=weights)
    plain = sigmoid_cross_entropy.value_and_gradient(LOGITS, EVENTS)
    factor = np.where(EVENTS == 1, weights, 1.0)
    np.testing.assert_allclose(value, factor * plain[0], rtol=1e-14)
    np.testing.assert_allclose(gradient, factor * plain[1], rtol=1e-14)
    soft = xp.call_public(sigmoid_cross_entropy, LOGITS, TARGETS, positive_weight=weights)
    written = weights * TARGETS * np.log1p(np.exp(-LOGITS)) + (1 - TARGETS) * np.log1p(np.exp(LOGITS))
    np.testing.assert_allclose(soft, written, rtol=1e-13)
    number = sigmoid_cross_entropy(LOGITS, EVENTS, positive_weight=3)
    np.testing.assert_array_equal(
        number, sigmoid_cross_entropy(LOGITS, EVENTS, positive_weight=np.full(4, 3.0))
    )


@pytest.mark.parametrize("wrong", [0.0, -1.0, np.inf, np.nan])
def test_a_positive_weight_without_a_meaning_is_refused(wrong):
    with pytest.raises(DomainError, match=r"`positive_weight` must be positive and finite; got"):
        sigmoid_cross_entropy(LOGITS, EVENTS, positive_weight=wrong)


@pytest.mark.parametrize("wrong", [-1.0, np.inf, np.nan])
def test_class_weights_without_a_meaning_are_refused(wrong):
    weights = np.asarray([1.0, wrong, 1.0, 1.0])
    for loss, truth in ((softmax_cross_entropy, LABELS), (sigmoid_cross_entropy, EVENTS)):
        with pytest.raises(DomainError) as caught:
            loss(LOGITS, truth, class_weights=weights)
        assert str(caught.value) == (
            f"{loss.name}: `class_weights` must be finite and >= 0; got {wrong:g}, first at index (1,)."
        )
    with pytest.raises(
        ShapeError, match=r"`class_weights` must have shape \(4,\), one factor for each class"
    ):
        softmax_cross_entropy(LOGITS, LABELS, class_weights=np.ones(3))


# Smoothing ---------------------------------------------------------------------------------------------


def smoothed(targets, share, takes_part):
    return (1 - share) * targets + share * takes_part / takes_part.sum(axis=-1, keepdims=True)


@pytest.mark.parametrize("share", [0.0, 0.1, 1.0])
def test_smoothing_gives_every_class_its_share(xp, share):
    targets = smoothed(ONE_HOTS, share, np.ones((6, 4)))
    truth = -(targets * log_probs(LOGITS)).sum(axis=-1)
    of_labels = functools.partial(softmax_cross_entropy, label_smoothing=share)
    of_targets = functools.partial(softmax_cross_entropy_of_targets, label_smoothing=share)
    np.testing.assert_allclose(xp.call_public(of_labels, LOGITS, LABELS), truth, rtol=1e-13)
    np.testing.assert_allclose(xp.call_public(of_targets, LOGITS, ONE_HOTS), truth, rtol=1e-13)
    events = (1 - share) * EVENTS + share / 2
    found = xp.call_public(functools.partial(sigmoid_cross_entropy, label_smoothing=share), LOGITS, EVENTS)
    written = events * np.log1p(np.exp(-LOGITS)) + (1 - events) * np.log1p(np.exp(LOGITS))
    np.testing.assert_allclose(found, written, rtol=1e-13)


def test_smoothing_spares_the_classes_that_are_masked(xp):
    mask = np.asarray([True, True, False, True])
    logits, labels = np.where(mask, LOGITS, -np.inf), np.asarray([0, 3, 1, 1, 3, 0])
    targets = smoothed(np.eye(4)[labels], 0.3, np.broadcast_to(mask, (6, 4)))
    with np.errstate(invalid="ignore"):
        truth = -np.where(mask, targets * log_probs(logits), 0).sum(axis=-1)
    loss = SoftmaxCrossEntropy(label_smoothing=0.3)
    for given in (logits, LOGITS):
        value, gradient = both_ways(xp, loss, given, labels, class_mask=mask)
        np.testing.assert_allclose(value, truth, rtol=1e-13)
        np.testing.assert_array_equal(gradient[:, 2], 0)
    offset = np.where(mask, 0.0, -np.inf)
    np.testing.assert_allclose(xp.call_public(loss, LOGITS, labels, offset=offset), truth, rtol=1e-13)


@pytest.mark.parametrize("share", [-0.1, 1.5, np.nan])
@pytest.mark.parametrize(
    "loss", [softmax_cross_entropy, softmax_cross_entropy_of_targets, sigmoid_cross_entropy]
)
def test_a_share_that_is_none_is_refused(loss, share):
    rule = rf"^{type(loss).__name__}: `label_smoothing` must lie in \[0, 1\]; got {share}\."
    with pytest.raises(DomainError, match=rule):
        loss(LOGITS, LABELS, label_smoothing=share)


# Masks -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("by_row", [False, True])
def test_a_masked_class_is_as_good_as_none(xp, by_row):
    mask = np.asarray([True, True, False, True])
    mask = np.tile(mask, (6, 1)) if by_row else mask
    logits, labels = LOGITS.copy(), np.asarray([0, 3, 1, 1, 3, 0])
    logits[:, 2] = np.nan
    value, gradient = both_ways(xp, softmax_cross_entropy, logits, labels, class_mask=mask)
    kept = [0, 1, 3]
    short = softmax_cross_entropy.value_and_gradient(LOGITS[:, kept], np.searchsorted(kept, labels))
    np.testing.assert_allclose(value, short[0], rtol=1e-14)
    np.testing.assert_allclose(gradient[:, kept], short[1], rtol=1e-13)
    np.testing.assert_array_equal(gradient[:, 2], 0)


def test_a_masked_event_costs_0_and_is_not_read(xp):
    mask = np.asarray([True, False, True, True])
    logits, events, plain = LOGITS.copy(), EVENTS.copy(), sigmoid_cross_entropy(LOGITS, EVENTS)
    for logits[:, 1], events[:, 1] in ((1.0, 1.0), (np.nan, -7)):
        value, gradient = both_ways(xp, sigmoid_cross_entropy, logits, events, class_mask=mask)
        np.testing.assert_array_equal(value[:, 1], 0)
        np.testing.assert_array_equal(gradient[:, 1], 0)
        np.testing.assert_allclose(value[:, [0, 2, 3]], plain[:, [0, 2, 3]], rtol=1e-14)
    mean = xp.call_public(sigmoid_cross_entropy.mean, logits, events, class_mask=mask)
    np.testing.assert_allclose(mean, plain[:, [0, 2, 3]].mean(), rtol=1e-14)


@pytest.mark.of_values
def test_a_row_that_is_not_read_may_be_masked_whole(xp):
    mask, weight = np.asarray([[True, True], [False, False]]), np.asarray([2.0, 0.0])
    for validate in (False, True):
        loss = functools.partial(
            softmax_cross_entropy.value_and_gradient, label_smoothing=0.2, validate=validate
        )
        for more in ({"class_mask": mask}, {"offset": np.where(mask, 0.0, -np.inf)}):
            args = np.zeros((2, 2)), np.asarray([0, 1])
            value, gradient = xp.call_public(loss, *args, sample_weight=weight, **more)
            np.testing.assert_allclose(value, [2 * np.log(2), 0], rtol=1e-15)
            np.testing.assert_array_equal(gradient[1], 0)


def test_masks_and_offsets_of_another_shape_or_kind_are_refused():
    with pytest.raises(ShapeError) as caught:
        softmax_cross_entropy(LOGITS, LABELS, class_mask=np.ones(3, dtype=bool))
    assert str(caught.value) == (
        "softmax_cross_entropy: `class_mask` must have shape (4,), one entry for each class, "
        "or (6, 4), that of `logits`; got (3,)."
    )
    with pytest.raises(DTypeError, match="`class_mask` must be bool; got float64"):
        softmax_cross_entropy(LOGITS, LABELS, class_mask=np.ones(4))
    with pytest.raises(ShapeError, match=r"`offset` must have shape \(4,\), one entry for each class"):
        softmax_cross_entropy(LOGITS, LABELS, offset=np.ones((6, 1)))
    with pytest.raises(DomainError, match=r"`offset` must be numbers below \+inf; got inf, first at index"):
        softmax_cross_entropy(LOGITS, LABELS, offset=np.asarray([0.0, np.inf, 0.0, 0.0]))


@pytest.mark.of_values
def test_rows_of_the_ignored_label_cost_0_and_are_not_read(xp):
    logits, labels = LOGITS.copy(), LABELS.copy()
    logits[1], labels[1] = np.nan, -100
    loss = SoftmaxCrossEntropy(ignored_label=-100)
    value, gradient = both_ways(xp, loss, logits, labels)
    kept = [0, 2, 3, 4, 5]
    plain = softmax_cross_entropy.value_and_gradient(LOGITS[kept], LABELS[kept])
    assert value[1] == 0
    np.testing.assert_array_equal(gradient[1], 0)
    np.testing.assert_allclose(value[kept], plain[0], rtol=1e-15)
    np.testing.assert_allclose(xp.call_public(loss.mean, logits, labels), plain[0].mean(), rtol=1e-14)
    ignored_class = SoftmaxCrossEntropy(ignored_label=1)(LOGITS, LABELS)
    np.testing.assert_array_equal(ignored_class == 0, LABELS == 1)


def test_entries_of_the_ignored_label_of_a_sigmoid_cost_0(xp):
    events = np.where(LABELS[:, None] == 1, -1.0, EVENTS)
    found = xp.call_public(functools.partial(sigmoid_cross_entropy, ignored_label=-1), LOGITS, events)
    np.testing.assert_array_equal(found[LABELS == 1], 0)
    plain = sigmoid_cross_entropy(LOGITS, EVENTS)
    np.testing.assert_allclose(found[LABELS != 1], plain[LABELS != 1], rtol=1e-14)


# Adjustments of the logits -----------------------------------------------------------------------------


def test_temperature_cap_and_offset_are_applied_in_this_order(xp):
    offset = np.asarray([0.5, -1.0, 2.0, 0.0])
    loss = functools.partial(softmax_cross_entropy, softcap=3.0, temperature=0.5)
    found = xp.call_public(loss, LOGITS, LABELS, offset=offset)
    adjusted = 3 * np.tanh(LOGITS / 3) / 0.5 + offset
    np.testing.assert_allclose(found, softmax_cross_entropy(adjusted, LABELS), rtol=1e-13)


def test_a_prior_as_offset_is_logit_adjustment():
    prior = np.asarray([0.7, 0.2, 0.1, 0.0])
    with np.errstate(divide="ignore"):
        offset = np.log(prior)
    labels = np.asarray([0, 1, 2, 0, 1, 2])
    found = softmax_cross_entropy(LOGITS, labels, offset=offset)
    masses = prior * np.exp(LOGITS)
    written = -np.log(masses[np.arange(6), labels] / masses.sum(axis=-1))
    np.testing.assert_allclose(found, written, rtol=1e-12)


@pytest.mark.parametrize("library", ["torch", "jax"])
def test_a_temperature_can_be_learned(library):
    def written(t):
        return -log_probs(LOGITS / t)[np.arange(6), LABELS].sum()

    slope = (written(0.7 + 1e-6) - written(0.7 - 1e-6)) / 2e-6
    if library == "torch":
        torch = pytest.importorskip("torch")
        temperature = torch.tensor(0.7, dtype=torch.float64, requires_grad=True)
        loss = softmax_cross_entropy(torch.tensor(LOGITS), torch.tensor(LABELS), temperature=temperature)
        loss.sum().backward()
        found = temperature.grad.item()
    else:
        jax = pytest.importorskip("jax")
        logits, labels = map(array_library("jax").from_numpy, (LOGITS, LABELS))
        found = jax.jit(jax.grad(lambda t: softmax_cross_entropy(logits, labels, temperature=t).sum()))(0.7)
    np.testing.assert_allclose(found, slope, rtol=1e-8)


@pytest.mark.parametrize("library", ["torch", "jax"])
def test_an_offset_and_class_weights_can_be_learned(library):
    offset = np.asarray([0.3, -0.2, 0.1, 0.0])
    truth = softmax_cross_entropy.gradient(LOGITS, LABELS, offset=offset).sum(axis=0)
    values = softmax_cross_entropy(LOGITS, LABELS)
    by_class = np.asarray([values[k == LABELS].sum() for k in range(4)])
    if library == "torch":
        torch = pytest.importorskip("torch")
        args = torch.tensor(LOGITS), torch.tensor(LABELS)
        found = torch.func.grad(lambda b: softmax_cross_entropy(*args, offset=b).sum())(torch.tensor(offset))
        of_weights = torch.func.grad(lambda w: softmax_cross_entropy(*args, class_weights=w).sum())(
            torch.tensor(np.ones(4))
        )
    else:
        jax = pytest.importorskip("jax")
        args = tuple(map(array_library("jax").from_numpy, (LOGITS, LABELS)))
        found = jax.jit(jax.grad(lambda b: softmax_cross_entropy(*args, offset=b).sum()))(offset)
        of_weights = jax.jit(jax.grad(lambda w: softmax_cross_entropy(*args, class_weights=w).sum()))(
            np.ones(4)
        )
    np.testing.assert_allclose(found, truth, rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(of_weights, by_class, rtol=1e-13)


@pytest.mark.parametrize("name", ["temperature", "softcap"])
@pytest.mark.parametrize("wrong", [0.0, -1.0, np.inf, np.nan])
def test_a_temperature_or_cap_without_a_meaning_is_refused(name, wrong):
    with pytest.raises(DomainError, match=f"`{name}` must be positive and finite; got"):
        softmax_cross_entropy(LOGITS, LABELS, **{name: wrong})


def test_a_temperature_or_cap_is_one_number():
    with pytest.raises(
        ShapeError, match=r"`temperature` must have shape \(\), one for all classes; got \(4,\)"
    ):
        softmax_cross_entropy(LOGITS, LABELS, temperature=np.ones(4))
    with pytest.raises(DTypeError, match=r"`softcap` must be a number; got ndarray of shape \(4,\)"):
        softmax_cross_entropy(LOGITS, LABELS, softcap=np.ones(4))


def test_the_z_loss_adds_the_squared_log_normaliser(xp):
    loss = SoftmaxCrossEntropy(z_loss=0.25)
    value, gradient = both_ways(xp, loss, LOGITS, LABELS)
    log_total = np.log(np.exp(LOGITS).sum(axis=-1))
    np.testing.assert_allclose(value, softmax_cross_entropy(LOGITS, LABELS) + 0.25 * log_total**2, rtol=1e-13)
    more = 0.5 * log_total[:, None] * np.exp(log_probs(LOGITS))
    np.testing.assert_allclose(gradient, softmax_cross_entropy.gradient(LOGITS, LABELS) + more, rtol=1e-12)
    with pytest.raises(DomainError, match=r"`z_loss` must be >= 0; got -1\.0"):
        SoftmaxCrossEntropy(z_loss=-1.0)


def test_targets_that_are_masses_are_taken_as_such_where_it_is_asked_for(xp):
    masses = 3 * TARGETS
    masses[0] = 0
    loss = functools.partial(softmax_cross_entropy_of_targets.value_and_gradient, normalized_targets=False)
    value, gradient = xp.call_public(loss, LOGITS, masses)
    np.testing.assert_allclose(value, -(masses * log_probs(LOGITS)).sum(axis=-1), rtol=1e-13)
    closed = masses.sum(axis=-1, keepdims=True) * np.exp(log_probs(LOGITS)) - masses
    np.testing.assert_allclose(gradient, closed, rtol=1e-12, atol=1e-15)
    mean = softmax_cross_entropy_of_targets.mean(LOGITS, masses, normalized_targets=False)
    np.testing.assert_allclose(mean, value.sum() / masses.sum(), rtol=1e-13)


# How parameters are named ------------------------------------------------------------------------------


def test_a_parameter_named_in_the_call_counts_for_it_alone():
    loss = SoftmaxCrossEntropy(label_smoothing=0.1)
    named = softmax_cross_entropy(LOGITS, LABELS, label_smoothing=0.1)
    np.testing.assert_array_equal(loss(LOGITS, LABELS), named)
    np.testing.assert_array_equal(
        loss(LOGITS, LABELS, label_smoothing=0), softmax_cross_entropy(LOGITS, LABELS)
    )
    np.testing.assert_array_equal(loss(LOGITS, LABELS), named)
    for ask in ("gradient", "hessian"):
        found = getattr(softmax_cross_entropy, ask)(LOGITS, LABELS, temperature=0.5)
        np.testing.assert_array_equal(
            found, getattr(SoftmaxCrossEntropy(temperature=0.5), ask)(LOGITS, LABELS)
        )
    assert (
        repr(SoftmaxCrossEntropy(label_smoothing=0.1, z_loss=0.0))
        == "SoftmaxCrossEntropy(label_smoothing=0.1)"
    )


def test_a_parameter_that_no_loss_has_is_refused():
    with pytest.raises(TypeError, match="smoothing_of_labels"):
        softmax_cross_entropy(LOGITS, LABELS, smoothing_of_labels=0.1)


def test_parameters_of_another_library_are_refused():
    torch = pytest.importorskip("torch")
    with pytest.raises(DTypeError, match="must be arrays of one library; got numpy and torch"):
        softmax_cross_entropy(LOGITS, LABELS, class_weights=torch.ones(4))


# Checks ------------------------------------------------------------------------------------------------


def test_without_checks_of_values_a_row_without_a_meaning_is_nan_and_spoils_no_other(xp):
    labels = np.asarray([0, 3, 7, -1, 2, 0])
    unchecked = functools.partial(softmax_cross_entropy.value_and_gradient, validate=False)
    value, gradient = xp.call_public(unchecked, LOGITS, labels)
    wrong = (labels < 0) | (labels > 3)
    np.testing.assert_array_equal(np.isnan(value), wrong)
    np.testing.assert_array_equal(np.isnan(gradient).all(axis=-1), wrong)
    np.testing.assert_array_equal(np.isnan(gradient).any(axis=-1), wrong)


def test_shapes_and_dtypes_are_checked_always():
    with pytest.raises(ShapeError):
        softmax_cross_entropy(LOGITS, LABELS[:, None], validate=False)
    with pytest.raises(DTypeError):
        softmax_cross_entropy(LOGITS, LABELS.astype(float), validate=False)


def test_strict_checks_change_no_value():
    found = softmax_cross_entropy(LOGITS, LABELS, validate="strict")
    np.testing.assert_array_equal(found, softmax_cross_entropy(LOGITS, LABELS))


# Totals and means --------------------------------------------------------------------------------------


def test_a_total_is_the_sum_with_what_it_is_counted_by(xp):
    total = xp.call_public(
        softmax_cross_entropy.total, LOGITS, LABELS, class_weights=WEIGHTS, sample_weight=SAMPLE
    )
    plain, weight = softmax_cross_entropy(LOGITS, LABELS), SAMPLE * WEIGHTS[LABELS]
    np.testing.assert_allclose(total[0], (weight * plain).sum(), rtol=1e-14)
    np.testing.assert_allclose(total[1], weight.sum(), rtol=1e-15)
    assert total[2] == (weight > 0).sum()
    named = softmax_cross_entropy.total(LOGITS, LABELS)
    assert (named.weight, named.rows) == (6, 6)


def test_totals_of_parts_add_up_where_means_of_means_do_not():
    parts = [slice(0, 1), slice(1, 4), slice(4, 6)]
    loss = functools.partial(softmax_cross_entropy.total, class_weights=WEIGHTS)
    totals = [loss(LOGITS[part], LABELS[part], sample_weight=SAMPLE[part]) for part in parts]
    mean = softmax_cross_entropy.mean(LOGITS, LABELS, class_weights=WEIGHTS, sample_weight=SAMPLE)
    np.testing.assert_allclose(sum(t.sum for t in totals) / sum(t.weight for t in totals), mean, rtol=1e-14)
    of_means = np.mean([t.sum / t.weight for t in totals])
    assert abs(of_means - mean) > 0.01


def test_gradients_over_a_denominator_of_the_whole_accumulate_to_that_of_the_whole():
    torch = pytest.importorskip("torch")
    logits, labels, weight = torch.tensor(LOGITS), torch.tensor(LABELS), torch.tensor(SAMPLE)
    whole, parts = (logits.clone().requires_grad_() for _ in range(2))
    softmax_cross_entropy.mean(whole, labels, sample_weight=weight).backward()
    for part in (slice(0, 2), slice(2, 3), slice(3, 6)):
        softmax_cross_entropy.mean(
            parts[part], labels[part], sample_weight=weight[part], denominator=weight.sum()
        ).backward()
    np.testing.assert_allclose(parts.grad, whole.grad, rtol=1e-14)


def test_the_denominator_of_a_mean_has_a_name(xp):
    values = SAMPLE * WEIGHTS[LABELS] * softmax_cross_entropy(LOGITS, LABELS)
    arrays = {"class_weights": WEIGHTS, "sample_weight": SAMPLE}
    weight = SAMPLE * WEIGHTS[LABELS]
    for denominator, divisor in (
        ("weights", weight.sum()),
        ("rows", (weight > 0).sum()),
        (64, 64),
        (2.5, 2.5),
    ):
        loss = functools.partial(softmax_cross_entropy.mean, denominator=denominator)
        found = xp.call_public(loss, LOGITS, LABELS, **arrays)
        assert found.shape == ()
        np.testing.assert_allclose(found, values.sum() / divisor, rtol=1e-14)
    known = xp.call_public(softmax_cross_entropy.mean, LOGITS, LABELS, denominator=np.asarray(7), **arrays)
    np.testing.assert_allclose(known, values.sum() / 7, rtol=1e-14)


def test_a_hard_label_and_its_one_hot_target_have_one_mean(xp):
    for more in ({}, {"label_smoothing": 0.1}):
        for denominator in ("weights", "rows"):
            options = {"denominator": denominator, **more}
            arrays = {"class_weights": WEIGHTS, "sample_weight": SAMPLE}
            hard = xp.call_public(
                functools.partial(softmax_cross_entropy.mean, **options), LOGITS, LABELS, **arrays
            )
            soft = xp.call_public(
                functools.partial(softmax_cross_entropy_of_targets.mean, **options),
                LOGITS,
                ONE_HOTS,
                **arrays,
            )
            np.testing.assert_allclose(soft, hard, rtol=1e-13)


def test_the_mean_of_a_sigmoid_divides_by_what_its_entries_weigh():
    weights = np.asarray([3.0, 0.5, 1.0, 7.0])
    values = sigmoid_cross_entropy(LOGITS, EVENTS, positive_weight=weights)
    mean = sigmoid_cross_entropy.mean(LOGITS, EVENTS, positive_weight=weights)
    np.testing.assert_allclose(mean, values.sum() / np.where(EVENTS == 1, weights, 1.0).sum(), rtol=1e-14)
    by_rows = sigmoid_cross_entropy.mean(LOGITS, EVENTS, positive_weight=weights, denominator="rows")
    np.testing.assert_allclose(by_rows, values.mean(), rtol=1e-14)


def test_a_mean_over_nothing_is_refused_or_what_was_asked_for(xp):
    weight = np.zeros(6)
    with pytest.raises(DomainError) as caught:
        softmax_cross_entropy.mean(*map(xp.from_numpy, (LOGITS, LABELS)), sample_weight=xp.from_numpy(weight))
    assert str(caught.value) == (
        "softmax_cross_entropy.mean: `denominator` must be positive: a mean over nothing is undefined; "
        'got 0. Every row is ignored, or there is none. Pass `on_empty="zero"` or "nan", or use `total`.'
    )
    for on_empty, truth in (("zero", 0), ("nan", np.nan)):
        loss = functools.partial(softmax_cross_entropy.mean, on_empty=on_empty)
        np.testing.assert_array_equal(xp.call_public(loss, LOGITS, LABELS, sample_weight=weight), truth)
        np.testing.assert_array_equal(xp.call_public(loss, LOGITS[:0], LABELS[:0]), truth)


def test_a_mean_over_nothing_has_derivatives_that_are_0():
    torch = pytest.importorskip("torch")
    logits = torch.tensor(LOGITS, requires_grad=True)
    options = {"sample_weight": torch.zeros(6), "on_empty": "zero"}
    softmax_cross_entropy.mean(logits, torch.tensor(LABELS), **options).backward()
    np.testing.assert_array_equal(logits.grad, np.zeros((6, 4)))


def test_a_traced_mean_over_nothing_is_0():
    jax = pytest.importorskip("jax")
    mean = jax.jit(softmax_cross_entropy.mean)
    assert mean(LOGITS, LABELS, sample_weight=np.zeros(6)) == 0
    logits, labels, weight = map(array_library("jax").from_numpy, (LOGITS, LABELS, np.zeros(6)))
    slope = jax.jit(jax.grad(lambda z: softmax_cross_entropy.mean(z, labels, sample_weight=weight)))
    np.testing.assert_array_equal(slope(logits), 0)


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"on_empty": "skip"}, "`on_empty` must be one of nan, zero, raise; got 'skip'."),
        ({"denominator": "samples"}, '`denominator` must be "weights", "rows" or a number; got \'samples\'.'),
        ({"denominator": -1.0}, "`denominator` must be finite and >= 0; got -1."),
        ({"denominator": np.inf}, "`denominator` must be finite and >= 0; got inf."),
        ({"denominator": np.nan}, "`denominator` must be finite and >= 0; got nan."),
        ({"denominator": None}, '`denominator` must be "weights", "rows" or a number; got None.'),
        ({"denominator": np.ones(2)}, "`denominator` must have shape (), one number; got (2,)."),
        ({"denominator": 1j}, "`denominator` must be real floating or integral or bool; got complex128."),
    ],
)
def test_a_denominator_without_a_meaning_is_refused(options, text):
    with pytest.raises(XentError) as caught:
        softmax_cross_entropy.mean(LOGITS, LABELS, **options)
    assert str(caught.value) == f"softmax_cross_entropy.mean: {text}"


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_half_precision_is_averaged_in_32_bits(dtype):
    torch = pytest.importorskip("torch")
    logits = torch.zeros((2**17, 3), dtype=getattr(torch, dtype))
    labels = torch.zeros(2**17, dtype=torch.int64)
    mean, total = softmax_cross_entropy.mean(logits, labels), softmax_cross_entropy.total(logits, labels)
    assert mean.dtype == total.sum.dtype == torch.float32
    np.testing.assert_allclose(mean, np.log(3), rtol=1e-6)
    np.testing.assert_allclose(total.sum, 2**17 * np.log(3), rtol=1e-6)
    assert total.rows == 2**17


# PyTorch's own -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("smoothing", [0.0, 0.2])
@pytest.mark.parametrize("weights", [None, np.asarray([0.5, 2.0, 1.25, 0.75])])
@pytest.mark.parametrize("ignored", [False, True])
def test_labels_cost_what_they_cost_in_torch(smoothing, weights, ignored):
    torch = pytest.importorskip("torch")
    logits, labels = torch.tensor(LOGITS, requires_grad=True), torch.tensor(LABELS)
    if ignored:
        labels[2] = -100
    weights = None if weights is None else torch.tensor(weights)
    theirs = functools.partial(
        torch.nn.functional.cross_entropy, logits, labels, weight=weights, label_smoothing=smoothing
    )
    ours = {"class_weights": weights, "label_smoothing": smoothing, "ignored_label": -100}
    values = softmax_cross_entropy(logits, labels, **ours)
    torch.testing.assert_close(values, theirs(reduction="none"), rtol=1e-13, atol=0)
    total = softmax_cross_entropy.total(logits, labels, **ours)
    torch.testing.assert_close(total.sum, theirs(reduction="sum"), rtol=1e-13, atol=0)
    mean = softmax_cross_entropy.mean(logits, labels, **ours)
    torch.testing.assert_close(mean, theirs(reduction="mean"), rtol=1e-13, atol=0)
    (slope,) = torch.autograd.grad(mean, logits)
    torch.testing.assert_close(slope, torch.autograd.grad(theirs(), logits)[0], rtol=1e-11, atol=1e-16)


@pytest.mark.parametrize("smoothing", [0.0, 0.2])
@pytest.mark.parametrize("weights", [None, np.asarray([0.5, 2.0, 1.25, 0.75])])
def test_targets_cost_what_they_cost_in_torch_and_its_mean_is_that_over_rows(smoothing, weights):
    torch = pytest.importorskip("torch")
    logits, targets = torch.tensor(LOGITS), torch.tensor(TARGETS)
    weights = None if weights is None else torch.tensor(weights)
    theirs = functools.partial(
        torch.nn.functional.cross_entropy, logits, targets, weight=weights, label_smoothing=smoothing
    )
    ours = {"class_weights": weights, "label_smoothing": smoothing}
    values = softmax_cross_entropy_of_targets(logits, targets, **ours)
    torch.testing.assert_close(values, theirs(reduction="none"), rtol=1e-13, atol=0)
    mean = softmax_cross_entropy_of_targets.mean(logits, targets, denominator="rows", **ours)
    torch.testing.assert_close(mean, theirs(reduction="mean"), rtol=1e-13, atol=0)


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("positive", [None, np.asarray([3.0, 0.5, 1.0, 7.0])])
def test_events_cost_what_they_cost_in_torch_and_its_mean_is_that_over_rows(weighted, positive):
    torch = pytest.importorskip("torch")
    logits, events = torch.tensor(LOGITS), torch.tensor(TARGETS)
    weight = torch.tensor(RNG.random((6, 4)) + 0.1) if weighted else None
    positive = None if positive is None else torch.tensor(positive)
    theirs = functools.partial(
        torch.nn.functional.binary_cross_entropy_with_logits,
        logits,
        events,
        weight=weight,
        pos_weight=positive,
    )
    ours = {"sample_weight": weight, "positive_weight": positive}
    values = sigmoid_cross_entropy(logits, events, **ours)
    torch.testing.assert_close(values, theirs(reduction="none"), rtol=1e-13, atol=0)
    total = sigmoid_cross_entropy.total(logits, events, **ours)
    torch.testing.assert_close(total.sum, theirs(reduction="sum"), rtol=1e-13, atol=0)
    mean = sigmoid_cross_entropy.mean(logits, events, denominator="rows", **ours)
    torch.testing.assert_close(mean, theirs(reduction="mean"), rtol=1e-13, atol=0)


@pytest.mark.filterwarnings("ignore:.*torch.jit.script:DeprecationWarning")
@pytest.mark.filterwarnings("ignore:.*should not be instantiated:DeprecationWarning")
def test_torch_compiles_a_loss_with_all_its_parameters_into_one_graph():
    torch = pytest.importorskip("torch")
    torch.compiler.reset()
    options = {
        "class_weights": torch.tensor(WEIGHTS),
        "class_mask": torch.tensor([True, True, True, True]),
        "offset": torch.tensor(WEIGHTS),
        "label_smoothing": 0.1,
        "temperature": 0.7,
        "softcap": 5.0,
        "z_loss": 0.01,
        "ignored_label": 2,
        "sample_weight": torch.tensor(SAMPLE),
    }
    leaves = [torch.tensor(LOGITS, requires_grad=True) for _ in range(2)]
    compiled = torch.compile(
        lambda z, y: softmax_cross_entropy.mean(z, y, **options), fullgraph=True, backend="aot_eager"
    )
    means = [
        function(leaf, torch.tensor(LABELS))
        for function, leaf in zip(
            (compiled, functools.partial(softmax_cross_entropy.mean, **options)), leaves, strict=True
        )
    ]
    for mean in means:
        mean.backward()
    torch.testing.assert_close(*means, rtol=1e-13, atol=0)
    torch.testing.assert_close(leaves[0].grad, leaves[1].grad, rtol=1e-12, atol=1e-16)


def test_the_fullest_loss_keeps_its_digits_where_the_model_is_sure():
    found = softmax_cross_entropy(
        np.asarray([[50.0, 0.0]]), np.asarray([0]), class_weights=[2.0, 1.0], temperature=1, offset=[0.0, 0.0]
    )
    assert_within(1, found, [2 * 1.9287498479639178e-22])


@pytest.mark.parametrize("method", ["__call__", "gradient", "total", "mean"])
def test_an_unknown_rule_of_validation_is_refused(method):
    with pytest.raises(DomainError, match=r"`validate` must be True, False or \"strict\"; got 'foo'\."):
        getattr(softmax_cross_entropy, method)(LOGITS, LABELS, validate="foo")
