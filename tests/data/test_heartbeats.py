import numpy as np
import pytest

from xent.data import BEAT_NAMES, heartbeat_table
from xent.data.heartbeat_shapes import BEAT_COUNTS, BEAT_SHAPES, WAVES
from xent.data.heartbeats import _USUAL_RR, _beats
from xent.errors import DataError


def beats(table):
    return np.asarray(table["beat"].to_pylist())


def samples(table):
    return np.stack([table.column(place).to_numpy() for place in range(128)], axis=1)


def counts(table):
    found = beats(table)
    return np.asarray([(found == symbol).sum() for symbol in BEAT_NAMES])


def test_the_kinds_are_the_15_beat_annotations_of_mit_bih():
    assert list(BEAT_NAMES) == ["N", "L", "R", "e", "j", "A", "a", "J", "S", "V", "E", "F", "/", "f", "Q"]
    assert list(BEAT_COUNTS) == list(BEAT_SHAPES) == list(BEAT_NAMES)
    assert sum(BEAT_COUNTS.values()) == 109_494


def test_the_normal_beat_is_that_of_table_one():
    waves = {wave: BEAT_SHAPES["N"].waves[place] for place, wave in enumerate(WAVES)}
    angles = {"P": -np.pi / 3, "Q": -np.pi / 12, "R": 0.0, "S": np.pi / 12, "T": np.pi / 2}
    for wave, angle in angles.items():
        assert waves[wave][0] == angle
    # a b^2 of table I against that of R: 1.2 * 0.0625, -5 * 0.01, -7.5 * 0.01 and 0.75 * 0.16 over 30 * 0.01.
    heights = {"P": 0.25, "Q": -1 / 6, "R": 1.0, "S": -0.25, "T": 0.4}
    for wave, height in heights.items():
        np.testing.assert_allclose(waves[wave][1], height, rtol=1e-12)
    assert [waves[wave][2] for wave in "PQRST"] == [0.25, 0.1, 0.1, 0.1, 0.4]


def test_columns_are_128_samples_two_intervals_and_the_label():
    names = heartbeat_table(30).column_names
    assert names[0] == "mV at -400 ms"
    assert names[127] == "mV at +592 ms"
    assert names[128:] == ["rr_before", "rr_after", "beat"]
    assert len(set(names)) == 131


def test_the_same_seed_gives_the_same_table_and_another_seed_another():
    assert heartbeat_table(40, seed=4).equals(heartbeat_table(40, seed=4))
    assert not heartbeat_table(40, seed=4).equals(heartbeat_table(40, seed=5))


def test_equal_kinds_are_equal():
    assert set(counts(heartbeat_table(3000, imbalance=0))) == {200}


def test_realistic_kinds_have_the_frequencies_of_mit_bih():
    found = counts(heartbeat_table(20_030, imbalance=1))
    expected = 2 + 20_000 * np.asarray(list(BEAT_COUNTS.values())) / 109_494
    assert np.abs(found - expected).max() <= 1


@pytest.mark.parametrize("rows", [30, 31, 45, 1000])
@pytest.mark.parametrize("imbalance", [0, 0.5, 1])
@pytest.mark.parametrize("label_noise", [0, 1])
def test_every_kind_has_two_rows_whatever_is_asked(rows, imbalance, label_noise):
    table = heartbeat_table(rows, imbalance=imbalance, label_noise=label_noise, noise=0)
    assert table.num_rows == rows
    assert counts(table).min() >= 2


def test_label_noise_changes_labels_and_nothing_else():
    clean = heartbeat_table(1000, label_noise=0, seed=2)
    noisy = heartbeat_table(1000, label_noise=0.2, seed=2)
    assert clean.drop_columns(["beat"]).equals(noisy.drop_columns(["beat"]))
    assert (beats(clean) != beats(noisy)).sum() == 200


