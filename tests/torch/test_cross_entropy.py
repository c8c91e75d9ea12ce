"""Cross-entropy of logits for PyTorch: exact where PyTorch cancels, and what goes beyond its arguments."""

import itertools

import numpy as np
import pytest
from tests.relative_error import assert_within

torch = pytest.importorskip("torch")

from torch.nn import functional  # noqa: E402 - after the question whether PyTorch is there

import xent.torch as front  # noqa: E402 - likewise
from xent.errors import DomainError  # noqa: E402 - likewise

# Of PyTorch's own making, on the first use of a transform or of its compiler.
pytestmark = [
    pytest.mark.filterwarnings("ignore:.*torch.jit.script:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:.*should not be instantiated:DeprecationWarning"),
]

OPTIONS = {
    "plain": {},
    "sum": {"reduction": "sum"},
    "none": {"reduction": "none"},
    "smoothed": {"label_smoothing": 0.1},
    "weighted": {"weight": torch.tensor([0.5, 2.0, 1.0, 0.25, 3.0], dtype=torch.float64)},
    "z_loss": {"z_loss": 0.1},
    "adjusted": {
        "softcap": 3.0,
        "logit_scale": 2.0,
        "class_mask": torch.tensor([True, True, True, False, True]),
        "label_smoothing": 0.1,
    },
}
every_option = pytest.mark.parametrize("options", OPTIONS.values(), ids=OPTIONS)


def problem(dtype=torch.float64):
    generator = torch.Generator().manual_seed(4)
    logits = 3 * torch.randn(6, 5, dtype=torch.float64, generator=generator) + 1
    return logits.to(dtype), torch.tensor([0, 1, -100, 2, 4, 0])


def value_and_gradient(function, logits, *arguments, **options):
    leaf = logits.clone().requires_grad_()
    value = function(leaf, *arguments, **options)
    value.sum().backward()
    return value.detach(), leaf.grad


def assert_near(found, truth):
    torch.testing.assert_close(found, truth, rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32], ids=str)
@pytest.mark.parametrize("gap", [0.5, 5.0, 20.0, 50.0, 80.0])
def test_loss_and_gradient_of_a_sure_model_keep_their_digits(gap, dtype):
    logits = torch.tensor([[gap, 0.0], [0.0, gap]], dtype=dtype)
    losses, gradient = value_and_gradient(front.cross_entropy, logits, torch.tensor([0, 0]), reduction="none")
    rest = np.exp(-np.float64(gap))
    assert_within(4, losses.numpy(), np.asarray([np.log1p(rest), gap + np.log1p(rest)]))
    assert_within(4, gradient[0].numpy(), np.asarray([-rest, rest]) / (1 + rest))


@pytest.fixture(scope="module", params=OPTIONS)
def of_compiler(request):
    """Options, and the call with them in one compiled graph: traced once for all tests of the options."""
    options = OPTIONS[request.param]
    torch.compiler.reset()
    return options, torch.compile(
        lambda z, y: front.cross_entropy(z, y, **options), fullgraph=True, backend="aot_eager"
    )


def test_a_compiler_traces_the_whole_of_it(of_compiler):
    options, compiled = of_compiler
    logits, labels = problem()
    found = value_and_gradient(compiled, logits, labels)
    for ours, eager in zip(
        found, value_and_gradient(front.cross_entropy, logits, labels, **options), strict=True
    ):
        assert_near(ours, eager)


def test_invalid_labels_of_compiled_code_are_nan_in_value_and_gradient(of_compiler):
    options, compiled = of_compiler
    logits, labels = problem()
    labels[3] = 5
    value, gradient = value_and_gradient(compiled, logits, labels)
    wrong = torch.arange(6) == 3
    assert value.isnan().equal(wrong if value.ndim else torch.tensor(True))
    takes_part = options.get("class_mask", torch.ones(5, dtype=torch.bool))
    assert gradient[3, takes_part].isnan().all()
    # The mean of unknown weights is unknown in each row that is read.
    others = gradient.isnan().any(1) & ~wrong
    assert not others.any() or ("weight" in options and others.equal((labels != -100) & ~wrong))


