"""The way `triton` of `xent.torch.cross_entropy`, interpreted: options, derivatives, compilers."""

import itertools

import pytest

torch = pytest.importorskip("torch")

from torch.nn import functional  # noqa: E402 - after the question whether PyTorch is there
from torch.utils.checkpoint import checkpoint  # noqa: E402 - likewise

import xent.torch as front  # noqa: E402 - likewise

pytestmark = [
    pytest.mark.filterwarnings("ignore:.*torch.jit.script:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:.*should not be instantiated:DeprecationWarning"),
]
DTYPES = {torch.float32: 2e-6, torch.bfloat16: 8e-3, torch.float16: 2e-3}
SHAPES = ((1,), (3,), (5, 1), (7, 33), (2, 5, 3), (2, 3, 1, 4))
OPTIONS = {
    "plain": {},
    "sum": {"reduction": "sum"},
    "rows": {"reduction": "none"},
    "weighted": {"weight": True},
    "smoothed": {"label_smoothing": 0.2},
    "smoothed and weighted": {"label_smoothing": 0.2, "weight": True, "reduction": "none"},
    "z": {"z_loss": 0.1, "weight": True},
    "masked": {"class_mask": True, "label_smoothing": 0.2},
    "capped": {"softcap": 3.0, "logit_scale": 1.5, "class_mask": True},
    "of all parts": {"denominator": 40.0},
}
# Tiles of rows differ from whole rows in the kernel alone, which sees the same of other shapes.
CASES = [
    (option, target, shape, list(DTYPES)[k % 3], tiling)
    for k, (option, target, shape) in enumerate(
        itertools.product(OPTIONS, ("labels", "probabilities"), SHAPES)
    )
    for tiling in ("whole rows", "tiles")[: 2 if len(shape) == 2 else 1]
]
GENERATOR = torch.Generator().manual_seed(3)


def drawn(*shape):
    return 2 * torch.randn(shape, dtype=torch.float64, generator=GENERATOR) + 0.25


def some_case(option, target, shape, dtype):
    """Logits, target and options of a call, rounded to `dtype`."""
    logits = drawn(*shape).to(dtype)
    classes = shape[1 if len(shape) > 1 else 0]
    rows = (*shape[:1], *shape[2:]) if len(shape) > 1 else ()
    labels = torch.randint(0, classes, rows, generator=GENERATOR)
    if labels.numel() > 2:
        labels.view(-1)[1] = -100
    probs = drawn(*shape).softmax(1 if len(shape) > 1 else 0).to(dtype)
    options = dict(OPTIONS[option])
    if "weight" in options:
        options["weight"] = (drawn(classes).abs() + 0.1).to(dtype)
    if "class_mask" in options:
        mask = torch.rand(shape, generator=GENERATOR) < 0.7
        # A label of a masked class costs inf in both ways; here it participates.
        mask = mask.movedim(1, -1) if len(shape) > 1 else mask
        options["class_mask"] = mask.scatter(-1, labels.clamp(min=0)[..., None], True)
        if len(shape) > 1:
            options["class_mask"] = options["class_mask"].movedim(-1, 1)
    if target == "probabilities" and "class_mask" in options:
        probs = torch.where(options["class_mask"], probs, 0)
    return logits, labels if target == "labels" else probs, options


def loss_and_gradient(way, logits, target, options, **more):
    leaf = logits.clone().requires_grad_()
    loss = front.cross_entropy(leaf, target, way=way, **options, **more)
    weights = torch.linspace(0.5, 2, loss.numel()).reshape(loss.shape).to(loss.dtype)
    return loss.detach(), torch.autograd.grad(loss, leaf, weights)[0]


@pytest.mark.parametrize(("option", "target", "shape", "dtype", "tiling"), CASES, indirect=["tiling"])
@pytest.mark.usefixtures("tiling")
def test_every_option_meets_64_bits_in_every_shape_and_dtype(option, target, shape, dtype):
    logits, given, options = some_case(option, target, shape, dtype)
    found = loss_and_gradient("triton", logits, given, options)
    wide = {k: v.double() if getattr(v, "dtype", None) is dtype else v for k, v in options.items()}
    given = given.double() if target == "probabilities" else given
    truth = loss_and_gradient("composed", logits.double(), given, wide)
    for ours, theirs in zip(found, truth, strict=True):
        assert ours.dtype is dtype
        assert ours.shape == theirs.shape
        assert (ours.double() - theirs).norm() <= DTYPES[dtype] * theirs.norm() + 1e-300


