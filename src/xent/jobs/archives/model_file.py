"""
Model files: a zip archive that holds data, never code.

skops writes the fitted objects, and rebuilds only the types named here. Beside the members of skops the
archive has `xent.json`, with the format and the version of xent that wrote it, which is read first, and a
checksum of the whole (see `sealed_archive`). The columns of the encoder lie in `columns.json` (see
`column_members`). A network lies beside them as `network.json` and `network.safetensors` (see
`xent.networks.network_file`), in place of the classifier.
"""

from __future__ import annotations

import copy
import dataclasses
import json
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from xent.data import TRUSTED_TYPES, TableEncoder
from xent.drawing.short_text import short
from xent.errors import BackendError, DataError, OutputError
from xent.jobs.archives.column_members import (
    MEMBER,
    columns_of_encoder,
    encoder_without_columns,
    restore_columns,
)
from xent.jobs.archives.network_members import has_network, network_members, network_parameters, read_network
from xent.jobs.archives.sealed_archive import SealError, check_members, check_seal, seal
from xent.jobs.archives.stable_archive import write_stable
from xent.jobs.class_values import classes_of_plain_data, plain_data_of_classes
from xent.jobs.table_model import TableModel
from xent.models import LogisticRegression
from xent.version import __version__

__all__ = ["load_model", "load_skops", "save_model"]

# Format 1 had no checksum, format 2 the columns of the encoder among the objects of skops.
_FORMAT = 3
_COLUMNS_AMONG_OBJECTS = 2
_CARD = "xent.json"
_MOST_CARD_BYTES = 1 << 16
_LONGEST_FACT = 200
_TRUSTED = [
    *TRUSTED_TYPES,
    "xent.solvers.iteration.Iteration",
    "xent.solvers.solver_report.SolverReport",
    "xent.models.logistic_regression.LogisticRegression",
    "xent.models.penalty_search.PenaltyCandidate",
    "xent.models.penalty_search.PenaltySearch",
]
# Node types of skops that models consist of. Other node types call functions while they load.
_LOADERS = {
    *("CachedNode", "DTypeNode", "DictNode", "JsonNode", "ListNode"),
    *("NdArrayNode", "ObjectNode", "SetNode", "TupleNode", "TypeNode"),
}


def save_model(model: TableModel, path: str | Path) -> None:
    """
    Write `model` to the file `path`, in place of one that is there, for `load_model` to read.

    Equal models give equal bytes: the file has a seal, and neither times, seconds of the fit nor addresses.
    It is written in place, so an error can leave it without a seal, which `load_model` refuses. Raises
    `DataError` for a network whose module is not one of xent.networks, or whose loss has parameters that JSON
    cannot hold, and `OutputError` if the file cannot be written.
    """
    skops_io = load_skops()
    network, bare = has_network(model.classifier), encoder_without_columns(model.encoder)
    state = {
        "target": model.target,
        "classes": plain_data_of_classes(model.classes),
        "encoder": bare,
        "classifier": None if network else _without_seconds(model.classifier),
        "counts": list(model.counts),
    }
    card = {"format": _FORMAT, "version": __version__, "target": model.target}
    others: dict[str, str | bytes] = {_CARD: json.dumps(card)}
    if bare is not model.encoder:
        others[MEMBER] = columns_of_encoder(model.encoder)
    others |= network_members(model.classifier) if network else {}
    content = write_stable(skops_io.dumps(state), others)
    try:
        Path(path).write_bytes(content)
        seal(Path(path))
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        fact = f"'{short(str(path), _LONGEST_FACT)}' ({reason})"
        raise OutputError("save_model", "path", "be a file that can be written", got=fact) from error


def _without_seconds(classifier: Any) -> Any:
    """
    Shallow copy of `classifier` whose `solver_report_` has an empty ``seconds``, as times differ between
    equal fits.

    `classifier` itself is unchanged; one without a report is returned itself.
    """
    report = getattr(classifier, "solver_report_", None)
    if report is None:
        return classifier
    plain = copy.copy(classifier)
    plain.solver_report_ = dataclasses.replace(report, seconds={})
    return plain


