import math

import numpy as np
import pytest

from xent.scoring import judge
from xent.scoring.bootstrap import bootstrap_mean


def predictions(n=500, K=3, seed=0):
    rng = np.random.default_rng(seed)
    codes = rng.choice(K, size=n, p=np.arange(1, K + 1) / (K * (K + 1) / 2))
    logits = rng.normal(size=(n, K)) + 1.5 * np.eye(K)[codes]
    log_probs = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
    return log_probs, codes


@pytest.mark.parametrize("K", [2, 3, 7])
def test_loss_skill_and_confusion_are_those_of_scikit_learn(K):
    metrics = pytest.importorskip("sklearn.metrics")
    log_probs, codes = predictions(K=K)
    judgement = judge(log_probs, codes, classes=[f"c{k}" for k in range(K)])
    probs = np.exp(log_probs)
    confusion = metrics.confusion_matrix(codes, probs.argmax(axis=1)).tolist()
    assert judgement.cross_entropy.value == pytest.approx(metrics.log_loss(codes, probs), rel=1e-12)
    assert judgement.skill == pytest.approx(metrics.d2_log_loss_score(codes, probs), rel=1e-12)
    assert judgement.confusion == tuple(map(tuple, confusion))
    assert judgement.error.value == pytest.approx(np.mean(probs.argmax(axis=1) != codes), rel=1e-14)
    assert judgement.rows == 500


@pytest.mark.parametrize("dtype", ["int8", "uint8", ">i2", "uint64"])
def test_codes_of_every_width_are_confused_alike(dtype):
    log_probs, codes = predictions(K=100)
    # The place in the table, code times number of classes, is beyond 8 bits.
    names = [f"c{k}" for k in range(100)]
    found = judge(log_probs, codes.astype(dtype), classes=names)
    assert found.confusion == judge(log_probs, codes, classes=names).confusion


def test_shares_of_the_loss_sum_to_one_and_rows_to_all():
    log_probs, codes = predictions()
    judgement = judge(log_probs, codes, classes="abc")
    assert sum(share.share for share in judgement.classes) == pytest.approx(1, rel=1e-14)
    assert sum(share.rows for share in judgement.classes) == 500
    total = sum(share.cross_entropy * share.rows for share in judgement.classes) / 500
    assert total == pytest.approx(judgement.cross_entropy.value, rel=1e-12)
    wrong = sum(share.error * share.rows for share in judgement.classes) / 500
    assert wrong == pytest.approx(judgement.error.value, rel=1e-12)


def test_the_most_surprising_rows_come_first_in_bits_under_their_own_numbers():
    log_probs, codes = predictions()
    names = np.arange(500) + 1000
    judgement = judge(log_probs, codes, classes="abc", rows=names)
    surprisals = -log_probs[np.arange(500), codes]
    assert [row.row for row in judgement.surprising] == (np.argsort(-surprisals)[:10] + 1000).tolist()
    first = judgement.surprising[0]
    assert first.surprisal == pytest.approx(surprisals.max() / math.log(2), rel=1e-14)
    assert first.probability == pytest.approx(math.exp(-surprisals.max()), rel=1e-14)
    assert first.label == "abc"[codes[first.row - 1000]]
    assert first.predicted_probability >= first.probability


def test_bits_and_perplexity_are_the_same_number_in_other_words():
    judgement = judge(*predictions(), classes="abc")
    nats = judgement.cross_entropy
    assert judgement.bits.value == pytest.approx(nats.value / math.log(2), rel=1e-15)
    assert judgement.perplexity.high == pytest.approx(math.exp(nats.high), rel=1e-15)
    assert 2**judgement.bits.low == pytest.approx(judgement.perplexity.low, rel=1e-14)


def test_perplexity_beyond_all_floats_is_infinite():
    log_probs = np.asarray([[-1000.0, 0.0], [0.0, -1000.0]])
    judgement = judge(log_probs, np.asarray([0, 1]), classes="ab")
    assert judgement.cross_entropy.value == 1000
    assert judgement.perplexity.value == math.inf


def test_a_class_declared_impossible_that_happens_costs_infinity_and_nothing_is_clipped():
    log_probs = np.log(np.asarray([[0.5, 0.5], [0.25, 0.75]]))
    log_probs[1] = [0.0, -np.inf]
    judgement = judge(log_probs, np.asarray([0, 1]), classes="ab")
    assert judgement.cross_entropy.value == math.inf
    assert judgement.surprising[0].surprisal == math.inf
    assert judgement.skill == -math.inf


def test_losses_beyond_every_clip_are_reported_whole():
    datasets = pytest.importorskip("sklearn.datasets")
    from sklearn.model_selection import cross_val_predict
    from sklearn.naive_bayes import GaussianNB

    X, y = datasets.load_digits(return_X_y=True)
    log_probs = cross_val_predict(GaussianNB(), X, y, method="predict_log_proba")
    loss = judge(log_probs, y, classes=[str(k) for k in range(10)]).cross_entropy.value
    # Five-fold log loss of this model as it is; clipping at machine epsilon would give about 7.
    assert loss == pytest.approx(1523060, rel=1e-3)


def test_a_perfect_model_costs_nothing():
    log_probs = np.where(np.eye(2) == 1, 0.0, -np.inf)
    judgement = judge(log_probs, np.asarray([0, 1]), classes="ab")
    assert judgement.cross_entropy.value == 0
    assert math.copysign(1, judgement.cross_entropy.value) == 1
    assert judgement.skill == 1
    assert judgement.error.value == 0
    assert judgement.calibration_error == 0
    assert all(math.isnan(share.share) for share in judgement.classes)