def test_noise_is_added_to_the_samples():
    quiet, loud = (samples(heartbeat_table(500, noise=noise, seed=1)) for noise in (0.0, 0.3))
    # Neighbouring samples share the drift, so their differences hold sqrt(2) of the noise.
    rough = np.diff(loud - quiet, axis=1).std()
    np.testing.assert_allclose(rough, 0.3 * np.sqrt(2), rtol=0.02)


def mean_beats():
    table = heartbeat_table(6000, noise=0, imbalance=0, seed=1)
    found = beats(table)
    return {symbol: samples(table)[found == symbol].mean(axis=0) for symbol in BEAT_NAMES}, table


class Quiet:
    """Random numbers that are all 0, so that beats do not differ."""

    @staticmethod
    def standard_normal(size):
        return np.zeros(size)


@pytest.mark.parametrize("slower", [1.0, 1.5])
def test_a_beat_is_the_sum_of_gaussians_of_its_definition(slower):
    theta = 2 * np.pi * (np.arange(128) / 128 - 0.4)
    for place, shape in enumerate(BEAT_SHAPES.values()):
        (found,) = _beats(np.asarray([place]), np.asarray([slower * _USUAL_RR]), Quiet())
        expected = np.zeros(128)
        for wave, (angle, height, width) in zip(WAVES, shape.waves, strict=True):
            moves = wave in "PT" and abs(angle) > 0.8
            expected += height * np.exp(
                -((theta - angle * (slower**0.5 if moves else 1)) ** 2) / (2 * width**2)
            )
        np.testing.assert_allclose(found, expected, rtol=0, atol=2e-6)


def test_kinds_look_as_textbooks_draw_them():
    mean, _ = mean_beats()
    times = np.arange(128) / 128 - 0.4
    qrs, t_wave, p_wave = (
        np.abs(times) < 0.1,
        (times > 0.15) & (times < 0.4),
        (times > -0.25) & (times < -0.14),
    )
    wide = {
        symbol: (np.abs(beat[qrs]) > 0.5 * np.abs(beat[qrs]).max()).sum() for symbol, beat in mean.items()
    }
    assert min(wide[symbol] for symbol in "LVE/") > 1.5 * max(wide[symbol] for symbol in "NAJ")
    assert mean["V"][qrs].max() > mean["N"][qrs].max()
    assert mean["N"][t_wave].mean() > 0.1 > -0.1 > mean["V"][t_wave].mean()
    assert mean["L"][t_wave].mean() < -0.1
    assert mean["N"][p_wave].max() > 0.15
    assert np.abs(mean["V"][p_wave]).max() < 0.1
    assert mean["/"][qrs].min() < -0.5


def test_premature_beats_come_early_and_escape_beats_late():
    _, table = mean_beats()
    found, before = beats(table), table["rr_before"].to_numpy()
    usual = before[found == "N"].mean()
    assert max(before[found == symbol].mean() for symbol in "AaJSV") < 0.75 * usual
    assert min(before[found == symbol].mean() for symbol in "ejE") > 1.3 * usual


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"rows": 29},
            "`rows` must be a whole number of at least 30; got 29. Every one of the 15 kinds needs two rows.",
        ),
        (
            {"rows": 50.5},
            (
                "`rows` must be a whole number of at least 30; got 50.5. Every one of the 15 kinds needs "
                "two rows."
            ),
        ),
        ({"seed": -1}, "`seed` must be a whole number of at least 0; got -1."),
        ({"noise": -0.1}, "`noise` must lie in 0..10; got -0.1."),
        ({"noise": float("nan")}, "`noise` must lie in 0..10; got nan."),
        ({"imbalance": 1.5}, "`imbalance` must lie in 0..1; got 1.5."),
        ({"label_noise": "x"}, "`label_noise` must lie in 0..1; got 'x'."),
    ],
)
def test_an_option_outside_its_range_is_refused(options, message):
    with pytest.raises(DataError) as caught:
        heartbeat_table(**options)
    assert caught.value.complaint == message
