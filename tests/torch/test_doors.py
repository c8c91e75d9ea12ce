"""Every function of the package and every loss of the registry, through every way into PyTorch."""

import numpy as np
import pytest
from tests.losses.every_loss import random_inputs

torch = pytest.importorskip("torch")

import torch.distributed as dist  # noqa: E402 - after the question whether PyTorch is there
from torch.utils import checkpoint  # noqa: E402 - likewise

import xent.torch as front  # noqa: E402 - likewise
from xent.errors import BackendError, DTypeError  # noqa: E402 - likewise
from xent.losses.registry import REGISTRY  # noqa: E402 - likewise
from xent.torch import memory  # noqa: E402 - likewise

# Of PyTorch's own making, on the first use of its compiler, and for a context of what wants no gradient.
pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:.*torch.jit.script:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:.*should not be instantiated:DeprecationWarning"),
]
GENERATOR = torch.Generator().manual_seed(11)
N, C, D = 4, 3, 5


def drawn(*shape):
    return torch.randn(shape, generator=GENERATOR, dtype=torch.float64) + 0.25


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


def case_of(name):
    loss = REGISTRY[name]
    if name in OF_EMBEDDINGS:
        return loss, HIDDEN, OF_EMBEDDINGS[name]
    return loss, *map(torch.from_numpy, random_inputs(loss, np.random.default_rng(20261130), N))


CASES = {**FUNCTIONS, **{name: case_of(name) for name in REGISTRY}}
# The first of each room, for the compiler's stages of gradients, which no formula decides.
FIRST_OF_ROOMS = {type(REGISTRY[name]).__module__.rpartition(".")[0]: name for name in reversed(REGISTRY)}


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
    torch.testing.assert_close(found, expected, rtol=1e-12, atol=1e-14)


def compiles(loss, first, second, *, backend):
    torch.compiler.reset()
    compiled = torch.compile(Model(loss), fullgraph=True, backend=backend)
    for found, expected in zip(
        with_gradient(compiled, first, second), with_gradient(loss, first, second), strict=True
    ):
        assert_near(found, expected)
    # Without gradients a formula is traced as it stands, which some could not be. `torch.export` lowers the
    # same operations by the later stage.
    alone = torch.compile(Model(loss), fullgraph=True, backend=backend)
    assert_near(alone(first, second), loss(first, second))


def is_exported(loss, first, second):
    rows = torch.export.Dim("rows", min=2, max=1000)
    program = torch.export.export(Model(loss), (first, second), dynamic_shapes=({0: rows}, {0: rows}))
    # Partners are numbers of rows.
    more = second + N if loss is REGISTRY["nt_xent"] else second
    many = torch.cat([first, first / 2]), torch.cat([second, more])
    assert_near(program.module()(*many), loss(*many))


def is_mapped(loss, first, second):
    found = torch.func.vmap(loss)(torch.stack([first, first / 2]), torch.stack([second, second]))
    assert_near(found, torch.stack([loss(first, second), loss(first / 2, second)]))
    slope = torch.func.grad(lambda z: loss(z, second).sum())(first)
    assert_near(slope, with_gradient(loss, first, second)[1])


def is_32_bits_under_autocast(loss, first, second):
    half = first.bfloat16()
    second = second.float() if second.is_floating_point() else second
    with torch.autocast("cpu", torch.bfloat16):
        found, slope = with_gradient(loss, half, second)
    assert found.dtype is torch.float32
    assert slope.dtype is torch.bfloat16
    if loss is not linear:
        torch.testing.assert_close(found, loss(half.float(), second).float(), rtol=1e-6, atol=1e-6)


def takes_dtensors(loss, first, second, mesh):
    from torch.distributed.tensor import Replicate, Shard, distribute_tensor

    for placement in (Replicate(), Shard(0), Shard(1)):
        laid = distribute_tensor(first, mesh, [placement]).requires_grad_()
        truth = distribute_tensor(second, mesh, [placement if placement == Shard(0) else Replicate()])
        value = loss(laid, truth)
        value.sum().backward()
        expected = with_gradient(loss, first, second)
        assert_near(value.full_tensor().detach(), expected[0])
        assert_near(laid.grad.full_tensor(), expected[1])


@pytest.mark.parametrize("name", CASES)
def test_every_loss_goes_through_every_door(name, mesh):
    loss, first, second = CASES[name]
    # Of a formula the first stage traces value and gradient alike, and export lowers the value.
    is_whole = name in {*FUNCTIONS, *FIRST_OF_ROOMS.values()}
    compiles(loss, first, second, backend="aot_eager" if is_whole else "eager")
    is_exported(loss, first, second)
    is_mapped(loss, first, second)
    is_32_bits_under_autocast(loss, first, second)
    takes_dtensors(loss, first, second, mesh)


