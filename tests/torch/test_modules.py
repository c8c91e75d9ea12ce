"""The modules take PyTorch's arguments, keep its state and compute with this library."""

import inspect

import pytest

torch = pytest.importorskip("torch")

import xent.torch as front  # noqa: E402 - after the question whether PyTorch is there


@pytest.mark.parametrize("name", ["CrossEntropyLoss", "BCEWithLogitsLoss"])
def test_arguments_are_those_of_torch_and_more(name):
    ours, theirs = getattr(front, name), getattr(torch.nn, name)
    wanted = inspect.signature(theirs).parameters
    found = inspect.signature(ours).parameters
    assert list(found)[: len(wanted)] == list(wanted)
    assert all(found[key].default == parameter.default for key, parameter in wanted.items())
    assert issubclass(ours, theirs)


@pytest.mark.parametrize("name", ["cross_entropy", "binary_cross_entropy_with_logits", "nll_loss", "kl_div"])
def test_functions_take_the_arguments_of_torch_in_its_order(name):
    wanted = inspect.signature(getattr(torch.nn.functional, name)).parameters
    found = inspect.signature(getattr(front, name)).parameters
    positional = [key for key, parameter in found.items() if parameter.kind is not parameter.KEYWORD_ONLY]
    assert positional == list(wanted)
    assert all(found[key].default == parameter.default for key, parameter in wanted.items())


def test_cross_entropy_keeps_weights_with_its_state_and_options():
    weight = torch.tensor([1.0, 2.0, 3.0])
    module = front.CrossEntropyLoss(weight, ignore_index=1, label_smoothing=0.1, z_loss=0.5)
    logits, labels = torch.tensor([[1.0, -2.0, 0.5], [0.0, 3.0, 1.0]]), torch.tensor([2, 1])
    options = {"ignore_index": 1, "label_smoothing": 0.1, "z_loss": 0.5}
    assert module(logits, labels) == front.cross_entropy(logits, labels, weight, **options)
    found = module(logits, labels, denominator=5)
    assert found == front.cross_entropy(logits, labels, weight, denominator=5, **options)
    assert module.state_dict()["weight"].equal(weight)


def test_binary_cross_entropy_keeps_both_weights_with_its_state():
    weight, pos_weight = torch.tensor([1.0, 2.0]), torch.tensor([3.0, 0.5])
    module = front.BCEWithLogitsLoss(weight, reduction="sum", pos_weight=pos_weight)
    logits, target = torch.tensor([[1.0, -2.0]]), torch.tensor([[0.25, 1.0]])
    truth = front.binary_cross_entropy_with_logits(
        logits, target, weight, reduction="sum", pos_weight=pos_weight
    )
    assert module(logits, target) == truth
    assert set(module.state_dict()) == {"weight", "pos_weight"}
