"""What the losses with a margin promise beyond what holds for every loss."""

import math

import numpy as np
import pytest
from mpmath import acos, cos, mp, mpf
from tests.array_libraries import array_library
from tests.losses.every_loss import parts
from tests.relative_error import assert_within

from xent.errors import DomainError
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


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("loss", [arcface, combined_margin, sphereface], ids=lambda loss: loss.name)
def test_derivatives_at_the_ends_are_finite_and_those_beside_them(xp, loss, dtype):
    ends = np.asarray([[1.0, 0.9], [-1.0, 0.9]], dtype=dtype)
    beside = np.where(np.abs(ends) == 1, np.nextafter(ends, dtype(0)), ends)
    labels = np.zeros(2, dtype=int)
    vectors = np.asarray([[0.5, 0.25]] * 2, dtype=dtype)

    def derivatives(logits, labels, vectors):
        """Of all orders in one function, so that JAX compiles once."""
        product = loss.hessian_vector_product(logits, labels, vectors)
        return loss.gradient(logits, labels), loss.hessian(logits, labels), product

    at_ends = xp.call_public(derivatives, ends, labels, vectors)
    for at_end, near in zip(at_ends, derivatives(beside, labels, vectors), strict=True):
        assert np.isfinite(at_end).all()
        assert (at_end != 0).any()
        # The value itself, at an infinite slope, differs by the root of a unit.
        np.testing.assert_allclose(at_end, near, rtol=64 * np.sqrt(np.finfo(dtype).eps))


def test_values_at_the_ends_are_exact():
    value = arcface(np.asarray([[1.0, 0.5]]), np.asarray([0]), scale=1)
    assert_within(2, value, np.log1p(np.exp([0.5 - math.cos(0.5)])))
    value = sphereface(np.asarray([[-1.0, 0.0], [1.0, 0.0]]), np.asarray([0, 0]), scale=1)
    assert_within(2, value, np.log1p(np.exp([7.0, -1.0])))


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


def test_the_second_derivative_near_1_keeps_its_digits():
    angle = 1e-6
    margin = AngularMargin(multiplier=1.5)
    bend = margin.of(double_word(np.asarray(math.cos(angle)), xp=np), xp=np).second_derivative
    # m^2 (m^2 - 1) / 3, its limit at 1
    np.testing.assert_allclose(bend, 1.5**2 * (1.5**2 - 1) / 3, rtol=1e-11)


# Arguments -------------------------------------------------------------------------------------------------


@pytest.mark.of_values
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


# Norms ------------------------------------------------------------------------------------------------------
