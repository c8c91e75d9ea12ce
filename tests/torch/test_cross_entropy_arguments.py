"""Arguments of cross-entropy for PyTorch: what is refused, what is nan where it cannot be, what counts."""

import itertools
import pickle

import numpy as np
import pytest
from tests.relative_error import assert_within

torch = pytest.importorskip("torch")

from tests.torch.test_cross_entropy import (  # noqa: E402 - after the question whether PyTorch is there
    assert_near,
    problem,
    value_and_gradient,
)
from torch.nn import functional  # noqa: E402 - likewise

import xent.torch as front  # noqa: E402 - likewise
from xent.errors import DomainError, DTypeError, LabelError, ShapeError  # noqa: E402 - likewise

# Of PyTorch's own making, on the first use of a transform or of its compiler.
pytestmark = [
    pytest.mark.filterwarnings("ignore:.*torch.jit.script:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:.*should not be instantiated:DeprecationWarning"),
]


@pytest.mark.parametrize("label", [5, -1])
def test_invalid_labels_in_transforms_are_nan_in_value_and_gradient(label):
    logits, labels = problem()
    labels[3] = label
    gradient, value = torch.func.grad_and_value(lambda z: front.cross_entropy(z, labels))(logits)
    assert value.isnan()
    assert gradient.isnan().any(1).tolist() == [False] * 3 + [True] + [False] * 2


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"label_smoothing": 0.1},
        {"weight": torch.ones(5).double()},
        {"weight": torch.ones(5, requires_grad=True)},
        {"label_smoothing": 0.1, "class_mask": torch.ones(5) > 0},
        {"way": "composed"},
    ],
    ids=str,
)
def test_a_label_that_is_no_class_is_an_index_error_that_says_which(options):
    logits, labels = problem()
    labels[3] = 5
    with pytest.raises(IndexError) as caught:
        front.cross_entropy(logits, labels, **options)
    assert isinstance(caught.value, DomainError)
    message = (
        "cross_entropy: `target` must lie in 0..4 or be -100, the `ignore_index`; got 5, first at index (3,)."
        " 1 of 5 labels does not; they reach from 0 to 5. To leave rows out, give them one label and name it"
        " in `ignore_index`."
    )
    assert str(caught.value) == message
    assert str(pickle.loads(pickle.dumps(caught.value))) == message  # noqa: S301 - our own bytes


@pytest.mark.parametrize(
    ("change", "hint"),
    [(1, "If they are counted from 1, subtract 1."), (-1, "If -1 stands for rows to leave out, pass")],
)
def test_labels_counted_from_elsewhere_are_recognised(change, hint):
    with pytest.raises(front.LabelError, match=hint):
        front.cross_entropy(torch.zeros(5, 5), torch.arange(5) + change)


