"""Arguments of linear cross-entropy for PyTorch: PyTorch's own samples and errors, and what is refused."""

import re

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("expecttest", reason="PyTorch's test inputs need it")

from torch.nn import functional  # noqa: E402 - after the question whether PyTorch is there

from xent.errors import DomainError, DTypeError, LabelError, ShapeError  # noqa: E402 - likewise
from xent.torch.linear_cross_entropy.call import linear_cross_entropy  # noqa: E402 - likewise
from xent.torch.linear_cross_entropy.module import LinearCrossEntropyLoss  # noqa: E402 - likewise
from xent.torch.linear_cross_entropy.request import SparseTargets  # noqa: E402 - likewise

DTYPES = (torch.float64, torch.float32, torch.float16, torch.bfloat16)
VARIANTS = ("", "chunked", "chunked_none")

pytestmark = [
    # Of PyTorch's own making.
    pytest.mark.filterwarnings("ignore:.*torch.jit.script:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:.*Not available:UserWarning"),
]


def entry(variant):
    from torch.testing._internal.common_methods_invocations import op_db

    name = "nn.functional.linear_cross_entropy"
    return next(one for one in op_db if (one.name, one.variant_test_name) == (name, variant))


def wide(tensor):
    if isinstance(tensor, torch.Tensor) and tensor.is_floating_point():
        return tensor.detach().double().requires_grad_(tensor.requires_grad)
    return tensor


def value_and_gradients(function, sample, options):
    learned = (sample.input, *sample.args, options.get("linear_bias"))
    leaves = [tensor for tensor in learned if tensor is not None and tensor.requires_grad]
    value = function(sample.input, *sample.args, **options)
    upstream = (0.5 + torch.arange(value.numel()).remainder(8) / 8).to(value.dtype).reshape(value.shape)
    return (value, *torch.autograd.grad(value, leaves, upstream))


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("variant", VARIANTS)
def test_value_and_gradients_of_every_sample_are_those_of_torch(variant, dtype):
    torch.manual_seed(0)
    near = 64 * torch.finfo(dtype).eps if dtype.itemsize > 2 else 8 * torch.finfo(dtype).eps
    samples = list(entry(variant).sample_inputs("cpu", dtype, requires_grad=True))
    assert len(samples) >= 16
    for sample in samples:
        plain = {name: given for name, given in sample.kwargs.items() if name != "options"}
        found = value_and_gradients(linear_cross_entropy, sample, sample.kwargs)
        rival = value_and_gradients(functional.linear_cross_entropy, sample, plain)
        exact = {name: wide(given) for name, given in plain.items()}
        truth = value_and_gradients(functional.linear_cross_entropy, sample.transform(wide), exact)
        for ours, theirs, right in zip(found, rival, truth, strict=True):
            assert (ours.dtype, ours.shape) == (theirs.dtype, theirs.shape)
            assert (ours.double() - right).norm() <= near * (right.norm() + (ours.numel() == 0)) + near / 64


@pytest.mark.parametrize("variant", VARIANTS)
def test_every_error_of_torch_is_raised_in_its_words(variant):
    errors = list(entry(variant).error_inputs("cpu"))
    assert len(errors) >= 6
    for error in errors:
        sample = error.sample_input
        with pytest.raises(error.error_type, match=error.error_regex) as caught:
            linear_cross_entropy(sample.input, *sample.args, **sample.kwargs)
        assert isinstance(caught.value, (ShapeError, DomainError))
        assert str(caught.value).startswith("linear_cross_entropy: `")


def sparse(rows, indices, probs):
    return SparseTargets(torch.zeros(rows, indices, dtype=torch.int64), torch.ones(rows, probs))


