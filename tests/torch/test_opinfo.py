"""The functions pass what PyTorch tests its own with: the samples and error inputs of its OpInfo entries."""

import functools

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("expecttest", reason="PyTorch's test inputs need it")

from xent import torch as front  # noqa: E402 - after the question whether PyTorch is there

NAMES = ("cross_entropy", "binary_cross_entropy_with_logits", "nll_loss", "kl_div")
DTYPES = (torch.float64, torch.float32, torch.float16, torch.bfloat16)

pytestmark = [
    # Of PyTorch's own making.
    pytest.mark.filterwarnings("ignore:.*torch.jit.script:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:.*Not available:UserWarning"),
    pytest.mark.filterwarnings("ignore:.*'mean' divides:UserWarning"),
]


@functools.cache
def entries():
    from torch.testing._internal.common_methods_invocations import op_db

    return {entry.name.rpartition(".")[2]: entry for entry in op_db if entry.name.startswith("nn.functional")}


def samples(name, dtype):
    torch.manual_seed(0)
    found = list(entries()[name].sample_inputs("cpu", dtype, requires_grad=True))
    assert len(found) >= 16
    return found


def value_and_gradients(function, sample):
    leaves = [t for t in (sample.input, *sample.args) if t.requires_grad]
    value = function(sample.input, *sample.args, **sample.kwargs)
    # Numbers that every format holds.
    upstream = (0.5 + torch.arange(value.numel()).remainder(8) / 8).to(value.dtype).reshape(value.shape)
    return (value, *torch.autograd.grad(value, leaves, upstream))


def wide(sample):
    """The same numbers in 64 bits."""

    def convert(entry):
        if isinstance(entry, torch.Tensor) and entry.is_floating_point():
            return entry.detach().double().requires_grad_(entry.requires_grad)
        return entry

    return sample.transform(convert)


def constant_target(sample):
    """The sample with a target that needs no derivative, as in training."""
    sample.args = tuple(arg.detach() for arg in sample.args)
    return sample


def assert_as_torch(name, sample, dtype):
    found = value_and_gradients(getattr(front, name), sample)
    rival = value_and_gradients(entries()[name].op, sample)
    truth = value_and_gradients(entries()[name].op, wide(sample))
    # In 64 and 32 bits PyTorch rounds as we do, and weights of both signs cancel; half precision is
    # calculated with in 32 bits and rounded once.
    eps = torch.finfo(dtype).eps
    near = {"rtol": 32 * eps, "atol": 32 * eps} if dtype.itemsize > 2 else {"rtol": eps, "atol": eps / 256}
    for ours, theirs, exact in zip(found, rival, truth, strict=True):
        assert (ours.dtype, ours.shape) == (theirs.dtype, theirs.shape)
        torch.testing.assert_close(ours.double(), exact.double(), equal_nan=True, **near)


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("name", NAMES)
def test_value_and_gradients_of_every_sample_are_those_of_torch(name, dtype):
    for sample in samples(name, dtype):
        assert_as_torch(name, sample, dtype)


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("name", NAMES)
def test_the_same_with_targets_that_need_no_derivative(name, dtype):
    for sample in samples(name, dtype):
        assert_as_torch(name, constant_target(sample), dtype)


@pytest.mark.parametrize("name", NAMES)
def test_samples_that_are_not_contiguous_give_the_same(name):
    for sample in samples(name, torch.float64):
        assert_as_torch(name, constant_target(sample.noncontiguous()), torch.float64)


@pytest.mark.parametrize("name", NAMES)
def test_error_inputs_are_refused_with_their_class_of_error(name):
    entry = entries()[name]
    if entry.error_inputs_func is None:
        pytest.skip("PyTorch lists none")
    for error in entry.error_inputs("cpu"):
        sample = error.sample_input
        with pytest.raises(error.error_type):
            getattr(front, name)(sample.input, *sample.args, **sample.kwargs)


@pytest.mark.parametrize("name", NAMES)
def test_samples_pass_the_checks_of_second_and_forward_derivatives(name):
    function = getattr(front, name)
    for sample in samples(name, torch.float64)[::4]:
        inputs = (sample.input, *(arg for arg in sample.args if arg.requires_grad))

        def of(*leaves, sample=sample):
            arguments = leaves if len(leaves) > 1 else (*leaves, *sample.args)
            return function(*arguments, **sample.kwargs)

        if not of(*inputs).isfinite().all():
            continue
        assert torch.autograd.gradcheck(of, inputs, check_forward_ad=True)
        assert torch.autograd.gradgradcheck(of, inputs)
