"""
Data sets with published estimates.

`spector` (Spector and Mazzeo 1980) and `anes96` (American National Election Study of 1996) are in the public
domain; `sex2` is the study of urinary tract infections by Foxman et al. (1997), `endometrial` that of Heinze
and Schemper (2002), and `alligators` table 7.1 of Agresti (2002), Categorical Data Analysis.
"""

from pathlib import Path

import numpy as np
import pandas as pd

__all__ = ["alligators", "anes96", "endometrial", "sex2", "spector"]

FOLDER = Path(__file__).parent / "data"


def spector():
    """Grades of 32 students: GPA, TUCE and PSI, and whether the grade improved."""
    table = pd.read_csv(FOLDER / "spector.csv")
    return table[["GPA", "TUCE", "PSI"]], table["GRADE"]


def anes96():
    """Party of 944 voters in seven classes, with five columns."""
    table = pd.read_csv(FOLDER / "anes96.csv")
    table.insert(0, "logpopul", np.log(table["population"] + 0.1))
    return table[["logpopul", "self_left_right", "age", "education", "income"]], table["party"]


def sex2():
    """Six binary columns of 239 women."""
    table = pd.read_csv(FOLDER / "sex2.csv")
    return table.drop(columns="case"), table["case"]


def endometrial():
    """Histology of 79 women; every woman with NV = 1 is of class 1."""
    table = pd.read_csv(FOLDER / "endometrial.csv")
    return table[["NV", "PI", "EH"]], table["HG"]


FOODS = ("Fish", "Invertebrate", "Reptile", "Bird", "Other")
LAKES = ("Hancock", "Oklawaha", "Trafford", "George")
# Counts by food, for each lake of small and large alligators.
COUNTS = (
    (23, 4, 2, 2, 8), (7, 0, 1, 3, 5),
    (5, 11, 1, 0, 3), (13, 8, 6, 1, 0),
    (5, 11, 2, 1, 5), (8, 7, 6, 3, 5),
    (16, 19, 1, 2, 3), (17, 1, 0, 1, 3),
)  # fmt: skip


def alligators():
    """Columns, foods and numbers of 219 alligators."""
    rows = [
        (place % 2, *(float(place // 2 == lake) for lake in (1, 2, 3)), food, count)
        for place, counts in enumerate(COUNTS)
        for food, count in zip(FOODS, counts, strict=True)
        if count
    ]
    table = pd.DataFrame(rows, columns=["size", *LAKES[1:], "food", "count"])
    return table[["size", *LAKES[1:]]].astype(float), table["food"], table["count"].astype(float)
