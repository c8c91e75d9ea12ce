"""What contrastive losses promise: of all rows at once what the tests of `every_loss` say of single ones."""

import pickle
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from mpmath import mp, mpf
from tests.array_libraries import array_library
from tests.relative_error import Exact, assert_within

from xent.errors import DomainError, DTypeError, ShapeError
from xent.losses import (
    InfoNCE,
    NTXent,
    SupervisedContrastive,
    info_nce,
    nt_xent,
    supervised_contrastive,
)

# Of PyTorch's own making, on the first use of a transform or of its compiler.
pytestmark = [
    pytest.mark.filterwarnings("ignore:.*torch.jit.script:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:.*should not be instantiated:DeprecationWarning"),
]

WEIGHT = np.asarray([1.0, 2.5, 0.0, 0.5])


@dataclass(frozen=True)
class Case:
    """A loss as a function of its arrays of embeddings, the first of which are the anchors."""

    name: str
    loss: Any
    arrays: tuple[np.ndarray, ...]
    truth: np.ndarray | None = None

    def arguments(self, arrays):
        """Positional and named arguments for other embeddings."""
        if self.truth is not None:
            return (arrays[0], self.truth), {}
        return tuple(arrays[:2]), {"negatives": arrays[2]} if len(arrays) == 3 else {}

    def ask(self, name, *more, arrays=None, **named):
        """Result of the function called `name`, always as if there were several arrays."""
        positional, negatives = self.arguments(self.arrays if arrays is None else arrays)
        # Vectors come as a tuple, and go to a loss of one array as that.
        more = [arrays[0] if self.truth is not None else arrays for arrays in more]
        return getattr(self.loss, name)(*positional, *more, **negatives, **named)

    def value_and_gradients(self, *positional, **named):
        """Value and gradients in one tuple."""
        value, gradient = self.loss.value_and_gradient(*positional, **named)
        return value, *self.parts(gradient)

    def parts(self, result):
        """A gradient as a tuple."""
        return result if isinstance(result, tuple) else (result,)


def embeddings(*shape, seed=20261210):
    return np.random.default_rng(seed).standard_normal(shape) + 0.25


def cases_of(parameters):
    single = np.asarray([5, 5, -1, 5])
    return (
        Case("info_nce", InfoNCE(**parameters), (embeddings(4, 3), embeddings(4, 3, seed=1))),
        Case(
            "info_nce with negatives",
            InfoNCE(**parameters),
            (embeddings(4, 3), embeddings(4, 3, seed=1), embeddings(5, 3, seed=2)),
        ),
        Case("nt_xent", NTXent(**parameters), (embeddings(4, 3),), np.asarray([2, 3, 0, 1])),
        Case(
            "supervised_contrastive",
            SupervisedContrastive(**parameters, on_single="zero"),
            (embeddings(4, 3),),
            single,
        ),
    )


CASES = tuple(
    Case(f"{case.name}, {'normalised' if normalize else 'plain'}", case.loss, case.arrays, case.truth)
    for normalize in (True, False)
    for case in cases_of({"temperature": 0.4, "normalize": normalize})
)
every_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
losses = pytest.mark.parametrize("case", CASES[:4], ids=lambda case: case.name)


def definition(case, arrays, temperature, *, exp=np.exp, log=np.log, total=sum):
    """Values as the papers write them, from rows of numbers."""
    anchors, values = arrays[0], []
    for i, anchor in enumerate(anchors):
        if case.truth is None:
            own = arrays[1][i]
            others = list(arrays[2]) if len(arrays) == 3 else [k for j, k in enumerate(arrays[1]) if j != i]
            candidates, found = [own, *others], [own]
        else:
            candidates = [row for k, row in enumerate(anchors) if k != i]
            same = [case.truth[i]] if "nt_xent" in case.name else np.flatnonzero(case.truth == case.truth[i])
            found = [anchors[k] for k in same if k != i]
        products = [total(a * b for a, b in zip(anchor, row, strict=True)) for row in candidates]
        everything = total(exp(product / temperature) for product in products)
        shares = [
            log(everything) - total(a * b for a, b in zip(anchor, row, strict=True)) / temperature
            for row in found
        ]
        values.append(total(shares) / len(shares) if shares else 0)
    return values


