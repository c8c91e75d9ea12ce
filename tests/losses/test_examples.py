"""What all losses do alike: checks, weights, dtypes and libraries."""

import pickle
import subprocess
import sys
from dataclasses import MISSING, FrozenInstanceError, fields

import numpy as np
import pytest
from tests.array_libraries import array_library
from tests.losses.every_loss import Case, cases, every_loss, parametrize, parts
from tests.relative_error import assert_within

from xent import losses
from xent.errors import DomainError, DTypeError, ShapeError
from xent.losses.abstract_loss import AbstractLoss

OF_CLASSES = tuple(case for case in cases if case.loss.facts.domain in ("logits", "cosines"))
OF_LABELS = tuple(case for case in OF_CLASSES if case.loss.facts.truth == "labels")
OF_TARGETS = tuple(case for case in OF_CLASSES if case.loss.facts.truth == "targets")
OF_EVENTS = tuple(case for case in cases if case.loss.facts.truth == "events")
# What they do alike is tried on every array library with these, and on NumPy with all.
CORE = tuple(
    case
    for case in cases
    if case.name
    in (
        "softmax_cross_entropy",
        "softmax_cross_entropy_of_targets",
        "softmax_squared_error",
        "sigmoid_cross_entropy",
        "sigmoid_squared_error",
    )
)
core_losses = parametrize(CORE)
core_of_labels, core_of_targets, core_of_events = (
    parametrize(tuple(case for case in CORE if case in some)) for some in (OF_LABELS, OF_TARGETS, OF_EVENTS)
)


def quantities(case: Case):
    """Every way to ask, as functions of logits, truth and keywords."""
    loss, vectors = case.loss, case.logits[::-1].copy()

    def product(logits, truth, **keywords):
        like = type(logits)
        return loss.hessian_vector_product(
            logits, truth, vectors if like is np.ndarray else logits, **keywords
        )

    return {
        "": loss,
        ".gradient": loss.gradient,
        ".value_and_gradient": loss.value_and_gradient,
        ".hessian": loss.hessian,
        ".hessian_vector_product": product,
    }


# What a loss is ----------------------------------------------------------------------------------------


@every_loss
def test_a_loss_is_a_frozen_value_that_can_be_pickled(case):
    has_defaults = case.loss == getattr(losses, case.name, None)
    assert repr(case.loss) == f"{type(case.loss).__name__}()" or not has_defaults
    assert pickle.loads(pickle.dumps(case.loss)) == case.loss  # noqa: S301 - written a moment ago
    with pytest.raises(FrozenInstanceError):
        case.loss.extra = 1


def test_every_loss_is_public_with_its_class_and_in_the_registry():
    public = {name: getattr(losses, name) for name in losses.__all__}
    assert {name for name, value in public.items() if isinstance(value, AbstractLoss)} <= set(losses.REGISTRY)
    for name, loss in losses.REGISTRY.items():
        assert loss.name == name
        assert public[type(loss).__name__] is type(loss)
        # One that cannot do without a parameter is only made by its class.
        assert name in public or any(field.default is MISSING for field in fields(loss))


@pytest.mark.of_values
@core_losses
def test_shapes_follow_the_logits(xp, case):
    value, gradient = xp.call_public(case.loss.value_and_gradient, case.logits, case.truth)
    assert value.shape == case.values_shape
    assert gradient.shape == case.logits.shape
    np.testing.assert_array_equal(xp.call_public(case.loss, case.logits, case.truth), value)
    np.testing.assert_array_equal(xp.call_public(case.loss.gradient, case.logits, case.truth), gradient)
    hessian = xp.call_public(case.loss.hessian, case.logits, case.truth)
    assert hessian.shape == (case.logits.shape if case.is_elementwise else (2, *case.logits.shape[1:] * 2))
    # Not a vector of ones, whose product is 0 where logits may be shifted.
    vectors = np.random.default_rng(1).standard_normal(case.logits.shape)
    product = xp.call_public(case.loss.hessian_vector_product, case.logits, case.truth, vectors)
    found = hessian * vectors if case.is_elementwise else (hessian @ vectors[..., None])[..., 0]
    np.testing.assert_allclose(product, found, rtol=1e-12, atol=1e-16)


