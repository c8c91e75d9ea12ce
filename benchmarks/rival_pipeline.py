"""The same job as a careful user of pandas and scikit-learn writes it; run as a process of its own."""

from __future__ import annotations

import sys

import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler


def main(path: str, *, certify: bool) -> None:
    """Read, hold out, encode, standardise, fit, judge."""
    frame = pd.read_csv(path)
    y = frame.pop("label")
    text = [name for name in frame if not pd.api.types.is_numeric_dtype(frame[name])]
    numbers = [name for name in frame if name not in text]
    train, held_out, y_train, y_held_out = train_test_split(
        frame, y, test_size=0.2, stratify=y, random_state=0
    )
    encode = ColumnTransformer([("numbers", StandardScaler(), numbers), ("text", OneHotEncoder(), text)])
    model = make_pipeline(encode, LogisticRegression(C=1.0, max_iter=1000)).fit(train, y_train)
    loss = log_loss(y_held_out, model.predict_proba(held_out), labels=model.classes_)
    print(f"held out: {loss:.6f} nats", file=sys.stderr)
    if certify:
        print(_excess(model, train, y_train))


def _excess(model: object, train: pd.DataFrame, y: pd.Series) -> float:
    """Excess of the objective over its minimum, which is certified to 1e-12 nats."""
    import numpy as np

    from xent.solvers.maximum_likelihood import minimise
    from xent.solvers.objective_in_memory import ObjectiveInMemory

    encode, classifier = model[0], model[-1]  # type: ignore[index] # a pipeline is indexed by step
    X = np.asarray(encode.transform(train), dtype=np.float64)
    codes = np.searchsorted(classifier.classes_, y)
    objective = ObjectiveInMemory(X, codes, len(classifier.classes_)).penalised(1.0)
    point = np.column_stack([classifier.coef_, classifier.intercept_])
    least = minimise(objective, tol=1e-12, start=point).iterations[-1].objective
    return objective.evaluate(point).objective - least


if __name__ == "__main__":
    main(sys.argv[1], certify="--certify" in sys.argv)
