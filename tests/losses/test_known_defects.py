"""
Where libraries have gone wrong, numbers come out right.

Letters are those of `test_known_mistakes.py`, which has what users do wrong.
"""

import functools

import numpy as np
import pytest
from tests.losses.every_loss import cases, parametrize
from tests.losses.test_known_mistakes import LABELS, LOGITS, assert_refused
from tests.relative_error import assert_within

from xent import measures
from xent.errors import DomainError, ShapeError
from xent.losses import (
    SoftmaxCrossEntropy,
    arcface,
    asymmetric,
    entmax_loss,
    focal,
    gaussian_nll,
    generalized_cross_entropy,
    poisson_nll,
    sigmoid_cross_entropy,
    sigmoid_focal,
    softmax_cross_entropy,
    softmax_cross_entropy_of_targets,
)

# Of PyTorch's own making, on the first use of a transform.
pytestmark = pytest.mark.filterwarnings("ignore:.*torch.jit.script:DeprecationWarning")

# B. Saturating probabilities and clipping -------------------------------------------------------------------


def test_no_loss_is_capped_and_no_gradient_dies(xp):
    logits = np.asarray([[0.0, 1000.0], [0.0, 40.0]])
    value, gradient = xp.call_public(softmax_cross_entropy.value_and_gradient, logits, np.asarray([0, 0]))
    np.testing.assert_array_equal(value, [1000, 40])
    np.testing.assert_array_equal(gradient, [[-1, 1], [-1, 1]])
    value, slope = xp.call_public(
        sigmoid_cross_entropy.value_and_gradient, np.asarray([-50.0, -1e4]), np.asarray([1, 1])
    )
    np.testing.assert_array_equal(value, [50, 1e4])
    np.testing.assert_array_equal(slope, [-1, -1])


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_a_sure_model_in_half_precision_is_neither_infinite_nor_nan(dtype):
    torch = pytest.importorskip("torch")
    logits = torch.tensor([40.0, -40.0, 12.0], dtype=getattr(torch, dtype))
    for truth in (0, 1):
        for found in sigmoid_cross_entropy.value_and_gradient(logits, torch.full((3,), truth)):
            assert torch.isfinite(found).all()
    found = softmax_cross_entropy(torch.stack([logits, -logits]), torch.tensor([1, 0]))
    np.testing.assert_array_equal(found.to(torch.float64), [80, 80])


# C. A cost that depends on the dtype ------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_a_probability_of_0_costs_infinity_in_every_precision_and_certainty_costs_0(dtype):
    p, q = np.eye(2, dtype=dtype), np.asarray([[0.0, 1.0], [0.0, 1.0]], dtype=dtype)
    np.testing.assert_array_equal(measures.cross_entropy(p, q), [np.inf, 0])


def test_a_small_probability_costs_its_logarithm():
    np.testing.assert_allclose(measures.cross_entropy([1, 0], [1e-20, 1.0]), -np.log(1e-20), rtol=1e-15)


# G. The weighted mean ---------------------------------------------------------------------------------------


def test_a_weighted_mean_is_the_same_of_labels_and_of_their_one_hot_targets():
    weights = np.asarray([1.0, 2.0, 5.0])
    hard = softmax_cross_entropy.mean(LOGITS, LABELS, class_weights=weights)
    soft = softmax_cross_entropy_of_targets.mean(LOGITS, np.eye(3)[LABELS], class_weights=weights)
    np.testing.assert_allclose(soft, hard, rtol=1e-15)
    values = softmax_cross_entropy(LOGITS, LABELS)
    np.testing.assert_allclose(hard, (5 * values[0] + values[1]) / 6, rtol=1e-15)


def test_a_weight_does_not_change_the_probability_that_focal_loss_sees():
    logits = np.asarray([[1.0, 2.0, 3.0]])
    found = focal(logits, np.asarray([0]), class_weights=np.asarray([5.0, 1.0, 1.0]), gamma=2)
    p = np.exp(1.0) / np.exp(logits).sum()
    np.testing.assert_allclose(found, [-5 * (1 - p) ** 2 * np.log(p)], rtol=1e-14)


# H. Gradient accumulation -----------------------------------------------------------------------------------


def test_sums_over_workers_of_different_load_give_the_mean_of_all():
    losses, counts = (2.0, 90.0), (1, 9)
    totals = []
    for loss, count in zip(losses, counts, strict=True):
        # log(e^z + 1) = loss / count for the label of logit 0.
        z = np.log(np.expm1(loss / count))
        totals.append(softmax_cross_entropy.total(np.tile([z, 0.0], (count, 1)), np.ones(count, dtype=int)))
    np.testing.assert_allclose([total.sum for total in totals], losses, rtol=1e-14)
    np.testing.assert_allclose(sum(t.sum for t in totals) / sum(t.weight for t in totals), 9.2, rtol=1e-14)


