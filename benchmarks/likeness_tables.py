"""
Tables in the likeness of public ones, with their odd cells, ids, dates and texts, and scikit-learn's own.

Each function writes a CSV file and returns the target and, for the rival that knows the table, its columns.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import sklearn.datasets

__all__ = ["TABLES", "Known"]

Frame = pd.DataFrame


@dataclass(frozen=True)
class Known:
    """Knowledge of a table's author: target, kinds of columns, and the parser that cleans the cells."""

    target: str
    numbers: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    ordered: dict[str, tuple[str, ...]] = field(default_factory=dict)
    dates: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    clean: Callable[[Frame], Frame] = lambda frame: frame


def _outcome(rng: Any, logits: Any, labels: tuple[str, ...]) -> Any:
    logits = np.asarray(logits, dtype=float)
    if logits.ndim == 1:
        logits = np.column_stack([np.zeros(len(logits)), logits])
    codes = (logits + rng.gumbel(size=logits.shape)).argmax(axis=1)
    return np.asarray(labels)[codes]


def _gaps(rng: Any, values: Any, share: float, word: Any = "") -> Any:
    return pd.Series(values, dtype=object).where(rng.uniform(size=len(values)) >= share, word)


def _number(text: Any) -> float:
    """Number in a cell with currency, percent or thousands marks; NaN if there is none."""
    plain = str(text).replace("$", "").replace(",", "").replace("%", "").strip()
    try:
        return float(plain)
    except ValueError:
        return np.nan


def _cleaned(*names: str) -> Callable[[Frame], Frame]:
    return lambda frame: frame.assign(**{name: frame[name].map(_number) for name in names})


def passengers(file: Path, rng: Any) -> Known:
    """Ship's passengers: id, name, ticket, cabin with gaps, fare."""
    n = 900
    sex, grade = rng.choice(["male", "female"], n), rng.integers(1, 4, n)
    age = np.clip(rng.normal(30, 14, n), 1, 80).round()
    fare = np.exp(rng.normal(4.4 - 0.8 * grade, 0.5)).round(2)
    titles = np.where(sex == "male", np.where(age < 14, "Master.", "Mr."), rng.choice(["Mrs.", "Miss."], n))
    families = [f"Family{k}" for k in range(400)]
    names = [
        f"{rng.choice(families)}, {title} {rng.choice(['Ann', 'Bo', 'Cy', 'Di'])} {k}"
        for k, title in enumerate(titles)
    ]
    cabin = np.where(rng.uniform(size=n) < 0.9 - 0.28 * grade, [f"C{k}" for k in rng.permutation(n)], "")
    logits = 2.4 * (sex == "female") - 0.9 * grade - 0.03 * age + 0.6 * (cabin != "") + 1.2 + (age < 14)
    frame = Frame({"PassengerId": np.arange(1, n + 1), "Pclass": grade, "Name": names, "Sex": sex})
    frame = frame.assign(
        Age=_gaps(rng, age, 0.2), Fare=fare, Cabin=cabin, Embarked=rng.choice(list("SCQ"), n)
    )
    frame.assign(Survived=_outcome(rng, logits, ("0", "1"))).to_csv(file, index=False)
    return Known(
        "Survived",
        ("Pclass", "Age", "Fare", "no_cabin"),
        ("Sex", "Embarked"),
        texts=("Name",),
        clean=lambda table: table.assign(no_cabin=table["Cabin"].isna().astype(float)),
    )


def census(file: Path, rng: Any) -> Known:
    """Census income: cells padded with a space, question marks for missing."""
    n = 2500
    age, hours = rng.integers(17, 90, n), np.clip(rng.normal(40, 12, n), 1, 99).round()
    school = rng.integers(1, 17, n)
    work = rng.choice(["Private", "Self-emp", "Gov", "Never"], n, p=[0.7, 0.15, 0.13, 0.02])
    job = rng.choice([f"job{k}" for k in range(14)], n)
    effect = dict(zip([f"job{k}" for k in range(14)], rng.normal(size=14), strict=True))
    logits = 0.03 * (age - 40) + 0.04 * (hours - 40) + 0.3 * (school - 12) + pd.Series(job).map(effect) - 0.8
    frame = Frame(
        {"age": age, "workclass": _gaps(rng, work, 0.06, "?"), "fnlwgt": rng.integers(10_000, 900_000, n)}
    )
    frame = frame.assign(education_num=school, occupation=_gaps(rng, job, 0.06, "?"), hours=hours)
    frame = frame.assign(income=_outcome(rng, logits, ("<=50K", ">50K")))
    text = frame.to_csv(index=False).replace(",", ", ")
    file.write_text(text, encoding="utf-8")
    return Known(
        "income",
        ("age", "fnlwgt", "education_num", "hours"),
        ("workclass", "occupation"),
        clean=lambda table: table.replace("?", np.nan),
    )


