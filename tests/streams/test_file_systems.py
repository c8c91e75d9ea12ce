"""Files of any file system that pyarrow knows are sources, and a change of them is noticed."""

import numpy as np
import pytest
from tests.streams.made_rows import assert_same_bits, made_rows, write_parquet

from xent import LogisticRegression
from xent.errors import DataError
from xent.streams import sources


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(sources, "_FRAGMENT_ROWS", 2000)
    X, y = made_rows(6000)
    for part in range(2):
        here = slice(3000 * part, 3000 * (part + 1))
        write_parquet(tmp_path / f"part-{part}.parquet", X[here], y[here])
    return tmp_path


def elsewhere(folder):
    """Dataset of the folder in a file system that is not the local one to any reader."""
    from pyarrow import dataset, fs

    return dataset.dataset(
        "/", format="parquet", filesystem=fs.SubTreeFileSystem(str(folder), fs.LocalFileSystem())
    )


def test_another_file_system_and_a_url_give_the_bits_of_local_files(folder):
    reference = LogisticRegression().fit_batches(folder, target="y")
    assert_same_bits(LogisticRegression().fit_batches(elsewhere(folder), target="y"), reference)
    assert_same_bits(LogisticRegression().fit_batches(folder.as_uri(), target="y"), reference)


def test_a_file_that_changes_or_goes_in_another_file_system_is_named(folder):
    def message(change):
        left = [5]

        def progress(_):
            left[0] -= 1
            if left[0] == 0:
                change()

        with pytest.raises(DataError) as caught:
            LogisticRegression().fit_batches(elsewhere(folder), target="y", on_progress=progress)
        return str(caught.value)

    X, y = made_rows(3000, seed=5)
    changed = message(lambda: write_parquet(folder / "part-1.parquet", X, y))
    assert "must stay the same from pass to pass" in changed
    assert "part-1.parquet, which had " in changed
    assert "part-1.parquet" in message((folder / "part-1.parquet").unlink)


def test_the_keys_of_an_account_in_a_url_are_in_no_message():
    assert sources.without_secrets("s3://key:secret@bucket/a/b/?scheme=http") == "s3://bucket/a/b/"
    assert sources.without_secrets("gs://bucket/a") == "gs://bucket/a"


def test_folders_of_a_url_tell_columns(tmp_path):
    X, y = made_rows(2000)
    for half in range(2):
        (tmp_path / f"half={half}").mkdir()
        here = slice(1000 * half, 1000 * (half + 1))
        write_parquet(tmp_path / f"half={half}" / "rows.parquet", X[here], y[here])
    model = LogisticRegression().fit_batches(tmp_path.as_uri(), target="y")
    assert model.feature_names_in_.tolist() == ["x0", "x1", "x2", "x3", "half"]
    whole = np.column_stack([X, np.arange(2000) // 1000])
    reference = LogisticRegression(tol=1e-10).fit(whole, y)
    np.testing.assert_allclose(model.coef_, reference.coef_, rtol=1e-4, atol=1e-5)
