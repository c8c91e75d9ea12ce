"""What the losses with a margin promise beyond what holds for every loss."""

import math

import numpy as np
import pytest
from mpmath import acos, cos, mp, mpf
from tests.array_libraries import array_library
from tests.central_differences import directional_derivative
from tests.losses.every_loss import parts
from tests.relative_error import assert_within

from xent.errors import DomainError, ShapeError
from xent.formulas.angular_margin import AngularMargin
from xent.losses import (
    ArcFace,
    CombinedMargin,
    CosFace,
    LSoftmax,
    NormalizedSoftmax,
    SoftMarginSoftmax,
    SphereFace,
    arcface,
    combined_margin,
    cosface,
    l_softmax,
    normalized_softmax,
    soft_margin_softmax,
    softmax_cross_entropy,
    sphereface,
)
from xent.precision.double_word import double_word

ON_COSINES = (arcface, combined_margin, cosface, normalized_softmax, sphereface)
on_cosines = pytest.mark.parametrize("loss", ON_COSINES, ids=lambda loss: loss.name)


def random_rows(rows=200, classes=4, *, limit=1.0):
    rng = np.random.default_rng(20261201)
    cosines = rng.uniform(-limit, limit, size=(rows, classes))
    return cosines, rng.integers(0, classes, size=rows)


def assert_same(some, other, *args):
    for mine, yours in zip(some.value_and_gradient(*args), other.value_and_gradient(*args), strict=True):
        np.testing.assert_array_equal(mine, yours)
    np.testing.assert_array_equal(some.hessian(*args), other.hessian(*args))


def assert_refused(kind, text, function, *args, **keywords):
    with pytest.raises(kind) as caught:
        function(*args, **keywords)
    assert str(caught.value) == text


# One family ----------------------------------------------------------------------------------------------


def test_without_a_margin_all_are_the_cross_entropy_of_scaled_cosines():
    cosines, labels = random_rows()
    plain = NormalizedSoftmax(scale=16)
    bare = (
        ArcFace(margin=0, scale=16),
        CosFace(margin=0, scale=16),
        SphereFace(margin=1, scale=16),
        CombinedMargin(angle=0, shift=0, scale=16),
    )
    for loss in bare:
        assert_same(loss, plain, cosines, labels)
    assert_within(2, plain(cosines, labels), softmax_cross_entropy(16 * cosines, labels))
    np.testing.assert_allclose(
        plain.gradient(cosines, labels), 16 * softmax_cross_entropy.gradient(16 * cosines, labels), rtol=1e-14
    )


def test_combined_margins_are_the_single_ones_everywhere():
    cosines, labels = random_rows()
    assert (cosines[np.arange(200), labels] < -np.cos(0.5)).sum() > 5
    assert_same(CombinedMargin(angle=0.5, shift=0), arcface, cosines, labels)
    assert_same(CombinedMargin(angle=0, shift=0.35), cosface, cosines, labels)
    assert_same(CombinedMargin(multiplier=4, angle=0, shift=0, scale=30), sphereface, cosines, labels)


def test_a_soft_margin_is_an_offset_of_the_label_and_0_is_cross_entropy():
    logits, labels = 3 * random_rows()[0], random_rows()[1]
    assert_within(2, soft_margin_softmax(logits, labels, margin=0), softmax_cross_entropy(logits, labels))
    found = soft_margin_softmax.value_and_gradient(logits, labels, margin=0.7)
    offset = -0.7 * np.eye(4)[labels]
    for mine, theirs in zip(
        found, softmax_cross_entropy.value_and_gradient(logits, labels, offset=offset), strict=True
    ):
        np.testing.assert_allclose(mine, theirs, rtol=1e-14)


def test_a_soft_margin_comes_after_temperature_and_mask():
    logits, labels = np.asarray([[4.0, 2.0, 9.0]]), np.asarray([0])
    found = soft_margin_softmax(
        logits, labels, margin=3, temperature=2.0, class_mask=np.asarray([True, True, False])
    )
    np.testing.assert_allclose(found, np.log1p(np.exp(3 - (4 - 2) / 2)), rtol=1e-15)


def test_a_soft_margin_of_large_logits_keeps_its_digits_in_32_bits():
    logits = np.asarray([[1e6, 1e6 - 1]], dtype=np.float32)
    assert_within(4, soft_margin_softmax(logits, np.asarray([0]), margin=0.35), np.log1p(np.exp([-0.65])))