@every_option
def test_derivatives_of_every_order_and_mode_agree(options):
    logits, labels = problem()

    def total(logits):
        return front.cross_entropy(logits, labels, **options).sum()

    gradient = value_and_gradient(front.cross_entropy, logits, labels, **options)[1]
    assert_near(torch.func.grad(total)(logits), gradient)
    direction = torch.linspace(-1, 2, logits.numel(), dtype=logits.dtype).reshape(logits.shape)
    assert_near(torch.func.jvp(total, (logits,), (direction,))[1], (gradient * direction).sum())
    leaf = logits.clone().requires_grad_()
    assert torch.autograd.gradcheck(total, leaf)
    assert torch.autograd.gradgradcheck(total, leaf)
    assert_near(torch.func.vmap(torch.func.grad(total))(torch.stack([logits, logits]))[1], gradient)


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32, torch.bfloat16, torch.float16], ids=str)
@pytest.mark.parametrize("factor", [1.0, 4.0, 3.0, 1e-3])
def test_a_factor_on_the_loss_is_a_factor_on_the_gradient(factor, dtype):
    logits, labels = problem(dtype)
    truth = value_and_gradient(functional.cross_entropy, logits.double(), labels)[1] * factor
    leaf = logits.clone().requires_grad_()
    (factor * front.cross_entropy(leaf, labels)).backward()
    eps = torch.finfo(dtype).eps
    tolerance = torch.finfo(dtype).smallest_normal * eps if dtype is torch.float16 else 1e-16
    torch.testing.assert_close(leaf.grad.double(), truth, rtol=4 * eps, atol=tolerance)


def test_a_loss_scale_reaches_gradients_that_half_precision_does_not():
    logits = torch.tensor([[0.0, 8.0]], dtype=torch.float16).repeat(4096, 1).requires_grad_()
    (32768 * front.cross_entropy(logits, torch.ones(4096, dtype=torch.int64))).backward()
    truth = 32768 / 4096 / (1 + np.exp(8.0))
    assert_within(1, logits.grad[:, 0].numpy(), np.full(4096, truth))


def test_what_was_handed_out_is_not_used_again():
    logits, labels = problem()
    leaf = logits.clone().requires_grad_()
    loss = front.cross_entropy(leaf, labels)
    (first,) = torch.autograd.grad(loss, leaf, retain_graph=True)
    kept = first.clone()
    first.zero_()
    (second,) = torch.autograd.grad(loss, leaf, torch.tensor(3.0, dtype=torch.float64), retain_graph=True)
    assert_near(second, 3 * kept)
    (third,) = torch.autograd.grad(loss, leaf)
    assert_near(third, kept)


def test_checkpoints_and_hooks_on_saved_tensors_give_the_same_gradient():
    from torch.utils.checkpoint import checkpoint

    logits, labels = problem()
    truth = value_and_gradient(front.cross_entropy, logits, labels)[1]
    leaf = logits.clone().requires_grad_()
    checkpoint(lambda z: front.cross_entropy(2 * z, labels), leaf / 2, use_reentrant=False).backward()
    assert_near(leaf.grad, truth)


def test_an_input_changed_before_backward_is_noticed_where_it_matters():
    logits, labels = problem()
    leaf = logits.clone().requires_grad_()
    middle = leaf * 1
    loss = front.cross_entropy(middle, labels)
    middle.detach().zero_()
    (gradient,) = torch.autograd.grad(loss, middle, retain_graph=True)
    assert_near(gradient, value_and_gradient(functional.cross_entropy, logits, labels)[1])
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        torch.autograd.grad(loss, leaf)