@pytest.mark.parametrize(
    ("error", "message", "changed"),
    [
        (
            LabelError,
            r"`target` must lie in 0..3 .*got 4, first at index (1,)",
            {"target": torch.tensor([0, 4])},
        ),
        (
            DTypeError,
            "`linear_weight` must have the dtype of `input`",
            {"linear_weight": torch.ones(4, 3).double()},
        ),
        (DTypeError, "`target` must be integers", {"target": torch.zeros(2)}),
        (ShapeError, "`target` must have shape (2,)", {"target": torch.tensor([0, 1, 2])}),
        (
            ShapeError,
            "`target` must have shape (2,).*Drop the extra axis with `target[:, 0]`.",
            {"target": torch.tensor([[0], [1]])},
        ),
        (
            DomainError,
            "`target` must be on the device of `input`, cpu; got meta. Move it with `target.to('cpu')`.",
            {"target": torch.tensor([0, 1], device="meta")},
        ),
        (
            DomainError,
            "`linear_weight` must be on the device of `input`, cpu; got meta",
            {"linear_weight": torch.ones(4, 3, device="meta")},
        ),
        (
            DomainError,
            "`linear_bias` must be on the device of `input`, cpu; got meta",
            {"linear_bias": torch.ones(4, device="meta")},
        ),
        (
            DomainError,
            "`class_mask` must be on the device of `input`, cpu; got meta",
            {"class_mask": torch.ones(4, dtype=torch.bool, device="meta")},
        ),
        (
            DomainError,
            "`target` must sum to 1 over the classes; got 2.0, first at index (0,). If they are counts",
            {"target": torch.full((2, 4), 0.5), "validate_targets": True},
        ),
        (
            DomainError,
            "`target` must be >= 0; got -0.5, first at index (1, 1)",
            {"target": torch.tensor([[0.5] * 2 + [0] * 2, [1.5, -0.5, 0, 0]]), "validate_targets": True},
        ),
        (
            DomainError,
            "`target` must sum to 1 over the classes; got 1.5, first at index (1,)",
            {
                "target": SparseTargets(torch.tensor([[0], [1]]), torch.tensor([[1.0], [1.5]])),
                "validate_targets": True,
            },
        ),
        (DomainError, '`nonfinite` must be "propagate" or "raise"; got \'ignore\'', {"nonfinite": "ignore"}),
        (
            DomainError,
            "`input` must have a softmax in each row; got nan, first at index (1,). The logits of this row",
            {"input": torch.tensor([[0.0] * 3, [torch.nan] * 3]), "nonfinite": "raise"},
        ),
        (
            DomainError,
            "`input` must have a softmax in each row; got nan, first at index (0,)",
            {
                "linear_bias": torch.tensor([0.0, 0.0, 0.0, torch.inf]),
                "nonfinite": "raise",
                "reduction": "none",
            },
        ),
        (DomainError, "`chunk_bytes` must be an integer >= 1; got 0", {"chunk_bytes": 0}),
        (DTypeError, "`chunk_bytes` must be an integer; got 2.5", {"chunk_bytes": 2.5}),
        (DTypeError, "`chunk_bytes` must be an integer; got 'a'", {"chunk_bytes": "a"}),
        (
            LabelError,
            "`target` must lie in 0..3",
            {"target": torch.tensor([7, 9]), "weight": torch.ones(4), "on_empty": "raise"},
        ),
        (
            LabelError,
            "`target` must lie in 0..3",
            {
                "target": torch.tensor([3, 9]),
                "weight": torch.tensor([1.0, 1.0, 1.0, 0.0]),
                "on_empty": "raise",
                "return_stats": True,
            },
        ),
        (DTypeError, "`logit_scale` must be a number; got str", {"logit_scale": "2"}),
        (DomainError, "`softcap` must be positive", {"softcap": -1.0}),
        (DomainError, "`label_smoothing` must lie in [0, 1]", {"label_smoothing": 2.0}),
        (DomainError, "`reduction` must be one of", {"reduction": "all"}),
        (DTypeError, "`class_mask` must be bool", {"class_mask": torch.ones(4)}),
        (
            ShapeError,
            "linear_cross_entropy: `class_mask` must have shape (4,), one entry for each class, or (2, 4)",
            {"class_mask": torch.ones(3, 4, dtype=torch.bool)},
        ),
        (
            ShapeError,
            "`class_mask` must have shape (4,), one entry for each class, or (2, 4); got (3,)",
            {"class_mask": torch.ones(3, dtype=torch.bool)},
        ),
        (
            LabelError,
            "linear_cross_entropy: `target` must lie in 0..3",
            {"target": torch.tensor([0, 4]), "way": "composed"},
        ),
        (
            DomainError,
            "`denominator` must be positive",
            {"target": torch.tensor([-100] * 2), "on_empty": "raise"},
        ),
        (
            LabelError,
            "`target.indices` must lie in 0..3; got 7, first at index (1, 0)",
            {"target": SparseTargets(torch.tensor([[0], [7]]), torch.ones(2, 1))},
        ),
        (
            LabelError,
            "`target.indices` must be empty, as there are no classes; got 0, first at index (0, 0).",
            {"linear_weight": torch.ones(0, 3), "target": sparse(2, 1, 1)},
        ),
        (ShapeError, "`target.indices` must", {"target": sparse(3, 1, 1)}),
        (ShapeError, "`target.probs` must", {"target": sparse(2, 1, 2)}),
        (
            DTypeError,
            "`target.indices` must be int64",
            {"target": SparseTargets(torch.ones(2, 1), torch.ones(2, 1))},
        ),
    ],
)
def test_what_does_not_fit_is_refused(error, message, changed):
    given = {"input": torch.ones(2, 3), "linear_weight": torch.ones(4, 3), "target": torch.tensor([0, 3])}
    # "first at index (1,)" and the like are text, "got .* first" is not.
    pattern = ".*".join(re.escape(part) for part in message.split(".*"))
    with pytest.raises(error, match=pattern) as caught:
        linear_cross_entropy(**(given | changed))
    assert str(caught.value).startswith("linear_cross_entropy: ")


