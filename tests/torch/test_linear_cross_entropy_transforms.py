"""Linear cross-entropy for PyTorch under second derivatives, transforms and the compiler."""

import functools

import pytest

torch = pytest.importorskip("torch")

from torch.nn import functional  # noqa: E402 - after the question whether PyTorch is there

from xent.torch.linear_cross_entropy import compiled as operators  # noqa: E402 - likewise
from xent.torch.linear_cross_entropy.call import linear_cross_entropy  # noqa: E402 - likewise
from xent.torch.linear_cross_entropy.request import SparseTargets  # noqa: E402 - likewise

# Of PyTorch's own making.
pytestmark = [
    pytest.mark.filterwarnings("ignore:.*torch.jit.script:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:.*should not be instantiated:DeprecationWarning"),
]

N, D, C = 6, 3, 7
LABELS = torch.tensor([5, -100, 0, 3, 3, 2])
OPTIONS = (
    {},
    {"reduction": "sum", "label_smoothing": 0.1, "z_loss": 0.01},
    {"reduction": "none", "chunk_bytes": 100},
    {"softcap": 3.0, "logit_scale": 0.5, "denominator": 7.0},
)


def operands():
    torch.manual_seed(5)
    return [torch.randn(shape, dtype=torch.float64) for shape in ((N, D), (C, D), (C,))]


def leaves(frozen=()):
    return [tensor.requires_grad_(k not in frozen) for k, tensor in enumerate(operands())]


def ours(hidden, weight, bias, target=LABELS, **options):
    return linear_cross_entropy(hidden, weight, target, linear_bias=bias, **options)


def theirs(hidden, weight, bias):
    return functional.linear_cross_entropy(hidden, weight, LABELS, linear_bias=bias)


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_first_and_second_derivatives_are_those_of_the_value(options):
    assert torch.autograd.gradcheck(functools.partial(ours, **options), leaves())
    assert torch.autograd.gradgradcheck(functools.partial(ours, **options), leaves())


def test_second_derivatives_pass_by_what_is_frozen():
    given = leaves(frozen=(1,))
    first = torch.autograd.grad(ours(*given), given[::2], create_graph=True)
    truth = torch.autograd.grad(theirs(*given), given[::2], create_graph=True)
    for pair in zip(first, truth, strict=True):
        torch.testing.assert_close(*pair)
    second = torch.autograd.grad(sum((part**2).sum() for part in first), given[::2])
    exact = torch.autograd.grad(sum((part**2).sum() for part in truth), given[::2])
    for pair in zip(second, exact, strict=True):
        torch.testing.assert_close(*pair)


def test_sparse_probabilities_can_be_learned():
    indices, probs = torch.tensor([[0, 2]]), torch.tensor([[0.5, 0.5]], requires_grad=True)
    hidden, weight = torch.ones(1, 1), torch.tensor([[1.0], [2.0], [3.0]])
    linear_cross_entropy(hidden, weight, SparseTargets(indices, probs)).backward()
    surprisals = -torch.log_softmax(weight[:, 0], 0)
    torch.testing.assert_close(probs.grad[0], surprisals[[0, 2]])


def test_transforms_of_torch_func_see_it():
    given = operands()
    for k in range(3):
        torch.testing.assert_close(torch.func.grad(ours, k)(*given), torch.func.grad(theirs, k)(*given))
    torch.testing.assert_close(torch.func.hessian(ours)(*given), torch.func.hessian(theirs)(*given))
    pair = torch.func.jvp(ours, tuple(given), tuple(given))
    torch.testing.assert_close(pair, torch.func.jvp(theirs, tuple(given), tuple(given)))
    batch = torch.stack([given[0], 2 * given[0]])
    found = torch.func.vmap(ours, (0, None, None))(batch, *given[1:])
    torch.testing.assert_close(found, torch.stack([theirs(hidden, *given[1:]) for hidden in batch]))


def compiled(function):
    torch._dynamo.reset()  # noqa: SLF001 - PyTorch's way to forget what was compiled
    return torch.compile(function, fullgraph=True, backend="aot_eager")


