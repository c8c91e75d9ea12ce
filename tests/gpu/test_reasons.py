"""Reasons against the way `triton` of `xent.torch.cross_entropy`, and kernels that fail."""

import pytest

torch = pytest.importorskip("torch")

from tests.gpu.test_triton_way import (  # noqa: E402 - after the question whether PyTorch is there
    LABELS,
    LOGITS,
    loss_and_gradient,
)

import xent.torch as front  # noqa: E402 - likewise
from xent.errors import BackendError  # noqa: E402 - likewise
from xent.kernels.triton import launches  # noqa: E402 - likewise


def explained(**change):
    return front.explain(front.cross_entropy, **{"input": LOGITS, "target": LABELS, **change})


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"input": LOGITS.double()}, "`input` has 64 bits, and the kernel computes in 32"),
        ({"input": LOGITS[:0], "target": LABELS[:0]}, "`input` is empty"),
        (
            {"weight": torch.ones(5, requires_grad=True)},
            "`weight` requires grad, and the kernel differentiates in `input` alone",
        ),
        (
            {"input": LOGITS.to("meta"), "target": LABELS.to("meta")},
            "`input` is on the device meta, and Triton's kernels run on GPUs",
        ),
        (
            {"input": torch.nn.Buffer(LOGITS).as_subclass(type("Own", (torch.Tensor,), {}))},
            "`input` is of the class Own, not a plain tensor",
        ),
    ],
    ids=["dtype", "empty", "weight", "device", "subclass"],
)
def test_explain_says_why_the_kernel_does_not_run(change, reason):
    assert explained(**change).reasons["triton"] == reason
    with pytest.raises(BackendError, match=f"`way` must suit the call; got 'triton', and {reason[:20]}"):
        front.cross_entropy(**{"input": LOGITS, "target": LABELS, **change}, way="triton")


def test_a_machine_without_triton_is_named(monkeypatch):
    monkeypatch.setattr(launches, "_IS_INSTALLED", False)
    assert explained().reasons["triton"].startswith("Triton is not installed")
    monkeypatch.setattr(launches, "IS_INTERPRETED", False)
    assert explained().reasons["triton"] == "`input` is on the device cpu, and Triton's kernels run on GPUs"


@pytest.fixture
def broken(monkeypatch):
    """A compiler that fails; and no way but those behind it."""
    from xent.kernels.softmax_cross_entropy.triton import launch
    from xent.torch.cross_entropy import call
    from xent.torch.cross_entropy.ways import WAYS

    class Broken:
        def __getitem__(self, grid):
            raise RuntimeError("no compiler\nand more")

    monkeypatch.setattr(call, "WAYS", WAYS[1:])
    monkeypatch.setattr(launches, "_failures", [])
    return lambda: monkeypatch.setattr(launch, "softmax_rows", Broken())


REASON = "Triton raised RuntimeError: no compiler"


def test_a_kernel_that_fails_is_replaced_once_and_with_one_warning(broken, recwarn):
    broken()
    for _ in range(2):
        loss, gradient = loss_and_gradient(None, LOGITS, LABELS, {})
    assert [str(warning.message) for warning in recwarn] == [
        f"cross_entropy: the kernel cannot run here, and other operations replace it, as {REASON}."
    ]
    truth = loss_and_gradient("composed", LOGITS, LABELS, {})
    assert torch.equal(loss, truth[0])
    assert torch.equal(gradient, truth[1])
    assert explained().reasons["triton"] == REASON


def test_a_kernel_that_fails_raises_if_it_was_asked_for(broken):
    broken()
    for _ in range(2):
        with pytest.raises(BackendError, match=f"`way` must suit the call; got 'triton', and {REASON}"):
            front.cross_entropy(LOGITS, LABELS, way="triton")


def test_a_kernel_that_fails_in_backward_is_replaced(broken):
    leaf = LOGITS.clone().requires_grad_()
    loss = front.cross_entropy(leaf, LABELS, way="triton", reduction="none")
    broken()
    with pytest.warns(UserWarning, match="no compiler"):
        [found] = torch.autograd.grad(loss.sum(), leaf)
    torch.testing.assert_close(
        found, loss_and_gradient("composed", LOGITS, LABELS, {"reduction": "sum"})[1] / 0.5
    )
