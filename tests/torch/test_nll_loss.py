"""Negative log-likelihood for PyTorch."""

import pytest

torch = pytest.importorskip("torch")

from torch.nn import functional  # noqa: E402 - after the question whether PyTorch is there

import xent.torch as front  # noqa: E402 - likewise
from xent.errors import DTypeError  # noqa: E402 - likewise


def test_a_class_of_weight_0_costs_nothing_where_torch_has_nan():
    log_probs, labels = torch.tensor([[0.0, -torch.inf]]), torch.tensor([1])
    weight = torch.tensor([1.0, 0.0])
    assert functional.nll_loss(log_probs, labels, weight, reduction="sum").isnan()
    assert front.nll_loss(log_probs, labels, weight, reduction="sum") == 0


def test_rows_left_out_are_not_read():
    leaf = torch.tensor([[-1.0, -2.0], [torch.nan, torch.nan]], requires_grad=True)
    loss = front.nll_loss(leaf, torch.tensor([1, -100]))
    loss.backward()
    assert loss == 2
    assert leaf.grad.tolist() == [[0, -1], [0, 0]]


def test_a_label_that_is_no_class_is_an_index_error_that_says_which():
    with pytest.raises(
        IndexError, match=r"nll_loss: `target` must lie in 0..1 or be -100.*got 2, first at index \(1,\)"
    ):
        front.nll_loss(torch.zeros(2, 2), torch.tensor([0, 2]))


def test_float_labels_are_refused():
    with pytest.raises(DTypeError, match="`target` must be integers"):
        front.nll_loss(torch.zeros(2, 2), torch.zeros(2))


def test_the_denominator_can_be_named():
    found = front.nll_loss(torch.tensor([[-1.0, -2.0]]), torch.tensor([1]), denominator=8)
    assert found == 0.25
