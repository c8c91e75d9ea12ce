"""Links into the lab: ``{lab}`slopes` `` becomes a link to that view, in the language of the page."""

from __future__ import annotations

from typing import Any

__all__ = ["VIEWS", "link"]

# In the order of the lab; a test compares the names with those of `xent.lab`.
VIEWS = {
    "slopes": ("Slopes", "斜率"),
    "surfaces": ("Surfaces", "曲面"),
    "valleys": ("Valleys", "山谷"),
    "race": ("Race", "赛跑"),
    "codes": ("Codes", "编码"),
    "numbers": ("Numbers", "数值"),
    "calibration": ("Calibration", "校准"),
}


def link(
    name: str, rawtext: str, text: str, lineno: int, inliner: Any, options: Any = None, content: Any = ()
) -> Any:
    """The role of Sphinx; a view that the lab does not have is an error of the build."""
    from docutils.nodes import reference

    page = inliner.document.settings.env.docname
    if text not in VIEWS:
        message = inliner.reporter.error(f"the lab has no view {text!r}", line=lineno)
        return [inliner.problematic(rawtext, rawtext, message)], [message]
    chinese = page.startswith("zh/")
    title = f"实验台 {VIEWS[text][1]}" if chinese else f"Lab: {VIEWS[text][0]}"
    target = "../" * page.count("/") + f"{'lab_zh' if chinese else 'lab'}.html#{text}"
    return [reference(rawtext, title, refuri=target, internal=True)], []
