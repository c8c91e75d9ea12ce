"""
Calibration: maps from log-probabilities to better ones, fitted to held-out predictions at a certified
minimum.

`maps` are the maps as plain numbers, `candidates` the functions that fit them, `cross_fitting` chooses among
them within folds, `widest_map` bounds what the chosen one overlooks; `calibrators` and
`calibrated_classifier` are scikit-learn estimators around these.
May import `solvers`, `scoring`, `formulas` and `arrays`; scikit-learn, which ``xent[cli]`` installs, is
imported with the estimators.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from xent.lazy_names import lazy_names

if TYPE_CHECKING:
    from xent.calibration.calibrated_classifier import CalibratedClassifier
    from xent.calibration.calibrators import (
        BetaCalibration,
        IsotonicCalibration,
        MatrixScaling,
        TemperatureScaling,
        VectorScaling,
        VennAbers,
    )

__all__ = [
    "BetaCalibration",
    "CalibratedClassifier",
    "IsotonicCalibration",
    "MatrixScaling",
    "TemperatureScaling",
    "VectorScaling",
    "VennAbers",
]

__getattr__ = lazy_names(
    __name__,
    {
        "BetaCalibration": "calibrators",
        "CalibratedClassifier": "calibrated_classifier",
        "IsotonicCalibration": "calibrators",
        "MatrixScaling": "calibrators",
        "TemperatureScaling": "calibrators",
        "VectorScaling": "calibrators",
        "VennAbers": "calibrators",
    },
)
