import io
import json
import os
import pickle
import random
import subprocess
import sys
import tracemalloc
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import skops.io

import xent
from xent.errors import DataError
from xent.jobs.archives.sealed_archive import seal


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    folder = tmp_path_factory.mktemp("iris")
    xent.fit("iris", C=1.0).save(folder)
    return folder / "model.skops"


def rewritten(path, source, changed, *, compression=zipfile.ZIP_STORED, sealed=True):
    """A copy of `source` with other contents, by name, under a checksum that fits."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(path, "w", compression) as new:
        for name in old.namelist():
            new.writestr(name, changed.get(name, old.read(name)))
        for name in changed.keys() - set(old.namelist()):
            new.writestr(name, changed[name])
    if sealed:
        seal(path)
    return path


def members(source):
    with zipfile.ZipFile(source) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def card(**changed):
    return json.dumps({"format": 3, "version": "0", "target": "x", **changed})


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
    assert card == {"format": 3, "version": xent.__version__, "target": "species"}


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


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.InconsistentVersionWarning")
def test_a_model_that_the_version_before_wrote_predicts_what_it_did():
    model = xent.load_model(Path(__file__).parent / "data" / "model_of_format_2.skops")
    rows = pd.DataFrame(
        {
            "number": [0.5, -1.25],
            "gaps": [0.25, 1.0],
            "when": pd.to_datetime(["2021-03-04", "2020-07-08"]),
            "price": ["$12.50", "$80.00"],
            "city": ["Oslo", "Lima"],
            "size": ["low", "high"],
            "said": ["good warm new far", "slow cold old kind"],
        }
    )
    expected = [
        [-2.3853286653063184, -0.09657556998269325],
        [-0.12573080312505153, -2.135818952560606],
    ]
    np.testing.assert_allclose(model.predict_log_proba(rows), expected, rtol=1e-12)


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.InconsistentVersionWarning")
def test_a_model_written_anew_in_this_format_has_the_same_columns(tmp_path):
    from xent.jobs import save_model

    before = xent.load_model(Path(__file__).parent / "data" / "model_of_format_2.skops")
    save_model(before, tmp_path / "m.skops")
    after = xent.load_model(tmp_path / "m.skops")
    for name in ("columns_", "numeric_", "categories_", "texts_", "gaps_"):
        assert getattr(after.encoder, name) == getattr(before.encoder, name)
    assert hasattr(before.encoder, "columns_")  # the encoder that was written keeps its own


@pytest.mark.half_second
def test_a_column_is_no_object_of_skops(tmp_path):
    draw = np.random.default_rng(0)
    sizes = []
    for columns in (10, 210):
        frame = pd.DataFrame(draw.normal(size=(40, columns))).rename(columns="f{}".format)
        xent.fit(frame.assign(y=np.arange(40) % 2), "y", C=1.0).save(tmp_path)
        sizes.append(len(members(tmp_path / "model.skops")["schema.json"]))
    assert sizes[1] < 2 * sizes[0]  # steps of the fit differ in number


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", "null", "[" * 100_000, '{"columns_":[{"name":["a"],"kind":[]}]}', "\xff"]
)
def test_columns_that_say_nothing_are_refused(saved, tmp_path, text):
    path = rewritten(tmp_path / "m.skops", saved, {"columns.json": text})
    assert_refused(path, "be as `xent fit` wrote it", "lacks a part of a model")


def test_columns_of_other_keys_are_refused(saved, tmp_path):
    columns = json.loads(members(saved)["columns.json"])
    columns["columns_"][0]["color"] = columns["columns_"][0]["name"]
    path = rewritten(tmp_path / "m.skops", saved, {"columns.json": json.dumps(columns)})
    assert_refused(path, "lacks a part of a model")


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
    path = rewritten(tmp_path / "new.skops", saved, {"xent.json": card(format=99, version="42.0")})
    assert_refused(path, "be of format 2 or 3", "got format 99, written by xent 42.0", "Fit the model again")


def test_a_file_with_foreign_types_is_refused_before_they_are_built(tmp_path):
    path = tmp_path / "evil.skops"

    skops.io.dump({"encoder": Foreign()}, path)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xent.json", card())
    seal(path)
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
        archive.writestr("xent.json", card())
    seal(path)
    assert_refused(path, "be as `xent fit` wrote it", "part.skops", "lacks a part")


def parameters(model):
    scaler = model.encoder.scaler_
    return [model.classifier.coef_, model.classifier.intercept_, scaler.mean_, scaler.scale_]


def damaged(content, draw):
    """`content` with one bit flipped, a byte replaced, cut off, doubled, or a piece of it moved."""
    place = draw.randrange(len(content))
    kind = draw.choice(["bit", "bit", "bit", "byte", "cut", "remove", "insert", "swap", "append"])
    changed = bytearray(content)
    if kind == "bit":
        changed[place] ^= 1 << draw.randrange(8)
    elif kind == "byte":
        changed[place] = draw.randrange(256)
    elif kind == "cut":
        del changed[place:]
    elif kind == "remove":
        del changed[place : place + draw.randrange(1, 50)]
    elif kind == "insert":
        changed[place:place] = draw.randbytes(draw.randrange(1, 50))
    elif kind == "swap":
        other = draw.randrange(len(content))
        changed[place], changed[other] = changed[other], changed[place]
    else:
        changed += draw.randbytes(draw.randrange(1, 50))
    return bytes(changed)


@pytest.mark.half_second
def test_every_damage_is_refused_or_changes_nothing(saved, tmp_path):
    draw = random.Random(20)  # noqa: S311 - damage, not secrets
    content, path, loaded = saved.read_bytes(), tmp_path / "m.skops", 0
    # The end of the file, where the archive keeps its list, is hit as often as all before it.
    tail = len(content) - 2500
    for k in range(400):
        changed = content[:tail] + damaged(content[tail:], draw) if k % 2 else damaged(content, draw)
        path.write_bytes(changed)
        try:
            model = xent.load_model(path)
        except DataError:
            assert changed != content
        else:
            assert changed == content
            loaded += 1
            for a, b in zip(parameters(model), parameters(xent.load_model(saved)), strict=True):
                assert np.array_equal(a, b)
    # A byte may be replaced by itself, or swapped with its like.
    assert loaded < 20


@pytest.mark.half_second
def test_whoever_edits_a_model_and_its_checksum_gets_an_error_or_a_model(saved, tmp_path):
    draw = random.Random(21)  # noqa: S311 - damage, not secrets
    known, path, refused = members(saved), tmp_path / "m.skops", 0
    names = ["columns.json", *(name for name in known if name.endswith(".npy"))]
    for k in range(150):
        name = "schema.json" if k % 2 else draw.choice(names)
        rewritten(path, saved, {name: damaged(known[name], draw)})
        try:
            model = xent.load_model(path)
        except DataError as error:
            refused += str(error).isprintable()
        else:
            assert all(np.isfinite(each).all() for each in parameters(model))
    assert 30 < refused < 150


def test_a_checksum_is_of_every_byte(saved, tmp_path):
    content = saved.read_bytes()
    for place in (0, 10, 500, len(content) - 100, len(content) - 64, len(content) - 1):
        changed = bytearray(content)
        changed[place] ^= 1
        path = tmp_path / "m.skops"
        path.write_bytes(bytes(changed))
        assert_refused(path)


def test_an_edited_card_is_refused(saved, tmp_path):
    path = rewritten(tmp_path / "m.skops", saved, {"xent.json": card(target="other")}, sealed=False)
    assert_refused(path, "was changed or damaged after it was written")


def test_a_model_of_the_format_without_a_checksum_is_refused(saved, tmp_path):
    path = rewritten(
        tmp_path / "m.skops", saved, {"xent.json": card(format=1, version="0.0.9")}, sealed=False
    )
    assert_refused(path, "be of format 2 or 3", "got format 1, written by xent 0.0.9", "Fit the model again")


@pytest.mark.parametrize("text", ["", "[]", "{}", "null", "[" * 100_000, "x" * (1 << 17), '{"format": 3}'])
def test_a_card_that_says_nothing_is_refused(saved, tmp_path, text):
    assert_refused(rewritten(tmp_path / "m.skops", saved, {"xent.json": text}), "`xent fit` wrote")


def test_what_a_card_says_is_told_on_one_short_line(saved, tmp_path):
    found = card(format="a\nb" * 1000, version="\x1b[2J" + "v" * 10_000)
    path = rewritten(tmp_path / "m.skops", saved, {"xent.json": found})
    with pytest.raises(DataError) as caught:
        xent.load_model(path)
    assert len(str(caught.value)) < 300
    assert str(caught.value).isprintable()


@pytest.mark.half_second
@pytest.mark.parametrize("name", ["xent.json", "schema.json", "more.json"])
def test_compressed_members_are_refused_before_they_are_unpacked(saved, tmp_path, name):
    bomb = b'{"format":3,"version":"0","x":"' + b"0" * (64 << 20) + b'"}'
    path = rewritten(tmp_path / "m.skops", saved, {name: bomb}, compression=zipfile.ZIP_DEFLATED)
    assert path.stat().st_size < 1 << 20
    del bomb
    tracemalloc.start()
    assert_refused(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 8 << 20


def test_members_that_overlap_are_refused(saved, tmp_path):
    path = tmp_path / "m.skops"
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members(saved).items():
            archive.writestr(name, content)
        archive.writestr("0.bin", bytes(1 << 16))
        first = archive.infolist()[-1]
        for k in range(1, 50):
            copy = zipfile.ZipInfo(f"{k}.bin")
            for field in ("CRC", "compress_size", "file_size", "header_offset"):
                setattr(copy, field, getattr(first, field))
            archive.filelist.append(copy)
    seal(path)
    assert_refused(path, "claims to hold more than its size")


@pytest.mark.parametrize("name", ["../evil.npy", "/etc/evil", "a/b", "..", ".hidden", "a\\b", "a b", "\n"])
def test_a_member_of_a_name_that_leads_elsewhere_is_refused(saved, tmp_path, name):
    path = rewritten(tmp_path / "m.skops", saved, {name: b"x"})
    assert_refused(path, "names that no model has")


def test_a_member_that_is_there_twice_is_refused(saved, tmp_path):
    path = rewritten(tmp_path / "m.skops", saved, {})
    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr("schema.json", b"{}")
    seal(path)
    assert_refused(path, "names that no model has")


def array_file(array, **options):
    stream = io.BytesIO()
    np.save(stream, array, **options)
    return stream.getvalue()


def replaced_array(path, saved, content):
    known = members(saved)
    name = next(
        each for each in known if known[each].endswith(xent.load_model(saved).classifier.coef_.tobytes())
    )
    return rewritten(path, saved, {name: content(known[name])})


def test_an_array_that_claims_to_be_large_is_refused_before_it_is_made(saved, tmp_path):
    def claimed(content):
        return (
            content.replace(b"(3, 4), }", b"(1<<40),}".replace(b"1<<40", b"9" * 5))
            if b"(3, 4), }" in content
            else content
        )

    path = replaced_array(tmp_path / "m.skops", saved, claimed)
    assert_refused(path)
    header = {"descr": "<f8", "fortran_order": False, "shape": (1 << 50,)}
    stream = io.BytesIO()
    np.lib.format.write_array_header_1_0(stream, header)
    path = replaced_array(tmp_path / "m.skops", saved, lambda _: stream.getvalue() + bytes(96))
    assert_refused(path, "an array of another size than it claims")


def test_an_array_of_objects_is_refused_and_never_unpickled(saved, tmp_path):
    class Evil:
        def __reduce__(self):
            return os.mkdir, (str(tmp_path / "ran"),)

    content = array_file(np.array([Evil()], dtype=object), allow_pickle=True)
    path = replaced_array(tmp_path / "m.skops", saved, lambda _: content)
    assert_refused(path, "an array of Python objects")
    for name in ("data.pkl", "0.npy"):
        path = rewritten(tmp_path / "m.skops", saved, {name: pickle.dumps(Evil())})
        if name.endswith(".npy"):
            assert_refused(path)
        else:
            xent.load_model(path)  # a member that nothing refers to is not read
    path.write_bytes(pickle.dumps(Evil()))
    assert_refused(path, "`xent fit` wrote")
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize(
    "loader", ["MethodNode", "FunctionNode", "PartialNode", "OperatorFuncNode", "Nonsense"]
)
def test_kinds_of_objects_that_call_functions_are_refused(saved, tmp_path, loader):
    schema = json.loads(members(saved)["schema.json"])
    schema["content"]["target"] |= {"__loader__": loader}
    path = rewritten(tmp_path / "m.skops", saved, {"schema.json": json.dumps(schema)})
    assert_refused(path, "hold only what our models are made of", f"the type {loader}")


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("attribute", ["coef_", "intercept_", "mean_", "scale_", "statistics_"])
def test_parameters_that_are_not_finite_are_refused(saved, tmp_path, attribute, value):
    from xent.jobs import save_model

    model = xent.load_model(saved)
    encoder = model.encoder
    owner = next(
        each for each in (model.classifier, encoder.scaler_, encoder.imputer_) if hasattr(each, attribute)
    )
    spoiled = getattr(owner, attribute).copy()
    spoiled.flat[-1] = value
    setattr(owner, attribute, spoiled)
    save_model(model, tmp_path / "m.skops")
    assert_refused(tmp_path / "m.skops", "has parameters that are not finite")


def test_parts_that_do_not_fit_together_are_refused(saved, tmp_path):
    from xent.jobs import TableModel, save_model

    model = xent.load_model(saved)
    for changed in (
        TableModel(model.target, model.classes[:2], model.encoder, model.classifier),
        TableModel(model.target, ("a", "a", "b"), model.encoder, model.classifier),
        TableModel(model.target, model.classes, {}, model.classifier),
        TableModel(3, model.classes, model.encoder, model.classifier),
    ):
        save_model(changed, tmp_path / "m.skops")
        assert_refused(tmp_path / "m.skops", "has parts that do not fit together")


@pytest.mark.slow
def test_models_of_every_kind_of_column_and_class_come_back(tmp_path):
    rows = 60
    rng = np.random.default_rng(3)
    frame = pd.DataFrame(
        {
            "number": rng.normal(size=rows),
            "gaps": np.where(rng.random(rows) < 0.2, np.nan, rng.normal(size=rows)),
            "whole": rng.integers(0, 50, rows),
            "truth": rng.random(rows) < 0.5,
            "level": rng.choice(["a", "b", None], rows),
            "when": pd.Timestamp("2020-01-01") + pd.to_timedelta(rng.integers(0, 900, rows), unit="D"),
        }
    )
    days = pd.to_datetime(np.where(frame["truth"], "2020-01-01", "2021-06-05"))
    for target in (frame["truth"], frame["whole"] % 3, days.date, days, np.where(frame["truth"], "é", "b")):
        fitted = xent.fit(frame.assign(target=target).drop(columns="truth"), "target", C=1.0)
        fitted.save(tmp_path)
        again = xent.load_model(tmp_path)
        assert again.classes == fitted.model.classes
        expected = fitted.model.predict_log_proba(frame)
        assert np.array_equal(again.predict_log_proba(frame), expected)
