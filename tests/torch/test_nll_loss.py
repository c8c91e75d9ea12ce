"""Negative log-likelihood for PyTorch."""

import pytest

torch = pytest.importorskip("torch")

from torch.nn import functional  # noqa: E402 - after the question whether PyTorch is there

import xent.torch as front  # noqa: E402 - likewise
from xent.errors import DomainError, DTypeError, ShapeError  # noqa: E402 - likewise


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


@pytest.mark.parametrize("loss", [front.nll_loss, front.cross_entropy])
def test_without_classes_every_label_is_out_of_range_unless_it_is_ignored(loss):
    its = getattr(functional, loss.__name__)
    empty, ignored = torch.zeros(2, 0), torch.tensor([-100, -100])
    for reduction in ("none", "sum", "mean"):
        text = rf"{loss.__name__}: `target` must be -100, the `ignore_index`, as there are no classes; got 3"
        with pytest.raises(IndexError, match=text):
            loss(empty, torch.tensor([-100, 3]), reduction=reduction)
        with pytest.raises(IndexError):
            its(empty, torch.tensor([-100, 3]), reduction=reduction)
        leaf = empty.clone().requires_grad_()
        found = loss(leaf, ignored, reduction=reduction)
        torch.testing.assert_close(
            found.detach(), its(empty, ignored, reduction=reduction), rtol=0, atol=0, equal_nan=True
        )
        found.sum().backward()
        assert leaf.grad.shape == (2, 0)
    nothing = torch.zeros(0, 0), torch.zeros(0, dtype=torch.long)
    assert loss(*nothing).isnan()
    assert loss(*nothing, reduction="sum") == 0


def test_a_label_that_is_no_class_is_nan_in_compiled_code_with_its_gradient():
    torch.compiler.reset()
    leaf = torch.tensor([[-1.0, -2.0], [-1.0, -2.0]], requires_grad=True)
    compiled = torch.compile(front.nll_loss, fullgraph=True, backend="aot_eager")
    loss = compiled(leaf, torch.tensor([1, 2]))
    loss.backward()
    assert loss.isnan()
    assert leaf.grad.isnan().any(1).tolist() == [False, True]


def test_what_does_not_fit_is_refused_with_its_reason():
    log_probs = torch.zeros(2, 2)
    with pytest.raises(DTypeError, match="`target` must be integers"):
        front.nll_loss(log_probs, torch.zeros(2))
    with pytest.raises(ShapeError, match=r"must have shape \(2,\).*Drop the extra axis with"):
        front.nll_loss(log_probs, torch.zeros(2, 1).long())
    with pytest.raises(
        DomainError, match=r"nll_loss: `target` must be on the device of `input`, cpu; got meta"
    ):
        front.nll_loss(log_probs, torch.zeros(2, device="meta").long())


def test_the_denominator_can_be_named():
    found = front.nll_loss(torch.tensor([[-1.0, -2.0]]), torch.tensor([1]), denominator=8)
    assert found == 0.25
