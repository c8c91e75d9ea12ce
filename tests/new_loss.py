"""
``python -m tests.new_loss NAME --family FAMILY [--purpose FOLDER]``: skeletons of the three files of a loss.

They are its formula, the loss with a docstring of every section, and its test file with a definition, mutants
and edge cases; ``FILL IN``, in code ``FILL_IN``, marks all that is missing. The line that exports the loss is
printed.
"""

import argparse
import keyword
import sys
from dataclasses import dataclass
from pathlib import Path
from string import Template

from docs.passage import LossKind
from docs.passage_texts import parameters
from docs.passages import rewritten

__all__ = ["FAMILIES", "Family", "main", "skeletons"]

_ROOT = Path(__file__).parents[1]
_SKELETONS = _ROOT / "tests" / "skeletons"
_OPTIONS = frozenset({"ignored_label", "class_weights", "class_mask", "softcap", "temperature", "offset"})


@dataclass(frozen=True)
class Family:
    """
    Kind of loss, as the folder `families` of the losses has them.

    Parameters
    ----------
    purpose : str
        Folder of the loss unless another is named.
    domain, truth, link : str
        Facts about the loss.
    base, home, problem : str
        Abstract class, its module in `families`, and the function there that makes the problem of a formula.
    sibling : str
        Class of the best known loss of the family.
    fields : dict
        Further words of the skeletons.
    options : frozenset of str
        Names of the parameters that all losses of the family have.
    """

    purpose: str
    domain: str
    truth: str
    link: str
    base: str
    home: str
    problem: str
    sibling: str
    fields: dict[str, str]
    options: frozenset[str] = _OPTIONS


_LABELS = {
    "data": "labels: Array",
    "shape": "(...)",
    "row": "row",
    "returns": "array of shape (...)",
    "shift_invariant": "True",
    "helpers": "",
    "argument": "label",
    "inputs": "logits",
    "truths": "",
    "truths_field": "",
    "right": "np.asarray([0])",
    "least_case": "one_class_alone_costs_nothing",
    "least_logit": "3.5",
    "least_truth": "np.asarray([0])",
    "no_truth": "np.zeros(0, dtype=int)",
    "no_values": "(0,)",
    "gradient": "gradient",
}
_TARGETS = {
    **_LABELS,
    "data": "targets: Array",
    "helpers": ", far_targets",
    "argument": "targets",
    "truths": '\ndef truths(logits, _rng):\n    """Targets that differ from the model."""\n'
    "    return far_targets(logits)\n\n",
    "truths_field": "\n    truths=truths,",
    "right": "np.asarray([[1.0, 0.0]])",
    "least_truth": "np.asarray([[1.0]])",
    "no_truth": "np.zeros((0, 2))",
}
_EVENTS = {
    **_TARGETS,
    "data": "mass_for: Array, mass_against: Array",
    "shape": "of the logits",
    "row": "logit",
    "returns": "array",
    "shift_invariant": "False",
    "helpers": "",
    "argument": "target",
    "inputs": "logit",
    "truths": '\ndef truths(logits, rng):\n    """An event, and none."""\n    del logits, rng\n'
    "    return [[1.0], [0.0]]\n\n",
    "least_case": "a_logit_of_0_costs_what_even_odds_cost",
    "least_logit": "0.0",
    "no_values": "(0, 2)",
}
_SOFTMAX = "abstract_softmax_loss"
FAMILIES = {
    "true_class": Family(
        "focusing", "logits", "labels", "softmax", "AbstractLossOfLogits", _SOFTMAX, "problem_of_labels",
        "SoftmaxCrossEntropy", {**_LABELS, "gradient": "first_derivative"},
    ),
    "softmax_labels": Family(
        "cross_entropy", "logits", "labels", "softmax", "AbstractLossOfLogits", _SOFTMAX, "problem_of_labels",
        "SoftmaxCrossEntropy", _LABELS,
    ),
    "softmax_targets": Family(
        "divergences", "logits", "targets", "softmax", "AbstractLossOfTargets", _SOFTMAX,
        "problem_of_targets", "SoftmaxCrossEntropyOfTargets", _TARGETS, _OPTIONS - {"ignored_label"},
    ),
    "sigmoid": Family(
        "cross_entropy", "logit", "events", "sigmoid", "AbstractLossOfLogits", "abstract_sigmoid_loss",
        "problem_of_events", "SigmoidCrossEntropy", _EVENTS,
    ),
}  # fmt: skip


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
        "data_by_line": kind.fields["data"].replace(", ", ",\n        "),
        "Class": _class_name(name),
        "imports": _imports(kind, name, is_function=is_function),
        "base": kind.base,
        "sibling": kind.sibling,
        "sibling_object": _snake(kind.sibling),
        "domain": kind.domain,
        "truth": kind.truth,
        "link": kind.link,
        "problem": _problem(kind, is_function=is_function),
    }
    of_kind = LossKind(kind.domain, kind.truth, kind.link, 0.0, kind.options)
    words["arguments"] = ", ".join(parameters(of_kind))
    words["problem"] = Template(words["problem"]).substitute(words)
    source = _ROOT / "src" / "xent"
    formula = "formula_of_true_class" if is_function else "formula"
    return {
        source / "formulas" / "losses" / f"{name}.py": _filled(formula, words),
        source / "losses" / purpose / f"{name}.py": rewritten(_filled("loss", words), of_kind),
        _ROOT / "tests" / "losses" / f"test_{name}.py": _filled("test", words),
    }


def _filled(skeleton, words):
    text = (_SKELETONS / f"{skeleton}.txt").read_text(encoding="utf-8")
    return Template(text).substitute(words)


def _imports(kind, name, *, is_function):
    formula = (
        f"from xent.formulas.losses import {name} as formula\n"
        "from xent.formulas.true_class import FunctionOfTrueClass\n"
        if is_function
        else f"from xent.formulas.losses.{name} import {name} as formula\n"
    )
    return (
        f"{formula}from xent.losses.arguments.examples import Request\n"
        "from xent.losses.facts import LossFacts\n"
        f"from xent.losses.families.{kind.home} import {kind.base}, {kind.problem}\n"
        "from xent.losses.problem import Problem"
    )


def _problem(kind, *, is_function):
    formula = (
        "    @property\n    def formula(self) -> FunctionOfTrueClass:\n"
        '        """The loss as a function of logits and labels."""\n'
        "        return FunctionOfTrueClass(formula.$Class())\n\n"
        if is_function
        else ""
    )
    return (
        f"{formula}    def problem(self, request: Request) -> Problem:\n"
        '        """As in `AbstractLoss`."""\n'
        f"        return {kind.problem}(request, {'self.' if is_function else ''}formula, self.options)\n"
    )


def _class_name(name):
    return "".join(map(str.title, name.split("_")))


def _snake(name):
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name).lstrip("_")


if __name__ == "__main__":
    main()
