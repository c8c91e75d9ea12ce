import json
import subprocess
import sys
import zipfile

import pytest
import skops.io

import xent
from xent.errors import DataError


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    folder = tmp_path_factory.mktemp("iris")
    xent.fit("iris", C=1.0).save(folder)
    return folder / "model.skops"


def rewritten(path, source, card):
    """A copy of `source` with another card."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            new.writestr(name, json.dumps(card) if name == "xent.json" else old.read(name))
    return path


def assert_refused(path, *texts):
    with pytest.raises(DataError) as caught:
        xent.load_model(path)
    message = str(caught.value)
    assert message.startswith("load_model: `model` must ")
    for text in texts:
        assert text in message
    assert "\n" not in message


def test_it_says_what_wrote_it(saved):
    with zipfile.ZipFile(saved) as archive:
        card = json.loads(archive.read("xent.json"))
    assert card == {"format": 1, "version": xent.__version__, "target": "species"}


def test_no_pickle_is_in_it(saved):
    with zipfile.ZipFile(saved) as archive:
        assert not [name for name in archive.namelist() if name.endswith((".pkl", ".pickle", ".joblib"))]


def test_reading_a_model_loads_no_framework_and_leaves_it_to_be_loaded(saved):
    pytest.importorskip("torch")
    code = (
        "import sys, xent\n"
        f"xent.load_model({str(saved)!r})\n"
        "assert 'torch' not in sys.modules\n"
        "import torch\n"
        "print(torch.ones(2).sum())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout == "tensor(2.)\n", done.stderr


def test_a_file_that_is_not_there_is_named(tmp_path):
    assert_refused(tmp_path / "nowhere.skops", "be an existing file", "nowhere.skops", "which is not there")


def test_a_directory_without_a_model_is_named(tmp_path):
    assert_refused(tmp_path, "model.skops', which is not there")


@pytest.mark.parametrize("content", [b"", b"not a zip", b"PK\x03\x04 broken"])
def test_a_file_of_something_else_is_refused(tmp_path, content):
    path = tmp_path / "other.skops"
    path.write_bytes(content)
    assert_refused(path, "be a model that `xent fit` wrote", "other.skops', which is not")


def test_a_skops_file_of_another_program_is_refused(tmp_path):
    path = tmp_path / "other.skops"
    skops.io.dump({"a": 1}, path)
    assert_refused(path, "be a model that `xent fit` wrote")


def test_a_model_of_another_format_names_the_version_that_wrote_it(saved, tmp_path):
    path = rewritten(tmp_path / "new.skops", saved, {"format": 99, "version": "42.0"})
    assert_refused(path, "be of format 1", "got format 99, written by xent 42.0", "Fit the model again")


def test_a_file_with_foreign_types_is_refused_before_they_are_built(tmp_path):
    path = tmp_path / "evil.skops"

    skops.io.dump({"encoder": Foreign()}, path)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xent.json", json.dumps({"format": 1, "version": "0"}))
    assert_refused(path, "hold only what our models are made of", "Foreign")
    assert not Foreign.built_again


class Foreign:
    built_again = False

    def __setstate__(self, state):
        Foreign.built_again = True


def test_a_truncated_model_is_refused(saved, tmp_path):
    path = tmp_path / "half.skops"
    path.write_bytes(saved.read_bytes()[: saved.stat().st_size // 2])
    assert_refused(path, "be a model that `xent fit` wrote")


def test_a_model_that_lacks_a_part_is_refused(tmp_path):
    path = tmp_path / "part.skops"
    skops.io.dump({"target": "x"}, path)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xent.json", json.dumps({"format": 1, "version": "0"}))
    assert_refused(path, "be whole", "part.skops")