def customers(file: Path, rng: Any) -> Known:
    """Customers who leave: an id of letters, blanks among the total charges, yes and no."""
    n = 2000
    tenure = rng.integers(0, 73, n)
    monthly = rng.uniform(18, 119, n).round(2)
    total = [f"{value:.2f}" if stay else " " for value, stay in zip(tenure * monthly, tenure, strict=True)]
    contract = rng.choice(["Month-to-month", "One year", "Two year"], n, p=[0.55, 0.21, 0.24])
    fiber = rng.choice(["DSL", "Fiber optic", "No"], n)
    logits = -0.04 * tenure + 1.1 * (contract == "Month-to-month") + 0.8 * (fiber == "Fiber optic") - 0.6
    ids = [f"{rng.integers(1000, 9999)}-{''.join(rng.choice(list('ABCDEFGHJK'), 5))}" for _ in range(n)]
    frame = Frame(
        {"customerID": ids, "SeniorCitizen": rng.integers(0, 2, n), "Partner": rng.choice(["Yes", "No"], n)}
    )
    frame = frame.assign(tenure=tenure, Contract=contract, InternetService=fiber, MonthlyCharges=monthly)
    frame.assign(TotalCharges=total, Churn=_outcome(rng, logits, ("No", "Yes"))).to_csv(file, index=False)
    return Known(
        "Churn",
        ("SeniorCitizen", "tenure", "MonthlyCharges", "TotalCharges"),
        ("Partner", "Contract", "InternetService"),
        clean=_cleaned("TotalCharges"),
    )


def loans(file: Path, rng: Any) -> Known:
    """Loans: amounts in dollars, rates in per cent, dates in American order, grades."""
    n = 2000
    amount, income = rng.integers(10, 400, n) * 100, np.exp(rng.normal(11, 0.5, n)).round(2)
    rate, days = rng.uniform(5, 25, n).round(2), rng.integers(0, 1500, n)
    issued = pd.Timestamp("2015-01-01") + pd.to_timedelta(days, unit="D")
    purpose = rng.choice(["car", "house", "debt", "wedding", "other"], n)
    logits = (
        0.12 * (rate - 15)
        + 0.00002 * amount
        - 0.9 * (np.log(income) - 11)
        + 0.5 * np.sin(2 * np.pi * issued.month / 12)
    )
    frame = Frame(
        {"loan_id": rng.permutation(n) * 7 + 10_003, "amount": [f"${value:,.2f}" for value in amount]}
    )
    frame = frame.assign(income=_gaps(rng, [f"${value:,.2f}" for value in income], 0.01, "n/a"))
    frame = frame.assign(
        rate=[f"{value:.2f}%" for value in rate], issued=issued.strftime("%m/%d/%Y"), purpose=purpose
    )
    frame.assign(status=_outcome(rng, logits - 0.5, ("paid", "default"))).to_csv(file, index=False)
    return Known(
        "status",
        ("amount", "income", "rate"),
        ("purpose",),
        dates=("issued",),
        clean=_cleaned("amount", "income", "rate"),
    )


def credit(file: Path, rng: Any) -> Known:
    """German credit: ordered levels of savings and employment, few rows."""
    n = 1000
    savings = rng.integers(0, 4, n)
    skill = rng.integers(0, 3, n)
    months = rng.integers(4, 72, n)
    words = {"savings": ("none", "mild", "moderate", "severe"), "standing": ("low", "medium", "high")}
    logits = 0.7 * savings - 0.6 * skill + 0.03 * months - 1.2
    frame = Frame(
        {"savings": np.asarray(words["savings"])[savings], "standing": np.asarray(words["standing"])[skill]}
    )
    frame = frame.assign(
        months=months, purpose=rng.choice([f"p{k}" for k in range(10)], n), age=rng.integers(19, 75, n)
    )
    frame.assign(risk=_outcome(rng, logits, ("good", "bad"))).to_csv(file, index=False)
    return Known("risk", ("months", "age"), ("purpose",), words)


def reviews(file: Path, rng: Any) -> Known:
    """Reviews: an id, a text of words with and without meaning, a number."""
    n = 1500
    return _texts(file, rng, n, words=800, length=25, name="review", labels=("bad", "good"), strength=3.5)


def messages(file: Path, rng: Any) -> Known:
    """Messages: short texts of three topics."""
    return _texts(
        file, rng, 1200, words=500, length=12, name="message", labels=("ham", "news", "spam"), strength=4.0
    )


