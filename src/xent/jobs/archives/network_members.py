"""Members of a model file that hold a network; PyTorch is imported only if there is one."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from typing import Any, BinaryIO

from xent.drawing.short_text import short
from xent.errors import BackendError
from xent.jobs.archives.sealed_archive import SealError
from xent.models import LogisticRegression

__all__ = ["has_network", "network_members", "network_parameters", "read_network"]

_CARD, _TENSORS = "network.json", "network.safetensors"
_MOST_CARD_BYTES = 1 << 24


def has_network(classifier: Any) -> bool:
    """
    True if `classifier` is a fitted network, told by its attribute ``module_``; PyTorch is not imported.

    A `LogisticRegression` is none, whatever its attributes, and neither is a network before its fit.
    """
    return not isinstance(classifier, LogisticRegression) and hasattr(classifier, "module_")


def network_members(classifier: Any) -> dict[str, str | bytes]:
    """
    Contents of network.json, text, and network.safetensors, bytes, by these names, for a fitted
    `NeuralClassifier`.

    Errors are those of `parts_of_network`.
    """
    from xent.networks.network_file import parts_of_network

    text, body = parts_of_network(classifier)
    return {_CARD: text, _TENSORS: body}


def network_parameters(classifier: Any) -> Iterator[Any]:
    """
    Arrays of the numbers of a fitted network on the processor, for a check that all are finite.

    They are the tensors of its module's state, then the means and the scales of its features.
    """
    yield from (each.numpy() for each in classifier.module_.state_dict().values())
    yield from (classifier.standardisation_.mean, classifier.standardisation_.scale)


def read_network(stream: BinaryIO) -> Any:
    """
    Fitted `NeuralClassifier`, of classes 0 .. K-1 and on the processor, from the archive in `stream`, whose
    seal was checked before.

    Raises
    ------
    BackendError
        If PyTorch or safetensors is not installed.
    SealError
        If the card of the network, as JSON, or its tensors are missing, the card is too large, or they
        are not those of a network.
    """
    with zipfile.ZipFile(stream) as archive:
        names = set(archive.namelist())
        if not {_CARD, _TENSORS} <= names or archive.getinfo(_CARD).file_size > _MOST_CARD_BYTES:
            raise SealError("lacks a part of a model")
        text, body = archive.read(_CARD), archive.read(_TENSORS)
    try:
        from xent.networks.network_file import network_of_parts
    except ModuleNotFoundError as error:
        raise BackendError(
            "load_model",
            str(error.name),
            "be installed to read a network",
            got="no such package",
            hint='Run `pip install "xent[network]"`.',
        ) from error
    try:
        return network_of_parts(text, body)
    except MemoryError:
        raise
    except Exception as error:
        # The checksum is right, so the file was made on purpose; it can raise exceptions of any kind.
        raise SealError(f"holds no network that can be read ({short(str(error), 200)})") from error