def normalised(array):
    return array / np.linalg.norm(array, axis=-1, keepdims=True)


# Definitions ------------------------------------------------------------------------------------------------


@every_case
def test_the_definitions_as_written_hold(case):
    arrays = [normalised(array) if case.loss.normalize else array for array in case.arrays]
    found = case.ask("__call__", sample_weight=WEIGHT)
    np.testing.assert_allclose(found, WEIGHT * definition(case, arrays, 0.4), rtol=1e-10)


def exact_cases():
    """Embeddings whose similarities are floats, some of them of rows that are sure."""
    rng = np.random.default_rng(20261211)
    for size in (2, 12):
        for case in cases_of({"temperature": 0.25, "normalize": False}):
            arrays = tuple(rng.integers(-size, size + 1, size=array.shape) / 2 for array in case.arrays)
            yield Case(f"{case.name}, size {size}", case.loss, arrays, case.truth)


@pytest.mark.parametrize("case", list(exact_cases()), ids=lambda case: case.name)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_values_and_gradients_of_exact_similarities_are_within_8_units(case, dtype):
    def total(arrays):
        return sum(definition(case, arrays, mpf("0.25"), exp=mp.exp, log=mp.log, total=mp.fsum))

    with mp.workdps(700):
        rows = [[[mpf(float(x)) for x in row] for row in array] for array in case.arrays]
        truth = definition(case, rows, mpf("0.25"), exp=mp.exp, log=mp.log, total=mp.fsum)
        slopes = [
            [[difference(total, rows, (place, i, k)) for k in range(3)] for i in range(len(array))]
            for place, array in enumerate(rows)
        ]
        truth, slopes = as_exact(truth), [as_exact(slope) for slope in slopes]
    arrays = [array.astype(dtype) for array in case.arrays]
    value, gradient = case.ask("value_and_gradient", arrays=arrays)
    assert_within(8, value, truth)
    for mine, slope in zip(case.parts(gradient), slopes, strict=True):
        scale = np.full(slope.hi.shape, np.abs(slope.hi).max())
        assert_within(8, mine, slope, scale=scale)


def difference(function, rows, place):
    step, found = mpf(10) ** -100, []
    for sign in (1, -1):
        moved = [[list(row) for row in array] for array in rows]
        array, i, k = place
        moved[array][i][k] += sign * step
        found.append(function(moved))
    return (found[0] - found[1]) / (2 * step)


def as_exact(numbers):
    if not isinstance(numbers, list):
        hi = float(numbers)
        return Exact(np.asarray(hi), np.asarray(float(numbers - mpf(hi))))
    parts = [as_exact(number) for number in numbers]
    return Exact(np.stack([p.hi for p in parts]), np.stack([p.lo for p in parts]))


# Relations --------------------------------------------------------------------------------------------------


def test_pairs_as_labels_are_partners():
    rows = embeddings(6, 4)
    partners, labels = np.asarray([3, 4, 5, 0, 1, 2]), np.asarray([7, 8, 9, 7, 8, 9])
    for mine, yours in zip(
        nt_xent.value_and_gradient(rows, partners),
        supervised_contrastive.value_and_gradient(rows, labels),
        strict=True,
    ):
        np.testing.assert_allclose(mine, yours, rtol=1e-13, atol=1e-15)


def test_rows_that_are_alike_cost_the_logarithm_of_their_number():
    rows = np.full((5, 2), 3.0)
    np.testing.assert_allclose(info_nce(rows, rows), np.log(5), rtol=1e-15)
    np.testing.assert_allclose(nt_xent(rows, np.asarray([1, 0, 3, 2, 0])), np.log(4), rtol=1e-15)
    np.testing.assert_allclose(
        supervised_contrastive(rows, np.asarray([1, 1, 2, 2, 2])), np.log(4), rtol=1e-15
    )
    assert info_nce(rows[:1], rows[:1]) == 0
    np.testing.assert_array_equal(nt_xent(rows[:2], np.asarray([1, 0])), 0)