# O. Focal loss ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("gamma", [0.0, 0.1, 0.5, 1.0, 2.0])
def test_focal_loss_of_a_sure_model_has_derivatives(xp, gamma):
    logits, labels = np.asarray([[1000.0, 0.0], [0.0, 1000.0], [40.0, 0.0]]), np.asarray([0, 0, 0])
    loss = functools.partial(focal.value_and_gradient, gamma=gamma)
    value, gradient = xp.call_public(loss, logits, labels)
    assert np.isfinite(value).all()
    assert np.isfinite(gradient).all()
    assert value[1] == 1000
    np.testing.assert_allclose(gradient[1], [-1, 1], rtol=1e-12)
    if gamma == 0:
        np.testing.assert_array_equal(value, xp.call_public(softmax_cross_entropy, logits, labels))


def test_focal_loss_with_a_masked_class_is_no_nan(xp):
    value, gradient = xp.call_public(
        focal.value_and_gradient, np.asarray([[0.5, -np.inf, 1.0]]), np.asarray([0])
    )
    assert np.isfinite(value).all()
    assert np.isfinite(gradient).all()


# P. Divergence ----------------------------------------------------------------------------------------------


def test_log_probabilities_given_as_probabilities_are_refused():
    logs = np.log([0.25, 0.75])
    with pytest.raises(DomainError, match=r"^kl_divergence: `p` must be >= 0; got -1\.38"):
        measures.kl_divergence(logs, [0.5, 0.5])
    with pytest.raises(DomainError, match=r"^kl_divergence: `q` must be >= 0; got -1\.38"):
        measures.kl_divergence([0.5, 0.5], logs)


def test_what_neither_distribution_has_adds_nothing_to_their_divergence():
    assert measures.kl_divergence([0.5, 0.5, 0.0], [0.5, 0.5, 0.0]) == 0
    assert measures.kl_divergence([0.5, 0.5, 0.0], [1.0, 0.0, 0.0]) == np.inf


# R. Tiny losses ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("gap", [12.0, 17.0, 20.0, 40.0, 80.0])
def test_the_loss_and_slope_of_a_sure_model_keep_their_digits(xp, dtype, gap):
    logits = np.asarray([[0.0, -gap]], dtype=dtype)
    value, gradient = xp.call_public(softmax_cross_entropy.value_and_gradient, logits, np.asarray([0]))
    assert_within(2, value, [np.log1p(np.exp(-gap))])
    assert_within(2, gradient, np.asarray([[-1, 1]]) / (1 + np.exp(gap)))


# S. Derivatives ---------------------------------------------------------------------------------------------


def test_torch_differentiates_in_the_targets_and_twice():
    torch = pytest.importorskip("torch")
    logits = torch.tensor(LOGITS, requires_grad=True)
    targets = torch.tensor(np.eye(3)[LABELS], requires_grad=True)
    (slope,) = torch.autograd.grad(
        softmax_cross_entropy_of_targets(logits, targets).sum(), logits, create_graph=True
    )
    (bend,) = torch.autograd.grad(slope[:, 0].sum(), logits)
    closed = softmax_cross_entropy.hessian(LOGITS, LABELS)[:, 0]
    np.testing.assert_allclose(bend, closed, rtol=1e-14)
    assert np.abs(closed).min() > 1e-3
    (of_targets,) = torch.autograd.grad(softmax_cross_entropy_of_targets(logits, targets).sum(), targets)
    surprisals = np.log(np.exp(LOGITS).sum(axis=-1, keepdims=True)) - LOGITS
    np.testing.assert_allclose(of_targets, surprisals, rtol=1e-14)


@parametrize(cases)
def test_what_comes_from_above_is_not_lost_and_no_hessian_is_silently_0(case):
    torch = pytest.importorskip("torch")
    logits = torch.tensor(case.logits, requires_grad=True)
    values = case.loss(logits, torch.tensor(case.truth))
    factors = np.arange(1.0, values.numel() + 1).reshape(values.shape) - 2.5
    (slope,) = torch.autograd.grad((torch.tensor(factors) * values).sum(), logits, create_graph=True)
    more = (..., *(None,) * (logits.ndim - values.ndim))
    closed = case.loss.gradient(case.logits, case.truth)
    size = np.abs(closed).max()
    np.testing.assert_allclose(slope.detach(), factors[more] * closed, rtol=1e-10, atol=1e-12 * size)
    if np.abs(case.loss.hessian(case.logits, case.truth)).max() > 0:
        (bend,) = torch.autograd.grad(slope, logits, torch.randn_like(logits))
        assert (bend != 0).any()


# T. What is ignored -----------------------------------------------------------------------------------------