@pytest.mark.parametrize("shape", [(5,), (4, 5), (4, 5, 3), (4, 5, 3, 2), (0, 5), (4, 5, 0)])
@pytest.mark.parametrize("reduction", ["none", "mean", "sum"])
def test_shapes_of_every_kind_are_those_of_torch(shape, reduction):
    torch.manual_seed(1)
    logits = torch.randn(shape, dtype=torch.float64)
    labels = torch.randint(5, shape[:1] * (len(shape) > 1) + shape[2:])
    for target in (labels, logits.softmax(min(1, len(shape) - 1))):
        for layout in (logits, logits.mT.contiguous().mT if logits.ndim > 1 else logits):
            found = value_and_gradient(front.cross_entropy, layout, target, reduction=reduction)
            rival = value_and_gradient(functional.cross_entropy, layout, target, reduction=reduction)
            for ours, theirs in zip(found, rival, strict=True):
                torch.testing.assert_close(ours, theirs, equal_nan=True)


@pytest.mark.parametrize(
    ("weighted", "smoothing", "reduction"),
    list(itertools.product([False, True], [0.0, 0.2], ["none", "mean", "sum"])),
)
def test_rows_left_out_cost_nothing_and_are_not_read(weighted, smoothing, reduction):
    logits, labels = problem()
    options = {"label_smoothing": smoothing, "reduction": reduction}
    options["weight"] = torch.tensor([0.5, 2.0, 0.0, 0.25, 3.0], dtype=torch.float64) if weighted else None
    rival = value_and_gradient(functional.cross_entropy, logits, labels, **options)
    logits[2] = torch.tensor([np.nan, np.inf, -np.inf, 1e308, -1e308], dtype=torch.float64)
    for function in (front.cross_entropy, torch.func.vmap(front.cross_entropy, in_dims=(0, None))):
        if function is front.cross_entropy:
            found = value_and_gradient(function, logits, labels, **options)
        else:
            batch = value_and_gradient(function, logits[None], labels, **options)
            found = batch[0][0], batch[1][0]
        for ours, theirs in zip(found, rival, strict=True):
            assert_near(ours, theirs)


@pytest.mark.parametrize("reduction", ["none", "mean", "sum"])
def test_a_batch_that_is_left_out_whole_has_no_gradient(reduction):
    logits, labels = problem()
    found = value_and_gradient(
        front.cross_entropy, logits, torch.full_like(labels, -100), reduction=reduction
    )
    rival = value_and_gradient(
        functional.cross_entropy, logits, torch.full_like(labels, -100), reduction=reduction
    )
    for ours, theirs in zip(found, rival, strict=True):
        torch.testing.assert_close(ours, theirs, equal_nan=True, rtol=0, atol=0)


def test_the_mean_over_nothing_is_what_was_asked_for():
    logits, labels = problem()
    labels = torch.full_like(labels, -100)
    value, gradient = value_and_gradient(front.cross_entropy, logits, labels, on_empty="zero")
    assert value == 0
    assert not gradient.any()
    with pytest.raises(
        DomainError, match=r"`denominator` must be positive: a mean over nothing is undefined"
    ):
        front.cross_entropy(logits, labels, on_empty="raise")
    assert front.cross_entropy(logits, labels).isnan()


@pytest.mark.parametrize("denominator", [11.0, torch.tensor(11.0)], ids=["number", "tensor"])
def test_losses_of_parts_over_one_denominator_add_up(denominator):
    logits, labels = problem()
    labels[2] = 3
    whole = value_and_gradient(front.cross_entropy, logits, labels, reduction="sum")
    parts = [
        value_and_gradient(front.cross_entropy, logits[rows], labels[rows], denominator=denominator)
        for rows in (slice(0, 1), slice(1, 6))
    ]
    assert_near(parts[0][0] + parts[1][0], whole[0] / 11)
    assert_near(torch.cat([parts[0][1], parts[1][1]]), whole[1] / 11)
    traced = torch.func.grad(lambda z: front.cross_entropy(z, labels, denominator=denominator))(logits)
    assert_near(traced, whole[1] / 11)


