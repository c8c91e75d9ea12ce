"""Laws of all losses: what a renaming of the classes, a weight or a precision changes."""

import numpy as np
import pytest
from tests.array_libraries import array_library
from tests.losses.every_loss import cases, every_loss, parametrize, random_inputs
from tests.relative_error import assert_within

SYMMETRIC = tuple(
    case
    for case in cases
    if case.loss.facts.truth in ("labels", "targets")
    and not {"class_counts", "noise_matrix"} & vars(case.loss).keys()
)


@parametrize(SYMMETRIC)
def test_a_renaming_of_the_classes_renames_the_gradient(case):
    logits, truth = random_inputs(case.loss, np.random.default_rng(5), 20)
    order = np.asarray([2, 0, 1])
    renamed = np.argsort(order)[truth] if truth.dtype.kind == "i" else truth[:, order]
    value, gradient = case.loss.value_and_gradient(logits, truth)
    other_value, other_gradient = case.loss.value_and_gradient(logits[:, order], renamed)
    np.testing.assert_allclose(other_value, value, rtol=1e-12)
    np.testing.assert_allclose(other_gradient, gradient[:, order], rtol=1e-11, atol=1e-15)


@every_loss
def test_a_weight_is_a_factor_and_a_weight_of_0_hides_its_row(case):
    weight = np.zeros(case.values_shape)
    weight[0] = 2.5
    logits = case.logits.copy()
    logits[1] = np.nan
    value, gradient = case.loss.value_and_gradient(logits, case.truth, sample_weight=weight)
    plain_value, plain_gradient = case.loss.value_and_gradient(case.logits, case.truth)
    np.testing.assert_array_equal(value[0], 2.5 * plain_value[0])
    np.testing.assert_array_equal(gradient[0], 2.5 * plain_gradient[0])
    assert (value[1] == 0).all()
    assert (gradient[1] == 0).all()


@every_loss
def test_the_mean_is_the_sum_over_the_weights(case):
    weight = np.broadcast_to(
        np.asarray([1.5, 0.25]).reshape(2, *(1,) * (len(case.values_shape) - 1)), case.values_shape
    )
    values = case.loss(case.logits, case.truth)
    mean = case.loss.mean(case.logits, case.truth, sample_weight=weight.copy())
    np.testing.assert_allclose(mean, (weight * values).sum() / weight.sum(), rtol=1e-13)


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
@every_loss
def test_half_precision_is_computed_in_32_bits_and_rounded_once(case, dtype):
    torch = pytest.importorskip("torch")
    half = torch.tensor(case.logits).to(getattr(torch, dtype))
    truth = torch.tensor(case.truth)
    truth = truth if case.truth.dtype.kind == "i" else truth.to(torch.float32)
    for found, wide in zip(
        case.loss.value_and_gradient(half, truth),
        case.loss.value_and_gradient(half.to(torch.float32), truth),
        strict=True,
    ):
        assert found.dtype == half.dtype
        assert torch.equal(found, wide.to(half.dtype))


@every_loss
def test_value_and_gradient_apart_are_those_together(case):
    value, gradient = case.loss.value_and_gradient(case.logits, case.truth)
    assert_within(2, case.loss(case.logits, case.truth), value)
    assert_within(2, case.loss.gradient(case.logits, case.truth), gradient)


@every_loss
def test_leading_axes_are_free_and_a_batch_may_be_empty(case):
    library = array_library("numpy")
    logits, truth = np.stack([case.logits] * 2), np.stack([case.truth] * 2)
    found = library.call_public(case.loss, logits, truth)
    np.testing.assert_array_equal(found[1], case.loss(case.logits, case.truth))
    assert library.call_public(case.loss, logits[:0], truth[:0]).shape == (0, *case.values_shape)