LOGITS = 3 * drawn(6, 5).float()
LABELS = torch.tensor([0, 1, -100, 2, 4, 0])


def test_derivatives_of_every_backward_are_those_of_the_composed_way():
    leaf = LOGITS.clone().requires_grad_()
    loss = front.cross_entropy(leaf, LABELS, way="triton")
    plain = front.cross_entropy(leaf, LABELS, way="composed")
    for upstream in (torch.tensor(1.0), torch.tensor(-2.5), torch.tensor(1.0)):
        [ours] = torch.autograd.grad(loss, leaf, upstream, retain_graph=True)
        [theirs] = torch.autograd.grad(plain, leaf, upstream, retain_graph=True)
        torch.testing.assert_close(ours, theirs)
        # Its receiver may write to it.
        ours.zero_()
    second = [
        torch.autograd.grad((torch.autograd.grad(value, leaf, create_graph=True)[0] ** 2).sum(), leaf)[0]
        for value in (loss, plain)
    ]
    torch.testing.assert_close(*second)


def test_an_upstream_is_applied_before_the_gradient_is_rounded():
    logits = LOGITS.bfloat16().requires_grad_()
    [found] = torch.autograd.grad(3.1 * front.cross_entropy(logits, LABELS, way="triton").float(), logits)
    wide = logits.detach().double().requires_grad_()
    factor = torch.tensor(3.1).bfloat16().double()
    [truth] = torch.autograd.grad(factor * functional.cross_entropy(wide, LABELS), wide)
    # Half a unit of 8 bits: rounded once.
    assert ((found.double() - truth).abs() <= 2**-8 * truth.abs() * 1.001).all()


def test_the_scale_of_a_loss_in_float16_reaches_small_gradients():
    logits = torch.tensor([[18.0, 0.0], [0.0, 1.0]], dtype=torch.float16, requires_grad=True)
    loss = front.cross_entropy(logits, torch.tensor([0, 1]), way="triton", out_dtype=torch.float32)
    (loss * 2.0**16).backward()
    assert logits.grad[0, 0] < 0


def test_checkpoints_and_in_place_changes_are_those_of_pytorch():
    leaf = LOGITS.clone().requires_grad_()
    loss = checkpoint(lambda z: front.cross_entropy(2 * z, LABELS, way="triton"), leaf, use_reentrant=False)
    [found] = torch.autograd.grad(loss, leaf)
    [truth] = torch.autograd.grad(front.cross_entropy(2 * leaf, LABELS), leaf)
    torch.testing.assert_close(found, truth)
    changed = LOGITS.clone().requires_grad_() * 1.0
    loss = front.cross_entropy(changed, LABELS, way="triton")
    changed.zero_()
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        loss.backward()


@pytest.mark.parametrize("on_empty", ["nan", "zero"])
def test_a_mean_over_nothing_has_the_gradient_0(on_empty):
    for options in ({}, {"weight": torch.zeros(5)}):
        labels = LABELS if options else torch.full_like(LABELS, -100)
        loss, gradient = loss_and_gradient("triton", LOGITS, labels, {**options, "on_empty": on_empty})
        assert loss.isnan() if on_empty == "nan" else loss == 0
        assert (gradient == 0).all()


@pytest.mark.parametrize("option", ["plain", "rows", "smoothed and weighted", "masked"])
def test_compiled_code_keeps_the_kernel_as_one_node(option):
    logits, target, options = some_case(option, "labels", (7, 33), torch.float32)
    torch.compiler.reset()
    step = torch.compile(
        lambda z: front.cross_entropy(z, target, way="triton", **options),
        backend="aot_eager",
        fullgraph=True,
    )
    loss, gradient = loss_and_gradient("triton", logits, target, options)
    leaf = logits.clone().requires_grad_()
    found = step(leaf)
    weights = torch.linspace(0.5, 2, found.numel()).reshape(found.shape)
    torch.testing.assert_close(found.detach(), loss)
    torch.testing.assert_close(torch.autograd.grad(found, leaf, weights)[0], gradient)
    torch.testing.assert_close(step(logits), loss)


def test_statistics_come_beside_the_loss():
    loss, found = front.cross_entropy(LOGITS, LABELS, return_stats=True, top_k=2, way="triton")
    plain, truth = front.cross_entropy(LOGITS, LABELS, return_stats=True, top_k=2, way="composed")
    torch.testing.assert_close(loss, plain)
    for ours, theirs in zip(found, truth, strict=True):
        torch.testing.assert_close(ours, theirs)
