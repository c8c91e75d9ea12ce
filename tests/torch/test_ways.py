"""Every way of every operation: one oracle for all, reasons against each, and names that are asked for."""

import re
from types import SimpleNamespace

import pytest

torch = pytest.importorskip("torch")

from torch.nn import functional  # noqa: E402 - after the question whether PyTorch is there
from torch.utils.flop_counter import FlopCounterMode  # noqa: E402 - likewise

import xent.torch as front  # noqa: E402 - likewise
from xent.errors import BackendError, DomainError, DTypeError  # noqa: E402 - likewise
from xent.torch import memory  # noqa: E402 - likewise
from xent.torch.binary_cross_entropy.ways import WAYS as BINARY  # noqa: E402 - likewise
from xent.torch.cross_entropy import call as call_of_softmax  # noqa: E402 - likewise
from xent.torch.cross_entropy.ways import WAYS as SOFTMAX  # noqa: E402 - likewise
from xent.torch.explanation import Inquiry  # noqa: E402 - likewise
from xent.torch.linear_cross_entropy.ways import WAYS as LINEAR  # noqa: E402 - likewise
from xent.torch.ways import Way, run  # noqa: E402 - likewise

# Of PyTorch's own making, on the first use of its compiler.
pytestmark = [
    pytest.mark.filterwarnings("ignore:.*torch.jit.script:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:.*should not be instantiated:DeprecationWarning"),
]
NO_GROUP = "no `process_group` is given"
NO_ONNX = "no export to ONNX traces the call"
NO_GPU = "`input` is on the device cpu, and Triton's kernels run on GPUs"
needs_kernels = pytest.mark.skipif(not memory.KERNELS_RUN, reason="no kernels for this processor")

N, D, C = 6, 3, 5
DTYPES = {torch.float64: 1e-12, torch.float32: 1e-5, torch.bfloat16: 2e-2}
GENERATOR = torch.Generator().manual_seed(7)


def drawn(*shape):
    return torch.randn(shape, dtype=torch.float64, generator=GENERATOR) + 0.25


LOGITS, HIDDEN, MATRIX, BIAS = 3 * drawn(N, C), drawn(N, D), drawn(C, D), drawn(C)
LABELS = torch.tensor([0, 1, -100, 2, 4, 0])
PROBS = drawn(N, C).softmax(1)
CLASS_WEIGHTS = torch.tensor([0.5, 2.0, 1.0, 0.25, 3.0], dtype=torch.float64)
CLASS_MASK = torch.tensor([True, True, True, False, True])
TARGETS = {"labels": LABELS, "probabilities": PROBS}
# Each option in terms of PyTorch's own operations: what becomes of the logits, and PyTorch's arguments.
OPTIONS = {
    "plain": ({}, lambda z: z, {}),
    "sum": ({"reduction": "sum"}, lambda z: z, {"reduction": "sum"}),
    "rows": ({"reduction": "none"}, lambda z: z, {"reduction": "none"}),
    "weighted": ({"weight": CLASS_WEIGHTS}, lambda z: z, {"weight": CLASS_WEIGHTS}),
    "smoothed": ({"label_smoothing": 0.2}, lambda z: z, {"label_smoothing": 0.2}),
    "capped": (
        {"softcap": 2.0, "logit_scale": 1.5},
        lambda z: 3 * torch.tanh(z / 2),
        {},
    ),
}


def softmax_case(target, option):
    options, adjusted, rival = OPTIONS[option]
    return (
        (LOGITS,),
        lambda z, way: front.cross_entropy(z, as_target(target, z), **options_in(options, z), way=way),
        lambda z: functional.cross_entropy(adjusted(z), TARGETS[target], **rival),
    )


def linear_case(target, option):
    options, adjusted, rival = OPTIONS[option]
    return (
        (HIDDEN, MATRIX, BIAS),
        lambda x, w, b, way: front.linear_cross_entropy(
            x, w, as_target(target, x), linear_bias=b, **options_in(options, x), chunk_bytes=99, way=way
        ),
        lambda x, w, b: functional.cross_entropy(
            adjusted(functional.linear(x, w, b)), TARGETS[target], **rival
        ),
    )


