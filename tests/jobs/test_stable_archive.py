"""Archives of models without addresses and times."""

import io
import json
import zipfile

import numpy as np
import pytest

skops = pytest.importorskip("skops.io")

from xent.jobs.archives.stable_archive import write_stable  # noqa: E402 - after the question whether skops is there


def state():
    shared = np.arange(3.0)
    return {"first": shared, "again": shared, "other": np.ones((2, 2)), "words": ["a", "b"], "number": 0.5}


def test_equal_objects_at_other_addresses_give_the_same_bytes():
    kept = [state(), state()]
    found = [write_stable(skops.dumps(each), {}) for each in kept]
    assert found[0] == found[1]
    loaded = skops.loads(found[0])
    assert loaded["first"] is loaded["again"]
    np.testing.assert_array_equal(loaded["other"], np.ones((2, 2)))
    assert (loaded["words"], loaded["number"]) == (["a", "b"], 0.5)


def test_no_member_holds_a_time():
    with zipfile.ZipFile(io.BytesIO(write_stable(skops.dumps(state()), {"card.json": "{}"}))) as archive:
        assert {each.date_time for each in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        *arrays, schema, card = archive.namelist()
        assert (schema, card) == ("schema.json", "card.json")
        assert all(int(name.removesuffix(".npy")) < 50 for name in arrays)
        assert archive.read("card.json") == b"{}"
        assert archive.testzip() is None
        # Spaces and line ends would be more than half of the schema of many columns.
        assert not set(b" \n") & set(archive.read("schema.json"))


def test_a_table_s_own_names_are_left_alone():
    given = {"file": "9.npy", "__id__": "x", "n": np.arange(2)}
    stable = write_stable(skops.dumps(given), {})
    assert skops.loads(stable)["file"] == "9.npy"
    with zipfile.ZipFile(io.BytesIO(stable)) as archive:
        assert "9.npy" in json.loads(archive.read("schema.json"))["content"]["file"]["content"]