def test_rows_that_are_left_out_may_have_no_softmax_and_others_propagate_theirs():
    hidden = torch.tensor([[0.0] * 3, [torch.nan] * 3])
    weight, target = torch.ones(4, 3), torch.tensor([0, -100])
    assert linear_cross_entropy(hidden, weight, target, nonfinite="raise").isfinite()
    losses = linear_cross_entropy(hidden, weight, torch.tensor([0, 1]), reduction="none")
    assert losses.isnan().tolist() == [False, True]


def test_the_first_label_that_is_no_class_is_named_with_what_to_do():
    hidden, weight = torch.ones(4, 3), torch.ones(5, 3)
    with pytest.raises(IndexError) as caught:
        linear_cross_entropy(hidden, weight, torch.tensor([0, 5, -100, 9]))
    assert str(caught.value) == (
        "linear_cross_entropy: `target` must lie in 0..4 or be -100, the `ignore_index`; got 5, first at"
        " index (1,). 2 of 3 labels do not; they reach from 0 to 9. To leave rows out, give them one label"
        " and name it in `ignore_index`."
    )


def test_axes_of_classes_that_fit_two_readings_are_refused_where_that_is_asked():
    hidden, weight = torch.ones(2, 3), torch.ones(4, 4, 3)
    target = torch.zeros(2, 4, dtype=torch.int64)
    assert linear_cross_entropy(hidden, weight, target) > 1
    with pytest.raises(ShapeError, match="have classes on axis 1 only, where the last axis is as long"):
        linear_cross_entropy(hidden, weight, target, validate_targets=True)


def test_a_row_without_an_axis_of_rows_is_a_row():
    hidden, weight = torch.randn(3), torch.randn(4, 3)
    for target in (torch.tensor(2), torch.rand(4), SparseTargets(torch.tensor([2]), torch.ones(1))):
        for reduction in ("mean", "none"):
            found = linear_cross_entropy(hidden, weight, target, reduction=reduction)
            dense = target.dense(4) if isinstance(target, SparseTargets) else target
            truth = functional.linear_cross_entropy(hidden, weight, dense, reduction=reduction)
            torch.testing.assert_close(found, truth)