def binary_case(target, option):
    options = {"weighted": {"pos_weight": CLASS_WEIGHTS}, "sum": {"reduction": "sum"}}.get(option, {})
    probs = PROBS if target == "probabilities" else functional.one_hot(LABELS.clamp(min=0), C).double()
    return (
        (LOGITS,),
        lambda z, way: front.binary_cross_entropy_with_logits(
            z, probs.to(z.dtype), **options_in(options, z), way=way
        ),
        lambda z: functional.binary_cross_entropy_with_logits(z, probs, **options),
    )


def as_target(target, like):
    return LABELS if target == "labels" else PROBS.to(like.dtype)


def options_in(options, like):
    return {k: v.to(like.dtype) if isinstance(v, torch.Tensor) else v for k, v in options.items()}


OPERATIONS = {
    "cross_entropy": (SOFTMAX, softmax_case),
    "binary_cross_entropy_with_logits": (BINARY, binary_case),
    "linear_cross_entropy": (LINEAR, linear_case),
}
# Kernels of Triton are tested in `tests/gpu`, calls over ranks in `test_sharded.py`.
# A compilation takes seconds: one dtype and four options are compiled here.
CASES = [
    (name, way.name, target, option, dtype)
    for name, (ways, _) in OPERATIONS.items()
    for way in ways
    for target in TARGETS
    for option in OPTIONS
    for dtype in DTYPES
    if way.name not in {"triton", "sharded", "onnx"}
    if way.name != "compiled" or (dtype is torch.float64 and option not in {"sum", "smoothed"})
]


def loss_and_gradients(function, tensors, upstream=None):
    leaves = [tensor.detach().clone().requires_grad_() for tensor in tensors]
    loss = function(*leaves)
    upstream = torch.ones_like(loss) if upstream is None else upstream
    return loss.detach(), torch.autograd.grad(loss, leaves, upstream.to(loss.dtype))


def assert_near(found, truth, bound):
    assert torch.isfinite(truth).all()
    assert (found.double() - truth).norm() <= bound * truth.norm()


@needs_kernels
@pytest.mark.parametrize(("operation", "way", "target", "option", "dtype"), CASES)
def test_every_way_meets_the_same_oracle(operation, way, target, option, dtype):
    exact, ours, theirs = OPERATIONS[operation][1](target, option)
    truth, gradients = loss_and_gradients(theirs, exact)
    rounded = [tensor.to(dtype) for tensor in exact]
    call = lambda *tensors: ours(*tensors, way=way)  # noqa: E731 - one expression for the compiler
    if way == "compiled":
        torch.compiler.reset()
        call = torch.compile(call, backend="eager", fullgraph=True)
    found, derivatives = loss_and_gradients(call, rounded)
    assert_near(found, truth, DTYPES[dtype])
    for one, other in zip(derivatives, gradients, strict=True):
        assert_near(one, other, DTYPES[dtype])


@pytest.mark.parametrize("name", OPERATIONS)
def test_the_last_way_suits_every_call_and_names_are_unique(name):
    ways = OPERATIONS[name][0]
    alone = SimpleNamespace(ranks=None)
    request = SimpleNamespace(options=SimpleNamespace(ranks=None, softmax=alone))
    assert ways[-1].reason_not(request) is None
    assert len({way.name for way in ways}) == len(ways)


def labels_of(logits):
    return torch.zeros(logits.shape[:1], dtype=torch.int64)


def explained(*args, **kwargs):
    return front.explain(front.cross_entropy, *args, **kwargs)


