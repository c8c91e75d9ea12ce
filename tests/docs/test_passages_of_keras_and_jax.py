"""Entries that docstrings of `xent.keras` and `xent.jax` share have the same text wherever they stand."""

import ast
import re
from pathlib import Path

import pytest

import xent

CLIP = "Limits of probabilities, `clip` and ``1 - clip``; 0 does not clip. Logits are not clipped."
WHERE = "True for the entries that count, of the shape of `{}`, or of the rows; by default all count."
TRACED = "Traced values are not inspected; such a row is nan with a gradient of nan."
OPTION = f"or an option outside the values given here. {TRACED}"
OF_LABELS = (
    "If a label is neither a class nor `ignore_class`, a row has a logit of ``+inf`` or only ``-inf``, a "
    f"probability is negative or nan, {OPTION}"
)
PASSAGES = {
    "keras": {
        "from_logits : bool, default False": {"True if `y_pred` are logits."},
        "label_smoothing : float in [0, 1], default 0": {
            "Share of each target that is spread over all classes.",
            "Share of each target that moves to one half.",
        },
        "axis : int, default -1": {"Axis of the classes.", "Axis that the mean is taken over."},
        "clip : float in [0, 0.5), default 0": {
            CLIP,
            "Limits of both, `clip` and ``1 - clip``; 0 does not clip.",
        },
        "clip : float, default 0": {
            CLIP,
            "Limits of both arguments, `clip` and ``1 - clip``; 0 does not clip.",
        },
        "gamma : float >= 0, default 2": {"Exponent of the complement."},
        "ShapeError": {
            "If the shapes of `y_true` and `y_pred` differ.",
            "If `y_true` has neither the shape of `y_pred` without its class axis, nor length 1 on it.",
        },
        "DomainError": {
            f"If a target or probability lies outside [0, 1], {OPTION}",
            f"If a target or probability is negative or nan, {OPTION}",
            f"If a probability is negative or nan, or `clip` out of range. {TRACED}",
            f"If a label is not a class, a probability negative or nan, or `q` out of range. {TRACED}",
            f"If a count or rate is negative or nan. {TRACED}",
            OF_LABELS,
        },
    },
    "jax": {
        "axis : int or tuple of int, default -1": {"Axis or axes of the classes; None means all axes."},
        "where : array of bool, optional": {WHERE.format("logits"), WHERE.format("log_predictions")},
    },
}


def entries_of(room):
    """Head, text and function of each entry of Parameters and Raises."""
    for path in sorted(Path(xent.__file__).parent.joinpath(room).glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
                text = ast.get_docstring(node) or ""
                for body in re.findall(r"(?ms)^(?:Parameters|Raises)\n-+\n(.*?)(?=^\w[\w ]*\n-+\n|\Z)", text):
                    for entry in re.split(r"\n(?=\S)", body.rstrip()):
                        head, _, below = entry.partition("\n")
                        yield head, " ".join(below.split()), node.name


@pytest.mark.parametrize("room", list(PASSAGES))
def test_shared_entries_are_literally_the_same(room):
    different, found = [], set()
    for head, text, name in entries_of(room):
        if head in PASSAGES[room]:
            found.add((head, text))
            if text not in PASSAGES[room][head]:
                different.append(f"{name}: {head}: {text}")
    assert not different
    assert found == {(head, text) for head, texts in PASSAGES[room].items() for text in texts}
