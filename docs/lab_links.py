"""
Links into the lab, in the language of the page.

``{lab}`slopes` `` becomes a link to that view, ``{lab}`slopes?y=0` `` one to a state of it, and
``{lab}`words <slopes?y=0>` `` one with a text of its own.
"""

from __future__ import annotations

import re
from typing import Any

from xent.lab.lab_page import VIEWS, catalogue

__all__ = ["link", "target_of"]

_WITH_TEXT = re.compile(r"(.+?)\s*<(.+)>", re.DOTALL)


def link(
    name: str, rawtext: str, text: str, lineno: int, inliner: Any, options: Any = None, content: Any = ()
) -> Any:
    """The role of Sphinx; a view that the lab does not have is an error of the build."""
    from docutils.nodes import reference

    page = inliner.document.settings.env.docname
    words, target = target_of(text)
    view = target.partition("?")[0]
    if view not in VIEWS:
        message = inliner.reporter.error(f"the lab has no view {view!r}", line=lineno)
        return [inliner.problematic(rawtext, rawtext, message)], [message]
    chinese = page.startswith("zh/")
    language, file, lab = ("zh", "lab_zh", "实验台 ") if chinese else ("en", "lab", "Lab: ")
    title = words or lab + catalogue(language)[f"{view}.title"]
    address = "../" * page.count("/") + f"{file}.html#{target}"
    return [reference(rawtext, title, refuri=address, internal=True)], []


def target_of(text: str) -> tuple[str, str]:
    """Own text of a link, empty if it has none, and the view that it leads to, with its state."""
    found = _WITH_TEXT.fullmatch(text)
    return (" ".join(found[1].split()), found[2]) if found else ("", text)