@needs_kernels
@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (
            {"target": PROBS.clone().requires_grad_()},
            "`target` requires grad, and the kernels differentiate in `input` alone",
        ),
        (
            {"weight": CLASS_WEIGHTS.clone().requires_grad_()},
            "`weight` requires grad, and the kernels differentiate in `input` alone",
        ),
        (
            {"class_mask": CLASS_MASK, "label_smoothing": 0.1},
            "`class_mask` limits `label_smoothing`, and the kernels smooth over all classes",
        ),
        ({"input": LOGITS[:0], "target": LABELS[:0]}, "`input` is empty"),
        (
            {"input": LOGITS.to("meta"), "target": LABELS.to("meta")},
            "`input` is on the device meta, and the kernels run on the CPU",
        ),
        (
            {"input": torch.nn.Buffer(LOGITS).as_subclass(type("Own", (torch.Tensor,), {}))},
            "`input` is of the class Own, not a plain tensor",
        ),
    ],
    ids=["target", "weight", "mask", "empty", "device", "subclass"],
)
def test_explain_says_why_the_kernels_do_not_run(change, reason):
    found = explained(**{"input": LOGITS, "target": LABELS, **change})
    assert found.way == "composed"
    other = NO_GPU.replace("cpu", str(change.get("input", LOGITS).device))
    assert found.reasons == {"eager": reason, "triton": other, "sharded": NO_GROUP, "onnx": NO_ONNX}
    lines = (
        "cross_entropy takes the way 'composed'.",
        f"  not 'eager': {reason}",
        f"  not 'triton': {other}",
        f"  not 'sharded': {NO_GROUP}",
        f"  not 'onnx': {NO_ONNX}",
    )
    assert str(found) == "\n".join(lines)


@needs_kernels
def test_explain_names_the_way_of_a_plain_call_of_each_operation():
    after = "eager comes first"
    assert explained(LOGITS, LABELS) == front.Explanation(
        "cross_entropy", "eager", {"triton": NO_GPU, "sharded": NO_GROUP, "onnx": NO_ONNX, "composed": after}
    )
    found = front.explain(front.binary_cross_entropy_with_logits, LOGITS, PROBS)
    assert (found.way, found.reasons) == ("eager", {"triton": NO_GPU, "composed": after})
    found = front.explain(front.linear_cross_entropy, HIDDEN, MATRIX, LABELS)
    assert found.way == "eager"
    compiled = "torch.compile does not trace the call"
    assert found.reasons == {"triton": NO_GPU, "sharded": NO_GROUP, "compiled": compiled, "composed": after}


@needs_kernels
def test_explain_tells_the_switch_of_the_kernels(monkeypatch):
    monkeypatch.setattr(memory, "KERNELS_RUN", False)
    reasons = {"eager": memory.NO_KERNELS, "triton": NO_GPU, "sharded": NO_GROUP, "onnx": NO_ONNX}
    assert explained(LOGITS, LABELS).reasons == reasons
    assert "XENT_KERNELS=0" in memory.NO_KERNELS


@needs_kernels
def test_explain_tells_which_mechanism_traces_the_call():
    found = []

    def spied(logits):
        found.append(explained(logits, LABELS).reasons.get("eager"))
        return logits.sum()

    torch.func.grad(spied)(LOGITS)
    # A tensor under a transform is a wrapper that the kernels must not read; its class is a plain one.
    torch.func.jvp(lambda _: spied(LOGITS), (LOGITS,), (LOGITS,))
    with torch.autograd.forward_ad.dual_level():
        spied(LOGITS)
    with FlopCounterMode(display=False):
        spied(LOGITS)
    assert found == [
        "a transform of torch.func is active",
        "a transform of torch.func is active",
        "forward-mode differentiation is active",
        "a dispatch mode is active",
    ]