NO_GPU = "`input` is on the device cpu, and Triton's kernels run on GPUs"
WAYS = {
    "cross_entropy": ("eager", "composed", ["eager", "triton", "sharded", "onnx", "composed"]),
    "binary_cross_entropy_with_logits": ("eager", "composed", ["eager", "triton", "composed"]),
    "linear_cross_entropy": ("eager", "compiled", ["eager", "triton", "sharded", "compiled", "composed"]),
}


def asked(name):
    """Explanation of a function's call, and its two tensors, in 32 bits."""
    first, second = (t.float() if t.is_floating_point() else t for t in CASES[name][1:])
    function = getattr(front, name)
    if name == "linear_cross_entropy":
        return lambda z, t: front.explain(function, z, WEIGHT.to(z.dtype), t), first, second
    return lambda z, t: front.explain(function, z, t), first, second


@pytest.mark.skipif(not memory.KERNELS_RUN, reason="no kernels for this processor")
@pytest.mark.parametrize("name", WAYS)
def test_explain_names_the_way_behind_every_door(name, mesh):
    from torch.distributed.tensor import Replicate, distribute_tensor

    explain, first, second = asked(name)
    eager, compiled, names = WAYS[name]
    found = {"eager": explain(first, second)}
    torch.compiler.reset()
    found["compiled"] = torch.compile(explain, fullgraph=True, backend="eager")(first, second)
    torch.func.vmap(lambda z, t: found.setdefault("vmap", explain(z, t)) and z)(first[None], second[None])
    torch.export.export(
        Model(lambda z, t: found.setdefault("exported", explain(z, t)) and z), (first, second)
    )
    with torch.autocast("cpu", torch.bfloat16):
        found["autocast"] = explain(first.bfloat16(), second)
    assert {door: answer.way for door, answer in found.items()} == {
        "eager": eager, "compiled": compiled, "vmap": "composed", "exported": compiled, "autocast": eager,
    }  # fmt: skip
    assert found["compiled"].reasons["eager"] == "torch.compile traces the call"
    assert found["vmap"].reasons["eager"] == "a transform of torch.func is active"
    for answer in found.values():
        assert [answer.way, *answer.reasons] == [answer.way, *(n for n in names if n != answer.way)]
        assert answer.reasons["triton"] == NO_GPU
    laid = distribute_tensor(first, mesh, [Replicate()]), distribute_tensor(second, mesh, [Replicate()])
    if name == "binary_cross_entropy_with_logits":
        assert explain(*laid).reasons["eager"] == "`input` is of the class DTensor, not a plain tensor"
    else:
        assert explain(*laid).way == "eager"


@pytest.mark.parametrize(
    "function", [front.nll_loss, front.kl_div, REGISTRY["focal"]], ids=["nll_loss", "kl_div", "focal"]
)
def test_explain_refuses_what_has_one_way(function):
    with pytest.raises(DTypeError, match=r"explain: `function` must be cross_entropy"):
        front.explain(function, LOGITS, LABELS)


def of_script(name):
    return rf"{name}: `compiler` must be `torch\.compile`.*; got torch\.jit\.script\. Script the model"


def calls_a_function(logits, target):
    return front.kl_div(logits, target)


@pytest.mark.parametrize(
    ("loss", "name"),
    [
        *((getattr(front, name), name) for name in (*WAYS, "nll_loss", "kl_div")),
        (front.CrossEntropyLoss(), "CrossEntropyLoss"),
        (Model(front.BCEWithLogitsLoss()), "BCEWithLogitsLoss"),
        (front.LinearCrossEntropyLoss(2, 3), "LinearCrossEntropyLoss"),
        (calls_a_function, "kl_div"),
        (REGISTRY["focal"], "focal"),
    ],
    ids=[*WAYS, "nll_loss", "kl_div", "module", "in a module", "linear module", "in a function", "loss"],
)
def test_scripts_are_refused_with_what_to_use(loss, name):
    with pytest.raises(BackendError, match=of_script(name)):
        torch.jit.script(loss)


def test_scripts_of_modules_under_a_patch_are_refused_with_what_to_use():
    with front.patch(), pytest.raises(BackendError, match=of_script("cross_entropy")):
        torch.jit.script(torch.nn.CrossEntropyLoss())


@pytest.mark.parametrize("reentrant", [True, False], ids=["reentrant", "by hooks"])
@pytest.mark.parametrize("name", FUNCTIONS)
def test_checkpoints_give_the_same_gradient(name, reentrant):
    loss, first, second = CASES[name]
    saved = checkpoint.checkpoint
    found = with_gradient(lambda z, t: saved(loss, 1 * z, t, use_reentrant=reentrant), first, second)
    for one, other in zip(found, with_gradient(loss, first, second), strict=True):
        assert_near(one, other)