def test_logits_with_norms_are_scaled_cosines_and_a_margin_of_1_is_cross_entropy():
    cosines, labels = random_rows()
    norms = np.full_like(cosines, 8.0)
    np.testing.assert_array_equal(
        l_softmax(8 * cosines, labels, norms=norms), sphereface(cosines, labels, scale=8)
    )
    np.testing.assert_array_equal(
        8 * l_softmax.gradient(8 * cosines, labels, norms=norms),
        sphereface.gradient(cosines, labels, scale=8),
    )
    found = l_softmax(8 * cosines, labels, norms=norms, margin=1)
    assert_within(2, found, softmax_cross_entropy(8 * cosines, labels))


def test_annealing_goes_from_the_plain_cosine_to_the_margin():
    cosines, labels = random_rows()
    plain = normalized_softmax(cosines, labels, scale=30)
    np.testing.assert_allclose(sphereface(cosines, labels, annealing=1e15), plain, rtol=1e-11)
    found = sphereface(np.asarray([[0.5, -1.0]]), np.asarray([0]), margin=2, annealing=3.0, scale=1)
    # psi is cos(120 degrees)
    np.testing.assert_allclose(found, np.log1p(np.exp(-1 - (3 * 0.5 - 0.5) / 4)), rtol=1e-15)


# The margin of ArcFace ------------------------------------------------------------------------------------


def test_arcface_is_the_formula_with_an_arc_cosine_and_has_its_gradient():
    cosines, labels = random_rows(limit=0.8)
    rows = np.arange(200)
    logits = cosines.copy()
    logits[rows, labels] = np.cos(np.arccos(cosines[rows, labels]) + 0.5)
    np.testing.assert_allclose(
        arcface(cosines, labels), softmax_cross_entropy(64 * logits, labels), rtol=1e-11
    )
    gradient = 64 * softmax_cross_entropy.gradient(64 * logits, labels)
    angle = np.arccos(cosines[rows, labels])
    gradient[rows, labels] *= np.sin(angle + 0.5) / np.sin(angle)
    np.testing.assert_allclose(arcface.gradient(cosines, labels), gradient, rtol=1e-11)


def test_the_gradient_of_arcface_has_the_factor_that_others_leave_out():
    cosines, labels = np.asarray([[0.5, 1.0]]), np.asarray([0])
    with_margin = math.cos(math.acos(0.5) + 0.5)
    inner = softmax_cross_entropy.gradient(np.asarray([[with_margin, 1.0]]), labels)
    found = arcface.gradient(cosines, labels, scale=1)
    np.testing.assert_allclose(found / inner, [[1.154379, 1]], rtol=1e-6)


def test_past_pi_arcface_follows_the_line_of_its_code():
    edge = -math.cos(0.5)
    cosines = np.asarray([[np.nextafter(edge, 0), 0.0], [np.nextafter(edge, -1), 0.0], [-1.0, 0.0]])
    value, gradient = arcface.value_and_gradient(cosines, np.zeros(3, dtype=int), scale=1)
    logits = np.asarray([-1, edge - 0.5 * math.sin(0.5), -1 - 0.5 * math.sin(0.5)])
    np.testing.assert_allclose(value, np.log1p(np.exp(-logits)), rtol=1e-15)
    assert np.abs(gradient[0, 0]) < 1e-7
    np.testing.assert_allclose(gradient[1:, 0], -1 / (1 + np.exp(logits[1:])), rtol=1e-15)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("loss", [arcface, combined_margin, sphereface], ids=lambda loss: loss.name)
def test_derivatives_at_the_ends_are_finite_and_those_beside_them(xp, loss, dtype):
    ends = np.asarray([[1.0, 0.9], [-1.0, 0.9]], dtype=dtype)
    beside = np.where(np.abs(ends) == 1, np.nextafter(ends, dtype(0)), ends)
    labels = np.zeros(2, dtype=int)
    vectors = np.asarray([[0.5, 0.25]] * 2, dtype=dtype)
    for name in ("gradient", "hessian", "hessian_vector_product"):
        more = (vectors,) if name == "hessian_vector_product" else ()
        at_end = xp.call_public(getattr(loss, name), ends, labels, *more)
        assert np.isfinite(at_end).all()
        assert (at_end != 0).any()
        near = getattr(loss, name)(beside, labels, *more)
        # The value itself, at an infinite slope, differs by the root of a unit.
        np.testing.assert_allclose(at_end, near, rtol=64 * np.sqrt(np.finfo(dtype).eps))


