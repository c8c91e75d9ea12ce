"""
Passages that the docstrings of losses share, and the program that writes them there, literally.

An entry of Parameters, Returns or Raises is written anew if it opens as its passage does, or refers to
another loss ("As for `SoftmaxCrossEntropy`."); every other entry is the loss's own and stays. What a loss
adds to a passage stands at its end, in sentences of which the first begins with "Here" or "Also".
"""

from __future__ import annotations

import inspect
import re
import textwrap
from dataclasses import fields
from pathlib import Path
from typing import Any

from docs.passage import LossKind, Passage, opening_of
from docs.passage_texts import parameters, raised, returned
from xent.losses.registry import REGISTRY

__all__ = ["files", "kind_of", "rewritten"]

_WIDTH = 110
_SECTION = r"(?ms)^    {title}\n    -+\n(.*?)(?=^\n    [A-Z][\w ]*\n    -+\n)"
_OWN = re.compile(r"(?<=\.) (?=(?:Here|Also)\b)")
_REFERENCE = re.compile(r"As for `\w+`[.;] ?")


def kind_of(loss: Any) -> LossKind:
    """The `LossKind` of a loss."""
    facts, names = loss.facts, (field.name for field in fields(loss))
    return LossKind(facts.domain, facts.truth, facts.link, facts.minimum, frozenset(names))


def files() -> dict[Path, str]:
    """The source of each loss, with its passages written anew."""
    paths = {Path(inspect.getfile(type(loss))): loss for loss in REGISTRY.values()}
    return {path: rewritten(path.read_text(encoding="utf-8"), kind_of(loss)) for path, loss in paths.items()}


def rewritten(source: str, kind: LossKind) -> str:
    """The source of a loss of this kind, with its passages written anew."""
    found = re.search(r'(?s)\n    r?"""\n(.*?)\n    """\n', source)
    if found is None:
        return source
    text = found[1]
    in_nats = "in nats" in text.partition("\n\n")[0]
    of_results = {passage.names: passage for passage in returned(kind, in_nats=in_nats)}
    for title, passages in (
        ("Parameters", parameters(kind)),
        ("Returns", of_results),
        ("Raises", raised(kind)),
    ):
        pattern = re.compile(_SECTION.format(title=title))
        text = pattern.sub(lambda match, p=passages: _with_body(match, _section(match[1], p)), text)
    return source[: found.start(1)] + text + source[found.end(1) :]


def _with_body(match: re.Match[str], body: str) -> str:
    return match[0][: match.start(1) - match.start()] + body


def _section(text: str, passages: dict[str, Passage]) -> str:
    """The entries of a section; one that refers to another loss is taken apart into its names."""
    parts = []
    for entry in re.split(r"\n(?=    \S)", text.rstrip("\n")):
        head, _, body = entry.partition("\n")
        parts += _entries(head, body, passages)
    return "\n".join(parts) + "\n"


def _entries(head: str, body: str, passages: dict[str, Passage]) -> list[str]:
    names = re.split(r", ", head.strip().partition(" : ")[0])
    plain = " ".join(body.split())
    reference = _REFERENCE.match(plain)
    if reference is None:
        passage = passages.get(", ".join(names))
        is_passage = passage is not None and opening_of(plain) == passage.opening
        return [_entry(passage, _own_sentences(plain))] if is_passage else [f"{head}\n{body}".rstrip("\n")]
    known = [name for name in passages if name in names]
    rest = ", ".join(name for name in names if name not in known)
    own = f"Also {plain[reference.end() :]}" if plain[reference.end() :].startswith("if ") else ""
    return ([f"    {rest}\n{body}"] if rest else []) + [
        _entry(passages[name], own if name == "DomainError" else "") for name in known
    ]


def _own_sentences(text: str) -> str:
    return "".join(_OWN.split(text, maxsplit=1)[1:])


def _entry(passage: Passage, own: str) -> str:
    """One entry in the form of a docstring; spaces inside of backticks stay together."""
    text = re.sub(
        r"``[^`]+``|`[^`]+`", lambda found: found[0].replace(" ", "\0"), f"{passage.text} {own}".strip()
    )
    indent = " " * 8
    lines = textwrap.fill(
        text,
        _WIDTH,
        initial_indent=indent,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return f"    {passage.head}\n{lines}".replace("\0", " ")
