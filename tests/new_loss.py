"""
``python -m tests.new_loss NAME --family FAMILY [--purpose FOLDER]``: skeletons of the three files of a loss.

They are its formula, the loss with a docstring of every section, and its test file with a definition, mutants
and edge cases; ``FILL IN``, in code ``FILL_IN``, marks all that is missing. The line that exports the loss is
printed.
"""

import argparse
import keyword
import sys
from pathlib import Path
from string import Template

from docs.passage import LossKind
from docs.passage_texts import parameters
from docs.passages import rewritten

from tests.loss_families import FAMILIES

__all__ = ["FAMILIES", "main", "skeletons"]

_ROOT = Path(__file__).parents[1]
_SKELETONS = _ROOT / "tests" / "skeletons"


def main(arguments=None):
    """Write the skeletons, and print the line that exports the loss."""
    parser = argparse.ArgumentParser(prog="python -m tests.new_loss", description=__doc__)
    parser.add_argument("name", metavar="NAME", help="its name in snake_case, such as `taylor_cross_entropy`")
    parser.add_argument("--family", required=True, choices=FAMILIES)
    parser.add_argument("--purpose", metavar="FOLDER", help="a folder of src/xent/losses")
    given = parser.parse_args(arguments)
    purpose = given.purpose or FAMILIES[given.family].purpose
    files = skeletons(given.name, given.family, purpose)
    refuse(parser, given.name, purpose, files)
    for path, text in files.items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
        sys.stdout.write(f"Wrote {path.relative_to(_ROOT).as_posix()}\n")
    sys.stdout.write(
        "Add to src/xent/losses/__init__.py, at its place in the order of the losses:\n"
        f"    from xent.losses.{purpose}.{given.name} import {_class_name(given.name)}, {given.name}\n"
        f"Fill in what says FILL IN, then: python -m tests.oracles.loss_tables {given.name}, "
        f"python -m tests.loss {given.name}, python -m docs.build\n"
    )


def refuse(parser, name, purpose, files):
    """End with a message where the name, the folder or a file does not allow a new loss."""
    if not (name.isidentifier() and name == name.lower()) or keyword.iskeyword(name):
        parser.error(f"`NAME` must be an identifier in snake_case; got {name!r}.")
    losses = _ROOT / "src" / "xent" / "losses"
    folders = {path.parent.name for path in losses.glob("*/__init__.py")} - {"families", "arguments"}
    if purpose not in folders:
        parser.error(f"`--purpose` must be one of {', '.join(sorted(folders))}; got {purpose!r}.")
    taken = [path for path in (*files, *losses.rglob(f"{name}.py")) if path.exists()]
    if taken:
        parser.error(f"`NAME` must be new; got {name!r}, of which there is {taken[0].relative_to(_ROOT)}.")


def skeletons(name, family, purpose):
    """The text of each of the three files, by its path."""
    kind, is_function = FAMILIES[family], family == "true_class"
    words = {
        **kind.fields,
        "name": name,
        "purpose": purpose,
        "data_by_line": kind.fields["data"].replace(", ", ",\n        "),
        "Class": _class_name(name),
        "imports": _imports(kind, name, is_function=is_function),
        "base": kind.base,
        "sibling": kind.sibling,
        "sibling_object": _snake(kind.sibling),
        "domain": kind.domain,
        "truth": kind.truth,
        "link": kind.link,
    }
    of_kind = LossKind(kind.domain, kind.truth, kind.link, 0.0, kind.options)
    words["arguments"] = ", ".join(dict.fromkeys([*kind.own, *parameters(of_kind)]))
    words["problem"] = Template(kind.body).substitute(words)
    source = _ROOT / "src" / "xent"
    formula = "formula_of_true_class" if is_function else "formula"
    return {
        source / "formulas" / "losses" / f"{name}.py": _filled(formula, words),
        source / "losses" / purpose / f"{name}.py": rewritten(_filled("loss", words), of_kind),
        _ROOT / "tests" / "losses" / purpose / f"test_{name}.py": _filled(kind.fields["test"], words),
    }


def _filled(skeleton, words):
    text = (_SKELETONS / f"{skeleton}.txt").read_text(encoding="utf-8")
    return Template(text).substitute(words)


def _imports(kind, name, *, is_function):
    formula = (
        f"from xent.formulas.losses import {name} as formula\nfrom xent.formulas.true_class import "
        "FunctionOfTrueClass\n"
        if is_function
        else f"from xent.formulas.losses.{name} import {name} as formula\n"
    )
    arrays = "from xent.arrays import class_indices\n" if kind.domain == "embeddings" else ""
    return f"{arrays}{formula}{kind.imports}"


def _class_name(name):
    return "".join(map(str.title, name.split("_")))


def _snake(name):
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name).lstrip("_")


if __name__ == "__main__":
    main()
