"""Losses of evidence: the clauses of their docstrings, and the Dirichlet distribution that they are about."""

import numpy as np
import pytest
from tests.array_libraries import array_library
from tests.relative_error import assert_within

from xent.errors import DomainError
from xent.formulas.losses.evidential.dirichlet_divergence import DirichletDivergence
from xent.losses import (
    EvidentialCrossEntropy,
    EvidentialLikelihood,
    EvidentialSquaredError,
    evidential_cross_entropy,
    evidential_likelihood,
    evidential_squared_error,
    softmax_cross_entropy,
    softmax_squared_error,
)

EVERY = (evidential_cross_entropy, evidential_likelihood, evidential_squared_error)
CLASSES = (EvidentialCrossEntropy, EvidentialLikelihood, EvidentialSquaredError)
every = pytest.mark.parametrize("loss", EVERY, ids=lambda loss: loss.name)
LOGITS = np.random.default_rng(20261202).standard_normal((4, 3)) * 2 + 0.4
LABELS = np.asarray([0, 1, 2, 1])


def concentrations_of(logits, evidence):
    return 1 + (np.log1p(np.exp(logits)) if evidence == "softplus" else np.exp(logits))


@pytest.mark.parametrize("evidence", ["softplus", "exponential"])
def test_they_are_expectations_under_the_dirichlet_distribution(evidence):
    alpha = concentrations_of(LOGITS[0], evidence)
    draws = np.random.default_rng(5).dirichlet(alpha, size=400_000)
    arguments = LOGITS[:1], LABELS[:1]
    surprisal = -np.log(draws[:, 0])
    error = ((draws - np.eye(3)[0]) ** 2).sum(axis=-1)
    for found, sample in (
        (evidential_cross_entropy(*arguments, evidence=evidence)[0], surprisal),
        (evidential_squared_error(*arguments, evidence=evidence)[0], error),
    ):
        assert abs(found - sample.mean()) < 4 * sample.std() / np.sqrt(len(sample))
    likelihood = -np.log(draws[:, 0].mean())
    np.testing.assert_allclose(evidential_likelihood(*arguments, evidence=evidence)[0], likelihood, rtol=1e-2)


@every
def test_the_regulariser_is_the_same_for_all_and_does_not_see_the_label_s_logit(loss):
    part = loss(LOGITS, LABELS, annealing=1.0) - loss(LOGITS, LABELS)
    of_first = EVERY[0](LOGITS, LABELS, annealing=1.0) - EVERY[0](LOGITS, LABELS)
    np.testing.assert_allclose(part, of_first, rtol=1e-12)
    gradient = loss.gradient(LOGITS, LABELS, annealing=1.0) - loss.gradient(LOGITS, LABELS)
    np.testing.assert_allclose(gradient[np.arange(4), LABELS], 0, atol=1e-16)
    # Evidence against the label is what it is against.
    assert (np.delete(gradient[0], LABELS[0]) != 0).all()


@pytest.mark.of_values
@every
def test_no_evidence_costs_the_same_for_every_label(xp, loss):
    logits = np.full((3, 3), -np.inf)
    value, gradient = xp.call_public(loss.value_and_gradient, logits, np.arange(3))
    limits = (1 + 1 / 2, np.log(3), 2 / 3 * 5 / 4)
    assert_within(4, value, np.full(3, limits[EVERY.index(loss)]))
    np.testing.assert_array_equal(gradient, np.zeros((3, 3)))


@pytest.mark.parametrize("evidence", ["softplus", "exponential"])
@pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: kind.__name__)
def test_an_infinite_logit_gives_nan_without_a_warning(xp, kind, evidence):
    logits = np.asarray([[0.0, np.inf, 1.0], [np.inf] * 3, [0.0, 1.0, 2.0]])
    loss = kind(evidence=evidence)
    value, gradient = xp.call_public(loss.value_and_gradient, logits, np.asarray([0, 1, 2]))
    np.testing.assert_array_equal(np.isnan(value), [True, True, False])
    np.testing.assert_array_equal(np.isnan(gradient).all(axis=-1), [True, True, False])


@every
def test_the_gradient_does_not_vanish_where_a_positive_part_would_be_flat(loss):
    gradient = loss.gradient(np.asarray([[-5.0, -4.0, 6.0]]), np.asarray([0]))
    assert gradient[0, 0] < -1e-4


@pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: kind.__name__)
def test_one_class_costs_nothing(kind):
    value, gradient = kind(annealing=1.0).value_and_gradient(
        np.asarray([[3.0], [-2.0]]), np.zeros(2, dtype=int)
    )
    np.testing.assert_array_equal(value, [0, 0])
    np.testing.assert_array_equal(gradient, [[0], [0]])


def test_endless_exponential_evidence_is_a_softmax(xp):
    logits = LOGITS + 60
    loss = EvidentialLikelihood(evidence="exponential")
    value, gradient = xp.call_public(loss.value_and_gradient, logits, LABELS)
    of_softmax, slopes = softmax_cross_entropy.value_and_gradient(logits, LABELS)
    np.testing.assert_allclose(value, of_softmax, rtol=1e-14)
    np.testing.assert_allclose(gradient, slopes, rtol=1e-13)
    squared = EvidentialSquaredError(evidence="exponential")
    found = xp.call_public(squared, logits, LABELS)
    np.testing.assert_allclose(found, 2 * softmax_squared_error(logits, LABELS), rtol=1e-13)


