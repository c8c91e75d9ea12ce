"""
Cross-entropy: measured, minimised and explained.

The public names, each loaded on first use: ``import xent`` brings NumPy and nothing heavier.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from xent.lazy_names import lazy_names
from xent.version import __version__

if TYPE_CHECKING:
    from xent import jax, keras, losses, measures, networks, torch
    from xent.calibration import CalibratedClassifier, TemperatureScaling
    from xent.jobs import Calibration, Fit, Judged, calibrate, compare, fit, judge, load_model, predict, score
    from xent.models import LogisticRegression, LogisticRegressionCV
    from xent.networks import NeuralClassifier

__all__ = [
    "CalibratedClassifier",
    "Calibration",
    "Fit",
    "Judged",
    "LogisticRegression",
    "LogisticRegressionCV",
    "NeuralClassifier",
    "TemperatureScaling",
    "__version__",
    "calibrate",
    "compare",
    "fit",
    "jax",
    "judge",
    "keras",
    "load_model",
    "losses",
    "measures",
    "networks",
    "predict",
    "score",
    "torch",
]

_lazy_name = lazy_names(
    __name__,
    {
        "CalibratedClassifier": "calibration",
        "Calibration": "jobs",
        "Fit": "jobs",
        "Judged": "jobs",
        "LogisticRegression": "models",
        "LogisticRegressionCV": "models",
        "NeuralClassifier": "networks",
        "TemperatureScaling": "calibration",
        "calibrate": "jobs",
        "compare": "jobs",
        "fit": "jobs",
        "jax": "",
        "judge": "jobs",
        "keras": "",
        "load_model": "jobs",
        "losses": "",
        "measures": "",
        "networks": "",
        "predict": "jobs",
        "score": "jobs",
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