@needs_kernels
@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"input": HIDDEN[:0], "target": LABELS[:0]}, "`input` or `linear_weight` is empty"),
        ({"linear_weight": drawn(C, 2, D), "target": LABELS.repeat(2, 1).T}, "more than 2 axes"),
        ({"target": PROBS.clone().requires_grad_()}, "`target` requires grad"),
        ({"weight": CLASS_WEIGHTS.clone().requires_grad_()}, "`weight` requires grad"),
        ({"class_mask": CLASS_MASK, "label_smoothing": 0.1}, "`class_mask` limits `label_smoothing`"),
        ({"class_mask": CLASS_MASK.expand(N, C)}, "`class_mask` differs by row"),
        ({"logit_scale": torch.tensor(2.0, requires_grad=True)}, "`logit_scale` requires grad"),
    ],
    ids=["empty", "axes", "target", "weight", "smoothing", "mask", "scale"],
)
def test_explain_says_why_linear_cross_entropy_makes_all_logits(change, reason):
    arguments = {"input": HIDDEN, "linear_weight": MATRIX, "target": LABELS, **change}
    found = front.explain(front.linear_cross_entropy, **arguments)
    assert found.way == "composed"
    assert reason in found.reasons["eager"]
    refusal = re.escape(f"`way` must suit the call; got 'eager', and {found.reasons['eager']}")
    with pytest.raises(BackendError, match=refusal):
        front.linear_cross_entropy(**arguments, way="eager")


def test_a_way_that_does_not_suit_raises_with_its_reason():
    with pytest.raises(BackendError) as caught:
        front.cross_entropy(LOGITS[:0], LABELS[:0], way="eager")
    assert str(caught.value) == (
        "cross_entropy: `way` must suit the call; got 'eager', and `input` is empty. Leave `way` at None to "
        "take the first way that suits; `xent.torch.explain(xent.torch.cross_entropy, ...)` lists them."
    )
    with pytest.raises(BackendError, match=r"got 'compiled', and torch\.compile does not trace the call"):
        front.linear_cross_entropy(HIDDEN, MATRIX, LABELS, way="compiled")


@pytest.mark.parametrize(
    ("asked", "hint"),
    [("eagre", " Did you mean 'eager'?"), ("compose", " Did you mean 'composed'?"), ("zzz", ""), (3, "")],
)
def test_a_misspelt_way_is_named_with_the_nearest(asked, hint):
    with pytest.raises(DomainError) as caught:
        front.cross_entropy(LOGITS, LABELS, way=asked)
    rule = "cross_entropy: `way` must be None or one of eager, triton, sharded, onnx, composed"
    assert str(caught.value) == f"{rule}; got {asked!r}.{hint}"


@needs_kernels
def test_the_way_asked_for_runs_or_the_first_that_suits(monkeypatch):
    taken = []
    spied = tuple(
        way._replace(run=lambda request, way=way: taken.append(way.name) or way.run(request))
        for way in SOFTMAX
    )
    monkeypatch.setattr(call_of_softmax, "WAYS", spied)
    for way in ("eager", "composed", None):
        front.cross_entropy(LOGITS, LABELS, way=way)
    front.cross_entropy(LOGITS[:0], LABELS[:0])
    assert taken == ["eager", "composed", "eager", "composed"]


def test_modules_and_statistics_are_explained_and_take_a_way():
    module = front.CrossEntropyLoss(way="composed")
    assert module(LOGITS, LABELS) == front.cross_entropy(LOGITS, LABELS, way="composed")
    assert front.explain(front.CrossEntropyLoss(), LOGITS[:0], LABELS[:0]).way == "composed"
    found = front.explain(front.cross_entropy, LOGITS[:0], LABELS[:0], return_stats=True)
    assert found.way == "composed"


def test_explain_checks_the_arguments_as_the_call_does():
    with pytest.raises(DTypeError, match="cross_entropy: `input` must be float64"):
        front.explain(front.cross_entropy, LOGITS.long(), LABELS)


@pytest.mark.parametrize(
    "function",
    [front.nll_loss, functional.cross_entropy, dict, 3],
    ids=["nll_loss", "of PyTorch", "a type", "a number"],
)
def test_explain_refuses_what_has_no_ways(function):
    with pytest.raises(DTypeError, match=r"explain: `function` must be cross_entropy, .* or a module of it"):
        front.explain(function, LOGITS, LABELS)


def test_explain_gives_the_reasons_against_all_ways_where_none_suits():
    ways = (Way("fast", lambda _: "it rains", len), Way("slow", lambda _: "it snows", len))
    for asked in (None, Inquiry()):
        with pytest.raises(BackendError, match="got none: not fast, as it rains; not slow, as it snows"):
            run("cross_entropy", ways, (), asked)