@core_losses
def test_nothing_is_written_into_an_argument_and_results_are_new(case):
    logits, truth, weight = case.logits.copy(), case.truth.copy(), np.ones(case.values_shape)
    for function in quantities(case).values():
        for result in (function(logits, truth), function(logits, truth, sample_weight=weight)):
            assert not any(np.shares_memory(part, logits) for part in parts(result))
    np.testing.assert_array_equal(logits, case.logits)
    np.testing.assert_array_equal(truth, case.truth)
    np.testing.assert_array_equal(weight, 1)


@core_losses
def test_lists_are_arrays(case):
    found = case.loss(case.logits.tolist(), case.truth.tolist())
    np.testing.assert_array_equal(found, case.loss(case.logits, case.truth))


@core_losses
def test_no_rows_give_no_values(xp, case):
    empty = case.logits[:0], case.truth[:0]
    value, gradient = xp.call_public(case.loss.value_and_gradient, *empty)
    assert value.shape == (0, *case.values_shape[1:])
    assert gradient.shape == (0, 3)


# Dtypes ------------------------------------------------------------------------------------------------


@pytest.mark.of_values
@core_losses
@pytest.mark.parametrize("dtype", [np.float16, np.float32])
def test_results_have_the_dtype_of_the_logits(xp, case, dtype):
    if xp.name == "array-api-strict" and dtype is np.float16:
        pytest.skip("the standard has no half precision")
    logits = case.logits.astype(dtype)
    value, gradient = xp.call_public(case.loss.value_and_gradient, logits, case.truth)
    assert value.dtype == gradient.dtype == dtype
    assert_within(4, value, case.loss(logits.astype(float), case.truth), flushes=xp.flushes)


def test_half_precision_is_summed_in_32_bits(xp):
    if xp.name == "array-api-strict":
        pytest.skip("the standard has no half precision")
    logits = np.zeros((1, 70_000), dtype=np.float16)
    found = xp.call_public(losses.softmax_cross_entropy, logits, np.asarray([5]))
    assert found.dtype == np.float16
    assert found == np.float16(np.log(70_000))


@pytest.mark.parametrize("library", ["torch", "jax"])
def test_bfloat16_is_computed_in_32_bits(library):
    xp = array_library(library)
    logits = xp.namespace.zeros((1, 5000), dtype=xp.namespace.bfloat16)
    found = losses.softmax_cross_entropy(logits, xp.from_numpy(np.asarray([7])))
    assert found.dtype == xp.namespace.bfloat16
    assert abs(float(found[0]) - np.log(5000)) <= 2**-5


@core_of_labels
@pytest.mark.parametrize("dtype", [np.int8, np.uint8, np.int32, np.uint64])
def test_labels_are_integers_of_any_width(xp, case, dtype):
    logits = np.random.default_rng(3).standard_normal((2, 1000))
    labels = np.asarray([0, 101])
    found = xp.call_public(case.loss, logits, labels.astype(dtype))
    np.testing.assert_array_equal(found, xp.call_public(case.loss, logits, labels))


@core_of_events
@pytest.mark.parametrize("dtype", [bool, np.int8, np.int64, np.float32])
def test_hard_targets_of_a_sigmoid_are_0_and_1_in_any_dtype(xp, case, dtype):
    truth = np.asarray([[0, 1, 1], [1, 0, 0]])
    found = xp.call_public(case.loss, case.logits, truth.astype(dtype))
    np.testing.assert_array_equal(found, xp.call_public(case.loss, case.logits, truth.astype(float)))


# Weights ------------------------------------------------------------------------------------------------


