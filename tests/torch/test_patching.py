"""PyTorch's own names can be bound to our functions, and back."""

import pytest

torch = pytest.importorskip("torch")

import xent.torch as front  # noqa: E402 - after the question whether PyTorch is there

NAMES = ("binary_cross_entropy_with_logits", "cross_entropy", "kl_div", "nll_loss")
ORIGINALS = {name: getattr(torch.nn.functional, name) for name in (*NAMES, "linear_cross_entropy")}


def are_ours():
    return [getattr(torch.nn.functional, name) is getattr(front, name) for name in NAMES]


@pytest.fixture(autouse=True)
def _originals_are_back():
    yield
    for name, original in ORIGINALS.items():
        assert getattr(torch.nn.functional, name) is original


def test_modules_see_the_patch_while_it_lasts():
    logits, label = torch.tensor([[20.0, 0.0]]), torch.tensor([0])
    module = torch.nn.CrossEntropyLoss()
    with front.patch():
        assert all(are_ours())
        assert module(logits, label) > 0
    assert module(logits, label) == 0


def test_a_patch_is_undone_once_by_calling_it():
    first, second = front.patch(), front.patch()
    first()
    first()
    assert all(are_ours())
    second()
    assert not any(are_ours())


def divide_under_a_patch(outer):
    with front.patch():
        outer()
        assert all(are_ours())
        return 1 / 0


def test_patches_are_undone_in_any_order_and_by_errors():
    outer = front.patch()
    with pytest.raises(ZeroDivisionError):
        divide_under_a_patch(outer)
    assert not any(are_ours())


def test_what_somebody_else_put_there_is_left_alone():
    def own(*arguments):
        return arguments

    undo = front.patch()
    torch.nn.functional.kl_div = own
    undo()
    assert torch.nn.functional.kl_div is own
    torch.nn.functional.kl_div = ORIGINALS["kl_div"]
    undo()
    assert torch.nn.functional.kl_div is ORIGINALS["kl_div"]