def test_values_at_the_ends_are_exact():
    value = arcface(np.asarray([[1.0, 0.5]]), np.asarray([0]), scale=1)
    assert_within(2, value, np.log1p(np.exp([0.5 - math.cos(0.5)])))
    value = sphereface(np.asarray([[-1.0, 0.0], [1.0, 0.0]]), np.asarray([0, 0]), scale=1)
    assert_within(2, value, np.log1p(np.exp([7.0, -1.0])))


@pytest.mark.parametrize("library", ["torch", "jax"])
def test_frameworks_differentiate_at_the_ends_where_an_arc_cosine_cannot(library):
    xp = array_library(library)
    cosines, labels = np.asarray([[1.0, 0.9], [-1.0, 0.2]]), np.asarray([0, 0])
    if library == "torch":
        leaf = xp.from_numpy(cosines).requires_grad_()
        arcface(leaf, xp.from_numpy(labels)).sum().backward()
        found = leaf.grad.numpy()
        leaf.grad = None
        (leaf.acos() + 0.5).cos().sum().backward()
        assert not np.isfinite(leaf.grad.numpy()).all()
    else:
        import jax

        found = jax.grad(lambda c: arcface(c, xp.from_numpy(labels)).sum())(cosines)
    np.testing.assert_array_equal(found, arcface.gradient(cosines, labels))


def test_cosines_of_all_digits_keep_those_of_the_loss():
    rng = np.random.default_rng(20261202)
    cosines = np.stack([rng.uniform(0.5, 1, size=60), rng.uniform(-1, 0.3, size=60)], axis=-1)
    cosines[:20, 0] = 1 - rng.uniform(0, 1e-8, size=20)
    norms, labels = rng.uniform(40, 60, size=(60, 2)), np.zeros(60, dtype=int)
    with mp.workdps(120):
        exact = [[mpf(c) for c in row] for row in cosines.tolist()]
        truth = [cost(64 * cos(acos(own) + mpf(0.5)), 64 * other) for own, other in exact]
        assert_within(4, arcface(cosines, labels), truth)
        logits = cosines * norms
        exact = [[mpf(z) for z in row] for row in logits.tolist()]
        truth = [
            cost(n * cos(2 * acos(own / n)), other)
            for (own, other), n in zip(exact, map(mpf, norms[:, 0].tolist()), strict=True)
        ]
        assert_within(4, l_softmax(logits, labels, norms=norms, margin=2), truth)


def cost(own, other):
    return float(mp.log1p(mp.exp(other - own)))


# The margin of SphereFace -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "loss",
    [
        SphereFace(margin=2),
        SphereFace(margin=3),
        SphereFace(margin=4),
        CombinedMargin(multiplier=0.9, angle=0.4, shift=0.15),
        CombinedMargin(multiplier=2.5, angle=1.0, shift=0),
        ArcFace(margin=1.0),
    ],
    ids=repr,
)
def test_a_larger_cosine_never_costs_more(loss):
    cosines = np.stack([np.linspace(-1, 1, 4001), np.full(4001, -0.2)], axis=-1)
    value, gradient = loss.value_and_gradient(cosines, np.zeros(4001, dtype=int))
    assert (np.diff(value) < 0).all()
    assert (gradient[:, 0] <= 0).all()


@pytest.mark.parametrize("margin", [2, 3, 4, 7])
def test_the_multiple_angle_has_no_jump_and_the_square_of_the_margin_for_slope_at_the_ends(margin):
    for k in range(1, margin):
        edge = math.cos(k * math.pi / margin)
        cosines = np.asarray([[edge - 1e-9, 0.0], [edge + 1e-9, 0.0]])
        value, gradient = sphereface.value_and_gradient(cosines, np.asarray([0, 0]), margin=margin, scale=1)
        assert abs(value[0] - value[1]) < 1e-15 * margin**2
        assert np.abs(gradient[:, 0]).max() < 1e-7 * margin**2
    gradient = sphereface.gradient(
        np.asarray([[1.0, 0.0], [-1.0, 0.0]]), np.asarray([0, 0]), margin=margin, scale=1
    )
    p = 1 / (1 + np.exp([1.0, 1.0 - 2 * margin]))
    np.testing.assert_allclose(gradient[:, 0], -(margin**2) * p, rtol=1e-14)