@core_losses
def test_a_weight_multiplies_every_quantity_of_its_row(xp, case):
    weight = np.asarray([0.5, 4.0] if len(case.values_shape) == 1 else [[0.5, 2.0, 1.0], [4.0, 0.25, 8.0]])
    for function in (case.loss.value_and_gradient, case.loss.hessian):
        plain = xp.call_public(function, case.logits, case.truth)
        weighted = xp.call_public(function, case.logits, case.truth, sample_weight=weight)
        for some, more in zip(parts(plain), parts(weighted), strict=True):
            np.testing.assert_array_equal(more, weight[(..., *[None] * (some.ndim - weight.ndim))] * some)
    args = case.logits, case.truth, case.logits[::-1]
    plain = xp.call_public(case.loss.hessian_vector_product, *args)
    weighted = xp.call_public(case.loss.hessian_vector_product, *args, sample_weight=weight)
    np.testing.assert_array_equal(weighted, weight[(..., *[None] * (plain.ndim - weight.ndim))] * plain)


@core_losses
def test_a_row_of_weight_0_costs_0_and_is_not_read(xp, case):
    logits, truth = case.logits.copy(), case.truth.copy()
    logits[0] = np.nan
    truth[0] = -100
    weight = np.zeros(case.values_shape)
    weight[1] = 1
    vectors = np.where(np.isnan(logits), np.nan, [1.0, 2.0, -3.0])
    for name, function in quantities(case).items():
        call = function if name != ".hessian_vector_product" else case.loss.hessian_vector_product
        args = (logits, truth) if name != ".hessian_vector_product" else (logits, truth, vectors)
        results = xp.call_public(call, *args, sample_weight=weight)
        for result in parts(results):
            np.testing.assert_array_equal(result[0], np.zeros_like(result[0]))
            assert np.isfinite(result[1]).all()
            assert (result[1] != 0).any()


@parametrize(OF_LABELS)
def test_a_row_of_weight_0_has_no_derivative_either(case):
    torch = pytest.importorskip("torch")
    logits = torch.tensor([[np.nan, 0.25, 0.5], [0.0, 0.25, 0.5]], requires_grad=True)
    case.loss(logits, torch.tensor([-100, 1]), sample_weight=torch.tensor([0.0, 1.0])).sum().backward()
    np.testing.assert_array_equal(logits.grad[0], np.zeros(3))
    assert torch.isfinite(logits.grad).all()


# Refusals -----------------------------------------------------------------------------------------------


def assert_refused(kind, text, function, *args, **keywords):
    with pytest.raises(kind) as caught:
        function(*args, **keywords)
    assert str(caught.value) == text


@core_losses
def test_each_quantity_names_itself(case):
    for name, function in quantities(case).items():
        with pytest.raises(DTypeError) as caught:
            function(case.logits.astype(int), case.truth)
        assert str(caught.value) == f"{case.name}{name}: `logits` must be real floating; got int64."


@parametrize(OF_LABELS)
def test_labels_that_are_no_integers_are_refused(case):
    assert_refused(
        DTypeError,
        f"{case.name}: `labels` must be integral; got float64. "
        "Did you mean targets of shape (N, K)? They go to a loss whose name ends in `_of_targets`.",
        case.loss,
        case.logits,
        np.asarray([0.0, 1.0]),
    )
    assert_refused(
        DTypeError,
        f"{case.name}.gradient: `labels` must be integral; got bool. "
        "Use `sigmoid_cross_entropy` for one logit per row, or convert the labels to integers.",
        case.loss.gradient,
        case.logits,
        np.asarray([True, False]),
    )


