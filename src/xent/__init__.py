"""
Cross-entropy: measured, minimised and explained.

The public names, each loaded on first use: ``import xent`` brings NumPy and nothing heavier.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from xent.lazy_names import lazy_names
from xent.version import __version__

if TYPE_CHECKING:
    from xent import losses, measures, torch
    from xent.jobs import Fit, fit, load_model, predict
    from xent.models import LogisticRegression, LogisticRegressionCV

__all__ = [
    "Fit",
    "LogisticRegression",
    "LogisticRegressionCV",
    "__version__",
    "fit",
    "load_model",
    "losses",
    "measures",
    "predict",
    "torch",
]

_lazy_name = lazy_names(
    __name__,
    {
        "Fit": "jobs",
        "LogisticRegression": "models",
        "LogisticRegressionCV": "models",
        "fit": "jobs",
        "load_model": "jobs",
        "losses": "",
        "measures": "",
        "predict": "jobs",
        "torch": "",
    },
)

# Top-level modules that come with `pip install "xent[cli]"`.
_OF_CLI = {
    "jinja2", "joblib", "markupsafe", "matplotlib", "narwhals",
    "pyarrow", "rich", "sklearn", "skops", "threadpoolctl", "typer",
}  # fmt: skip


def __getattr__(name: str) -> Any:
    try:
        return _lazy_name(name)
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


def __dir__() -> list[str]:
    return sorted(__all__)
