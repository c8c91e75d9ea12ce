"""Every function of the package and every loss of the registry, through every way into PyTorch."""

import numpy as np
import pytest
from tests.losses.every_loss import random_inputs

torch = pytest.importorskip("torch")

import torch.distributed as dist  # noqa: E402 - after the question whether PyTorch is there

import xent.torch as front  # noqa: E402 - likewise
from xent.errors import BackendError, DomainError, DTypeError  # noqa: E402 - likewise
from xent.losses.registry import REGISTRY  # noqa: E402 - likewise

# Of PyTorch's own making, on the first use of its compiler, and for a context of what wants no gradient.
pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:.*torch.jit.script:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:.*should not be instantiated:DeprecationWarning"),
]
GENERATOR = torch.Generator().manual_seed(11)
N, C, D = 4, 3, 5


def drawn(*shape):
    return torch.randn(shape, generator=GENERATOR) + 0.25


LOGITS, HIDDEN, WEIGHT = drawn(N, C), drawn(N, D), drawn(C, D)
LABELS, PROBS, LOG_PROBS = torch.tensor([0, 2, -100, 1]), drawn(N, C).softmax(1), drawn(N, C).log_softmax(1)


def smoothed(logits, target):
    return front.cross_entropy(logits, target, label_smoothing=0.1, z_loss=0.01)


def linear(hidden, target, **options):
    return front.linear_cross_entropy(hidden, WEIGHT.to(hidden.dtype), target, **options)


def divergence(log_probs, target):
    return front.kl_div(log_probs, target, reduction="batchmean")


FUNCTIONS = {
    "cross_entropy": (front.cross_entropy, LOGITS, LABELS),
    "cross_entropy of probabilities": (front.cross_entropy, LOGITS, PROBS),
    "cross_entropy smoothed": (smoothed, LOGITS, LABELS),
    "nll_loss": (front.nll_loss, LOG_PROBS, LABELS),
    "binary_cross_entropy_with_logits": (front.binary_cross_entropy_with_logits, LOGITS, PROBS),
    "kl_div": (divergence, LOG_PROBS, PROBS),
    "linear_cross_entropy": (linear, HIDDEN, LABELS),
    "linear_cross_entropy of probabilities": (linear, HIDDEN, PROBS),
}
OF_EMBEDDINGS = {
    "info_nce": HIDDEN.roll(1, 0) + 0.1,
    "nt_xent": torch.tensor([1, 0, 3, 2]),
    "supervised_contrastive": torch.tensor([0, 0, 1, 1]),
}


def as_single(array):
    tensor = torch.from_numpy(array)
    return tensor.float() if tensor.is_floating_point() else tensor


def case_of(name):
    loss = REGISTRY[name]
    if name in OF_EMBEDDINGS:
        return loss, HIDDEN, OF_EMBEDDINGS[name]
    return loss, *map(as_single, random_inputs(loss, np.random.default_rng(20261130), N))


CASES = {**FUNCTIONS, **{name: case_of(name) for name in REGISTRY}}


class Model(torch.nn.Module):
    def __init__(self, loss):
        super().__init__()
        self.loss = loss

    def forward(self, first, second):
        return self.loss(first, second)


@pytest.fixture(scope="module")
def mesh(tmp_path_factory):
    """Mesh of one process."""
    store = (tmp_path_factory.mktemp("mesh") / "store").as_uri()
    dist.init_process_group("gloo", init_method=store, rank=0, world_size=1)
    yield dist.device_mesh.init_device_mesh("cpu", (1,))
    dist.destroy_process_group()


def with_gradient(loss, first, second):
    leaf = first.detach().clone().requires_grad_()
    value = loss(leaf, second)
    value.sum().backward()
    return value.detach(), leaf.grad


def assert_near(found, expected):
    torch.testing.assert_close(found, expected, rtol=2e-5, atol=1e-6)


def compiles(loss, first, second):
    torch.compiler.reset()
    compiled = torch.compile(lambda *pair: loss(*pair), fullgraph=True, backend="eager")
    for found, expected in zip(
        with_gradient(compiled, first, second), with_gradient(loss, first, second), strict=True
    ):
        assert_near(found, expected)
    assert_near(compiled(first, second), loss(first, second))


def is_exported(loss, first, second):
    rows = torch.export.Dim("rows", min=2, max=1000)
    program = torch.export.export(Model(loss), (first, second), dynamic_shapes=({0: rows}, {0: rows}))
    # Partners are numbers of rows.
    more = second + N if loss is REGISTRY["nt_xent"] else second
    many = torch.cat([first, 1.5 * first]), torch.cat([second, more])
    if loss in (REGISTRY["cosface"], REGISTRY["arcface"]):
        many = torch.cat([first, first]), many[1]
    assert_near(program.module()(*many), loss(*many))


def is_mapped(loss, first, second):
    found = torch.func.vmap(loss)(torch.stack([first, first / 2]), torch.stack([second, second]))
    assert_near(found, torch.stack([loss(first, second), loss(first / 2, second)]))
    slope = torch.func.grad(lambda z: loss(z, second).sum())(first)
    assert_near(slope, with_gradient(loss, first, second)[1])


def is_32_bits_under_autocast(loss, first, second):
    half = first.bfloat16()
    with torch.autocast("cpu", torch.bfloat16):
        found, slope = with_gradient(loss, half, second)
    assert found.dtype is torch.float32
    assert slope.dtype is torch.bfloat16
    if loss is not linear:
        assert_near(found, loss(half.float(), second))


def takes_dtensors(loss, first, second, mesh):
    from torch.distributed.tensor import Replicate, Shard, distribute_tensor

    for placement in (Replicate(), Shard(0), Shard(1)):
        laid = distribute_tensor(first, mesh, [placement]).requires_grad_()
        truth = distribute_tensor(second, mesh, [placement if placement == Shard(0) else Replicate()])
        if loss is linear:
            with pytest.raises(DomainError, match=r"`input` must be a plain tensor; .* Pass `cross_entropy`"):
                loss(laid, truth)
            continue
        value = loss(laid, truth)
        value.sum().backward()
        expected = with_gradient(loss, first, second)
        assert_near(value.full_tensor().detach(), expected[0])
        assert_near(laid.grad.full_tensor(), expected[1])


@pytest.mark.parametrize("name", CASES)
def test_every_loss_goes_through_every_door(name, mesh):
    loss, first, second = CASES[name]
    compiles(loss, first, second)
    is_exported(loss, first, second)
    is_mapped(loss, first, second)
    is_32_bits_under_autocast(loss, first, second)
    takes_dtensors(loss, first, second, mesh)
