"""
Fits of hostile tables: nothing in a table is obeyed by who reads the results.

Cells and names are data wherever they go: in the report they are escaped, in the terminal they hold no code
that it obeys, and in predictions they stand as they are, for a class with a quote put before its ``=`` would
be another class: whoever opens predictions in a spreadsheet imports them as text.
"""

import csv
import io
import json
import re
import warnings
from html.parser import HTMLParser

import numpy as np
import pyarrow.csv
from rich.console import Console
from tests.fuzz.cases import chance, one_of
from tests.fuzz.hostile import IN_FITS, NUMBERS
from tests.fuzz.rooms import called

import xent
from xent.report.fit import render_columns, render_html, render_json, render_text

__all__ = ["assert_obeys_nothing", "assert_prints_plainly", "of_fit"]


def of_fit(rng, folder):
    """A whole fit: whatever is in the table is inert in the report, the terminal and the predictions."""
    names, rows = _hostile_rows(rng)
    path = folder / "t.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(names)
        writer.writerows(rows)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", UserWarning)
        fitted, error = called(xent.fit, path, names[-1], C=1.0)
        if error is not None:
            return
        model = xent.predict(fitted.model, path)
    for warning in caught:
        assert str(warning.message).isprintable(), (
            f"a warning has control characters: {warning.message!s:.200}"
        )
    html = render_html(fitted.findings)
    assert_obeys_nothing(html)
    if "{{7*7}}" in names:
        assert "{{7*7}}" in html, "report.html holds a result of a template in the table"
    json.loads(render_json(fitted.findings))
    assert_prints_plainly(lambda console: render_columns(fitted.findings.columns, console))
    assert_prints_plainly(lambda console: render_text(fitted.findings, console))
    _check_predictions(model, fitted)


class _Page(HTMLParser):
    """Collects the tags and attributes of a page that make a browser do something."""

    def __init__(self):
        super().__init__()
        self.obeyed = set()

    def handle_starttag(self, tag, attrs):
        """Keep what has no place in a report."""
        if tag in {"script", "img", "iframe", "object", "embed", "base", "form"}:
            self.obeyed.add(tag)
        self.obeyed |= {name for name, _ in attrs if name.startswith("on")}


def assert_obeys_nothing(html):
    """Raise if a browser would obey anything of a page, or a control character is in it."""
    page = _Page()
    page.feed(html)
    assert not page.obeyed, f"report.html holds markup of the table: {sorted(page.obeyed)}"
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", html), "report.html holds a control character"


def assert_prints_plainly(render):
    """Raise if what `render` prints on a console holds a code that a terminal obeys."""
    stream = io.StringIO()
    render(Console(file=stream, width=100, force_terminal=False))
    odd = re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u202a-\u202e\u2066-\u2069]", stream.getvalue())
    assert odd is None, (
        f"the terminal gets {odd and ascii(stream.getvalue()[max(0, odd.start() - 20) : odd.end() + 20])}"
    )


def _check_predictions(table, fitted):
    stream = io.BytesIO()
    pyarrow.csv.write_csv(table, stream)
    written = list(csv.reader(io.StringIO(stream.getvalue().decode(), newline="")))
    labels = [str(label) for label in fitted.model.classes]
    assert written[0] == ["row", "predicted", *(f"p_{label}" for label in labels)], (
        f"names {written[0]!r} in the file"
    )
    assert {row[1] for row in written[1:]} <= {*labels, *("true", "false")}, (
        "predictions hold what is no class"
    )
    probs = np.asarray([[float(x) for x in row[2:]] for row in written[1:]])
    assert np.allclose(probs.sum(axis=1), 1, atol=1e-9), "probabilities do not sum to 1"


def _hostile_rows(rng):
    classes = [one_of(rng, "yes", *IN_FITS), one_of(rng, "no", *IN_FITS)]
    names = ["number", one_of(rng, "text", *IN_FITS), one_of(rng, "target", *IN_FITS)]
    words = [one_of(rng, *IN_FITS) for _ in range(3)]
    rows = []
    for k in range(int(rng.integers(8, 30))):
        number = one_of(rng, *NUMBERS) if chance(rng, 0.05) else repr(float(rng.standard_normal()))
        rows.append([number, one_of(rng, *words), classes[k % 2]])
    return names, rows