@losses
def test_the_length_of_a_row_is_nothing_if_it_is_normalised(case):
    value, gradient = case.ask("value_and_gradient")
    for factor in (2.0**600, 2.0**-600):
        scaled = [array * factor for array in case.arrays]
        other, slope = case.ask("value_and_gradient", arrays=scaled)
        np.testing.assert_array_equal(other, value)
        for mine, plain in zip(case.parts(slope), case.parts(gradient), strict=True):
            np.testing.assert_allclose(mine * factor, plain, rtol=1e-12)


# Derivatives ------------------------------------------------------------------------------------------------


@every_case
def test_gradient_product_and_hessian_agree_with_central_differences(case):
    moves = [np.random.default_rng(k).standard_normal(array.shape) for k, array in enumerate(case.arrays)]

    def moved(step):
        return [array + step * move for array, move in zip(case.arrays, moves, strict=True)]

    def slope(function):
        step = 1e-4
        near, far = (function(moved(k * step)) - function(moved(-k * step)) for k in (1, 2))
        return (8 * near - far) / (12 * step)

    gradients = case.parts(case.ask("gradient", sample_weight=WEIGHT))
    along = sum((g * move).sum() for g, move in zip(gradients, moves, strict=True))
    found = slope(lambda arrays: case.ask("__call__", arrays=arrays, sample_weight=WEIGHT).sum())
    np.testing.assert_allclose(along, found, rtol=1e-9)
    products = case.parts(case.ask("hessian_vector_product", tuple(moves), sample_weight=WEIGHT))
    for place, product in enumerate(products):
        near = slope(
            lambda arrays, place=place: case.parts(case.ask("gradient", arrays=arrays, sample_weight=WEIGHT))[
                place
            ]
        )
        np.testing.assert_allclose(product, near, rtol=1e-7, atol=1e-8)
    blocks = case.ask("hessian", sample_weight=WEIGHT)
    blocks = blocks if isinstance(blocks, tuple) else ((blocks,),)
    for row, product in zip(blocks, products, strict=True):
        total = sum(np.tensordot(block, move, axes=2) for block, move in zip(row, moves, strict=True))
        np.testing.assert_allclose(total, product, rtol=1e-10, atol=1e-12)


def in_library(case, xp, arrays, weight):
    """The weighted sum, of arrays of a library."""
    if case.truth is not None:
        return case.loss(arrays[0], xp.from_numpy(case.truth), sample_weight=weight).sum()
    more = {"negatives": arrays[2]} if len(arrays) == 3 else {}
    return case.loss(*arrays[:2], sample_weight=weight, **more).sum()


@every_case
def test_torch_differentiates_and_compiles_to_the_closed_forms(case):
    torch = pytest.importorskip("torch")
    xp = array_library("torch")
    weight, arrays = torch.tensor(WEIGHT), [torch.tensor(array) for array in case.arrays]
    gradients = case.parts(case.ask("gradient", sample_weight=WEIGHT))
    places = tuple(range(len(arrays)))
    torch.compiler.reset()
    for function in (
        lambda *arrays: in_library(case, xp, arrays, weight),
        torch.compile(
            lambda *arrays: in_library(case, xp, arrays, weight), fullgraph=True, backend="aot_eager"
        ),
    ):
        leaves = [array.clone().requires_grad_() for array in arrays]
        function(*leaves).backward()
        for leaf, gradient in zip(leaves, gradients, strict=True):
            np.testing.assert_allclose(leaf.grad, gradient, rtol=1e-11, atol=1e-14)
    twice = torch.func.hessian(lambda *arrays: in_library(case, xp, arrays, weight), argnums=places)(*arrays)
    blocks = case.ask("hessian", sample_weight=WEIGHT)
    blocks = blocks if isinstance(blocks, tuple) else ((blocks,),)
    for found, row in zip(twice, blocks, strict=True):
        for mine, block in zip(found, row, strict=True):
            np.testing.assert_allclose(mine, block, rtol=1e-9, atol=1e-12)