def test_a_class_without_rows_has_no_loss_of_its_own():
    log_probs, codes = predictions(K=3)
    keep = codes != 1
    judgement = judge(log_probs[keep], codes[keep], classes="abc")
    assert judgement.classes[1].rows == 0
    assert math.isnan(judgement.classes[1].cross_entropy)
    assert judgement.classes[1].share == 0


def assert_refused(text, *arguments, kind=ValueError, **options):
    with pytest.raises(kind) as caught:
        judge(*arguments, **options)
    assert str(caught.value) == text


def test_what_is_no_log_probability_is_refused_in_a_line():
    codes = np.asarray([0, 1])
    probs = np.asarray([[0.25, 0.75], [0.5, 0.5]])
    text = (
        "judge: `log_probs` must be <= 0, being log-probabilities; got 0.25 and 3 more, "
        "first at index (0, 0). Give the logarithms of probabilities; for probabilities or logits name "
        "their space."
    )
    assert_refused(text, probs, codes, classes="ab")
    text = (
        "judge: `log_probs` must have probabilities that sum to 1 in each row; got a sum of 0.135335283 and "
        "1 row of 2 that do not, first at index (1,). Divide each row by its sum with --normalize "
        "(normalize=True), or name the space of the values."
    )
    assert_refused(text, np.asarray([np.log(probs[0]), [-2.0, -np.inf]]), codes, classes="ab")
    text = (
        "judge: `log_probs` must not hold nan; got nan, first at index (1, 0). "
        "Leave such rows out, or predict them."
    )
    assert_refused(text, np.asarray([np.log(probs[0]), [np.nan, -1.0]]), codes, classes="ab")
    text = "judge: `log_probs` must have at least one row; got shape (0, 2)."
    assert_refused(text, np.zeros((0, 2)), codes[:0], classes="ab")
    text = "judge: `log_probs` must hold real numbers; got complex128."
    assert_refused(text, np.log(probs) + 0j, codes, classes="ab", kind=TypeError)
    text = (
        "judge: `groups` must differ between rows; got one group. "
        "An interval needs independent groups; without groups, rows count as independent."
    )
    assert_refused(text, np.log(probs), codes, classes="ab", groups=np.asarray([3, 3]))
    text = "judge: `sample_weight` must be finite and >= 0; got -1, first at index (0,)."
    assert_refused(text, np.log(probs), codes, classes="ab", sample_weight=np.asarray([-1.0, 1.0]))


def test_weights_count_as_repetitions_do():
    log_probs, codes = predictions(n=200)
    weights = np.random.default_rng(2).integers(0, 4, size=200)
    weighted = judge(log_probs, codes, classes="abc", sample_weight=weights.astype(float))
    repeated = judge(np.repeat(log_probs, weights, axis=0), np.repeat(codes, weights), classes="abc")
    for part in ("prior_entropy", "skill"):
        assert getattr(weighted, part) == pytest.approx(getattr(repeated, part), rel=1e-12)
    for part in ("cross_entropy", "error"):
        assert getattr(weighted, part).value == pytest.approx(getattr(repeated, part).value, rel=1e-12)
    for ours, theirs in zip(weighted.classes, repeated.classes, strict=True):
        assert ours.share == pytest.approx(theirs.share, rel=1e-12)
        assert ours.error == pytest.approx(theirs.error, rel=1e-12)


def test_copies_of_rows_in_one_group_widen_no_interval_and_narrow_none():
    log_probs, codes = predictions(n=120)
    once = judge(log_probs, codes, classes="abc")
    copies = judge(
        np.repeat(log_probs, 20, axis=0),
        np.repeat(codes, 20),
        classes="abc",
        groups=np.repeat(np.arange(120), 20),
    )
    assert copies.cross_entropy.low == pytest.approx(once.cross_entropy.low, rel=1e-9)
    assert copies.cross_entropy.high == pytest.approx(once.cross_entropy.high, rel=1e-9)
    assert copies.error.high - copies.error.low == pytest.approx(once.error.high - once.error.low, rel=0.2)


def test_no_error_in_groups_is_not_certain_to_stay_so():
    log_probs = np.log(np.tile([0.9, 0.1], (60, 1)))
    groups = np.arange(60) // 3
    error = judge(log_probs, np.zeros(60, dtype=int), classes="ab", groups=groups).error
    assert (error.value, error.low) == (0, 0)
    assert 0.1 < error.high < 0.25


def test_the_most_surprising_of_many_rows_are_those_of_a_full_sort():
    log_probs, codes = predictions(n=400)
    log_probs[50:90] = log_probs[50]
    codes[50:90] = int(np.argmin(log_probs[50]))
    surprisals = -log_probs[np.arange(400), codes]
    judgement = judge(log_probs, codes, classes="abc")
    assert [row.row for row in judgement.surprising] == np.argsort(-surprisals, kind="stable")[:10].tolist()


def test_intervals_of_losses_do_not_reach_below_0():
    probs = np.full((12, 2), 0.5)
    probs[:, 0] = 1 - 1e-4
    probs[3, 0], probs[:, 1] = 0.7, 0
    probs[:, 1] = 1 - probs[:, 0]
    judgement = judge(np.log(probs), np.zeros(12, int), classes="ab")
    assert judgement.cross_entropy.low == 0
    assert judgement.perplexity.low == 1
    losses = -np.log(probs[:, 0])
    assert bootstrap_mean(losses).low < 0
    assert bootstrap_mean(losses, least=0.0).high == bootstrap_mean(losses).high