@core_of_labels
def test_labels_that_are_no_classes_are_refused(xp, case):
    logits = xp.from_numpy(np.zeros((4, 10)))
    assert_refused(
        DomainError,
        f"{case.name}: `labels` must lie in 0..9; got 10, first at index (2,). "
        "2 of 4 labels do not; they reach from -1 to 10. "
        "To leave rows out, name their label in `ignored_label`, or give them weight 0.",
        case.loss,
        logits,
        xp.from_numpy(np.asarray([0, 9, 10, -1])),
    )
    assert_refused(
        DomainError,
        f"{case.name}: `labels` must lie in 0..9 where the weight is positive; "
        "got -100, first at index (3,). "
        "1 of 3 labels does not; they reach from -100 to 9. "
        "To leave rows out, name their label in `ignored_label`, or give them weight 0.",
        case.loss,
        logits,
        xp.from_numpy(np.asarray([0, 9, 10, -100])),
        sample_weight=xp.from_numpy(np.asarray([1.0, 1.0, 0.0, 1.0])),
    )


@parametrize(OF_LABELS)
def test_labels_of_another_shape_are_refused(case):
    first = "cosines" if case.loss.facts.domain == "cosines" else "logits"
    assert_refused(
        ShapeError,
        f"{case.name}: `labels` must have shape (2,), that of `{first}` without its last axis; got (2, 1). "
        "Drop the extra axis with `labels[..., 0]`.",
        case.loss,
        case.logits,
        case.truth[:, None],
    )


@parametrize(tuple(case for case in CORE if case not in OF_LABELS))
def test_targets_of_another_shape_are_refused(case):
    assert_refused(
        ShapeError,
        f"{case.name}: `targets` must have shape (2, 3), that of `logits`; got (2,).",
        case.loss,
        case.logits,
        case.truth[:, 0],
    )


@core_of_targets
def test_targets_that_are_no_distributions_are_refused(xp, case):
    logits = xp.from_numpy(case.logits)
    assert_refused(
        DomainError,
        f"{case.name}: `targets` must be >= 0; got -0.25, first at index (1, 2).",
        case.loss,
        logits,
        xp.from_numpy(np.asarray([[0.5, 0.5, 0.0], [1.0, 0.25, -0.25]])),
    )
    hint = "If they are counts, divide each row by its sum and multiply its weight by it."
    assert_refused(
        DomainError,
        f"{case.name}: `targets` must sum to 1 over the last axis; got 6, first at index (1,). {hint}",
        case.loss,
        logits,
        xp.from_numpy(np.asarray([[0.5, 0.5, 0.0], [1.0, 2.0, 3.0]])),
    )
    assert_refused(
        DomainError,
        f"{case.name}: `targets` must sum to 1 over the last axis where the weight is positive; "
        f"got 0, first at index (1,). {hint}",
        case.loss,
        logits,
        xp.from_numpy(np.asarray([[5.0, 5.0, 0.0], [0.0, 0.0, 0.0]])),
        sample_weight=xp.from_numpy(np.asarray([0.0, 1.0])),
    )


def is_refused(case, targets):
    try:
        case.loss(case.logits, targets)
    except DomainError:
        return True
    return False


@core_of_targets
def test_the_sum_of_targets_is_checked_to_half_their_digits(case):
    for dtype, slack in ((np.float32, 3e-4), (np.float64, 1e-8)):
        inside, outside = (
            np.asarray([[0.5, 0.5, 0.0], [0.5 + f * slack, 0.5, 0.0]], dtype=dtype) for f in (1, 2)
        )
        assert not is_refused(case, inside)
        assert is_refused(case, outside)


@core_of_targets
def test_nan_among_the_targets_is_refused(case):
    with pytest.raises(DomainError, match="`targets` must be >= 0; got nan"):
        case.loss(case.logits, np.where(np.eye(3)[:2] == 1, np.nan, 0.5))


@core_of_events
@pytest.mark.parametrize(("target", "shown"), [(1.5, "1.5"), (-0.25, "-0.25"), (np.nan, "nan"), (2, "2")])
def test_targets_beyond_0_and_1_are_refused(xp, case, target, shown):
    truth = np.asarray([[0, 1, 0], [0, target, 1]])
    assert_refused(
        DomainError,
        f"{case.name}: `targets` must lie in [0, 1]; got {shown}, first at index (1, 1). "
        "To leave a row out, give it weight 0 in `sample_weight`.",
        case.loss,
        xp.from_numpy(case.logits),
        xp.from_numpy(truth),
    )