@pytest.mark.parametrize("frozen", [(), (1,)], ids=str)
@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_compiled_code_gives_the_same(options, frozen):
    function = functools.partial(ours, **options)
    fast, plain = leaves(frozen), leaves(frozen)
    found, truth = compiled(function)(*fast), function(*plain)
    torch.testing.assert_close(found, truth)
    upstream = torch.rand_like(truth)
    found.backward(upstream, retain_graph=True)
    found.backward(upstream)
    truth.backward(2 * upstream)
    for one, other in zip(fast, plain, strict=True):
        assert (one.grad is None) == (other.grad is None)
        if one.grad is not None:
            torch.testing.assert_close(one.grad, other.grad)


@pytest.mark.parametrize("kind", ["probabilities", "sparse", "float16", "masked"])
def test_compiled_code_gives_the_same_for_all_targets_and_formats(kind):
    given, target, options = operands(), LABELS, {}
    if kind == "probabilities":
        target = torch.rand(N, C, dtype=torch.float64)
    if kind == "sparse":
        target = SparseTargets(torch.tensor([[k % C, 2] for k in range(N)]), torch.rand(N, 2).double())
    if kind == "float16":
        given = [tensor.half() for tensor in given]
    if kind == "masked":
        options = {"class_mask": torch.arange(C) != 6}
    call = functools.partial(ours, target=target, **options)
    fast, plain = ([tensor.clone().requires_grad_() for tensor in given] for _ in range(2))
    compiled(call)(*fast).backward()
    call(*plain).backward()
    for one, other in zip(fast, plain, strict=True):
        torch.testing.assert_close(one.grad, other.grad)


def test_compiled_code_keeps_the_pass_as_one_node():
    nodes = []

    def backend(module, _):
        nodes.extend(str(node.target) for node in module.graph.nodes if node.op == "call_function")
        return module.forward

    torch._dynamo.reset()  # noqa: SLF001 - as above
    torch.compile(ours, fullgraph=True, backend=backend)(*operands())
    assert [node for node in nodes if "xent" in node] == ["xent.linear_cross_entropy.default"]
    assert not any("linear" in node for node in nodes if "xent" not in node)


def test_a_label_that_is_no_class_is_nan_in_compiled_code():
    bad = LABELS.clone()
    bad[0] = C
    given = leaves()
    loss = compiled(ours)(*given, bad)
    loss.backward()
    assert loss.isnan()
    assert given[0].grad[0].isnan().all()
    assert not given[0].grad[2].isnan().any()


def test_transforms_inside_compiled_code_are_those_outside():
    given = operands()
    torch.testing.assert_close(compiled(torch.func.grad(ours))(*given), torch.func.grad(theirs)(*given))


@pytest.mark.parametrize("kind", ["mean", "none"])
def test_the_operator_passes_the_checks_of_torch(kind):
    numbers = (-100, 0.1, 0.01, None, None, None, None, kind, False, 0, None, [True] * 3)
    arguments = (*leaves(), LABELS, None, None, None, None, *numbers)
    checks = ("test_schema", "test_faketensor")
    found = torch.library.opcheck(operators._loss, arguments, test_utils=checks)  # noqa: SLF001 - not public
    assert found == dict.fromkeys(checks, "SUCCESS")


@pytest.mark.parametrize("number", [torch.float64, torch.float16], ids=str)
def test_a_tensor_denominator_in_compiled_code_keeps_the_pass_as_one_node(number):
    nodes = []

    def backend(module, _):
        nodes.extend(str(node.target) for node in module.graph.nodes if node.op == "call_function")
        return module.forward

    def step(hidden, weight, items):
        return linear_cross_entropy(hidden, weight, LABELS, denominator=items, way="compiled")

    fast, plain = ([one.to(number).requires_grad_() for one in operands()[:2]] for _ in range(2))
    torch._dynamo.reset()  # noqa: SLF001 - as above
    function = torch.compile(step, fullgraph=True, backend=backend)
    for items in (7, 3):
        found = function(*fast, torch.tensor(items))
        truth = linear_cross_entropy(*plain, LABELS, denominator=torch.tensor(items))
        torch.testing.assert_close(found, truth)
        ours_first = torch.autograd.grad(found, fast, torch.tensor(2.0, dtype=number))
        torch.testing.assert_close(
            ours_first, torch.autograd.grad(truth, plain, torch.tensor(2.0, dtype=number))
        )
    assert [node for node in nodes if "xent" in node] == ["xent.linear_cross_entropy.default"]
