"""Rows as signals or images in the findings of fits and judgements."""

import numpy as np
import pandas as pd
import pytest

import xent
from xent.data import load_builtin
from xent.jobs.sample_findings import class_attribution
from xent.models import LogisticRegression


@pytest.fixture(scope="module")
def digits():
    return xent.fit("digits", C=0.1)


@pytest.fixture(scope="module")
def waves():
    rng = np.random.default_rng(0)
    t = np.arange(300)
    label = rng.choice(["flat", "hill"], 200)
    height = np.where(label == "hill", 2.0, 0.0)[:, None] + rng.standard_normal((200, 1))
    values = height * np.exp(-0.5 * ((t - 150) / 30) ** 2) + 0.05 * rng.standard_normal((200, 300)) + 5
    return pd.DataFrame(values, columns=[f"sample {k}" for k in t]).assign(kind=label)


@pytest.mark.half_second
def test_the_surprising_rows_are_those_of_the_judgement_with_their_pixels(digits):
    samples = digits.findings.samples
    assert samples.shape == (8, 8)
    assert [one.row for one in samples.surprising] == [one.row for one in digits.findings.held_out.surprising]
    table, _ = load_builtin("digits")
    pixels = [name for name in table.column_names if name.startswith("pixel")]
    for one in samples.surprising:
        row = table.slice(one.row, 1).to_pylist()[0]
        assert list(one.values) == pytest.approx([row[name] for name in pixels], abs=1e-3)


@pytest.mark.half_second
def test_the_mean_of_a_class_is_that_of_its_training_rows(digits):
    table, target = load_builtin("digits")
    frame = table.to_pandas().drop(index=digits.held_out_rows)
    for one in digits.findings.samples.classes:
        members = frame[frame[target] == int(one.label)]
        assert one.rows == len(members)
        assert one.mean == pytest.approx(members.drop(columns=target).mean().to_numpy(), abs=1e-3)


def test_attributions_add_up_to_the_logit_of_the_mean_of_a_class(digits):
    table, target = load_builtin("digits")
    model = digits.model.classifier
    rows = np.setdiff1d(np.arange(table.num_rows), digits.held_out_rows)
    X = digits.model.encoder.transform(table, rows=rows)
    codes = table[target].to_numpy()[rows]
    for k, one in enumerate(digits.findings.samples.classes):
        logit = model.decision_function(X[codes == k].mean(axis=0, keepdims=True))[0, k]
        assert sum(one.attribution) == pytest.approx(logit - model.intercept_[k], rel=1e-3)
    assert digits.findings.samples.method == "weight \N{MULTIPLICATION SIGN} deviation"


def test_two_classes_have_opposite_weights():
    X = np.asarray([[-1.0, 0.5], [1.0, -0.5], [-2.0, 0.1], [2.0, 0.2]])
    model = LogisticRegression().fit(X, [0, 1, 0, 1])
    _, shares = class_attribution(model, np.asarray([[-1.0, 0.0], [1.0, 0.0]]))
    assert shares[0, 0] == shares[1, 0] > 0


def test_a_classifier_may_answer_for_itself():
    class Network:
        def class_attribution(self, means):
            return "gradient", 2 * means

    method, shares = class_attribution(Network(), np.ones((2, 3)))
    assert method == "gradient"
    assert shares.sum() == 12


@pytest.mark.half_second
def test_a_long_signal_is_merged_and_keeps_its_sums(waves):
    fitted = xent.fit(waves, "kind", C=0.01)
    samples = fitted.findings.samples
    assert (samples.shape, samples.columns) == (None, ("sample 0", "sample 299"))
    assert len(samples.places) == 100
    assert samples.places[:2] == (1, 4)
    _, hill = samples.classes
    assert max(hill.mean) == pytest.approx(7, abs=0.3)
    X = fitted.model.encoder.transform(waves, rows=np.setdiff1d(np.arange(200), fitted.held_out_rows))
    codes = (waves["kind"] == "hill").to_numpy()[np.setdiff1d(np.arange(200), fitted.held_out_rows)]
    logit = fitted.model.classifier.coef_[0] @ X[codes].mean(axis=0)
    assert sum(hill.attribution) == pytest.approx(logit, rel=1e-3)


@pytest.mark.half_second
def test_every_channel_has_its_samples(waves):
    two = waves.rename(
        columns={f"sample {k}": f"channel {k // 150 + 1} sample {k % 150}" for k in range(300)}
    )
    fitted = xent.fit(two, "kind", C=0.01)
    judged = xent.judge(fitted, two)
    for samples in (fitted.findings.samples, judged.findings.samples):
        (second,) = samples.others
        assert (samples.title, second.title) == ("channel 1 sample", "channel 2 sample")
        assert second.columns == ("channel 2 sample 0", "channel 2 sample 149")
        assert [one.row for one in second.surprising] == [one.row for one in samples.surprising]
        # The hill lies around the border of both channels.
        assert samples.classes[1].mean[-1] > samples.classes[1].mean[0] + 1
        assert second.classes[1].mean[0] > second.classes[1].mean[-1] + 1


@pytest.mark.half_second
def test_a_judgement_shows_the_judged_rows(waves):
    fitted = xent.fit(waves[:150], "kind", C=0.01)
    judged = xent.judge(fitted, waves[150:])
    samples = judged.findings.samples
    assert [one.row for one in samples.surprising] == [one.row for one in judged.findings.held_out.surprising]
    assert sum(one.rows for one in samples.classes) == 50
    row = samples.surprising[0]
    values = waves.iloc[150 + row.row, :300].to_numpy(float).reshape(100, 3).mean(axis=1)
    assert list(row.values) == pytest.approx(values, rel=1e-3)


def test_a_table_of_measurements_has_no_signals():
    assert xent.fit("breast_cancer", C=0.1).findings.samples is None


@pytest.mark.half_second
def test_synthetic_heartbeats_say_so_in_the_name_of_the_result():
    findings = xent.fit("heartbeats", C=0.1, rows=200).findings
    assert findings.name == "heartbeats (synthetic)"
    assert findings.samples.unit == "ms"
