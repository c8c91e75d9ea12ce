r"""
Mathematics of docstrings as plain text: TeX in reStructuredText becomes letters that a terminal shows.

Commands of TeX that docstrings use are listed here; another one is an error, so that no raw TeX is printed.
Scripts keep ``_`` and ``^``, with brackets around more than one character: ``e^(z_k)``, ``p_y``. Squares, the
transpose and halves have letters of their own.
"""

from __future__ import annotations

import re

__all__ = ["plain_mathematics"]

_LETTERS = {
    "ell": "ℓ", "alpha": "α", "beta": "β", "gamma": "γ", "Gamma": "Γ", "Delta": "Δ", "varepsilon": "ε",
    "theta": "θ", "lambda": "λ", "xi": "ξ", "pi": "π", "rho": "ρ", "sigma": "σ", "tau": "τ", "varphi": "φ",
    "psi": "ψ", "partial": "∂", "nabla": "∇", "sum": "Σ", "prod": "Π", "langle": "⟨", "rangle": "⟩",
    "top": "ᵀ", "infty": "∞", "|": "‖",
}  # fmt: skip
_RELATIONS = {
    "ne": "≠", "le": "≤", "ge": "≥", "in": "∈", "sim": "~", "circ": "∘", "odot": "⊙", "cdot": "·",
    "times": "×", "to": "→", "dots": "…",
}  # fmt: skip
_FUNCTIONS = {"log", "exp", "sin", "cos", "max", "min"}
# Commands whose argument stands for itself, and commands that only size or space.
_UPRIGHT = {"mathrm", "operatorname", "text", "mathcal"}
_SILENT = {"left", "right", "Big", "big"}
_SPACES = {",": " ", ";": " ", "quad": "  ", "qquad": "  "}
_HALVES = {("1", "2"): "½", ("1", "3"): "⅓", ("1", "4"): "¼"}
_POWERS = {"2": "²", "3": "³", "ᵀ": "ᵀ", "-1": "⁻¹", "'": "′"}

_TOKEN = re.compile(r"\\([a-zA-Z]+|.)|(\s+)|(.)", re.DOTALL)
_INLINE = re.compile(r":math:`(.*?)`", re.DOTALL)
_BLOCK = re.compile(r"\.\. math::\s*(.*)", re.DOTALL)
_ATOM = re.compile(r"[\w.αβγΔελξπσταφψℓθ½⅓¼′²³]+(_\w+)?|[({⟨‖][^()]*[)}⟩‖]|\|[^|]*\|")


def plain_mathematics(passage: str) -> str:
    r"""
    Passage of reStructuredText with its formulas as plain text; displayed ones stand on indented lines.

    Blank lines separate the paragraphs of the result; other line breaks become spaces.

    Raises
    ------
    ValueError
        If a formula has a command that is not known here, a command or script without its argument, or a
        brace without its pair.

    Examples
    --------
    >>> plain_mathematics(r":math:`\ell = \frac{w}{2} \sum_k (p_k - t_k)^2`")
    'ℓ = w/2 Σ_k (p_k - t_k)²'
    """
    return "\n\n".join(map(_paragraph, re.split(r"\n\s*\n(?!    )", passage)))


def _paragraph(text: str) -> str:
    """
    One displayed formula, indented by four spaces, or a paragraph on one line, which its printer wraps.

    Formulas in a paragraph become text, and double backquotes single ones. Raises `ValueError` as `_formula`
    does.
    """
    if block := _BLOCK.fullmatch(text.strip()):
        return f"    {_formula(block[1])}"
    return " ".join(_INLINE.sub(lambda found: _formula(found[1]), text).replace("``", "`").split())


def _formula(tex: str) -> str:
    """
    The formula `tex` as text on one line, with single spaces except where TeX has wide ones.

    Raises `ValueError` for an unknown command, one without its argument, and a brace without its pair.
    """
    text = _Reader(tex).rest()
    text = re.sub(r"(?<=\S) +(?=[,.)⟩\]])|(?<=[(⟨\[∂∇]) +", "", text.strip())
    return re.sub(r" {3,}", "  ", text.replace("\n", " "))