def test_an_ignored_label_leaves_rows_out_and_a_mask_leaves_classes_out():
    rows = softmax_cross_entropy.gradient(LOGITS, LABELS, ignored_label=0)
    np.testing.assert_array_equal(rows[1], 0)
    np.testing.assert_array_equal(rows[0], softmax_cross_entropy.gradient(LOGITS, LABELS)[0])
    classes = softmax_cross_entropy.gradient(LOGITS, LABELS, class_mask=np.asarray([True, False, True]))
    np.testing.assert_array_equal(classes[:, 1], 0)
    assert (classes[:, [0, 2]] != 0).all()


def test_a_label_next_to_the_ignored_one_is_refused():
    with pytest.raises(DomainError, match=r"got -4, first at index \(0,\)\. 1 of 2 labels does not"):
        softmax_cross_entropy(np.zeros((3, 3)), np.asarray([-4, -100, 1]), ignored_label=-100)


def test_smoothing_weights_and_an_ignored_label_go_together():
    loss = SoftmaxCrossEntropy(
        label_smoothing=0.1, class_weights=np.asarray([1.0, 2.0, 5.0]), ignored_label=-100
    )
    found = loss.mean(np.concatenate([LOGITS, [[np.nan] * 3]]), np.asarray([2, 0, -100]))
    np.testing.assert_allclose(found, loss.mean(LOGITS, LABELS), rtol=1e-15)


# U. Numbers and counts --------------------------------------------------------------------------------------


def test_the_factorial_of_a_count_is_that_of_the_gamma_function_not_of_stirling():
    rates, counts = np.zeros(4), np.asarray([0, 1, 2, 7])
    found = poisson_nll(rates, counts, full=True) - 1
    np.testing.assert_allclose(found, np.log([1, 1, 2, 5040]), rtol=1e-14, atol=1e-15)


def test_a_variance_is_not_clamped_and_its_slope_does_not_end():
    log_variances = np.asarray([-30.0, -100.0])
    logits = np.stack([np.zeros(2), log_variances], axis=-1)
    value, gradient = gaussian_nll.value_and_gradient(logits, np.zeros(2))
    np.testing.assert_array_equal(value, log_variances / 2)
    np.testing.assert_array_equal(gradient[:, 1], [0.5, 0.5])


def test_a_count_that_is_none_and_a_mean_without_a_variance_are_refused():
    text = (
        "poisson_nll: `counts` must be finite and >= 0; got -1, first at index (0,). "
        "To leave one out, give it weight 0 in `sample_weight`."
    )
    assert_refused(DomainError, text, poisson_nll, np.zeros(2), np.asarray([-1, 3]))
    text = (
        "gaussian_nll: `logits` must have 2 entries on its last axis: mean and log-variance; "
        "got shape (1, 3)."
    )
    assert_refused(ShapeError, text, gaussian_nll, np.zeros((1, 3)), np.zeros(1))


# Of single losses -------------------------------------------------------------------------------------------


def test_a_loss_leaves_the_mode_of_gradients_as_it_finds_it():
    torch = pytest.importorskip("torch")
    logits = torch.zeros((4, 3), requires_grad=True)
    for mode in (False, True):
        with torch.set_grad_enabled(mode):
            assert asymmetric(logits, torch.zeros(4, 3)).requires_grad == mode
            assert torch.is_grad_enabled() == mode


def test_the_factor_of_focal_loss_does_not_overflow_where_the_model_is_sure_and_wrong():
    value, slope = sigmoid_focal.value_and_gradient(np.asarray([-100.0]), np.asarray([1]), gamma=2)
    np.testing.assert_array_equal(value, [100])
    np.testing.assert_allclose(slope, [-1], rtol=1e-14)


def test_a_power_of_a_probability_of_0_has_a_slope():
    logits = np.asarray([[-np.inf, 0.0], [-800.0, 0.0]])
    value, gradient = generalized_cross_entropy.value_and_gradient(logits, np.asarray([0, 0]), q=0.7)
    np.testing.assert_allclose(value, 1 / 0.7, rtol=1e-15)
    assert np.isfinite(gradient).all()
    np.testing.assert_allclose(gradient[1], np.exp(-560) * np.asarray([-1, 1]), rtol=1e-13)


def test_a_parameter_that_a_loss_does_not_know_is_not_swallowed():
    with pytest.raises(TypeError, match="sub_centers"):
        arcface(LOGITS / 4, LABELS, sub_centers=3)


def test_a_label_that_is_to_be_ignored_is_and_no_hessian_of_sparse_probabilities_is_0():
    logits, labels = np.asarray([[1.0, 0.2, -1.0]] * 2), np.asarray([0, -100])
    value = entmax_loss(logits, labels, ignored_label=-100)
    assert value[0] > 0
    assert value[1] == 0
    hessian = entmax_loss.hessian(logits[:1], labels[:1])
    np.testing.assert_allclose(hessian[0, 0, 0], 0.3096, atol=5e-5)