@pytest.mark.parametrize("annealing", [0.0, 0.5])
@pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: kind.__name__)
def test_evidence_that_overflows_does_so_in_no_value(xp, kind, annealing):
    logits = np.asarray([[3000.0, 2999.0, -8.0], [3000.0, 1500.0, -2000.0], [-3.0, 1000.0, 2.0]])
    loss = kind(evidence="exponential", annealing=annealing)

    def quantities(logits, labels, vectors):
        """Three in one function, so that JAX compiles once."""
        product = loss.hessian_vector_product(logits, labels, vectors)
        return *loss.value_and_gradient(logits, labels), product

    value, *slopes = xp.call_public(quantities, logits, np.asarray([1, 1, 0]), np.ones((3, 3)))
    for found in (value, *slopes):
        assert np.isfinite(found).all()
    if kind is EvidentialLikelihood and annealing == 0:
        np.testing.assert_allclose(value[:2], [np.log1p(np.e), 1500], rtol=1e-14)


def test_little_evidence_leaves_the_digits_of_the_divergence(xp):
    logits = np.asarray([[0.0, -30.0, -31.0]])
    e = np.exp(logits[0, 1:])
    # Half of psi'(1) times the squares less psi'(3) times the square of the sum.
    second = (np.pi**2 / 6 * (e**2).sum() - (np.pi**2 / 6 - 1.25) * e.sum() ** 2) / 2
    found = xp.call(DirichletDivergence("exponential").value, logits, np.asarray([0]))
    np.testing.assert_allclose(found, [second], rtol=1e-12)


@every
def test_parameters_without_a_meaning_are_refused(loss):
    name = type(loss).__name__
    with pytest.raises(
        DomainError, match=f"{name}: `evidence` must be one of softplus, exponential; got 'relu'"
    ):
        loss(LOGITS, LABELS, evidence="relu")
    with pytest.raises(DomainError, match=f"{name}: `annealing` must be finite and >= 0; got -0.5"):
        loss(LOGITS, LABELS, annealing=-0.5)
    assert repr(type(loss)(annealing=0.5)) == f"{name}(annealing=0.5)"


@every
def test_class_weights_and_an_ignored_label(loss):
    weights = [0.5, 2.0, 0.0]
    weighted = loss(LOGITS, LABELS, class_weights=weights)
    np.testing.assert_array_equal(weighted, np.asarray(weights)[LABELS] * loss(LOGITS, LABELS))
    value, gradient = loss.value_and_gradient(LOGITS, np.asarray([0, -1, 2, 1]), ignored_label=-1)
    assert value[1] == 0
    assert (gradient[1] == 0).all()


@every
def test_a_label_that_cannot_be_seen_gives_nan(loss):
    for annealing in (0.0, 1.0):
        value, gradient = loss.value_and_gradient(
            LOGITS, np.asarray([0, 3, -1, 1]), validate=False, annealing=annealing
        )
        np.testing.assert_array_equal(np.isnan(value), [False, True, True, False])
        np.testing.assert_array_equal(np.isnan(gradient).all(axis=-1), [False, True, True, False])


@pytest.mark.parametrize("evidence", ["softplus", "exponential"])
@pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: kind.__name__)
def test_derivatives_with_the_regulariser_meet_those_of_the_steps(kind, evidence):
    jax = pytest.importorskip("jax")
    array_library("jax")
    gammaln, psi = jax.scipy.special.gammaln, jax.scipy.special.digamma
    label = LABELS[1]

    def written(z):
        alpha = 1 + (jax.nn.softplus(z) if evidence == "softplus" else jax.numpy.exp(z))
        total = alpha.sum()
        p = alpha / total
        squares = ((p - jax.numpy.eye(3)[label]) ** 2 + p * (1 - p) / (total + 1)).sum()
        first = {
            EvidentialCrossEntropy: psi(total) - psi(alpha[label]),
            EvidentialLikelihood: jax.numpy.log(total / alpha[label]),
            EvidentialSquaredError: squares,
        }[kind]
        rest = alpha.at[label].set(1.0)
        whole = rest.sum()
        divergence = gammaln(whole) - gammaln(3.0) - gammaln(rest).sum()
        return first + 0.5 * (divergence + ((rest - 1) * (psi(rest) - psi(whole))).sum())

    loss = kind(evidence=evidence, annealing=0.5)
    value, gradient = loss.value_and_gradient(LOGITS[1], label)
    steps = jax.jit(lambda z: (written(z), jax.grad(written)(z), jax.hessian(written)(z)))(LOGITS[1])
    np.testing.assert_allclose(value, steps[0], rtol=1e-11)
    np.testing.assert_allclose(gradient, steps[1], rtol=1e-9, atol=1e-11)
    np.testing.assert_allclose(loss.hessian(LOGITS[1], label), steps[2], rtol=1e-8, atol=1e-10)


def test_a_divergence_of_no_class_is_nan():
    formula = DirichletDivergence("softplus")
    xp = array_library("numpy").namespace
    value, gradient = formula.value_and_gradient(LOGITS, np.asarray([0, 3, -1, 1]), xp=xp)
    np.testing.assert_array_equal(np.isnan(value), [False, True, True, False])
    np.testing.assert_array_equal(np.isnan(gradient).all(axis=-1), [False, True, True, False])
