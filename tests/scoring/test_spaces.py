import numpy as np
import pytest

from xent.errors import DomainError, DTypeError, ShapeError
from xent.scoring.spaces import log_probs_of, space_of


def converted(values, space, **options):
    return log_probs_of(values, space, caller="f", argument="x", **options)


def test_the_space_is_told_by_range_and_sums():
    probs = np.asarray([[0.2, 0.8], [1.0, 0.0]])
    assert space_of(probs) == "probs"
    with np.errstate(divide="ignore"):
        assert space_of(np.log(probs)) == "log-probs"
    assert space_of(np.asarray([[-0.5, -0.1]])) == "logits"
    assert space_of(np.asarray([[3.0, -2.0]])) == "logits"


def test_all_spaces_of_one_distribution_agree():
    logits = np.random.default_rng(0).normal(size=(7, 4)) * 5
    log_probs = logits - np.logaddexp.reduce(logits, axis=1, keepdims=True)
    for values, space in ((logits, "logits"), (log_probs, "log-probs"), (np.exp(log_probs), "probs")):
        np.testing.assert_allclose(converted(values, space), log_probs, rtol=1e-12)


@pytest.mark.parametrize("space", ["log_probs", "Probs", "", None])
def test_an_unknown_space_is_refused(space):
    with pytest.raises(DomainError, match=r"^f: `space` must be one of 'probs', 'log-probs', 'logits'; got "):
        converted(np.log([[0.2, 0.8]]), space)


def test_nothing_is_clipped_and_no_loss_is_negative():
    assert converted(np.asarray([[1.0, 0.0]]), "probs").tolist() == [[0.0, -np.inf]]
    rounded = np.asarray([[1e-9, -30.0]])
    assert converted(rounded, "log-probs").max() == 0


def test_normalising_divides_by_the_sum_and_only_on_request():
    probs = np.asarray([[0.5, 0.5], [0.2, 0.6], [3.0, 1.0]])
    with pytest.raises(DomainError, match=r"got a sum of 0\.8 and 1 row of 2 that do not, first at index"):
        converted(probs[:2], "probs")
    found = converted(probs, "probs", normalize=True)
    np.testing.assert_allclose(np.exp(found), [[0.5, 0.5], [0.25, 0.75], [0.75, 0.25]], rtol=1e-15)
    for total, row in (("0", [0.0, 0.0]), ("inf", [np.inf, 1.0])):
        with pytest.raises(DomainError, match=f"sum of {total}"):
            converted(np.asarray([row]), "probs", normalize=True)


@pytest.mark.parametrize(
    ("values", "space", "kind", "words"),
    [
        ([[np.nan, 1.0]], "logits", DomainError, "not hold nan; got nan, first at index (0, 0)"),
        ([[0.2, -0.1]], "probs", DomainError, "lie in [0, 1], being probabilities; got -0.1"),
        ([[0.2, 1.1]], "probs", DomainError, "got 1.1, first at index (0, 1). If these are logits"),
        ([[0.2, 0.1]], "log-probs", DomainError, "be <= 0, being log-probabilities; got 0.2 and 1 more"),
        ([[-np.inf, -np.inf]], "logits", DomainError, "have a finite largest logit in each row"),
        ([["a", "b"]], "logits", DTypeError, "hold real numbers"),
        ([0.5, 0.5], "probs", ShapeError, "have shape (n, K)"),
    ],
)
def test_what_does_not_belong_to_a_space_is_named(values, space, kind, words):
    with pytest.raises(kind) as caught:
        converted(values, space)
    assert words in str(caught.value)
