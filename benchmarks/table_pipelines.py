"""Two scikit-learn pipelines: a basic one that trusts `read_csv`, and a smart one that knows the table."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression, LogisticRegressionCV
from sklearn.metrics import log_loss
from sklearn.model_selection import StratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, OrdinalEncoder, StandardScaler

from benchmarks.likeness_tables import Known

__all__ = ["basic_loss", "smart_loss"]

_CS = np.logspace(-3, 3, 13)
_FOLDS = 5


def basic_loss(file: Path, target: str, held_out: Any) -> float:
    """Held-out cross-entropy of numbers and one-hot categories as `read_csv` sees them, at C = 1."""
    frame = pd.read_csv(file, sep=None, engine="python").rename(columns=str.strip)
    y = frame.pop(target).astype(str)
    numbers = [name for name in frame if pd.api.types.is_numeric_dtype(frame[name])]
    words = [name for name in frame if name not in numbers]
    encode = ColumnTransformer(
        [
            ("numbers", make_pipeline(SimpleImputer(), StandardScaler()), numbers),
            ("words", make_pipeline(SimpleImputer(strategy="most_frequent"), _one_hot()), words),
        ]
    )
    return _loss(make_pipeline(encode, LogisticRegression(max_iter=2000)), frame, y, held_out)


def smart_loss(file: Path, known: Known, held_out: Any) -> float:
    """Held-out cross-entropy of the cleaned table with its columns encoded by kind, and C cross-validated."""
    separator = ";" if ";" in file.read_text(encoding="utf-8").partition("\n")[0] else ","
    frame = pd.read_csv(file, sep=separator, skipinitialspace=True, dtype={"zip": str}, keep_default_na=True)
    frame = known.clean(frame.replace("none", "none "))
    frame = frame.replace("none ", "none")
    y = frame.pop(known.target).astype(str)
    for name in (*known.categories, *known.ordered):
        # read_csv takes the level none for a gap.
        frame[name] = frame[name].where(frame[name].notna(), "none" if name in known.ordered else "(missing)")
    folds = StratifiedKFold(_FOLDS, shuffle=True, random_state=0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # names of parameters that scikit-learn will change
        search = LogisticRegressionCV(Cs=_CS, cv=folds, scoring="neg_log_loss", max_iter=1000)
        return _loss(make_pipeline(_encoding(known), search), frame, y, held_out)


def _encoding(known: Known) -> ColumnTransformer:
    imputed = SimpleImputer(strategy="median", add_indicator=True)
    parts: list[Any] = [("numbers", make_pipeline(imputed, StandardScaler()), list(known.numbers))]
    if known.categories:
        parts.append(("categories", _one_hot(), list(known.categories)))
    for name, levels in known.ordered.items():
        ranks = make_pipeline(
            OrdinalEncoder(
                categories=[list(levels)], handle_unknown="use_encoded_value", unknown_value=np.nan
            ),
            SimpleImputer(),
            StandardScaler(),
        )
        parts += [(f"{name} rank", ranks, [name]), (name, _one_hot(), [name])]
    for name in known.dates:
        parts.append((name, make_pipeline(FunctionTransformer(_calendar), StandardScaler()), [name]))
    parts += [(name, TfidfVectorizer(min_df=2), name) for name in known.texts]
    return ColumnTransformer(parts)


def _one_hot() -> OneHotEncoder:
    return OneHotEncoder(handle_unknown="ignore")


def _calendar(frame: pd.DataFrame) -> Any:
    days = pd.to_datetime(frame.iloc[:, 0])
    angle = 2 * np.pi * days.dt.month / 12
    return np.column_stack([(days - pd.Timestamp("2000-01-01")).dt.days, np.sin(angle), np.cos(angle)])


def _loss(model: Any, frame: pd.DataFrame, y: pd.Series, held_out: Any) -> float:
    test = np.zeros(len(frame), dtype=bool)
    test[held_out] = True
    model.fit(frame[~test], y[~test])
    return float(log_loss(y[test], model.predict_proba(frame[test]), labels=model.classes_))
