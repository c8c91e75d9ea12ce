"""Binary cross-entropy for PyTorch: exact where PyTorch cancels."""

import numpy as np
import pytest
from tests.relative_error import assert_within

torch = pytest.importorskip("torch")

from torch.nn import functional  # noqa: E402 - after the question whether PyTorch is there

import xent.torch as front  # noqa: E402 - likewise
from xent.errors import DomainError, DTypeError, ShapeError  # noqa: E402 - likewise

# Of PyTorch's own making, on the first use of a transform or of its compiler.
pytestmark = [
    pytest.mark.filterwarnings("ignore:.*torch.jit.script:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:.*should not be instantiated:DeprecationWarning"),
]

loss_of = front.binary_cross_entropy_with_logits


def problem(dtype=torch.float64):
    generator = torch.Generator().manual_seed(4)
    logits = 3 * torch.randn(4, 5, dtype=torch.float64, generator=generator) + 1
    return logits.to(dtype), torch.rand(4, 5, dtype=torch.float64, generator=generator).to(dtype)


def value_and_gradient(function, logits, *arguments, **options):
    leaf = logits.clone().requires_grad_()
    value = function(leaf, *arguments, **options)
    (value * torch.ones_like(value).cumsum(-1) if value.ndim else value).sum().backward()
    return value.detach(), leaf.grad


def assert_near(found, truth):
    torch.testing.assert_close(found, truth, rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32], ids=str)
@pytest.mark.parametrize("gap", [0.5, 5.0, 20.0, 50.0, 80.0])
def test_loss_and_gradient_of_a_sure_model_keep_their_digits(gap, dtype):
    logits = torch.tensor([gap, -gap, gap, -gap], dtype=dtype)
    target = torch.tensor([1, 0, 0, 1], dtype=dtype)
    leaf = logits.clone().requires_grad_()
    losses = loss_of(leaf, target, reduction="none")
    losses.sum().backward()
    small = np.exp(-np.float64(gap))
    assert_within(4, losses.detach().numpy(), np.log1p(small) + np.asarray([0, 0, gap, gap]))
    slopes = np.asarray([-small, small, 1, -1]) / (1 + small)
    assert_within(4, leaf.grad.numpy(), slopes)


@pytest.mark.parametrize("reduction", ["none", "mean", "sum"])
@pytest.mark.parametrize("weight", [None, (5,), (4, 1), (4, 5), (), (1,)], ids=str)
@pytest.mark.parametrize("pos_weight", [None, (5,), (4, 1), (4, 5), ()], ids=str)
def test_weights_of_every_shape_are_those_of_torch(weight, pos_weight, reduction):
    torch.manual_seed(3)
    logits, target = problem()
    options = {"reduction": reduction}
    for name, shape in (("weight", weight), ("pos_weight", pos_weight)):
        options[name] = None if shape is None else torch.rand(shape, dtype=torch.float64) + 0.5
    found = value_and_gradient(loss_of, logits, target, **options)
    rival = value_and_gradient(functional.binary_cross_entropy_with_logits, logits, target, **options)
    for ours, theirs in zip(found, rival, strict=True):
        assert_near(ours, theirs)


@pytest.mark.parametrize("shape", [(), (3,), (0,), (2, 3, 4)], ids=str)
def test_shapes_of_every_kind_are_those_of_torch(shape):
    torch.manual_seed(3)
    logits, target = torch.randn(shape, dtype=torch.float64), torch.rand(shape, dtype=torch.float64)
    found = value_and_gradient(loss_of, logits, target)
    rival = value_and_gradient(functional.binary_cross_entropy_with_logits, logits, target)
    for ours, theirs in zip(found, rival, strict=True):
        torch.testing.assert_close(ours, theirs, equal_nan=True)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float16], ids=str)
@pytest.mark.parametrize("factor", [1.0, 3.0])
def test_a_factor_on_the_loss_is_a_factor_on_the_gradient(factor, dtype):
    logits, target = problem(dtype)
    leaf = logits.clone().requires_grad_()
    (factor * loss_of(leaf, target)).backward()
    truth = value_and_gradient(functional.binary_cross_entropy_with_logits, logits.double(), target.double())[
        1
    ]
    eps = torch.finfo(dtype).eps
    torch.testing.assert_close(leaf.grad.double(), factor * truth, rtol=4 * eps, atol=1e-8)


FLOATS = (torch.float64, torch.float32, torch.float16, torch.bfloat16)