@pytest.mark.parametrize("way", ["eager", "composed"])
def test_a_class_of_weight_0_costs_0_at_probability_0(way):
    logits, labels = problem()
    logits[1, 1] = -torch.inf
    weight = torch.tensor([1.0, 0.0, 1.0, 2.0, 1.0], dtype=torch.float64)
    value, gradient = value_and_gradient(
        front.cross_entropy, logits, labels, weight, reduction="none", way=way
    )
    assert value[1] == 0
    assert not gradient[1].any()
    assert (value[[0, 3, 4, 5]] > 0).all()


def test_z_loss_adds_the_squared_log_normaliser():
    logits, labels = problem()
    found = value_and_gradient(front.cross_entropy, logits, labels, z_loss=0.3, reduction="none")

    def steps(logits):
        extra = 0.3 * logits.logsumexp(1) ** 2
        return functional.cross_entropy(logits, labels, reduction="none") + torch.where(
            labels == -100, 0, extra
        )

    for ours, theirs in zip(found, value_and_gradient(steps, logits), strict=True):
        assert_near(ours, theirs)


def test_logits_are_capped_then_scaled_then_masked():
    logits, labels = problem()
    mask = torch.tensor([True, True, True, False, True])
    scale = torch.tensor(1.5, dtype=torch.float64, requires_grad=True)
    found = value_and_gradient(
        front.cross_entropy, logits, labels, softcap=2.0, logit_scale=scale, class_mask=mask
    )
    slope, scale.grad = scale.grad, None

    def steps(logits):
        adjusted = scale * 2 * torch.tanh(logits / 2)
        return functional.cross_entropy(adjusted.masked_fill(~mask, -torch.inf), labels)

    for ours, theirs in zip(found, value_and_gradient(steps, logits), strict=True):
        assert_near(ours, theirs)
    assert_near(slope, scale.grad)


def test_smoothing_gives_to_the_classes_of_the_mask_alone():
    logits, labels = problem()
    mask = torch.tensor([True, True, True, False, True])
    found = front.cross_entropy(logits, labels, class_mask=mask, label_smoothing=0.2)
    kept = torch.where(labels == 4, 3, labels)
    assert_near(found, functional.cross_entropy(logits[:, mask], kept, label_smoothing=0.2))


def test_a_masked_class_costs_nothing_where_torch_has_nan():
    logits = torch.tensor([[0.0, 1.0, -torch.inf]])
    target = torch.tensor([[0.5, 0.5, 0.0]])
    assert functional.cross_entropy(logits, target).isnan()
    value, gradient = value_and_gradient(front.cross_entropy, logits, target)
    torch.testing.assert_close(value, functional.cross_entropy(logits[:, :2], target[:, :2]))
    assert gradient.isfinite().all()
    assert gradient[0, 2] == 0


def test_more_statistics_than_classes_are_refused():
    logits, labels = torch.zeros(2, 3, 4), torch.zeros(2, 4, dtype=torch.int64)
    with pytest.raises(DomainError, match=r"^cross_entropy: `top_k` must lie in 0\.\.3, the number"):
        front.cross_entropy(logits, labels, return_stats=True, top_k=4)


def test_statistics_are_those_of_the_softmax_and_have_gradients():
    logits, labels = problem()
    leaf = logits.clone().requires_grad_()
    loss, stats = front.cross_entropy(leaf, labels, return_stats=True, top_k=2)
    log_probs = logits.log_softmax(1)
    rows = torch.arange(6)
    assert_near(loss.detach(), functional.cross_entropy(logits, labels))
    truth = torch.where(labels == -100, 0.0, log_probs[rows, labels.clamp(min=0)])
    assert_near(stats.log_prob.detach(), truth)
    assert_near(stats.log_normaliser.detach(), logits.logsumexp(1))
    assert_near(stats.entropy.detach(), -(log_probs.exp() * log_probs).sum(1))
    assert stats.argmax.equal(logits.argmax(1))
    assert_near(stats.top_log_probs.detach(), log_probs.topk(2).values)
    assert stats.top_classes.equal(log_probs.topk(2).indices)
    (slope,) = torch.autograd.grad(stats.log_normaliser.sum(), leaf, retain_graph=True)
    assert_near(slope, logits.softmax(1))
    (bend,) = torch.autograd.grad(stats.entropy.sum(), leaf)
    steps = torch.func.grad(lambda z: -(z.softmax(1) * z.log_softmax(1)).sum())(logits)
    assert_near(bend, steps)