def test_any_multiplier_is_within_4_units_for_each_1_of_the_scale():
    cosines, labels = random_rows(60)
    parameters = {"multiplier": 0.9, "angle": 0.4, "shift": 0.15, "scale": 30.0}
    value = combined_margin(cosines, labels, **parameters)
    with mp.workdps(60):
        truth = [written(row, label, **parameters) for row, label in zip(cosines, labels, strict=True)]
    assert_within(4 * 30, value, truth)


def written(row, label, *, multiplier, angle, shift, scale):
    alpha = mpf(multiplier) * acos(mpf(row[label])) + mpf(angle)
    of_label = (-cos(alpha) - 2 if alpha > mp.pi else cos(alpha)) - mpf(shift)
    logits = [scale * (of_label if k == label else mpf(c)) for k, c in enumerate(row)]
    return float(mp.log(sum(map(mp.exp, logits))) - logits[label])


@pytest.mark.parametrize("multiplier", [0.9, 1.35, 2.5])
def test_any_multiplier_has_the_derivatives_of_its_value(multiplier):
    loss = CombinedMargin(multiplier=multiplier, angle=0.0, shift=0.1, scale=8)
    cosines, labels = random_rows(50, limit=0.95)
    cosines[:3, 0], labels[:3] = (0.9999, 0.999, 0.88), 0
    vectors = np.random.default_rng(4).standard_normal(cosines.shape)
    for value, derivative in (
        (lambda c: loss(c, labels), lambda v: (loss.gradient(cosines, labels) * v).sum(axis=-1)),
        (lambda c: loss.gradient(c, labels), lambda v: loss.hessian_vector_product(cosines, labels, v)),
    ):
        found, near = derivative(vectors), directional_derivative(value, cosines, vectors)
        np.testing.assert_allclose(found, near, rtol=1e-6, atol=1e-6)


def test_the_second_derivative_near_1_keeps_its_digits():
    angle = 1e-6
    margin = AngularMargin(multiplier=1.5)
    bend = margin.of(double_word(np.asarray(math.cos(angle)), xp=np), xp=np).second_derivative
    # m^2 (m^2 - 1) / 3, its limit at 1
    np.testing.assert_allclose(bend, 1.5**2 * (1.5**2 - 1) / 3, rtol=1e-11)


# Arguments -------------------------------------------------------------------------------------------------


@on_cosines
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_cosine_that_rounding_took_beyond_an_end_counts_as_that(xp, loss, dtype):
    over = dtype(1 + np.sqrt(np.finfo(dtype).eps) / 2)
    beyond = np.asarray([[over, -over, 0.3], [-over, 0.2, 0.1]], dtype=dtype)
    at_end = np.clip(beyond, -1, 1)
    labels = np.zeros(2, dtype=int)
    for mine, same in zip(
        parts(xp.call_public(loss.value_and_gradient, beyond, labels)),
        parts(xp.call_public(loss.value_and_gradient, at_end, labels)),
        strict=True,
    ):
        assert np.isfinite(mine).all()
        np.testing.assert_array_equal(mine, same)


@on_cosines
def test_what_is_no_cosine_is_refused_or_nan(loss):
    jax = pytest.importorskip("jax")
    array_library("jax")
    cosines, labels = np.asarray([[0.5, 0.1], [0.5, -1.5]]), np.asarray([0, 0])
    assert_refused(
        DomainError,
        f"{loss.name}.gradient: `cosines` must lie in [-1, 1]; got -1.5, first at index (1, 1). "
        "Divide the features and the class vectors by their norms before their product.",
        loss.gradient,
        cosines,
        labels,
    )
    for value in (jax.jit(loss)(cosines, labels), loss(cosines, labels, validate=False)):
        np.testing.assert_array_equal(np.isnan(value), [False, True])


@on_cosines
def test_nan_gives_nan_and_one_class_costs_nothing(loss):
    assert np.isnan(loss(np.asarray([[0.5, np.nan]]), np.asarray([0]))).all()
    value, gradient = loss.value_and_gradient(np.asarray([[0.3], [-1.0]]), np.asarray([0, 0]))
    np.testing.assert_array_equal(value, 0)
    np.testing.assert_array_equal(gradient, 0)


