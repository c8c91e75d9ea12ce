"""
Cross-entropy: measured, minimised and explained.

The public names, each loaded on first use: ``import xent`` brings NumPy and nothing heavier.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from xent.version import __version__

if TYPE_CHECKING:
    from xent import losses, measures, torch
    from xent.jobs import Fit, fit, load_model, predict
    from xent.models import LogisticRegression

__all__ = [
    "Fit",
    "LogisticRegression",
    "__version__",
    "fit",
    "load_model",
    "losses",
    "measures",
    "predict",
    "torch",
]

_HOMES = {
    "Fit": "xent.jobs",
    "LogisticRegression": "xent.models",
    "fit": "xent.jobs",
    "load_model": "xent.jobs",
    "predict": "xent.jobs",
}

# Top-level modules that come with `pip install "xent[cli]"`.
_OF_CLI = {
    "jinja2", "joblib", "markupsafe", "matplotlib", "narwhals",
    "pyarrow", "rich", "sklearn", "skops", "threadpoolctl", "typer",
}  # fmt: skip


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'xent' has no attribute {name!r}")
    try:
        home = importlib.import_module(_HOMES.get(name, f"xent.{name}"))
    except ModuleNotFoundError as error:
        library = (error.name or "").partition(".")[0]
        if library not in _OF_CLI:
            raise
        from xent.errors import BackendError

        raise BackendError(
            f"xent.{name}",
            library,
            "be installed",
            got="no such package",
            hint='Run `pip install "xent[cli]"`.',
        ) from error
    value = getattr(home, name) if name in _HOMES else home
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