BAD = {
    "float labels": (lambda z, y: (z, y.double()), {}, DTypeError, "must be integers, or of shape"),
    "integer probabilities": (
        lambda z, _: (z, torch.ones_like(z).long()),
        {},
        DTypeError,
        "be real floating",
    ),
    "integer logits": (lambda z, y: (z.long(), y), {}, DTypeError, "`input` must be float64"),
    "one row too few": (lambda z, y: (z, y[:5]), {}, ShapeError, r"must have shape \(6,\)"),
    "an extra axis": (lambda z, y: (z, y[:, None]), {}, ShapeError, r"with `target\[:, 0\]`"),
    "classes last": (lambda z, y: (z.reshape(1, 6, 5), y[None]), {}, ShapeError, r"movedim\(-1, 1\)"),
    "weight": (lambda z, y: (z, y), {"weight": torch.ones(4)}, ShapeError, r"have shape \(5,\), one factor"),
    "device": (
        lambda z, y: (z, y.to("meta")),
        {},
        DomainError,
        r"be on the device of `input`, cpu; got meta",
    ),
    "device of the weight": (
        lambda z, y: (z, y),
        {"weight": torch.ones(5, device="meta")},
        DomainError,
        r"`weight` must be on the device of `input`, cpu; got meta. Move it with `weight.to\('cpu'\)`",
    ),
    "device of the mask": (
        lambda z, y: (z, y),
        {"class_mask": torch.ones(5, dtype=torch.bool, device="meta")},
        DomainError,
        r"`class_mask` must be on the device of `input`, cpu; got meta. Move it with",
    ),
    "device of the scale": (
        lambda z, y: (z, y),
        {"logit_scale": torch.ones((), device="meta")},
        DomainError,
        r"`logit_scale` must be on the device of `input`, cpu; got meta. Move it with",
    ),
    "dtype of the scale": (
        lambda z, y: (z, y),
        {"logit_scale": "2"},
        DTypeError,
        "`logit_scale` must be a number; got str",
    ),
    "smoothing": (lambda z, y: (z, y), {"label_smoothing": -0.5}, DomainError, r"lie in \[0, 1\]; got -0.5"),
    "z_loss": (lambda z, y: (z, y), {"z_loss": -1.0}, DomainError, "`z_loss` must be >= 0"),
    "an array for a number": (
        lambda z, y: (z, y),
        {"label_smoothing": np.asarray([0.1, 0.2])},
        DTypeError,
        "`label_smoothing` must be a number; got ndarray",
    ),
    "softcap": (lambda z, y: (z, y), {"softcap": 0.0}, DomainError, "`softcap` must be positive"),
    "mask": (lambda z, y: (z, y), {"class_mask": torch.ones(5)}, DTypeError, "`class_mask` must be bool"),
    "mask's shape": (
        lambda z, y: (z, y),
        {"class_mask": torch.ones(4) > 0},
        ShapeError,
        "one entry for each",
    ),
    "reduction": (lambda z, y: (z, y), {"reduction": "average"}, DomainError, "be one of none, mean, sum"),
    "on_empty": (lambda z, y: (z, y), {"on_empty": "skip"}, DomainError, "be one of nan, zero, raise"),
    "out_dtype": (
        lambda z, y: (z, y),
        {"out_dtype": torch.int64},
        DTypeError,
        "`out_dtype` must be float64, float32, float16 or bfloat16; got torch.int64",
    ),
    "denominator": (lambda z, y: (z, y), {"denominator": -1.0}, DomainError, "be finite and >= 0"),
    "denominator of a sum": (
        lambda z, y: (z, y),
        {"denominator": 2, "reduction": "sum"},
        DomainError,
        'come with reduction="mean"',
    ),
    "ignored probabilities": (
        lambda z, _: (z, z.softmax(1)),
        {"ignore_index": 1},
        DomainError,
        "be negative where the target holds probabilities",
    ),
    "nonfinite": (
        lambda z, y: (z.clone().fill_(torch.nan), y),
        {"nonfinite": "raise"},
        DomainError,
        r"`input` must be below \+inf; got nan, first at index \(0,\)",
    ),
    "infinite": (
        lambda z, y: (torch.where(torch.arange(6)[:, None] == 4, torch.inf, z), y),
        {"nonfinite": "raise"},
        DomainError,
        r"`input` must be below \+inf; got inf, first at index \(4,\)",
    ),
    "no policy": (
        lambda z, y: (z, y),
        {"nonfinite": "ignore"},
        DomainError,
        '`nonfinite` must be "propagate" or "raise"; got \'ignore\'',
    ),
    "all masked": (
        lambda z, y: (z.clone().fill_(-torch.inf), y),
        {"nonfinite": "raise"},
        DomainError,
        "leave at least one class of each row unmasked",
    ),
    "no distribution": (
        lambda z, _: (z, 2 * z.softmax(1)),
        {"validate_targets": True},
        DomainError,
        "sum to 1 over the classes; got 2",
    ),
    "negative": (
        lambda z, _: (z, 1 - 2 * z.softmax(1)),
        {"validate_targets": True},
        DomainError,
        "`target` must be >= 0",
    ),
    "two readings": (
        lambda z, y: (z.reshape(2, 3, 5)[:, :, :3], y.reshape(2, 3)),
        {"validate_targets": True},
        ShapeError,
        "have classes on axis 1 only",
    ),
}


@pytest.mark.parametrize("case", BAD.values(), ids=BAD)
def test_what_does_not_fit_is_refused_with_its_reason(case):
    make, options, kind, text = case
    with pytest.raises(kind, match=text):
        front.cross_entropy(*make(*problem()), **options)


def test_rows_without_a_softmax_propagate_as_in_torch():
    logits, labels = problem()
    logits[0], logits[1, 2], logits[3, 1] = -torch.inf, torch.inf, torch.nan
    found = value_and_gradient(front.cross_entropy, logits, labels, reduction="none")
    rival = value_and_gradient(functional.cross_entropy, logits, labels, reduction="none")
    assert found[0].isnan().tolist() == rival[0].isnan().tolist() == [True, True, False, True, False, False]
    assert found[1].isnan().all(1).tolist() == [True, True, False, True, False, False]


def test_ignored_rows_may_have_no_softmax_where_others_may_not():
    logits, labels = problem()
    logits[2] = torch.nan
    assert front.cross_entropy(logits, labels, nonfinite="raise").isfinite()


