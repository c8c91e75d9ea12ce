import math

import numpy as np
import pytest

from xent.scoring import judge


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