def test_long_rows_and_short_rows_agree_with_torch():
    torch.manual_seed(2)
    for classes in (1, 2, 95, 96, 97, 1000):
        for dtype in (torch.float32, torch.bfloat16):
            logits = torch.randn(33, classes).mul(3).to(dtype)
            labels = torch.randint(classes, (33,))
            found = value_and_gradient(front.cross_entropy, logits, labels)
            rival = value_and_gradient(functional.cross_entropy, logits.double(), labels)
            eps = torch.finfo(dtype).eps
            for ours, theirs in zip(found, rival, strict=True):
                torch.testing.assert_close(ours.double(), theirs, rtol=8 * eps, atol=1e-7)


def test_the_sum_of_many_losses_is_taken_in_64_bits():
    losses = front.cross_entropy(torch.zeros(2**17, 3, dtype=torch.bfloat16), torch.zeros(2**17).long())
    assert losses == torch.tensor(np.log(3.0), dtype=torch.bfloat16)


@pytest.mark.parametrize("weighted", [False, True])
def test_probabilities_are_smoothed_as_in_torch(weighted):
    logits = problem()[0]
    weight = torch.tensor([0.5, 2.0, 1.0, 0.25, 3.0], dtype=torch.float64) if weighted else None
    options = {"weight": weight, "label_smoothing": 0.3}
    target = logits.flip(1).softmax(1)
    found = value_and_gradient(front.cross_entropy, logits, target, **options)
    rival = value_and_gradient(functional.cross_entropy, logits, target, **options)
    for ours, theirs in zip(found, rival, strict=True):
        assert_near(ours, theirs)
    assert_near(torch.func.grad(lambda z: front.cross_entropy(z, target, **options))(logits), rival[1])


def test_the_mean_over_nothing_of_weights_has_no_gradient():
    logits, labels = problem()
    weight = torch.tensor([1.0, -1.0, 1.0, 1.0, 1.0], dtype=torch.float64)
    value, gradient = value_and_gradient(front.cross_entropy, logits[:2], labels[:2], weight, on_empty="zero")
    assert value == 0
    assert not gradient.any()


def test_second_derivatives_do_not_read_what_is_left_out():
    logits, labels = problem()
    logits[2] = torch.nan
    hessian = torch.func.hessian(lambda z: front.cross_entropy(z, labels))(logits)
    assert hessian.isfinite().all()
    assert not hessian[2].any()


@pytest.mark.parametrize("smoothing", [0.0, 0.2])
@pytest.mark.parametrize("weighted", [False, True])
def test_a_class_may_be_what_is_left_out(weighted, smoothing):
    logits, labels = problem()
    labels[2] = 1
    weight = torch.tensor([0.5, 2.0, 1.0, 0.25, 3.0], dtype=torch.float64) if weighted else None
    options = {"weight": weight, "label_smoothing": smoothing, "ignore_index": 1}
    found = value_and_gradient(front.cross_entropy, logits, labels, **options)
    rival = value_and_gradient(functional.cross_entropy, logits, labels, **options)
    for ours, theirs in zip(found, rival, strict=True):
        assert_near(ours, theirs)
    assert_near(torch.func.grad(lambda z: front.cross_entropy(z, labels, **options))(logits), rival[1])
