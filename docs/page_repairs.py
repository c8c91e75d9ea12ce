"""Repairs of finished pages, for assistive technology: roles of citations, and corners of tables."""

from __future__ import annotations

__all__ = ["repaired"]


def repaired(body: str) -> str:
    """
    HTML of a page whose list items and table headers mean what they are.

    Citations get the role that children of a list need, in place of a deprecated one. The corner of a table
    of pandas, above the row names, is a header without text, which names nothing: it becomes an empty cell.
    """
    return body.replace('role="doc-biblioentry"', 'role="listitem"').replace("<th></th>", "<td></td>")
