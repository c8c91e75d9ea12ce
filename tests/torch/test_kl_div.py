"""Kullback-Leibler divergence for PyTorch."""

import itertools

import pytest

torch = pytest.importorskip("torch")

from torch.nn import functional  # noqa: E402 - after the question whether PyTorch is there

import xent.torch as front  # noqa: E402 - likewise
from xent.errors import DomainError, DTypeError, ShapeError  # noqa: E402 - likewise

LOGS, PROBS = torch.tensor([0.0, -torch.inf]), torch.tensor([1.0, 0.0])


def test_classes_that_neither_has_cost_nothing_where_torch_has_nan():
    assert functional.kl_div(LOGS, PROBS, reduction="none")[1].isnan()
    assert front.kl_div(LOGS, PROBS, reduction="none").tolist() == [0, 0]
    assert functional.kl_div(LOGS, LOGS, reduction="none", log_target=True)[1].isnan()
    assert front.kl_div(LOGS, LOGS, reduction="none", log_target=True).tolist() == [0, 0]


def test_a_class_that_the_model_lacks_costs_infinitely_much():
    assert front.kl_div(LOGS, PROBS.flip(0), reduction="sum") == torch.inf


@pytest.mark.parametrize("log_target", [False, True])
def test_the_gradient_in_the_model_is_minus_the_target(log_target):
    log_probs = torch.tensor([-1.5, -torch.inf], requires_grad=True)
    front.kl_div(log_probs, LOGS if log_target else PROBS, reduction="sum", log_target=log_target).backward()
    assert log_probs.grad.tolist() == [-1, 0]


def test_the_gradient_in_a_target_of_0_is_infinite():
    target = torch.tensor([0.5, 0.0], requires_grad=True)
    front.kl_div(torch.tensor([-0.5, -0.25]), target, reduction="sum").backward()
    torch.testing.assert_close(target.grad[0], target.detach()[0].log() + 1.5)
    assert target.grad[1] == -torch.inf


def test_targets_are_broadcast_and_batches_counted_as_in_torch():
    torch.manual_seed(0)
    log_probs, target = torch.randn(1, 3).log_softmax(1), torch.rand(4, 3)
    for reduction in ("sum", "batchmean", "none"):
        found = front.kl_div(log_probs, target, reduction=reduction)
        torch.testing.assert_close(found, functional.kl_div(log_probs, target, reduction=reduction))


@pytest.mark.parametrize("shapes", [((3,), ()), ((), (3,)), ((), ()), ((3,), (3,))])
@pytest.mark.parametrize("log_target", [False, True])
def test_a_tensor_without_axes_changes_the_dtype_only_as_in_torch(shapes, log_target):
    of_input, of_target = shapes
    for dtypes in itertools.product((torch.float64, torch.float32, torch.float16), repeat=2):
        log_probs = torch.full(of_input, -0.7, dtype=dtypes[0])
        target = torch.full(of_target, -0.3 if log_target else 0.6, dtype=dtypes[1])
        for reduction in ("none", "sum", "batchmean"):
            expected = functional.kl_div(log_probs, target, reduction=reduction, log_target=log_target)
            found = front.kl_div(log_probs, target, reduction=reduction, log_target=log_target)
            torch.testing.assert_close(found, expected, rtol=2e-3, atol=0)


def test_a_target_without_axes_keeps_its_digits():
    target = torch.tensor(0.1, dtype=torch.float64)
    exact = front.kl_div(torch.tensor([-2.3], dtype=torch.float64), target, reduction="sum")
    found = front.kl_div(torch.tensor([-2.3]), target, reduction="sum")
    assert found.dtype is torch.float32
    assert abs(found.double() - exact) < 1e-7 * 2.3 * 0.1


def test_a_mean_warns_as_in_torch():
    with pytest.warns(UserWarning, match="'batchmean'"):
        front.kl_div(LOGS, PROBS)


def test_what_does_not_fit_is_refused_with_its_reason():
    with pytest.raises(DTypeError, match="kl_div: `target` must be real floating; got"):
        front.kl_div(LOGS, PROBS.long(), reduction="sum")
    with pytest.raises(ShapeError, match=r"`target` must broadcast against `input`, of shape \(2,\)"):
        front.kl_div(LOGS, torch.ones(3), reduction="sum")
    with pytest.raises(DomainError, match="be one of none, mean, sum, batchmean; got 'max'"):
        front.kl_div(LOGS, PROBS, reduction="max")
    with pytest.raises(DomainError, match="be on the device of `input`, cpu; got meta"):
        front.kl_div(LOGS, PROBS.to("meta"), reduction="sum")
