"""The lab: one self-contained HTML page with nine interactive views of cross-entropy."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from xent.errors import DomainError
from xent.lab.script_modules import bundle, module_names
from xent.lab.stored_rows import stored_text

__all__ = ["LANGUAGES", "VIEWS", "lab_page"]

LANGUAGES = MappingProxyType({"en": ("English", "en"), "zh": ("中文", "zh-Hans")})
"""Codes of the page's languages, each with its own name and its tag in HTML."""

VIEWS = (
    "slopes",
    "surfaces",
    "valleys",
    "race",
    "codes",
    "numbers",
    "calibration",
    "margins",
    "likelihood",
)
"""Ids of the views in the order of the page."""

# Pieces of the first state of a view.
_PIECES = ("picture", "answer", "numbers", "code")
# Names for the console and the tests: the formulas of the page, by module.
_OPEN = (
    "sigmoid_losses",
    "distributions",
    "codes",
    "rounding",
    "descent",
    "weight_and_bias",
    "temperature",
    "margins",
    "likelihoods",
    "stored_rows",
)


def lab_page(language: str | None = None, *, stills: Mapping[str, Any] | None = None) -> str:
    """
    HTML text of the lab, a page of less than 400 kB that needs no server and no network.

    Parameters
    ----------
    language : {"en", "zh"}, optional
        Language in which the page opens; None leaves the choice to the browser. The page can change it.
    stills : mapping of str to mapping of str to str, optional
        First state of every view of `VIEWS`, shown until the script runs: pieces of trusted HTML by the names
        ``"picture"``, ``"answer"``, ``"numbers"`` and ``"code"``; by default the stored ones.

    Returns
    -------
    str
        HTML document; equal arguments give equal documents.

    Raises
    ------
    DomainError
        If the page has no such language, or a piece of `stills` is missing or no text.

    Notes
    -----
    The page's content security policy allows its own script, by the hash of its text, and nothing else.
    """
    from jinja2 import Environment, PackageLoader, StrictUndefined
    from markupsafe import Markup

    _check(language, stills)
    code = language or "en"
    script = _script()
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    environment = Environment(
        loader=PackageLoader("xent.lab", "page"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    shown = _json("static", code) if stills is None else stills
    return environment.get_template("page.html").render(
        catalogues=Markup(_in_html({one: catalogue(one) for one in LANGUAGES})),  # noqa: S704 # escaped
        fixed=language is not None,
        formulas={view: Markup(_text("formulas", f"{view}.html")) for view in VIEWS},  # noqa: S704 # ours
        language=code,
        languages=LANGUAGES,
        rows=Markup(_in_html(json.loads(stored_text()))),  # noqa: S704 # escaped
        script=Markup(script),  # noqa: S704 # ours
        script_hash=Markup(f"sha256-{digest}"),  # noqa: S704 # letters, digits and +/=
        stills={v: {k: Markup(text) for k, text in shown[v].items()} for v in VIEWS},  # noqa: S704 # ours
        style=Markup(_text("style.css")),  # noqa: S704 # ours
        text=catalogue(code),
        views=VIEWS,
    )


def catalogue(language: str) -> dict[str, str]:
    """Texts of the page in `language`, one of the codes in `LANGUAGES`, by key."""
    texts: dict[str, str] = _json("catalogue", language)
    return texts


def _check(language: Any, stills: Any) -> None:
    """Raise `DomainError` for a language that the page has not, and for `stills` without a text of a view."""
    # Not by membership of a set, which a list or an array cannot be asked for.
    if language is not None and not (isinstance(language, str) and language in LANGUAGES):
        raise DomainError("lab_page", "language", f"be one of {', '.join(LANGUAGES)}", got=repr(language))
    if stills is None:
        return
    for view in VIEWS:
        pieces = stills.get(view) if isinstance(stills, Mapping) else None
        given = pieces if isinstance(pieces, Mapping) else {}
        if any(not isinstance(given.get(piece), str) for piece in _PIECES):
            rule = f"map each view to texts of {', '.join(_PIECES)}"
            raise DomainError("lab_page", "stills", rule, got=f"{type(pieces).__name__} for {view!r}")


def _script() -> str:
    """
    Text of the page's script: all modules, then the formulas of those in `_OPEN`, open to the console as
    ``xent``.
    """
    names = ", ".join(f"...${name}" for name in _OPEN if name in module_names())
    return f"{bundle()}globalThis.xent = {{ {names} }};\n"


def _json(folder: str, language: str) -> Any:
    return json.loads(_text(folder, f"{language}.json"))


def _text(*path: str) -> str:
    return files("xent.lab").joinpath("page", *path).read_text(encoding="utf-8")


def _in_html(data: object) -> str:
    """JSON text of `data` in which "<" is escaped, so that no HTML parser takes a part of it for a tag."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
