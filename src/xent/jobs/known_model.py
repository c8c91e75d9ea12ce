"""Model of a job: one in memory, that of a fit, or that of a file."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from xent.errors import DTypeError
from xent.jobs.archives.model_file import load_model
from xent.jobs.table_model import TableModel

__all__ = ["known_model"]


def known_model(model: Any, *, caller: str) -> TableModel:
    """
    `TableModel` of `model`: itself, that of a `Fit`, or that of a file, which raises as `load_model`
    does.

    Raises `DTypeError`, which names `caller`, for any other object.
    """
    if isinstance(model, str | os.PathLike):
        return load_model(Path(model))
    found = getattr(model, "model", model)
    if not isinstance(found, TableModel):
        rule = "be a model of xent.fit, its result, or the path of a model file"
        raise DTypeError(caller, "model", rule, got=f"a value of type {type(model).__name__}")
    return found