def test_integers_of_any_width_are_labels():
    logits, labels = problem()
    truth = front.cross_entropy(logits, labels)
    for dtype in (torch.int32, torch.int16, torch.int8):
        assert front.cross_entropy(logits, labels.to(dtype)) == truth


@pytest.mark.parametrize(("size_average", "reduce"), list(itertools.product([None, True, False], repeat=2)))
def test_older_names_of_reductions_mean_what_they_do_in_torch(size_average, reduce):
    if size_average is None and reduce is None:
        return
    logits, labels = problem()
    with pytest.warns(UserWarning, match="size_average and reduce args"):
        found = front.cross_entropy(logits, labels, size_average=size_average, reduce=reduce)
    with pytest.warns(UserWarning, match="size_average and reduce args"):
        rival = functional.cross_entropy(logits, labels, size_average=size_average, reduce=reduce)
    assert_near(found, rival)


@pytest.mark.parametrize("has_labels", [True, False])
def test_autocast_gives_a_loss_of_32_bits_as_in_torch(has_labels):
    logits, labels = problem(torch.bfloat16)
    target = labels if has_labels else logits.softmax(1)
    with torch.autocast("cpu", torch.bfloat16):
        found = front.cross_entropy(logits, target)
        rival = functional.cross_entropy(logits, target)
    assert found.dtype is rival.dtype is torch.float32
    torch.testing.assert_close(found, rival)


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16], ids=str)
def test_a_loss_of_half_precision_can_be_had_with_all_its_digits(dtype):
    logits, labels = problem(dtype)
    truth, exact = value_and_gradient(functional.cross_entropy, logits.double(), labels)
    for function in (front.cross_entropy, torch.func.vmap(front.cross_entropy, in_dims=(0, None))):
        given = logits if function is front.cross_entropy else logits[None]
        value, gradient = value_and_gradient(function, given, labels, out_dtype=torch.float32)
        assert value.dtype is torch.float32
        assert_within(4, value.reshape(()).numpy(), truth.numpy())
        assert gradient.dtype is dtype
        torch.testing.assert_close(
            gradient.reshape(6, 5).double(), exact, rtol=2 * torch.finfo(dtype).eps, atol=1e-8
        )
    assert front.cross_entropy(logits, labels).dtype is dtype


def test_other_devices_take_pytorch_operations():
    for dtype in (torch.float64, torch.float32, torch.bfloat16, torch.float16):
        logits, labels = problem(dtype)
        found = front.cross_entropy(logits.to("meta"), labels.to("meta"))
        assert (found.device.type, found.dtype, found.shape) == ("meta", dtype, ())


def test_a_subclass_of_tensor_is_asked_first():
    seen = []

    class Recorder(torch.Tensor):
        @classmethod
        def __torch_function__(cls, function, types, args=(), kwargs=None):
            seen.append(function)
            return super().__torch_function__(function, types, args, kwargs or {})

    logits, labels = problem()
    found = front.cross_entropy(logits.as_subclass(Recorder), labels)
    assert front.cross_entropy in seen
    assert_near(found.as_subclass(torch.Tensor), front.cross_entropy(logits, labels))


@pytest.mark.parametrize("return_stats", [False, True])
@pytest.mark.parametrize("way", [None, "composed", "eager"])
@pytest.mark.parametrize("labels", [[7, 9], [1, 9]], ids=["all out of range", "the other of weight 0"])
def test_a_label_out_of_range_comes_before_the_mean_over_nothing(labels, way, return_stats):
    logits, weight = torch.randn(2, 3, requires_grad=True), torch.tensor([1.0, 0.0, 0.0])
    options = {"weight": weight, "on_empty": "raise", "return_stats": return_stats, "way": way}
    with pytest.raises(DomainError) as caught:
        front.cross_entropy(logits, torch.tensor(labels), **options)
    assert isinstance(caught.value, LabelError)
    assert "`target` must lie in 0..2" in str(caught.value)


def test_the_mean_over_nothing_is_an_error_where_all_labels_are_in_range():
    weight = torch.tensor([1.0, 0.0, 0.0])
    for way in (None, "composed"):
        with pytest.raises(DomainError, match="`denominator` must be positive"):
            front.cross_entropy(torch.zeros(2, 3), torch.tensor([1, 2]), weight, on_empty="raise", way=way)
    with pytest.raises(LabelError, match=r"`target` must lie in 0\.\.2"):
        front.cross_entropy(torch.zeros(2, 3), torch.tensor([1, 5]), denominator=0.0, on_empty="raise")
