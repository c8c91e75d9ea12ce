"""The way `triton` of `binary_cross_entropy_with_logits`, with its kernel interpreted."""

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from tests.relative_error import assert_within  # noqa: E402 - after the question whether PyTorch is there

import xent.torch as front  # noqa: E402 - likewise
from xent.errors import BackendError  # noqa: E402 - likewise
from xent.kernels.triton import launches  # noqa: E402 - likewise

DTYPES = {torch.float32: 3e-7, torch.bfloat16: 8e-3, torch.float16: 1e-3}
GENERATOR = torch.Generator().manual_seed(4)
WEIGHTS = {
    "none": {},
    "number": {"weight": torch.tensor(0.7), "pos_weight": torch.tensor(2.5)},
    "by class": {"weight": torch.tensor([0.5, 2.0, 0.0]), "pos_weight": torch.tensor([[3.0, 0.25, 1.0]])},
    "by row": {
        "weight": torch.linspace(0.5, 2, 5)[:, None],
        "pos_weight": torch.linspace(2, 0.1, 5)[:, None],
    },
    "by entry": {"weight": torch.linspace(0.1, 2, 15).reshape(5, 3)},
}


def some_case(dtype):
    logits = 4 * torch.randn((5, 3), generator=GENERATOR) + 0.25
    return logits.to(dtype), torch.rand((5, 3), generator=GENERATOR).to(dtype)


def loss_and_gradient(way, logits, targets, **options):
    leaf = logits.clone().requires_grad_()
    loss = front.binary_cross_entropy_with_logits(leaf, targets, way=way, **options)
    upstream = torch.linspace(0.5, 2, loss.numel()).reshape(loss.shape).to(loss.dtype)
    return loss.detach(), torch.autograd.grad(loss, leaf, upstream)[0]


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
@pytest.mark.parametrize("weights", WEIGHTS)
def test_every_option_meets_64_bits(weights, reduction, dtype):
    logits, targets = some_case(dtype)
    options = {name: weight.to(dtype) for name, weight in WEIGHTS[weights].items()}
    found = loss_and_gradient("triton", logits, targets, reduction=reduction, **options)
    exact = {name: weight.double() for name, weight in options.items()}
    truth = loss_and_gradient("composed", logits.double(), targets.double(), reduction=reduction, **exact)
    for ours, theirs in zip(found, truth, strict=True):
        assert ours.dtype is dtype
        assert ours.shape == theirs.shape
        assert (ours.double() - theirs).norm() <= DTYPES[dtype] * theirs.norm()


def test_targets_0_and_1_are_within_four_units_however_sure_the_model_is():
    logits = torch.tensor([-100.0, -87.5, -40.0, -17.0, -1.0, -1e-3, 0.0, 1e-30, 0.3, 5.0, 20.0, 90.0])
    for target in (0.0, 1.0):
        targets = torch.full_like(logits, target)
        value, gradient = loss_and_gradient("triton", logits, targets, reduction="none")
        upstream = np.linspace(0.5, 2, 12).astype(np.float32).astype(np.float64)
        signed = logits.double().numpy() * (1 - 2 * target)
        assert_within(4, value.numpy(), np.logaddexp(0, signed))
        away = np.exp(-np.logaddexp(0, -signed)) * (1 - 2 * target)
        assert_within(4, gradient.numpy(), away * upstream)


def test_infinite_logits_cost_nothing_on_their_side():
    logits = torch.tensor([torch.inf, -torch.inf, torch.inf, torch.nan])
    value, gradient = loss_and_gradient(
        "triton", logits, torch.tensor([1.0, 0.0, 0.0, 1.0]), reduction="none"
    )
    assert value[:3].tolist() == [0, 0, torch.inf]
    assert gradient[:2].tolist() == [0, 0]
    assert value[3].isnan()
    assert gradient[3].isnan()


def test_several_blocks_and_strides_are_read_whole(monkeypatch):
    from xent.kernels.sigmoid_cross_entropy.triton import launch

    monkeypatch.setattr(launch, "_BLOCK", 16)
    logits = 3 * torch.randn((7, 13), generator=GENERATOR)
    targets = torch.rand((13, 7), generator=GENERATOR).T
    weight = torch.linspace(0.5, 2, 13)
    for options in ({}, {"pos_weight": weight, "weight": weight}):
        found = loss_and_gradient(
            "triton", logits[:, ::2], targets[:, ::2], **{k: v[::2] for k, v in options.items()}
        )
        truth = loss_and_gradient(
            "composed", logits[:, ::2], targets[:, ::2], **{k: v[::2] for k, v in options.items()}
        )
        torch.testing.assert_close(found, truth)


def test_later_backwards_and_second_derivatives_are_those_of_the_composed_way():
    logits, targets = some_case(torch.float32)
    leaf = logits.requires_grad_()
    loss, plain = (
        front.binary_cross_entropy_with_logits(leaf, targets, way=way) for way in ("triton", "composed")
    )
    for factor in (1.0, -2.5, 1.0):
        [ours] = torch.autograd.grad(loss, leaf, torch.tensor(factor), retain_graph=True)
        [theirs] = torch.autograd.grad(plain, leaf, torch.tensor(factor), retain_graph=True)
        torch.testing.assert_close(ours, theirs)
        ours.zero_()
    second = [
        torch.autograd.grad((torch.autograd.grad(value, leaf, create_graph=True)[0] ** 2).sum(), leaf)[0]
        for value in (loss, plain)
    ]
    torch.testing.assert_close(*second)


@pytest.mark.parametrize(
    ("on_empty", "denominator"), [("zero", 0.0), ("nan", 3.0), ("nan", torch.tensor(3.0))]
)
def test_denominators_are_those_of_the_composed_way(on_empty, denominator):
    options = {"on_empty": on_empty, "denominator": denominator}
    logits, targets = some_case(torch.float32)
    found = loss_and_gradient("triton", logits, targets, **options)
    torch.testing.assert_close(found, loss_and_gradient("composed", logits, targets, **options))


def test_reasons_and_failures_are_named(monkeypatch):
    logits, targets = some_case(torch.float32)
    explained = front.explain(front.binary_cross_entropy_with_logits, logits.double(), targets.double())
    assert explained.reasons["triton"] == "`input` has 64 bits, and the kernel computes in 32"
    from xent.kernels.sigmoid_cross_entropy.triton import launch

    class Broken:
        def __getitem__(self, grid):
            raise RuntimeError("no compiler")

    leaf = logits.clone().requires_grad_()
    loss = front.binary_cross_entropy_with_logits(leaf, targets, reduction="none", way="triton")
    monkeypatch.setattr(launches, "_failures", [])
    monkeypatch.setattr(launch, "sigmoid_events", Broken())
    with pytest.warns(UserWarning, match="no compiler"):
        [found] = torch.autograd.grad(loss.sum(), leaf)
    plain = front.binary_cross_entropy_with_logits(leaf, targets, reduction="sum", way="composed")
    torch.testing.assert_close(found, torch.autograd.grad(plain, leaf)[0])
    with pytest.raises(BackendError, match="'triton', and Triton raised RuntimeError: no compiler"):
        front.binary_cross_entropy_with_logits(logits, targets, way="triton")
