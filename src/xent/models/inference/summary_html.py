"""Summary of an inference as an HTML fragment."""

from __future__ import annotations

from html import escape

from xent.models.inference.results import Inference
from xent.models.inference.summary_text import heads, row_cells, sentences

__all__ = ["summary_html"]


def summary_html(inference: Inference) -> str:
    """
    HTML fragment, one `div`: sentences about the fit, a table of the coefficients, and a paragraph per note.

    It has no styles of its own; all text is escaped.
    """
    head = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in heads(inference))
    rows = "".join(_row(row_cells(one)) for one in inference.coefficients)
    above = "<br>".join(escape(sentence) for sentence in sentences(inference))
    below = "".join(f"<p>{escape(note)}</p>" for note in inference.notes)
    table = f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
    return f'<div class="xent-inference"><p>{above}</p>{table}{below}</div>'


def _row(cells: list[str]) -> str:
    """
    Row of the table, ``<tr>``: two heads with the names, then the numbers, to the right; `cells` are escaped
    here.
    """
    names = "".join(f'<th scope="row">{escape(cell)}</th>' for cell in cells[:2])
    numbers = "".join(f'<td style="text-align: right">{escape(cell)}</td>' for cell in cells[2:])
    return f"<tr>{names}{numbers}</tr>"