@on_cosines
def test_class_weights_and_an_ignored_label_count_as_everywhere(loss):
    cosines, labels = random_rows(3, 3)
    labels = np.asarray([2, -1, 0])
    found = loss(cosines, labels, class_weights=[2.0, 3.0, 0.5], ignored_label=-1)
    plain = loss(cosines[[0, 2]], labels[[0, 2]])
    np.testing.assert_array_equal(found, [0.5 * plain[0], 0, 2 * plain[1]])
    mean = loss.mean(cosines, labels, class_weights=[2.0, 3.0, 0.5], ignored_label=-1)
    np.testing.assert_allclose(mean, (found[0] + found[2]) / 2.5, rtol=1e-15)


def test_parameters_outside_their_range_are_refused():
    for make, argument, rule, got in (
        (lambda: ArcFace(margin=math.pi), "margin", "lie in [0, pi), in radians", math.pi),
        (lambda: ArcFace(margin=-0.1), "margin", "lie in [0, pi), in radians", -0.1),
        (lambda: ArcFace(scale=0), "scale", "be positive and finite", 0),
        (lambda: ArcFace(scale=math.inf), "scale", "be positive and finite", math.inf),
        (lambda: ArcFace(sub_centres=0), "sub_centres", "be a whole number >= 1", 0),
        (lambda: CosFace(margin=-1), "margin", "be finite and >= 0", -1),
        (lambda: SphereFace(margin=1.5), "margin", "be a whole number >= 1", 1.5),
        (lambda: SphereFace(annealing=-1.0), "annealing", "be finite and >= 0", -1.0),
        (lambda: CombinedMargin(multiplier=0), "multiplier", "lie in (0, 1000)", 0),
        (lambda: CombinedMargin(angle=4), "angle", "lie in [0, pi), in radians", 4),
        (lambda: CombinedMargin(shift=math.inf), "shift", "be finite and >= 0", math.inf),
        (lambda: LSoftmax(margin=0), "margin", "be a whole number >= 1", 0),
        (lambda: LSoftmax(annealing=math.nan), "annealing", "be finite and >= 0", math.nan),
        (lambda: SoftMarginSoftmax(margin=-2), "margin", "be finite and >= 0", -2),
        (lambda: NormalizedSoftmax(scale=-1), "scale", "be positive and finite", -1),
    ):
        with pytest.raises(DomainError) as caught:
            make()
        assert str(caught.value).endswith(f": `{argument}` must {rule}; got {got!r}.")


# Several centres -------------------------------------------------------------------------------------------


@on_cosines
def test_of_several_centres_the_nearest_counts_and_takes_the_derivatives(xp, loss):
    centres = np.random.default_rng(9).uniform(-0.9, 0.9, size=(5, 4, 3))
    labels = np.asarray([0, 1, 2, 3, 3])
    flat, best = centres.reshape(5, 12), centres.max(axis=-1)
    is_best = centres == best[..., None]
    more = xp.call_public(type(loss)(sub_centres=3).value_and_gradient, flat, labels)
    value, gradient = loss.value_and_gradient(best, labels)
    np.testing.assert_allclose(more[0], value, rtol=1e-13)
    np.testing.assert_allclose(more[1].reshape(5, 4, 3), is_best * gradient[..., None], rtol=1e-12)
    hessian = loss.hessian(flat, labels, sub_centres=3)
    vectors = np.random.default_rng(10).standard_normal(flat.shape)
    product = loss.hessian_vector_product(flat, labels, vectors, sub_centres=3)
    np.testing.assert_allclose((hessian @ vectors[..., None])[..., 0], product, rtol=1e-11, atol=1e-11)
    chosen = hessian.reshape(5, 12, 12)[
        np.broadcast_to(is_best.reshape(5, 12, 1) & is_best.reshape(5, 1, 12), (5, 12, 12))
    ]
    np.testing.assert_allclose(chosen, loss.hessian(best, labels).ravel(), rtol=1e-12, atol=1e-12)


def test_of_tied_centres_the_first_takes_the_gradient():
    gradient = arcface.gradient(np.asarray([[0.3, 0.3, 0.1, 0.1]]), np.asarray([0]), sub_centres=2)
    np.testing.assert_array_equal(gradient == 0, [[False, True, False, True]])