def load_model(path: str | Path) -> TableModel:
    """
    Read a model that `fit` wrote; no code from the file is run.

    Parameters
    ----------
    path : str or Path
        The model file, or the directory of results that holds ``model.skops``.

    Returns
    -------
    TableModel
        The model; without the seconds of its fit, and a network on the processor.

    Raises
    ------
    DataError
        If the file does not exist, is a pipe or a device, was not written by `xent fit`, is larger than
        4 GiB, has the format of another version, was changed in any byte, or holds a type that models do not
        consist of, parts that do not fit together, or a parameter that is not finite.
    BackendError
        If it holds a network, and PyTorch or safetensors is not installed.
    """
    path = _model_path(path)
    try:
        with path.open("rb") as stream:
            found = _checked_format(path, stream)
            state = _state(path, stream)
            if found != _COLUMNS_AMONG_OBJECTS and isinstance(state.get("encoder"), TableEncoder):
                restore_columns(state["encoder"], stream)
            return _checked_model(state)
    except SealError as error:
        raise _refused("be as `xent fit` wrote it", f"{_named(path)}, which {error}") from error
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise _refused("be a file that can be read", f"{_named(path)} ({reason})") from error


def load_skops() -> Any:
    """
    The module `skops.io`, imported without PyTorch: a tenth of the time if PyTorch is installed.

    To list scikit-learn's estimators skops imports every module of scikit-learn, one of which imports PyTorch
    if it can. Models do not need PyTorch; hidden during the import, it stays unloaded.
    """
    hidden = "torch" not in sys.modules
    if hidden:
        sys.modules["torch"] = None  # type: ignore[assignment] # what the import system reads as "not there"
    try:
        import skops.io
    finally:
        if hidden:
            del sys.modules["torch"]
    return skops.io


def _model_path(path: str | Path) -> Path:
    """
    Path of the model file: `path` itself, or model.skops in it if it is a directory.

    Raises `DataError` if nothing is there, for a pipe or device, and for a name that the system refuses.
    """
    path = Path(path)
    try:
        path = path / "model.skops" if path.is_dir() else path
        there, regular = path.exists(), path.is_file()
    except OSError as error:  # the name is longer than the system allows
        raise _refused("be a file that can be read", f"{_named(path)} ({error.strerror})") from error
    if not there:
        raise _refused("be an existing file", f"{_named(path)}, which is not there")
    if not regular:
        # Opening a pipe would wait for a process that writes to it.
        raise _refused("be a file", f"{_named(path)}, which is a pipe or a device")
    return path


def _checked_format(path: Path, stream: BinaryIO) -> int:
    """
    Format number of the model file in `stream`, 2 or 3, as its member xent.json says; the seal is not
    checked.

    Files of format 2 have the columns of the encoder among its objects, those of 3 in a member of their own.
    `path` is for errors alone. Raises `DataError` if the file is damaged or no model, or its format is
    another.
    """
    try:
        with zipfile.ZipFile(stream) as archive, archive.open(_CARD) as member:
            card = json.loads(member.read(_MOST_CARD_BYTES))
            found, version = card["format"], card["version"]
    except Exception as error:
        # zipfile raises a dozen kinds of exceptions for damage, and other ones in other versions.
        raise _refused(
            "be a model that `xent fit` wrote", f"{_named(path)}, which is not, or not whole"
        ) from error
    if found not in (_COLUMNS_AMONG_OBJECTS, _FORMAT):
        raise DataError(
            "load_model",
            "model",
            f"be of format {_COLUMNS_AMONG_OBJECTS} or {_FORMAT}, which xent {__version__} reads",
            got=f"format {short(str(found))}, written by xent {short(str(version))}",
            hint="Fit the model again, or install that version of xent.",
        )
    return int(found)


def _state(path: Path, stream: BinaryIO) -> dict[str, Any]:
    """
    Objects of the model in `stream`, by name: target, classes, encoder, classifier and, in newer files,
    counts.

    The seal is checked. A classifier that skops stored as None is a network, which is read from its own
    members. `classes` are still plain data, and the columns of the encoder, in files of format 3, are not yet
    restored. `path` is for errors alone. Raises `SealError` for a file that was changed or has invalid
    members, `DataError` for a type that models do not consist of and for other damage, and `BackendError` for
    a network without PyTorch or safetensors.
    """
    check_seal(stream)
    try:
        with zipfile.ZipFile(stream) as archive:
            check_members(archive)
            loaders = set(_loaders(json.loads(archive.read("schema.json"))))
        skops_io = load_skops()
        foreign = sorted(loaders - _LOADERS) or sorted(
            set(skops_io.get_untrusted_types(file=stream)) - set(_TRUSTED)
        )
        if not foreign:
            state: dict[str, Any] = skops_io.load(stream, trusted=_TRUSTED)
            if state.get("classifier", state) is None:
                state["classifier"] = read_network(stream)
            return state
    except (BackendError, MemoryError, SealError):
        raise
    except Exception as error:
        # The checksum is right, so the file was made on purpose; it can raise exceptions of any kind.
        reason = short(str(error), _LONGEST_FACT)
        raise _refused("be whole", f"{_named(path)}, which cannot be read ({reason})") from error
    fact = f"the type {short(foreign[0], _LONGEST_FACT)} in {_named(path)}"
    raise _refused("hold only what our models are made of", fact)


