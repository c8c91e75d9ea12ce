"""
Checkpoints of a training: safetensors with its metadata, no pickle, behind a checksum.

A file is written beside the last one, synced and renamed, so that a killed process leaves a whole one. It
begins with a line that holds the SHA-256 of the rest, and names the training by a fingerprint of its
settings and rows: a training continues from its own file only.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load, save

from xent.drawing.short_text import short
from xent.errors import DataError, OutputError
from xent.networks.epoch import Epoch
from xent.networks.training import Training
from xent.networks.training_rows import TrainingRows
from xent.streams.journal import check_folder
from xent.streams.unfinished import write_whole

__all__ = ["Checkpoint", "metadata_of"]

_HEAD = b"xent checkpoint 1 sha256 "
_MOST_BYTES = 16 << 30


@dataclass(frozen=True, slots=True, eq=False)
class Checkpoint:
    """
    File of the state of a training.

    Parameters
    ----------
    path : Path
        The file.
    training : Training
        Training whose state is written and restored.
    fingerprint : str
        Checksum of its settings and rows.
    """

    path: Path
    training: Training
    fingerprint: str

    @classmethod
    def of(cls, path: Path, training: Training, rows: TrainingRows) -> Checkpoint:
        """
        Checkpoint of `training` for the file `path`, which is neither read nor written yet.

        Its fingerprint is a SHA-256 of the settings, with the seed, the loss, the layers of the network with
        their shapes, not their weights, and of what `rows` tell of themselves. Raises `OutputError` if the
        folder of `path` is missing.
        """
        check_folder(Path(path), caller="fit")
        digest = hashlib.sha256()
        shapes = {name: list(each.shape) for name, each in training.network.state_dict().items()}
        facts = [repr(training.settings), repr(training.loss), shapes, str(training.network)]
        digest.update(json.dumps(facts).encode())
        rows.update(digest)
        return cls(Path(path), training, digest.hexdigest())

    def write(self) -> None:
        """
        Replace the file by the present state of the training; raises `OutputError` if it cannot be written.

        The state is the weights of the network, of its average and of the best epoch, the sums of the
        optimiser, the steps and all epochs. The file is whole at any time: that of the epoch before, or the
        new one.
        """
        state = self.training
        facts = {
            "fingerprint": self.fingerprint,
            "steps": state.steps,
            "best_epoch": state.best_epoch,
            "history": [asdict(epoch) for epoch in state.history],
        }
        body = save(self._tensors(), metadata={"xent": json.dumps(facts)})
        content = _HEAD + hashlib.sha256(body).hexdigest().encode() + b"\n" + body
        try:
            write_whole(self.path, lambda stream: stream.write(content))
        except OSError as error:
            got = f"'{self.path}' ({(error.strerror or type(error).__name__).lower()})"
            is_kept = "The checkpoint of the epoch before is whole: make room and go on with `resume`."
            hint = is_kept if os.path.exists(self.path) else ""  # noqa: PTH110 - never raises
            rule = "be a file that can be written"
            raise OutputError("fit", "checkpoint", rule, got=got, hint=hint) from error

    def restore(self) -> None:
        """
        Put the state of the file, with all epochs so far, into the training; nothing happens if there is no
        file.

        Raises
        ------
        DataError
            If the file is damaged, holds no state of a training, or its fingerprint of settings, loss, layers
            and rows is another. The training may then be changed in part.
        """
        if not os.path.exists(self.path):  # noqa: PTH110 - never raises, however long the name is
            return
        body = _checked_body(self.path)
        try:
            facts = json.loads(metadata_of(body)["xent"])
            is_of_another = facts["fingerprint"] != self.fingerprint
            if not is_of_another:
                self._put(load(body), facts)
        except MemoryError:
            raise
        except Exception as error:
            # The checksum is right, so the file was made on purpose; it can raise exceptions of any kind.
            raise _damaged(self.path, f"no state of a training: {short(str(error), 200)}") from error
        if is_of_another:
            got = f"'{self.path}', of other rows, parameters or versions"
            hint = "Remove the file to begin anew."
            raise DataError("fit", "checkpoint", "belong to this training", got=got, hint=hint)

    def _tensors(self) -> dict[str, torch.Tensor]:
        """
        Copies on the processor of the tensors of the state, by names such as ``network/NAME``.

        The part before the slash is ``network``, ``average``, ``best``, the weights of the best epoch (none
        before the first epoch), or ``optimiser.PLACE``, the moments of the parameter with that number; NAME
        is that of the tensor in the part.
        """
        state = self.training
        parts: dict[str, Any] = {"network": state.network.state_dict(), "average": state.average.state_dict()}
        parts["best"] = state.best or {}
        for place, each in state.optimiser.state_dict()["state"].items():
            parts[f"optimiser.{place}"] = each
        return {
            f"{part}/{name}": each.detach().cpu().contiguous().clone()
            for part, tensors in parts.items()
            for name, each in tensors.items()
        }

    def _put(self, tensors: dict[str, torch.Tensor], facts: dict[str, Any]) -> None:
        """
        Put the `tensors` and `facts` of a file into the training, in place of its state.

        `tensors` have names such as ``network/NAME``, with the parts that `_tensors` lists; `facts` has
        ``steps``, ``best_epoch`` and ``history``, a dict for each epoch. Raises `ValueError` for a number
        that is not finite in a tensor, and exceptions of any kind if they do not fit; the training is then
        changed in part.
        """
        if not all(each.isfinite().all() for each in tensors.values()):
            raise ValueError("a number that is not finite")
        parts: dict[str, dict[str, torch.Tensor]] = {}
        for key, each in tensors.items():
            part, _, name = key.partition("/")
            parts.setdefault(part, {})[name] = each
        state = self.training
        state.network.load_state_dict(parts["network"])
        state.average.load_state_dict(parts["average"])
        state.best = {name: each.to(state.device) for name, each in parts["best"].items()}
        described = state.optimiser.state_dict()
        described["state"] = {
            int(part.partition(".")[2]): each for part, each in parts.items() if part.startswith("optimiser.")
        }
        state.optimiser.load_state_dict(described)
        state.steps, state.best_epoch = facts["steps"], facts["best_epoch"]
        state.history = [Epoch(**epoch) for epoch in facts["history"]]


def _checked_body(path: Path) -> bytes:
    """
    Content of the file after its first line, which holds the SHA-256 of the rest, as bytes of safetensors.

    Raises `DataError` if that line is wrong, or the file is larger than 16 GiB, no regular file, missing or
    unreadable.
    """
    try:
        facts = path.stat()
        if not stat.S_ISREG(facts.st_mode):
            # A device may have no end, and a pipe without a writer is waited for.
            raise _damaged(path, "a pipe, a device or a folder")
        content = path.read_bytes() if facts.st_size <= _MOST_BYTES else b""
    except OSError as error:
        raise _damaged(path, (error.strerror or str(error)).lower()) from error
    head, _, body = content.partition(b"\n")
    if head != _HEAD + hashlib.sha256(body).hexdigest().encode():
        raise _damaged(path, "changed or damaged after it was written")
    return body


def metadata_of(body: bytes) -> dict[str, str]:
    """
    Metadata in `body`, bytes of safetensors, whose header is JSON behind its length; empty if there are none.

    Errors of other bytes are those of Python's JSON.
    """
    length = int.from_bytes(body[:8], "little")
    header: dict[str, Any] = json.loads(body[8 : 8 + length])
    return dict(header.get("__metadata__", {}))


def _damaged(path: Path, reason: str) -> DataError:
    hint = "Remove the file to begin anew."
    return DataError("fit", "checkpoint", "be whole", got=f"'{path}' ({reason})", hint=hint)
