import numpy as np
import pytest
from tests.oracles import tables
from tests.relative_error import assert_within

from xent.kernels import sigmoid_cross_entropy as kernel
from xent.kernels.cpu import rows_kernel

both_precisions = pytest.mark.parametrize("dtype", [np.float32, np.float64])


def value_and_gradient(logits, targets, **options):
    """Both, with the gradient in an array of its own that was full of nan."""
    gradient = np.full_like(logits, np.nan)
    return kernel.value_and_gradient(logits, targets, gradient, **options), gradient


@np.errstate(over="ignore")
def oracle(dtype, *, hard):
    """Logits, targets and exact results of the rows exact in `dtype`, with targets 0 and 1 or others."""
    rows = [
        row
        for row in tables.read("sigmoid_losses")
        if (row["target"] in (0, 1)) == hard and float(dtype(row["logit"])) == row["logit"]
    ]
    inputs = (np.asarray([[row[name] for row in rows]], dtype=dtype) for name in ("logit", "target"))
    truths = (tables.exact([[row["cross_entropy"][name] for row in rows]]) for name in ("value", "gradient"))
    return *inputs, *truths


def some_numbers(dtype, shape=(5, 301)):
    rng = np.random.default_rng(12)
    return (6 * rng.standard_normal(shape)).astype(dtype), rng.random(shape).astype(dtype)


@both_precisions
def test_hard_targets_meet_the_oracle(dtype):
    logits, targets, *truths = oracle(dtype, hard=True)
    for found, truth in zip(value_and_gradient(logits, targets), truths, strict=True):
        assert found.dtype == dtype
        assert_within(4, found, truth)


@both_precisions
def test_soft_targets_meet_the_oracle(dtype):
    logits, targets, *truths = oracle(dtype, hard=False)
    value, gradient = value_and_gradient(logits, targets)
    assert_within(4, value, truths[0])
    t, above = targets.astype(float), 1 / (1 + np.exp(-np.clip(logits.astype(float), -700, 700)))
    assert_within(4, gradient, truths[1], scale=np.maximum((1 - t) * above, t * (1 - above)))


@both_precisions
def test_positive_weights_scale_the_positive_part_of_their_class(dtype):
    logits, targets = some_numbers(dtype)
    targets = np.round(targets)
    weights = np.random.default_rng(13).choice([0.5, 2.0, 4.0], logits.shape[1]).astype(dtype)
    scale = np.where(targets == 1, weights, 1)
    plain = value_and_gradient(logits, targets)
    for found, alone in zip(value_and_gradient(logits, targets, positive_weight=weights), plain, strict=True):
        np.testing.assert_array_equal(found, alone * scale)


def test_positive_weight_agrees_with_pytorch():
    torch = pytest.importorskip("torch")
    logits, targets = some_numbers(np.float64)
    weights = np.random.default_rng(13).random(logits.shape[1])
    z = torch.tensor(logits, requires_grad=True)
    loss = torch.nn.functional.binary_cross_entropy_with_logits(
        z, torch.from_numpy(targets), pos_weight=torch.from_numpy(weights), reduction="none"
    )
    loss.sum().backward()
    value, gradient = value_and_gradient(logits, targets, positive_weight=weights)
    np.testing.assert_allclose(value, loss.detach(), rtol=1e-11)
    np.testing.assert_allclose(gradient, z.grad, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("one_for_each", [True, False])
def test_factor_scales_the_gradient_only(one_for_each):
    logits, targets = some_numbers(np.float32)
    rng = np.random.default_rng(14)
    factor = rng.choice([0.25, -2.0], logits.shape).astype(np.float32) if one_for_each else -0.5
    plain = value_and_gradient(logits, targets)
    scaled = value_and_gradient(logits, targets, factor=factor)
    np.testing.assert_array_equal(scaled[0], plain[0])
    np.testing.assert_array_equal(scaled[1], plain[1] * factor)


@both_precisions
def test_in_place_alone_and_in_threads_give_the_same_bits(dtype, monkeypatch):
    monkeypatch.setattr(rows_kernel, "_WORTH_A_THREAD", 1)
    logits, targets = some_numbers(dtype, (7, 3001))
    weights = np.random.default_rng(13).random(3001).astype(dtype)
    for options in ({}, {"positive_weight": weights}):
        monkeypatch.setattr(rows_kernel, "number_of_threads", lambda: 1)
        value, gradient = value_and_gradient(logits, targets, factor=0.3, **options)
        np.testing.assert_array_equal(kernel.value(logits, targets, **options), value)
        for threads in (1, 2, 3):
            monkeypatch.setattr(rows_kernel, "number_of_threads", lambda threads=threads: threads)
            in_place = logits.copy()
            again = kernel.value_and_gradient(in_place, targets, in_place, factor=0.3, **options)
            np.testing.assert_array_equal(again, value)
            np.testing.assert_array_equal(in_place, gradient)
            kernel.gradient(logits, targets, in_place, factor=0.3, **options)
            np.testing.assert_array_equal(in_place, gradient)


def test_half_precision_is_single_precision_rounded_once():
    logits, targets = (array.astype(np.float16) for array in some_numbers(np.float32))
    value, gradient = value_and_gradient(logits.astype(np.float32), targets.astype(np.float32))
    for t in (targets, targets.astype(np.float32)):
        found = value_and_gradient(logits, t)
        np.testing.assert_array_equal(found[0], value)
        np.testing.assert_array_equal(found[1], gradient.astype(np.float16))


def test_bfloat16_comes_as_bit_patterns():
    logits, targets = (array.view(np.uint32) >> 16 for array in some_numbers(np.float32))
    wide = [(patterns << 16).view(np.float32) for patterns in (logits, targets)]
    value, gradient = value_and_gradient(*wide)
    short = np.zeros(logits.shape, np.uint16)
    found = kernel.value_and_gradient(logits.astype(np.uint16), targets.astype(np.uint16), short)
    np.testing.assert_array_equal(found, value)
    widened = (short.astype(np.uint32) << 16).view(np.float32)
    np.testing.assert_allclose(widened, gradient, rtol=2.0**-8)


@both_precisions
def test_infinite_logits_cost_nothing_on_their_side(dtype):
    logits = np.asarray([[np.inf, -np.inf, np.inf, -np.inf, np.nan]], dtype)
    targets = np.asarray([[1, 0, 0, 1, 1]], dtype)
    value, gradient = value_and_gradient(logits, targets)
    np.testing.assert_array_equal(value, [[0, 0, np.inf, np.inf, np.nan]])
    np.testing.assert_array_equal(gradient, [[0, 0, 1, -1, np.nan]])


@pytest.mark.parametrize("shape", [(0, 3), (3, 0)])
def test_no_numbers_give_no_values(shape):
    value, _ = value_and_gradient(np.empty(shape), np.empty(shape))
    assert value.shape == shape
    assert kernel.value(np.empty(shape), np.empty(shape), positive_weight=np.ones(shape[1])).shape == shape