def test_labels_and_columns_count_classes_not_centres():
    cosines = np.zeros((2, 6))
    assert_refused(
        DomainError,
        "arcface: `labels` must lie in 0..1; got 2, first at index (1,). 1 of 2 labels does not; "
        "they reach from 0 to 2. "
        "To leave rows out, name their label in `ignored_label`, or give them weight 0.",
        arcface,
        cosines,
        np.asarray([0, 2]),
        sub_centres=3,
    )
    assert_refused(
        ShapeError,
        "arcface: `cosines` must have a multiple of `sub_centres=4` columns; got shape (2, 6). "
        "The centres of a class lie side by side: reshape (..., K, C) to (..., K * C).",
        arcface,
        cosines,
        np.asarray([0, 1]),
        sub_centres=4,
    )
    found = arcface(cosines, np.asarray([0, 1]), sub_centres=3, class_weights=[1.0, 2.0])
    np.testing.assert_allclose(found[1], 2 * found[0])


# Norms ------------------------------------------------------------------------------------------------------


def test_norms_that_are_none_do_not_fit_or_are_too_small_are_refused():
    logits, labels = np.asarray([[1.0, 2.0], [0.5, -3.5]]), np.asarray([0, 1])
    rule = "be of the shape of `logits`, or broadcast to it"
    assert_refused(
        ShapeError,
        f"l_softmax: `norms` must {rule}; got None. "
        "Pass the product of the norms of each row's features and each class vector.",
        l_softmax,
        logits,
        labels,
    )
    for shape in ((3,), (2, 2, 2)):
        text = f"l_softmax: `norms` must {rule}; got shape {shape}."
        assert_refused(ShapeError, text, l_softmax, logits, labels, norms=np.ones(shape))
    assert_refused(
        DomainError,
        "l_softmax: `norms` must be positive and finite; got 0, first at index (0, 1).",
        l_softmax,
        logits,
        labels,
        norms=np.asarray([4.0, 0.0]),
    )
    assert_refused(
        DomainError,
        "l_softmax: `logits` must lie between `-norms` and `norms`; got -3.5, first at index (1, 1). "
        "They are products of norms of features and class vectors, and logits have no bias.",
        l_softmax,
        logits,
        labels,
        norms=3.0,
    )
    found = l_softmax(logits, labels, norms=3.0, validate=False)
    np.testing.assert_array_equal(np.isnan(found), [False, True])


def test_a_row_that_is_not_read_may_have_any_norm():
    logits, norms = np.asarray([[1.0, 2.0], [np.nan, 5.0]]), np.asarray([[4.0, 4.0], [0.0, np.nan]])
    labels, weight = np.asarray([0, 7]), np.asarray([1.0, 0.0])
    for validate in (False, True):
        value, gradient = l_softmax.value_and_gradient(
            logits, labels, norms=norms, sample_weight=weight, validate=validate
        )
        assert value[0] > 0
        assert value[1] == 0
        np.testing.assert_array_equal(gradient[1], 0)


@pytest.mark.parametrize("library", ["torch", "jax"])
def test_frameworks_follow_the_norms_too(library):
    cosines, labels = random_rows(20, limit=0.9)
    norms = np.random.default_rng(8).uniform(2, 5, size=cosines.shape)
    logits = cosines * norms
    loss = LSoftmax(margin=3, annealing=0.5)
    slope = np.stack(
        [
            directional_derivative(lambda n: loss(logits, labels, norms=n), norms, np.eye(4)[k] + 0 * norms)
            for k in range(4)
        ],
        axis=-1,
    )
    xp = array_library(library)
    if library == "torch":
        leaves = [xp.from_numpy(array).requires_grad_() for array in (logits, norms)]
        loss(leaves[0], xp.from_numpy(labels), norms=leaves[1]).sum().backward()
        of_logits, of_norms = (leaf.grad.numpy() for leaf in leaves)
    else:
        import jax

        total = jax.jit(jax.grad(lambda z, n: loss(z, xp.from_numpy(labels), norms=n).sum(), argnums=(0, 1)))
        of_logits, of_norms = map(np.asarray, total(logits, norms))
    np.testing.assert_allclose(of_logits, loss.gradient(logits, labels, norms=norms), rtol=1e-13)
    np.testing.assert_allclose(of_norms, slope, rtol=1e-6, atol=1e-9)
    assert np.abs(slope).max() > 0.1