@every_case
def test_jax_differentiates_under_jit_and_vmap(case):
    jax = pytest.importorskip("jax")
    xp = array_library("jax")
    weight, gradients = xp.from_numpy(WEIGHT), case.parts(case.ask("gradient", sample_weight=WEIGHT))
    places = tuple(range(len(case.arrays)))
    slope = jax.grad(lambda *arrays: in_library(case, xp, arrays, weight), argnums=places)
    stacked = [np.stack([array, 2 * array]) for array in case.arrays]
    found = jax.jit(jax.vmap(slope))(*stacked)
    for mine, gradient in zip(found, gradients, strict=True):
        np.testing.assert_allclose(mine[0], gradient, rtol=1e-11, atol=1e-14)


@losses
def test_the_temperature_has_a_finite_derivative(case):
    """Of ``-inf`` over the temperature it would be nan, for those who mask before they divide."""
    torch = pytest.importorskip("torch")
    xp = array_library("torch")
    temperature = torch.tensor(0.4, dtype=torch.float64, requires_grad=True)
    positional, named = case.arguments(case.arrays)
    named = {name: xp.from_numpy(array) for name, array in named.items()}
    case.loss(*map(xp.from_numpy, positional), temperature=temperature, **named).sum().backward()
    step = 1e-5
    high, low = (case.ask("__call__", temperature=0.4 + s).sum() for s in (step, -step))
    np.testing.assert_allclose(temperature.grad, (high - low) / (2 * step), rtol=1e-8)


# Rows that are alone, and weights ---------------------------------------------------------------------------


@losses
def test_a_weight_is_a_factor_of_an_anchor_which_stays_a_candidate(case):
    values = case.ask("__call__")
    np.testing.assert_array_equal(case.ask("__call__", sample_weight=WEIGHT), WEIGHT * values)
    total = case.ask("total", sample_weight=WEIGHT)
    np.testing.assert_allclose(total.sum, (WEIGHT * values).sum(), rtol=1e-15)
    counts = WEIGHT if "supervised" not in case.name else WEIGHT * [1, 1, 0, 1]
    np.testing.assert_allclose(case.ask("mean", sample_weight=WEIGHT), total.sum / counts.sum(), rtol=1e-15)
    only_first = np.asarray([1.0, 0.0, 0.0, 0.0])
    gradient = case.parts(case.ask("gradient", sample_weight=only_first))[-1]
    assert (np.abs(gradient[1:]) > 0).any()


@losses
def test_truth_values_are_weights(case):
    np.testing.assert_array_equal(
        case.ask("__call__", sample_weight=WEIGHT > 0), case.ask("__call__", sample_weight=(WEIGHT > 0) * 1.0)
    )


# What every loss does ---------------------------------------------------------------------------------------


@losses
def test_a_loss_is_a_frozen_value_that_can_be_pickled(case):
    assert pickle.loads(pickle.dumps(case.loss)) == case.loss  # noqa: S301 - written a moment ago
    assert repr(type(case.loss)()) == f"{type(case.loss).__name__}()"
    assert "temperature=0.4" in repr(case.loss)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_all_libraries_agree(xp, dtype):
    eps = np.finfo(dtype).eps
    for case in CASES:
        positional, named = case.arguments([array.astype(dtype) for array in case.arrays])
        value, *gradients = xp.call_public(case.value_and_gradients, *positional, **named)
        truth, slopes = case.ask("value_and_gradient")
        np.testing.assert_allclose(value, truth, rtol=64 * eps)
        for mine, slope in zip(gradients, case.parts(slopes), strict=True):
            assert mine.dtype == value.dtype == dtype
            np.testing.assert_allclose(mine, slope, rtol=1e3 * eps, atol=64 * eps)