@pytest.mark.parametrize("of_target", FLOATS, ids=str)
@pytest.mark.parametrize("of_input", FLOATS, ids=str)
def test_the_dtype_of_the_targets_is_that_of_the_result_as_in_torch(of_input, of_target):
    logits, targets = problem()
    logits, targets = logits.to(of_input), targets.to(of_target)
    weight = torch.full((5,), 0.1, dtype=torch.float64)
    for options in ({"reduction": "none"}, {}, {"pos_weight": weight, "weight": weight}):
        found, gradient = value_and_gradient(loss_of, logits, targets, **options)
        its, _ = value_and_gradient(functional.binary_cross_entropy_with_logits, logits, targets, **options)
        assert found.dtype == its.dtype == of_target
        assert gradient.dtype == of_input
        wide, wide_gradient = value_and_gradient(loss_of, logits.double(), targets.double(), **options)
        torch.testing.assert_close(found, wide.to(of_target), rtol=4 * torch.finfo(of_target).eps, atol=0)
        eps = torch.finfo(of_input).eps
        torch.testing.assert_close(gradient, wide_gradient.to(of_input), rtol=4 * eps, atol=4 * eps)


def test_infinite_logits_cost_nothing_on_their_side_where_torch_has_nan():
    logits, target = torch.tensor([torch.inf, -torch.inf, torch.inf]), torch.tensor([1.0, 0.0, 0.0])
    assert functional.binary_cross_entropy_with_logits(logits, target, reduction="none")[0].isnan()
    found = loss_of(logits, target, reduction="none")
    assert found.equal(torch.tensor([0.0, 0.0, torch.inf]))


def test_derivatives_of_every_order_and_mode_agree():
    logits, target = problem()
    weight, pos_weight = target + 0.5, torch.rand(5, dtype=torch.float64)

    def total(logits, target):
        return loss_of(logits, target, weight, pos_weight=pos_weight)

    gradient = value_and_gradient(total, logits, target)[1]
    assert_near(torch.func.grad(total)(logits, target), gradient)
    leaves = logits.clone().requires_grad_(), target.clone().requires_grad_()
    assert torch.autograd.gradcheck(total, leaves, check_forward_ad=True)
    assert torch.autograd.gradgradcheck(total, leaves)
    constant = torch.func.vmap(torch.func.grad(lambda z: loss_of(z, target)))
    assert_near(constant(logits[None])[0], value_and_gradient(loss_of, logits, target)[1])
    assert torch.autograd.gradgradcheck(lambda z: loss_of(z, target), leaves[0])


def test_a_compiler_traces_the_whole_of_it():
    torch.compiler.reset()
    logits, target = problem()
    compiled = torch.compile(lambda z, t: loss_of(z, t, t), fullgraph=True, backend="aot_eager")
    found = value_and_gradient(compiled, logits, target)
    for ours, eager in zip(found, value_and_gradient(loss_of, logits, target, target), strict=True):
        assert_near(ours, eager)


def test_what_was_handed_out_is_not_used_again():
    logits, target = problem()
    leaf = logits.clone().requires_grad_()
    loss = loss_of(leaf, target, target)
    (first,) = torch.autograd.grad(loss, leaf, retain_graph=True)
    kept = first.clone()
    first.zero_()
    (second,) = torch.autograd.grad(loss, leaf, torch.tensor(3.0, dtype=torch.float64))
    assert_near(second, 3 * kept)


BAD = {
    "shape": ({"target": torch.zeros(4, 1)}, ShapeError, r"`target` must have shape \(4, 5\)"),
    "integers": ({"target": torch.zeros(4, 5).long()}, DTypeError, "`target` must be real floating"),
    "weight": ({"weight": torch.ones(2)}, ShapeError, r"`weight` must broadcast to \(4, 5\)"),
    "a larger weight": ({"weight": torch.ones(2, 4, 5)}, ShapeError, r"`weight` must broadcast to \(4, 5\)"),
    "device": ({"pos_weight": torch.ones(5, device="meta")}, DomainError, "be on the device of `input`, cpu"),
    "logits": ({"input": torch.zeros(4, 5).long()}, DTypeError, "`input` must be float64"),
}


@pytest.mark.parametrize("case", BAD.values(), ids=BAD)
def test_what_does_not_fit_is_refused_with_its_reason(case):
    changes, kind, text = case
    logits, target = problem()
    with pytest.raises(kind, match=text):
        loss_of(**({"input": logits, "target": target} | changes))