class _Reader:
    """
    Tokens of the formula `tex`, read once from left to right: each method moves on past what it has
    read.
    """

    def __init__(self, tex: str) -> None:
        self._tokens = [match.groups() for match in _TOKEN.finditer(tex)]
        self._at = 0

    def rest(self, *, until: str | None = None) -> str:
        """
        Text from the present token up to the brace `until`, which is consumed; up to the end if it is None.

        Raises `ValueError` for an unknown command, a command or script without its argument, and a brace
        without its pair.
        """
        parts: list[str] = []
        while self._at < len(self._tokens):
            command, space, other = self._next()
            if other is not None and other == until:
                return _spaced(parts)
            if other in {"^", "_"}:
                parts.append(_script(other, self._argument()))
            elif command is not None:
                parts.append(self._command(command, parts))
            elif space:
                parts.append(" ")
            else:
                parts.append(self._group(str(other)))
        if until is not None:
            raise ValueError("an opening brace without its pair")
        return _spaced(parts)

    def _next(self) -> tuple[str | None, str | None, str | None]:
        self._at += 1
        command, space, other = self._tokens[self._at - 1]
        return command, space, other

    def _group(self, character: str) -> str:
        """
        Text up to the closing brace, which is consumed, if `character` is ``{``; else `character`.

        Raises `ValueError` if it is a closing brace or one without its pair, and for an unknown command.
        """
        if character == "}":
            raise ValueError("a closing brace without its pair")
        return self.rest(until="}") if character == "{" else character

    def _argument(self) -> str:
        r"""
        Text of the next token, or of a group in braces without spaces at its ends, which is consumed.

        Spaces before it are skipped. A command for a sign, such as ``\le``, has a space on either side, a
        plain character such as ``+`` none. Raises `ValueError` at the end of the formula, for an unknown
        command or one without its argument, and for a brace without its pair.
        """
        if self._at == len(self._tokens):
            raise ValueError("a command or script without its argument")
        command, space, other = self._next()
        if space:
            return self._argument()
        return self._command(command, []) if command is not None else self._group(str(other)).strip()

    def _command(self, name: str, before: list[str]) -> str:
        if name in {"frac", "tfrac"}:
            return _fraction(self._argument(), self._argument(), of_function=_ends_in_function(before))
        if name in _UPRIGHT:
            return self._argument()
        if name == "tilde":
            return f"{self._argument()}\N{COMBINING TILDE}"
        if name in _SILENT:
            return ""
        if name in _FUNCTIONS:
            joined = before and before[-1][-1:].isalnum()
            return f" {name} " if joined else f"{name} "
        known = {**_LETTERS, **_SPACES, **{key: f" {sign} " for key, sign in _RELATIONS.items()}}
        if name not in known:
            raise ValueError(f"no plain text for \\{name}")
        return known[name]


def _script(kind: str, content: str) -> str:
    if kind == "^" and content in _POWERS:
        return _POWERS[content]
    # Two letters that are indices of a matrix need no brackets.
    return f"{kind}{content}" if re.fullmatch(r"[^\W_]+|.", content) else f"{kind}({content})"


def _ends_in_function(parts: list[str]) -> bool:
    return "".join(parts).strip().endswith(tuple(_FUNCTIONS))


def _fraction(above: str, below: str, *, of_function: bool) -> str:
    if (above, below) in _HALVES:
        return _HALVES[above, below]
    if of_function:
        return f"({_bracketed(above, ' ')} / {_bracketed(below, '')})"
    if _ATOM.fullmatch(above) and _ATOM.fullmatch(below):
        return f"{above}/{below}"
    return f"{_bracketed(above, ' ')} / {_bracketed(below, '')}"


def _bracketed(text: str, allowed: str) -> str:
    """
    `text`, in brackets unless it is one factor or, with an `allowed` that is not empty, a product.

    `allowed` is " " for a numerator, in which factors may stand side by side, and "" for a denominator.
    """
    inner = re.sub(r"\([^()]*\)|⟨[^⟩]*⟩", "", re.sub(r"\((?:[^()]|\([^()]*\))*\)", "", text))
    is_product = bool(allowed) and not re.search(r" [-+=] ", f" {inner} ")
    return text if _ATOM.fullmatch(text) or is_product else f"({text})"


def _spaced(parts: list[str]) -> str:
    """
    Joined `parts`, with one space for two between other characters, and none between a function's name and an
    opening bracket or script.
    """
    text = re.sub(r"(?<=\S) {2}(?=\S)", " ", "".join(parts))
    return re.sub(r"\b(log|exp|sin|cos|max|min) (?=[(_^])", r"\1", text)