@parametrize(tuple(case for case in CORE if case in OF_CLASSES))
@pytest.mark.parametrize("shape", [(), (2, 0)])
def test_logits_without_classes_are_refused(case, shape):
    assert_refused(
        ShapeError,
        f"{case.name}: `logits` must have at least one class on its last axis; got shape {shape}.",
        case.loss,
        np.zeros(shape),
        case.truth,
    )


@core_losses
def test_weights_without_a_meaning_are_refused(xp, case):
    rows = case.values_shape
    for wrong in (-1.0, np.nan, np.inf):
        weight = np.ones(rows)
        weight[1] = wrong
        index = (1,) if len(rows) == 1 else (1, 0)
        assert_refused(
            DomainError,
            f"{case.name}: `sample_weight` must be finite and >= 0; got {wrong:g}, first at index {index}.",
            case.loss,
            xp.from_numpy(case.logits),
            xp.from_numpy(case.truth),
            sample_weight=xp.from_numpy(weight),
        )
    with pytest.raises(ShapeError, match=r"`sample_weight` must have shape .*, one factor for each row; got"):
        case.loss(case.logits, case.truth, sample_weight=np.ones(7))
    with pytest.raises(
        DTypeError, match="`sample_weight` must be real floating or integral or bool; got comp"
    ):
        case.loss(case.logits, case.truth, sample_weight=np.ones(rows, dtype=complex))


@core_losses
def test_vectors_of_another_shape_or_kind_are_refused(case):
    function = case.loss.hessian_vector_product
    assert_refused(
        ShapeError,
        f"{case.name}.hessian_vector_product: `vectors` must have shape (2, 3), that of `logits`; got (3,).",
        function,
        case.logits,
        case.truth,
        np.ones(3),
    )
    with pytest.raises(DTypeError, match="`vectors` must be real floating; got int64"):
        function(case.logits, case.truth, np.ones((2, 3), dtype=int))


@core_losses
def test_arrays_of_two_libraries_are_refused(case):
    torch = pytest.importorskip("torch")
    with pytest.raises(DTypeError, match=f"{case.name}: `arrays` must be arrays of one library; got numpy"):
        case.loss(case.logits, torch.tensor(case.truth))


@core_losses
def test_a_numpy_truth_joins_the_library_of_the_logits(xp, case):
    value = case.loss(xp.from_numpy(case.logits), case.truth)
    assert type(value) is type(xp.from_numpy(case.logits))
    np.testing.assert_allclose(xp.to_numpy(value), case.loss(case.logits, case.truth), rtol=1e-5)


# Frameworks ----------------------------------------------------------------------------------------------


@core_losses
def test_values_that_are_not_on_the_host_are_not_looked_at(case):
    torch = pytest.importorskip("torch")
    logits, truth = torch.tensor(case.logits).to("meta"), torch.tensor(case.truth).to("meta")
    weight = torch.full(case.values_shape, -1.0, device="meta")
    value, gradient = case.loss.value_and_gradient(logits, truth, sample_weight=weight)
    assert value.device.type == gradient.device.type == "meta"
    assert gradient.shape == case.logits.shape


@core_losses
def test_a_hessian_lies_on_the_device_of_the_logits(case):
    torch = pytest.importorskip("torch")
    logits, truth = torch.tensor(case.logits).to("meta"), torch.tensor(case.truth).to("meta")
    options = {"temperature": 2.0} if hasattr(case.loss, "temperature") else {}
    assert case.loss.hessian(logits, truth, **options).device.type == "meta"


def test_jax_without_64_bits_is_served_without_a_warning():
    pytest.importorskip("jax")
    code = (
        "import jax.numpy as np, warnings; warnings.simplefilter('error');"
        "from xent.losses import softmax_cross_entropy as loss;"
        "print(loss.value_and_gradient(np.asarray([[50.0, 0.0]]), np.asarray([0]))[0])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[1.9287499e-22]"