def test_a_mask_of_each_row_has_the_axes_of_the_hidden_states():
    hidden, weight = torch.randn(2, 5, 3), torch.randn(4, 3)
    labels = torch.zeros(2, 5, dtype=torch.int64)
    mask = torch.rand(2, 5, 4) < 0.5
    mask[..., 0] = True
    options = {"reduction": "none", "label_smoothing": 0.1}
    found = linear_cross_entropy(hidden, weight, labels, class_mask=mask, **options)
    flat = linear_cross_entropy(
        hidden.flatten(0, 1), weight, labels.flatten(), class_mask=mask.flatten(0, 1), **options
    )
    torch.testing.assert_close(found, flat.reshape(2, 5))


def test_no_rows_cost_what_they_cost_in_torch():
    hidden, weight = torch.randn(0, 3, requires_grad=True), torch.randn(4, 3, requires_grad=True)
    target = torch.empty(0, dtype=torch.int64)
    loss = linear_cross_entropy(hidden, weight, target)
    loss.backward()
    assert loss.isnan()
    assert (weight.grad == 0).all()
    assert linear_cross_entropy(hidden, weight, target, reduction="none").shape == (0,)


def test_statistics_are_those_of_the_logits():
    hidden, weight = torch.randn(2, 3), torch.randn(4, 3)
    loss, statistics = linear_cross_entropy(hidden, weight, torch.tensor([0, 3]), return_stats=True, top_k=2)
    torch.testing.assert_close(statistics.log_normaliser, torch.logsumexp(hidden @ weight.T, 1))
    torch.testing.assert_close(-statistics.log_prob.mean(), loss)
    assert statistics.top_classes.shape == (2, 2)


def test_more_statistics_than_classes_are_refused_by_the_name_of_the_function():
    hidden, weight = torch.randn(2, 3), torch.randn(4, 3)
    with pytest.raises(DomainError, match=r"^linear_cross_entropy: `top_k` must lie in 0\.\.4, the"):
        linear_cross_entropy(hidden, weight, torch.tensor([0, 3]), return_stats=True, top_k=5)


def test_other_devices_take_pytorch_operations():
    hidden, weight, target = torch.randn(2, 3), torch.randn(4, 3), torch.tensor([0, 3])
    scale = torch.tensor(0.5, device="meta")
    loss = linear_cross_entropy(hidden.to("meta"), weight.to("meta"), target.to("meta"), logit_scale=scale)
    assert loss.device.type == "meta"
    with pytest.raises(DomainError, match="`logit_scale` must be on the device of `input`, cpu; got meta"):
        linear_cross_entropy(hidden, weight, target, logit_scale=scale)


def test_a_scale_can_be_learned():
    hidden, weight, scale = torch.randn(2, 3), torch.randn(4, 3), torch.tensor(0.5, requires_grad=True)
    linear_cross_entropy(hidden, weight, torch.tensor([0, 3]), logit_scale=scale).backward()
    other = scale.detach().clone().requires_grad_()
    functional.cross_entropy(other * (hidden @ weight.T), torch.tensor([0, 3])).backward()
    torch.testing.assert_close(scale.grad, other.grad)


@pytest.mark.parametrize("out_features", [(), (2, 3)], ids=str)
@pytest.mark.parametrize("bias", [False, True])
def test_the_module_is_that_of_torch_with_its_state(bias, out_features):
    rival = torch.nn.LinearCrossEntropyLoss(5, 7, out_features=out_features, bias=bias, weight=torch.rand(7))
    module = LinearCrossEntropyLoss(5, 7, out_features=out_features, bias=bias, weight=torch.rand(7))
    module.load_state_dict(rival.state_dict())
    hidden, target = torch.randn(4, 5), torch.randint(7, (4, *out_features))
    loss, truth = module(hidden, target), rival(hidden, target)
    torch.testing.assert_close(loss, truth)
    loss.backward()
    truth.backward()
    torch.testing.assert_close(module.linear.weight.grad, rival.linear.weight.grad)


def test_the_module_takes_the_other_options():
    module = LinearCrossEntropyLoss(5, 7, z_loss=0.1)
    hidden, target = torch.randn(4, 5), torch.randint(7, (4,))
    found = module(hidden, target, denominator=8.0)
    torch.testing.assert_close(
        found, linear_cross_entropy(hidden, module.linear.weight, target, z_loss=0.1, denominator=8.0)
    )