def _loaders(schema: Any) -> Iterator[str]:
    """
    Names of the node types (``__loader__``) in a `schema` of skops, parsed JSON, at any depth.

    They may repeat and have no particular order.
    """
    waiting = [schema]
    while waiting:
        each = waiting.pop()
        if isinstance(each, dict):
            if "__loader__" in each:
                yield str(each["__loader__"])
            waiting.extend(each.values())
        elif isinstance(each, list):
            waiting.extend(each)


def _checked_model(state: dict[str, Any]) -> TableModel:
    """
    Model of the objects by name in `state`: target, encoder, classifier, counts, and classes as plain data.

    Counts may be missing and are then empty. Raises `SealError` if another object is missing or one is of
    another type, their shapes or classes do not fit together, or a parameter is not finite.
    """
    try:
        classes = classes_of_plain_data(state["classes"])
        counts = tuple(state.get("counts", ()))
        model = TableModel(state["target"], classes, state["encoder"], state["classifier"], counts)
        is_ours = isinstance(model.classifier, LogisticRegression) or has_network(model.classifier)
        kinds = ((model.target, str), (model.encoder, TableEncoder))
        fits = is_ours and all(isinstance(part, kind) for part, kind in kinds) and _fits_together(model)
        finite = fits and all(np.isfinite(each).all() for each in _parameters(model))
    except MemoryError:
        raise
    except Exception as error:
        raise SealError("lacks a part of a model") from error
    if not fits:
        raise SealError("has parts that do not fit together")
    if not finite:
        raise SealError("has parameters that are not finite")
    return model


def _fits_together(model: TableModel) -> bool:
    """
    True if classes, counts, columns and the classifier's shapes agree.

    Needed are two classes or more, all different; for each a count of training rows, a whole number >= 0, or
    no counts at all; a column in the encoder; and a classifier of the classes 0 .. K-1 and of as many
    features as the encoder makes.
    """
    names, classifier, K = model.encoder.get_feature_names_out(), model.classifier, len(model.classes)
    return (
        K >= 2
        and len(model.counts) in {0, K}
        and all(type(count) is int and count >= 0 for count in model.counts)
        and len({*model.classes}) == K
        and len(model.encoder.columns) > 0
        and np.array_equal(classifier.classes_, np.arange(K))
        and _shapes_fit(classifier, K, len(names))
    )


def _shapes_fit(classifier: Any, K: int, n_features: int) -> bool:
    if has_network(classifier):
        # Its own parts were fitted together by `network_of_parts`.
        return bool(classifier.n_features_in_ == n_features)
    rows = 1 if K == 2 else K
    return bool(classifier.coef_.shape == (rows, n_features) and classifier.intercept_.shape == (rows,))


def _parameters(model: TableModel) -> Iterator[Any]:
    """
    Arrays of the numbers of `model`, all of which must be finite: of the classifier, then of the encoder.

    They are the parameters of a network, or coefficients and intercepts, then the imputer's statistics and
    the scaler's means and scales, of which an encoder without an imputer or scaler has none.
    """
    encoder, classifier = model.encoder, model.classifier
    if has_network(classifier):
        yield from network_parameters(classifier)
    else:
        yield from (classifier.coef_, classifier.intercept_)
    if encoder.imputer_ is not None:
        yield encoder.imputer_.statistics_
    if encoder.scaler_ is not None:
        yield from (encoder.scaler_.mean_, encoder.scaler_.scale_)


def _named(path: Path) -> str:
    return f"'{short(str(path), _LONGEST_FACT)}'"


def _refused(rule: str, got: str) -> DataError:
    return DataError(
        "load_model",
        "model",
        rule,
        got=got,
        hint="`xent fit` leaves its model as model.skops in the directory of results.",
    )
