"""
Builds the page of losses, its pictures, the types of their methods, the passages that their docstrings
share, and the site: ``python -m docs.build``; ``--check`` says if the generated texts are up to date.

What a person wrote is in `losses.template.md` and `passage_texts.py`; definitions and facts come from the
losses themselves.
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path

from docs import passages, site
from docs.pictures import draw
from docs.stub import STUB, stub
from xent.losses.definition import definition_of, gradient_of
from xent.losses.registry import REGISTRY

HERE = Path(__file__).parent
PAGE = HERE / "losses.md"


def main() -> None:
    """Write page, pictures, stub, passages and site, or compare the texts with what would be written."""
    parser = argparse.ArgumentParser(prog="python -m docs.build", description=__doc__)
    parser.add_argument(
        "--check", action="store_true", help="write nothing; fail if the page is not up to date"
    )
    texts = {PAGE: page(), STUB: stub(), **passages.files()}
    if parser.parse_args().check:
        stale = [str(path) for path, text in texts.items() if path.read_text(encoding="utf-8") != text]
        sys.exit(f"{', '.join(stale)}: run `python -m docs.build`" if stale else 0)
    for name, loss in REGISTRY.items():
        draw(loss, HERE / "losses" / f"{name}.svg")
    for path, text in texts.items():
        path.write_text(text, encoding="utf-8")
    site.build()


def page() -> str:
    """The page, from its template."""
    template = (HERE / "losses.template.md").read_text(encoding="utf-8")
    named = set(re.findall(r"\w+", " ".join(re.findall(r"\{\{ losses (.*?) \}\}", template))))
    rest = [
        name for name, loss in REGISTRY.items() if name not in named and loss.facts.domain != "embeddings"
    ]
    text = re.sub(r"\{\{ losses (.*?) \}\}", lambda match: _sections(match[1].split(), rest), template)
    text = text.replace(
        "{{ contrastive }}", ", ".join(f"[`{name}`](#{name})" for name in _of_domain("embeddings"))
    )
    text = re.sub(r"\{\{ file (.*?) \}\}", lambda match: (HERE / match[1]).read_text("utf-8").strip(), text)
    return "<!-- made by `python -m docs.build` from losses.template.md -->\n\n" + _without_empty(text)


def _sections(names: list[str], rest: list[str]) -> str:
    wanted: list[str] = []
    for name in names:
        if name == "rest":
            wanted += rest
        elif name.startswith("domain:"):
            wanted += _of_domain(name.removeprefix("domain:"))
        else:
            wanted.append(name)
    return "\n\n".join(map(_section, wanted))


def _of_domain(domain: str) -> list[str]:
    return [name for name, loss in REGISTRY.items() if loss.facts.domain == domain]


def _section(name: str) -> str:
    loss = REGISTRY[name]
    facts = loss.facts
    yes_or_no = {True: "yes", False: "no"}
    upper = "unbounded" if facts.maximum == float("inf") else f"at most {facts.maximum:.4g}"
    lower = "unbounded below" if facts.minimum == float("-inf") else f"at least {facts.minimum:.4g}"
    return "\n\n".join(
        [
            f"### {name}",
            f"{facts.use[0].upper()}{facts.use[1:]}." + _other_names(facts.also),
            f"![{name} and its slope](losses/{name}.svg)",
            _markdown(definition_of(type(loss))),
            f"**Gradient.** {_markdown(gradient_of(type(loss)))}",
            " · ".join(
                [
                    f"{facts.truth} against {facts.domain}, {facts.link}",
                    f"{lower}, {upper}",
                    f"convex: {yes_or_no[facts.convex]}",
                    f"robust to label noise: {yes_or_no[facts.noise_robust]}",
                    facts.source,
                ]
            ),
        ]
    )


def _other_names(names: tuple[str, ...]) -> str:
    return f" Also called {', '.join(names)}." if names else ""


def _markdown(text: str) -> str:
    text = re.sub(r"\.\. math::\s*((?:.+\n?)+)", lambda f: "$$" + " ".join(f[1].split()) + "$$\n", text)
    text = re.sub(r":math:`(.*?)`", lambda f: "$" + " ".join(f[1].split()) + "$", text, flags=re.DOTALL)
    return re.sub(r"``(.*?)``", r"`\1`", text, flags=re.DOTALL).strip()


def _without_empty(text: str) -> str:
    """The text without headings that nothing stands under, and with one empty line at most."""
    text = re.sub(r"\n{3,}", "\n\n", text)
    return re.sub(r"## [^\n]*\n\n(?=## )", "", text)


if __name__ == "__main__":
    main()