def _texts(
    file: Path,
    rng: Any,
    n: int,
    *,
    words: int,
    length: int,
    name: str,
    labels: tuple[str, ...],
    strength: float,
) -> Known:
    vocabulary = np.asarray([f"word{chr(97 + k % 26)}{k}" for k in range(words)])
    share = 1 / np.arange(2, words + 2)
    effects = rng.normal(size=(words, len(labels))) * (rng.uniform(size=words) < 0.3)[:, None]
    counts = rng.integers(length // 2, 2 * length, n)
    chosen = [rng.choice(words, count, p=share / share.sum()) for count in counts]
    stars = rng.normal(size=n).round(2)
    logits = np.stack([strength * effects[each].mean(axis=0) * np.sqrt(len(each)) / 2 for each in chosen])
    logits[:, -1] += 0.5 * stars
    frame = Frame(
        {"id": rng.permutation(n) * 13 + 455_003, name: [" ".join(vocabulary[each]) for each in chosen]}
    )
    frame.assign(score=stars, label=_outcome(rng, logits, labels)).to_csv(file, index=False)
    return Known("label", ("score",), texts=(name,))


def mushrooms(file: Path, rng: Any) -> Known:
    """Categories alone, one letter each, with question marks."""
    n, names = 2000, [f"trait{k}" for k in range(12)]
    codes = rng.integers(0, rng.integers(2, 9, 12), (n, 12))
    effects = rng.normal(size=(12, 9)) * 0.7
    logits = effects[np.arange(12), codes].sum(axis=1)
    frame = Frame(np.asarray(list("abcdefghi"))[codes], columns=names)
    frame["trait5"] = _gaps(rng, frame["trait5"], 0.3, "?")
    frame.assign(kind=_outcome(rng, logits, ("e", "p"))).to_csv(file, index=False)
    return Known("kind", (), tuple(names), clean=lambda table: table.replace("?", np.nan))


def survey(file: Path, rng: Any) -> Known:
    """Answers from strongly disagree to strongly agree, of few people."""
    n = 600
    scale = ("strongly disagree", "disagree", "neutral", "agree", "strongly agree")
    answers = rng.integers(0, 5, (n, 6))
    logits = (answers - 2) @ np.asarray([0.8, -0.5, 0.3, 0, 0, 0.1])
    frame = Frame(np.asarray(scale)[answers], columns=[f"q{k}" for k in range(1, 7)])
    frame["q3"] = _gaps(rng, frame["q3"], 0.1, "NA")
    frame = frame.assign(age=rng.integers(18, 80, n), buys=_outcome(rng, logits, ("no", "yes")))
    frame.to_csv(file, index=False)
    return Known("buys", ("age",), (), {f"q{k}": scale for k in range(1, 7)})


def houses(file: Path, rng: Any) -> Known:
    """Houses: postal codes with leading zeros, decimal commas between semicolons, a class of price."""
    n = 1500
    codes = np.asarray(["02139", "02140", "10115", "94105", "01001"])
    place = rng.integers(0, 5, n)
    area, built = rng.uniform(30, 250, n).round(1), rng.integers(1900, 2021, n)
    logits = np.column_stack(
        [np.zeros(n), 0.02 * (area - 120) + place - 2, 0.04 * (area - 140) + 1.5 * (place - 2)]
    )
    frame = Frame(
        {"zip": codes[place], "area": [f"{value:.1f}".replace(".", ",") for value in area], "built": built}
    )
    frame.assign(price=_outcome(rng, logits, ("low", "middle", "top"))).to_csv(file, index=False, sep=";")
    return Known(
        "price",
        ("area", "built"),
        ("zip",),
        clean=lambda table: table.assign(
            zip=table["zip"].astype(str), area=table["area"].astype(str).str.replace(",", ".").map(float)
        ),
    )


def sensors(file: Path, rng: Any) -> Known:
    """Measurements with a few words among the numbers, spread over many columns."""
    n = 1500
    X = rng.normal(size=(n, 12))
    logits = X[:, :4] @ np.asarray([1.0, -0.8, 0.6, 0.4])
    frame = Frame({f"s{k}": _gaps(rng, X[:, k].round(3), 0.01, "sensor off") for k in range(12)})
    frame.assign(state=_outcome(rng, logits, ("ok", "fault"))).to_csv(file, index=False)
    names = tuple(f"s{k}" for k in range(12))
    return Known("state", names, clean=_cleaned(*names))


def _of_scikit_learn(name: str) -> Callable[[Path, Any], Known]:
    def write(file: Path, rng: Any) -> Known:  # noqa: ARG001 - as the other functions
        frame = getattr(sklearn.datasets, f"load_{name}")(as_frame=True).frame
        if name == "diabetes":
            frame["target"] = np.where(frame["target"] > frame["target"].median(), "high", "low")
        frame.to_csv(file, index=False)
        return Known("target", tuple(frame.columns.drop("target")))

    return write


TABLES: dict[str, Callable[[Path, Any], Known]] = {
    "iris": _of_scikit_learn("iris"),
    "wine": _of_scikit_learn("wine"),
    "breast_cancer": _of_scikit_learn("breast_cancer"),
    "diabetes": _of_scikit_learn("diabetes"),
    "passengers": passengers,
    "census": census,
    "customers": customers,
    "loans": loans,
    "credit": credit,
    "reviews": reviews,
    "messages": messages,
    "mushrooms": mushrooms,
    "survey": survey,
    "houses": houses,
    "sensors": sensors,
}
