"""Docstrings read as plain technical English, and public ones parse as numpydoc with all their parts."""

import ast
import functools
import importlib
import inspect
import re
from pathlib import Path

import pytest
from tests.architecture.parsed_sources import parsed

from xent.errors import BackendError
from xent.losses.registry import REGISTRY

SOURCE = Path(__file__).parents[2] / "src" / "xent"
FILES = sorted(SOURCE.rglob("*.py"))
SECTIONS = (
    "Parameters",
    "Attributes",
    "Returns",
    "Yields",
    "Raises",
    "Warns",
    "See Also",
    "Notes",
    "References",
    "Examples",
)
# A docstring begins with the noun or the verb that it is about.
OPENINGS = re.compile(r"(What|Which|Who|Whose|How|Whether)\b")
PARAPHRASES = re.compile(r"\b(nobody|somebody|(is|are|was) no (class|float|label)|content with)\b")
PUBLIC = (
    "xent",
    "xent.jax",
    "xent.losses",
    "xent.measures",
    "xent.measures.codes",
    "xent.measures.estimators",
    "xent.scoring",
)


@functools.cache
def documented():
    """File, name and docstring of all that has one."""
    kinds = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    return [
        (file, getattr(node, "name", "module"), text)
        for file in FILES
        for node in ast.walk(parsed(file))
        if isinstance(node, kinds) and (text := ast.get_docstring(node))
    ]


def offences(pattern, *, match):
    return [
        f"{file.relative_to(SOURCE)}: {name}: {text.splitlines()[0]}"
        for file, name, text in documented()
        if (pattern.match if match else pattern.search)(text)
    ]


@pytest.mark.half_second
def test_docstrings_begin_with_a_noun_or_a_verb():
    assert offences(OPENINGS, match=True) == []


def test_docstrings_use_the_terms_of_the_field():
    assert offences(PARAPHRASES, match=False) == []


def public_objects():
    for package in PUBLIC:
        try:
            module = importlib.import_module(package)
        except BackendError:  # its library is not installed
            continue
        folder = Path(module.__file__).parent
        for name in module.__all__:
            if (folder / name).is_dir():
                continue  # a package: that of Keras imports TensorFlow
            try:
                thing = getattr(module, name)
            except BackendError:
                # An optional library is missing; where all are installed every name is checked.
                continue
            if callable(thing) and not inspect.ismodule(thing):
                yield f"{package}.{name}", thing


PUBLIC_OBJECTS = dict(public_objects())


def sections_of(text):
    """Headings in order; a heading is a line of a known name, underlined by as many dashes."""
    lines = text.splitlines()
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        if line in SECTIONS:
            assert following == "-" * len(line), f"{line} is not underlined by {len(line)} dashes"
            yield line
        else:
            assert not re.match(rf"({'|'.join(SECTIONS)})\s*-{{3,}}", line), f"heading on one line: {line}"


@pytest.mark.parametrize("name", PUBLIC_OBJECTS)
def test_a_public_docstring_parses_as_numpydoc(name):
    found = list(sections_of(inspect.getdoc(PUBLIC_OBJECTS[name])))
    assert found == [section for section in SECTIONS if section in found], "sections out of order or twice"


@pytest.mark.parametrize("name", REGISTRY)
def test_a_loss_states_its_definition_gradient_edge_cases_and_numerics(name):
    notes = inspect.getdoc(type(REGISTRY[name]))
    for part in ("Definition", "Gradient", "Edge cases", "Numerics"):
        assert f"**{part}.**" in notes, part
