"""Predictions whose classes, columns and cells are hostile: inert in pages, terminal, JSON and files."""

import csv
import json
import tempfile
import warnings
from pathlib import Path

import numpy as np
from tests.fuzz.cases import chance, one_of
from tests.fuzz.fits import assert_obeys_nothing, assert_prints_plainly
from tests.fuzz.hostile import IN_FITS
from tests.fuzz.rooms import called

import xent
from xent.report.scores.html_report import render_html
from xent.report.scores.json_report import render_json
from xent.report.scores.text_report import render_calibrate, render_comparisons, render_score

__all__ = ["KNOWN", "attempt", "hostile_predictions"]

KNOWN = ()


def attempt(rng):
    """One table of predictions, through score, compare and calibrate."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / one_of(rng, "p.csv", "a\x1b[31mb.csv", "<img src=x onerror=alert(1)>.csv")
        columns = hostile_predictions(rng, path)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)
            of_scores(path, columns)
            of_calibration(path, columns)


def of_scores(path, columns):
    """Page, terminal and JSON of `score` and of `compare`."""
    target, first, second, cut = columns
    options = {"slices": [cut], "probs": [first, second]}
    for judged, render in ((xent.score, render_score), (xent.compare, render_comparisons)):
        data = path if judged is xent.score else [path]
        findings, error = called(judged, data, target, **options)
        if error is not None:
            continue
        html = render_html(findings)
        assert_obeys_nothing(html)
        # A class may be {{7*7}}, and the page then holds those characters; it must not hold their value.
        assert ("{{7*7}}" in html) or "{{7*7}}" not in str(findings), "a template in the table was rendered"
        json.loads(render_json(findings))
        assert_prints_plainly(lambda console, f=findings, r=render: r(f, console))


def of_calibration(path, columns):
    """Terminal, JSON and file of `calibrate`, and the same map when it is read again."""
    target, first, _, _ = columns
    made, error = called(xent.calibrate, path, target, probs=[first], method="temperature", force=True)
    if error is not None:
        return
    assert_prints_plainly(lambda console: render_calibrate(made.findings, console))
    json.loads(render_json(made.findings))
    with tempfile.TemporaryDirectory() as folder:
        made.save(Path(folder))
        found, error = called(xent.score, path, target, probs=[first], calibrator=folder)
        assert error is None, f"refused after it was written: {error}"
        assert found.models[0].held_out.classes, "no classes"


def hostile_predictions(rng, path):
    """Write a file of two models' predictions; its target, both prefixes, and the column of slices."""
    K = int(rng.integers(2, 4))
    draw = rng.permutation(len(IN_FITS))
    classes = [IN_FITS[k] for k in draw[:K]] if chance(rng, 0.7) else ["a", "b", "c"][:K]
    target, first, second, cut = [f"{IN_FITS[k]}{k}" for k in draw[K : K + 4]]
    names = [target, cut, *(f"{prefix}{label}" for prefix in (first, second) for label in classes)]
    words = [IN_FITS[k] for k in draw[-2:]]
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(names)
        for k in range(90):
            shares = rng.dirichlet(np.ones(K), 2)
            writer.writerow([classes[k % K], words[k % 7 % 2], *map(repr, shares.ravel().tolist())])
    return target, first, second, cut