@losses
def test_leading_axes_are_free(case):
    arrays = [np.stack([array, 0.5 + array]) for array in case.arrays]
    positional, named = case.arguments(arrays)
    if case.truth is not None:
        positional = arrays[0], np.stack([case.truth] * 2)
    value, gradient = case.loss.value_and_gradient(*positional, **named)
    hessian = case.loss.hessian(*positional, **named)
    plain, slopes = case.ask("value_and_gradient")
    np.testing.assert_allclose(value[0], plain, rtol=1e-12)
    for mine, slope in zip(case.parts(gradient), case.parts(slopes), strict=True):
        np.testing.assert_allclose(mine[0], slope, rtol=1e-10, atol=1e-13)
    block = hessian[0][0] if isinstance(hessian, tuple) else hessian
    first = case.ask("hessian")
    first = first[0][0] if isinstance(first, tuple) else first
    np.testing.assert_allclose(block[0], first, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("name", ["float16", "bfloat16"])
@losses
def test_half_precision_is_computed_in_32_bits_and_rounded_once(case, name):
    torch = pytest.importorskip("torch")
    half = [torch.tensor(array).to(getattr(torch, name)) for array in case.arrays]
    truth = None if case.truth is None else torch.tensor(case.truth)

    def ask(arrays):
        positional, named = Case("", case.loss, (), truth).arguments(arrays)
        value, gradient = case.loss.value_and_gradient(*positional, **named)
        return value, *case.parts(gradient)

    for found, wide in zip(ask(half), ask([array.to(torch.float32) for array in half]), strict=True):
        assert found.dtype == half[0].dtype
        assert torch.equal(found, wide.to(half[0].dtype))


def test_nan_is_in_all_that_have_it_for_a_candidate():
    rows, partners = embeddings(4, 3), np.asarray([2, 3, 0, 1])
    rows[1, 0] = np.nan
    assert np.isnan(nt_xent(rows, partners)).all()
    np.testing.assert_array_equal(np.isnan(info_nce(rows, embeddings(4, 3))), [False, True, False, False])


def assert_refused(kind, text, function, *args, **keywords):
    with pytest.raises(kind) as caught:
        function(*args, **keywords)
    assert str(caught.value) == text


def test_arguments_that_do_not_fit_are_refused():
    rows = embeddings(4, 3)
    assert_refused(
        DTypeError,
        "info_nce: `keys` must be real floating; got int64.",
        info_nce,
        rows,
        np.ones((4, 3), dtype=int),
    )
    assert_refused(
        ShapeError,
        "info_nce: `keys` must have shape (4, 3), that of `queries`; got (5, 3).",
        info_nce,
        rows,
        embeddings(5, 3),
    )
    assert_refused(
        ShapeError,
        "info_nce: `negatives` must have shape (4, 3) but for the number of rows; got shape (5, 2).",
        info_nce,
        rows,
        rows,
        negatives=embeddings(5, 2),
    )
    assert_refused(
        ShapeError,
        "info_nce: `queries` must have shape (..., n, D), neither of them 0; got shape (0, 3).",
        info_nce,
        rows[:0],
        rows[:0],
    )
    for loss in (nt_xent, supervised_contrastive):
        assert_refused(
            ShapeError,
            f"{loss.name}: `embeddings` must have at least two rows: one has nothing to find; "
            "got shape (1, 3).",
            loss,
            rows[:1],
            np.asarray([0]),
        )
    for wrong in (0.0, -1.0, np.nan, np.inf):
        assert_refused(
            DomainError,
            f"info_nce: `temperature` must be positive and finite; got {wrong:g}.",
            info_nce,
            rows,
            rows,
            temperature=wrong,
        )
    assert_refused(
        DomainError,
        "SupervisedContrastive: `on_single` must be one of raise, zero; got 'skip'.",
        SupervisedContrastive,
        on_single="skip",
    )
    assert_refused(
        ShapeError,
        "nt_xent.hessian_vector_product: `vectors` must have shape (4, 3), that of the embeddings; got (3,).",
        nt_xent.hessian_vector_product,
        rows,
        np.asarray([1, 0, 3, 2]),
        np.ones(3),
    )


@losses
def test_an_infinite_coordinate_gives_nan_without_a_warning(case):
    arrays = [array.copy() for array in case.arrays]
    arrays[0][1, 2] = np.inf
    value = case.ask("__call__", arrays=arrays, validate=False)
    assert np.isnan(value[1])
