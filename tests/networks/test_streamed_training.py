"""Training on rows that every epoch reads again: order, held-out rows, bits, checkpoints, changes."""

import hashlib

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import torch

from xent import NeuralClassifier
from xent.errors import DataError, DomainError
from xent.networks import early_stopping, streamed_rows
from xent.networks.coded_stream import CodedStream, InnerSplit
from xent.networks.rows_of_network import standardisation
from xent.networks.stream_scan import WeightedMoments, scan
from xent.networks.streamed_rows import StreamedRows
from xent.streams.class_table import ClassTable
from xent.streams.readers import LabelledRows, reader_of
from xent.streams.sources import source_of

ROWS = 3000


def table(n=ROWS, seed=0):
    """Rows sorted by class, of which the first feature is the row's number."""
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((n, 3)) * [1, 1, 50] + [0, 2, 700]
    y = np.sort(np.digitize(np.hypot(X[:, 0], X[:, 1] - 2), [0.8, 1.6]))
    X[:, 0] = np.arange(n)
    weight = 1.0 + np.arange(n) % 3
    return pa.table({"a": X[:, 0], "b": X[:, 1], "c": X[:, 2], "w": weight, "y": y})


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    path = tmp_path_factory.mktemp("stream") / "rows.parquet"
    pq.write_table(table(), path, row_group_size=500)
    return path


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Folder of five files, so of five fragments."""
    path = tmp_path_factory.mktemp("folder")
    for k in range(5):
        pq.write_table(table().slice(k * 600, 600), path / f"{k}.parquet")
    return path


def small(**parameters):
    return NeuralClassifier(**{"hidden": (8,), "random_state": 0, "epochs": 3} | parameters)


def stream_of(data, *, share=0.2, seed=1):
    source = source_of(data, caller="fit")
    reader = reader_of(source, "y", None, ["a", "b", "c"], caller="fit")
    split = InnerSplit(share, seed, np.ones(3, bool))
    marks = source.marks(caller="fit")
    return CodedStream(source, reader, ClassTable(np.arange(3)), None, split, marks, "fit")


def streamed(data, **options):
    stream = stream_of(data, **options)
    found = scan(stream)
    return StreamedRows(stream, found, found.moments.standardisation(), torch.device("cpu"))


def numbers(rows, batch):
    """Numbers of the rows of a batch, which their first feature tells."""
    standard = rows.standard
    return np.rint(batch[0].numpy()[:, 0] * standard.scale[0] + standard.mean[0]).astype(int)


def test_an_epoch_has_every_training_row_once_and_the_next_one_in_another_order(folder):
    rows = streamed(folder)
    held_out = rows.found.held_out.X[:, 0].astype(int)
    assert 400 < len(held_out) < 800
    assert len(rows) == ROWS - len(held_out)
    orders = []
    for epoch in (1, 2, 1):
        batches = [numbers(rows, batch) for batch in rows.shuffled(32, [7, epoch])]
        assert {len(each) for each in batches[:-1]} == {32}
        orders.append(np.concatenate(batches))
        assert np.array_equal(np.sort(orders[-1]), np.setdiff1d(np.arange(ROWS), held_out))
    assert np.array_equal(orders[0], orders[2])
    assert not np.array_equal(orders[0], orders[1])
    in_order = np.concatenate([numbers(rows, batch) for batch in rows.in_order()])
    assert np.array_equal(in_order, np.sort(orders[0]))


def test_a_small_buffer_mixes_files_of_single_classes(folder, monkeypatch):
    monkeypatch.setattr(streamed_rows, "_BUFFER_ROWS", 400)
    monkeypatch.setattr(streamed_rows, "_LEAST_BUFFER", 400)
    rows = streamed(folder)
    batches = [numbers(rows, batch) for batch in rows.shuffled(40, [7, 1])]
    spread = [len(np.unique(each // 600)) for each in batches]
    # Five files, of which four are open at a time until the fifth is left.
    assert np.mean(spread[:40]) > 3
    assert sum(map(len, batches)) == len(rows)


def test_the_order_does_not_depend_on_the_pieces_of_a_function():
    X, y = np.arange(900.0)[:, None] * [1, 1, 1], np.arange(900) % 3

    def orders(size):
        def batches():
            for start in range(0, 900, size):
                yield X[start : start + size], y[start : start + size]

        source = source_of(batches, caller="fit")
        reader = reader_of(source, None, None, None, caller="fit")
        split = InnerSplit(0.2, 1, np.ones(3, bool))
        rows = CodedStream(source, reader, ClassTable(np.arange(3)), None, split, {}, "fit")
        found = scan(rows)
        rows = StreamedRows(rows, found, found.moments.standardisation(), torch.device("cpu"))
        return np.concatenate([numbers(rows, batch) for batch in rows.shuffled(32, [7, 1])])

    assert np.array_equal(orders(900), orders(70))


def test_moments_of_blocks_are_those_of_all_rows():
    rng = np.random.default_rng(0)
    X = rng.standard_normal((500, 4)) * [1, 1e-3, 1e200, 0] + [5, 1e3, 0, 7.1]
    weights = rng.integers(0, 4, 500).astype(float)
    moments = WeightedMoments(4)
    for start in range(0, 500, 60):
        moments.add(X[start : start + 60], weights[start : start + 60])
    expected, found = standardisation(X, weights), moments.standardisation()
    # In standard deviations: the mean of the third column is next to nothing beside them.
    means = (each.mean / expected.scale for each in (found, expected))
    np.testing.assert_allclose(*means, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(found.mean[:2], expected.mean[:2], rtol=1e-12)
    np.testing.assert_allclose(found.scale, expected.scale, rtol=1e-9)
    assert found.scale[3] == 1


def test_equal_seeds_give_equal_bits_and_other_seeds_others(file):
    X = np.column_stack([table()[name].to_numpy() for name in "abc"])
    found = [
        small(random_state=seed).fit_batches(file, target="y", features=["a", "b", "c"]) for seed in (0, 0, 1)
    ]
    bits = [model.predict_log_proba(pa_frame(X)).tobytes() for model in found]
    assert bits[0] == bits[1] != bits[2]
    assert found[0].feature_names_in_.tolist() == ["a", "b", "c"]
    assert found[0].n_features_in_ == 3


def pa_frame(X):
    import pandas as pd

    return pd.DataFrame(X, columns=["a", "b", "c"])


def test_a_stream_trains_as_well_as_the_rows_in_memory(folder):
    settings = {"epochs": 12, "batch_size": 64, "learning_rate": 1e-2}
    model = small(**settings).fit_batches(folder, target="y", features=["a", "b"])
    rows = table()
    whole = small(**settings).fit(np.column_stack([rows["a"], rows["b"]]), rows["y"].to_numpy())
    assert model.loss_ == pytest.approx(whole.loss_, abs=0.03)
    assert whole.loss_ < 0.2


def test_the_best_epoch_on_held_out_rows_is_kept(file, monkeypatch):
    monkeypatch.setattr(early_stopping, "patience", lambda _steps: 2)
    model = small(epochs="auto", batch_size=256).fit_batches(file, target="y", features=["b", "c"])
    assert 200 < model.held_out_rows_ < 400
    assert model.best_epoch_ == 1 + int(np.argmin([epoch.held_out for epoch in model.history_]))
    assert model.held_out_loss_ == model.history_[model.best_epoch_ - 1].held_out


def test_rows_of_weight_0_are_ignored(tmp_path):
    rows = table(800)
    zero = pa.array(np.where(np.arange(800) % 2, 1.0, 0.0))
    pq.write_table(rows.set_column(3, "w", zero), tmp_path / "zero.parquet")
    pq.write_table(rows.take(np.arange(1, 800, 2)), tmp_path / "left.parquet")
    names = {"target": "y", "features": ["a", "b", "c"]}
    ours = small().fit_batches(tmp_path / "zero.parquet", sample_weight="w", **names)
    left = small().fit_batches(tmp_path / "left.parquet", **names)
    X = pa_frame(np.ones((1, 3)))
    assert ours.loss_ == pytest.approx(left.loss_, rel=1e-5)
    np.testing.assert_allclose(ours.predict_proba(X), left.predict_proba(X), rtol=1e-4)


def test_weights_and_class_weights_count(file):
    names = {"target": "y", "features": ["b", "c"]}
    even = small(epochs=10).fit_batches(file, **names)
    heavy = small(epochs=10, class_weight={2: 20.0}).fit_batches(file, **names)
    import pandas as pd

    X = pd.DataFrame({"b": [2.0], "c": [700.0]})
    assert heavy.predict_proba(X)[0, 2] > even.predict_proba(X)[0, 2] + 0.1


class StoppedError(Exception):
    pass


def test_a_training_goes_on_from_its_checkpoint_to_the_same_bits(file, tmp_path):
    place = tmp_path / "checkpoint"
    names = {"target": "y", "features": ["a", "b", "c"]}

    def stop(epoch, _last):
        if epoch.number == 2:
            raise StoppedError

    with pytest.raises(StoppedError):
        small(epochs=5).fit_batches(file, checkpoint=place, on_epoch=stop, **names)
    seen = []
    resumed = small(epochs=5).fit_batches(
        file, checkpoint=place, resume=True, on_epoch=lambda epoch, _: seen.append(epoch.number), **names
    )
    whole = small(epochs=5).fit_batches(file, **names)
    assert seen == [3, 4, 5]
    X = pa_frame(np.random.default_rng(0).standard_normal((20, 3)))
    assert resumed.predict_log_proba(X).tobytes() == whole.predict_log_proba(X).tobytes()
    with pytest.raises(DataError, match="belong to this training"):
        small(epochs=5).fit_batches(
            file, checkpoint=place, resume=True, target="y", features=["a", "b"], sample_weight="w"
        )


def test_a_file_that_changes_between_epochs_is_refused(tmp_path):
    path = tmp_path / "rows.parquet"
    pq.write_table(table(800), path)

    def change(epoch, _last):
        if epoch.number == 1:
            pq.write_table(table(700), path)

    with pytest.raises(
        DataError, match=r"must stay the same from pass to pass; got .*rows\.parquet, which had"
    ):
        small().fit_batches(path, target="y", on_epoch=change)


def test_a_function_that_returns_fewer_rows_is_refused():
    calls = []

    def batches():
        calls.append(1)
        X = np.arange(200.0)[:, None]
        # Once to look at it, then two scans; epochs follow.
        yield (X, X[:, 0] > 90) if len(calls) <= 5 else (X[:50], X[:50, 0] > 20)

    with pytest.raises(DataError, match="stay the same from pass to pass"):
        small(epochs=3).fit_batches(batches)


def test_classes_of_few_rows_are_trained_on_whole():
    rng = np.random.default_rng(0)
    y = np.where(np.arange(2000) % 100 == 0, 2, np.arange(2000) % 2)
    X = rng.standard_normal((2000, 2)) + y[:, None]
    held_out = []

    def kept(*arguments, **options):
        made = scan(*arguments, **options)
        held_out.append(made.held_out.codes)
        return made

    from xent.networks import streamed_training

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(streamed_training, "scan", kept)
        patch.setattr(early_stopping, "patience", lambda _steps: 1)
        small(epochs="auto", batch_size=256).fit_batches(lambda: [(X, y)])
    assert set(held_out[0].tolist()) == {0, 1}


def test_groups_are_held_out_whole():
    class Grouped:
        columns, features = (), ("x",)

        def rows(self, piece, first, *, name):
            del first, name
            X, y, group = piece
            return LabelledRows(X.T, y, None, group)

    n = 1000
    X, y = np.arange(float(n))[:, None], np.arange(n) % 2
    group = (np.arange(n) // 20).astype(np.uint64) * np.uint64(2**57)
    source = source_of([lambda: [(X, y)]], caller="fit")
    fragments = source_of([lambda: [(X, y, group)]], caller="fit").fragments
    split = InnerSplit(0.3, 1, np.ones(2, bool))
    stream = CodedStream(
        type(source)(fragments, None), Grouped(), ClassTable(np.arange(2)), None, split, {}, "fit"
    )
    found = scan(stream)
    held_out = found.held_out.X[:, 0].astype(int) // 20
    assert found.held_out.grouped
    assert 3 <= len(np.unique(held_out)) <= 30
    assert (np.unique(held_out, return_counts=True)[1] == 20).all()


def test_the_files_of_a_fingerprint_count(file, folder):
    digests = []
    for each in (file, folder):
        digest = hashlib.sha256()
        streamed(each).update(digest)
        digests.append(digest.hexdigest())
    assert digests[0] != digests[1]


def test_numbers_that_are_not_finite_are_refused():
    X = np.arange(100.0)[:, None]
    X[7] = np.nan
    with pytest.raises(DomainError, match="must be finite; got nan"):
        small().fit_batches(lambda: [(X, np.arange(100) % 2)])
