"""Families of losses that `tests.new_loss` writes skeletons for: imports, code and words of each."""

from dataclasses import dataclass

__all__ = ["FAMILIES", "Family"]

_WEIGHTS = frozenset({"ignored_label", "class_weights"})
_OPTIONS = _WEIGHTS | {"class_mask", "softcap", "temperature", "offset"}


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
    base : str
        Abstract class.
    imports, body : str
        Lines that import from `xent.losses`, and the code of the class after its facts.
    sibling : str
        Class of the best known loss of the family.
    fields : dict
        Further words of the skeletons.
    options : frozenset of str
        Names of the parameters that all losses of the family have and share the text of.
    own : tuple of str
        Names of the parameters that are documented as for the sibling.
    """

    purpose: str
    domain: str
    truth: str
    link: str
    base: str
    imports: str
    body: str
    sibling: str
    fields: dict[str, str]
    options: frozenset[str] = _OPTIONS
    own: tuple[str, ...] = ()


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
    "sure": "[[0.0, -50.0]]",
    "ruled_out": "[[-np.inf, 0.0]]",
    "no_logits": "np.zeros((0, 2))",
    "test": "test",
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
_COSINES = {
    **_LABELS,
    "shift_invariant": "False",
    "inputs": "cosines",
    "sure": "[[1.0, -1.0]]",
    "ruled_out": "[[-1.0, 1.0]]",
    "least_logit": "0.5",
}
_EVIDENCE = {**_LABELS, "shift_invariant": "False"}
_EMBEDDINGS = {**_LABELS, "shift_invariant": "False", "test": "contrastive_test"}

_REQUEST = "from xent.losses.arguments.examples import Request\n"
_FACTS = "from xent.losses.facts import LossFacts\n"
_PROBLEM = "from xent.losses.problem import Problem"
_WEIGHTED = "from xent.losses.families.abstract_weighted_loss import AbstractWeightedLoss\n"
_OF_FORMULA = (
    '    """Checked arguments and formula of this loss; errors are those of the class docstring."""\n'
)


def _imports_of(home, *names):
    """Imports of a loss whose problem a function of one module of `families` makes."""
    return f"{_REQUEST}{_FACTS}from xent.losses.families.{home} import {', '.join(names)}\n{_PROBLEM}"


def _body(call, before=""):
    """The code of a class whose problem is one call."""
    head = f"{before}    def problem(self, request: Request) -> Problem:\n"
    return f"{head}    {_OF_FORMULA}        return {call}\n"


_LOGITS_HOME = "losses_of_logits"
_EVENTS_IMPORTS = (
    f"{_REQUEST}{_FACTS}from xent.losses.families.losses_of_events import problem_of_events\n"
    f"from xent.losses.families.losses_of_logits import AbstractLossOfLogits\n{_PROBLEM}"
)
FAMILIES = {
    "true_class": Family(
        "focusing", "logits", "labels", "softmax", "AbstractLossOfLogits",
        _imports_of(_LOGITS_HOME, "AbstractLossOfLogits", "problem_of_labels"),
        _body(
            "problem_of_labels(request, self.formula, self.options)",
            "    @property\n    def formula(self) -> FunctionOfTrueClass:\n"
            '        """Loss as a function of logits and labels."""\n'
            "        return FunctionOfTrueClass(formula.$Class())\n\n",
        ),
        "SoftmaxCrossEntropy", {**_LABELS, "gradient": "first_derivative"},
    ),
    "softmax_labels": Family(
        "cross_entropy", "logits", "labels", "softmax", "AbstractLossOfLogits",
        _imports_of(_LOGITS_HOME, "AbstractLossOfLogits", "problem_of_labels"),
        _body("problem_of_labels(request, formula, self.options)"), "SoftmaxCrossEntropy", _LABELS,
    ),
    "softmax_targets": Family(
        "divergences", "logits", "targets", "softmax", "AbstractLossOfTargets",
        _imports_of(_LOGITS_HOME, "AbstractLossOfTargets", "problem_of_targets"),
        _body("problem_of_targets(request, formula, self.options)"), "SoftmaxCrossEntropyOfTargets",
        _TARGETS, _OPTIONS - {"ignored_label"},
    ),
    "sigmoid": Family(
        "cross_entropy", "logit", "events", "sigmoid", "AbstractLossOfLogits", _EVENTS_IMPORTS,
        _body("problem_of_events(request, formula, self.options)"), "SigmoidCrossEntropy", _EVENTS,
    ),
    "weighted": Family(
        "ordinal", "logits", "labels", "softmax", "AbstractWeightedLoss",
        f"{_REQUEST}from xent.losses.arguments.labelled_examples import weighted_examples\n"
        f"{_FACTS}{_WEIGHTED}{_PROBLEM}",
        f"    def problem(self, request: Request) -> Problem:\n    {_OF_FORMULA}"
        "        examples = weighted_examples(\n"
        "            request, ignored_label=self.ignored_label, class_weights=self.class_weights\n"
        "        )\n"
        "        return Problem(examples, formula, (examples.truth,))\n",
        "SoftmaxCrossEntropy", _LABELS, _WEIGHTS,
    ),
    "cosine": Family(
        "margins", "cosines", "labels", "softmax", "AbstractWeightedLoss",
        f"{_REQUEST}{_FACTS}{_WEIGHTED}from xent.losses.families.losses_of_cosines import "
        f"check_scale_and_centres, examples_of_cosines\n{_PROBLEM}",
        "    scale: float = 30.0\n    sub_centres: int = 1\n\n"
        "    def __post_init__(self) -> None:\n        check_scale_and_centres(self)\n\n"
        f"    def problem(self, request: Request) -> Problem:\n    {_OF_FORMULA}"
        "        examples = examples_of_cosines(request, self)\n"
        "        return Problem(examples, formula, (examples.truth,))\n",
        "ArcFace", _COSINES, _WEIGHTS, ("cosines", "scale", "sub_centres"),
    ),
    "evidential": Family(
        "evidential", "logits of evidence", "labels", "Dirichlet distribution", "AbstractWeightedLoss",
        f"{_REQUEST}{_FACTS}{_WEIGHTED}from xent.losses.families.losses_of_evidence import "
        f"check_evidence, problem_of_evidence\n{_PROBLEM}",
        _body(
            "problem_of_evidence(request, self, formula)",
            '    evidence: str = "softplus"\n    annealing: float = 0.0\n\n'
            "    def __post_init__(self) -> None:\n        check_evidence(self)\n\n",
        ),
        "EvidentialCrossEntropy", _EVIDENCE, _WEIGHTS, ("logits", "evidence", "annealing"),
    ),
    "contrastive": Family(
        "contrastive", "embeddings", "keys", "softmax", "AbstractContrastiveLoss",
        "from xent.losses.arguments.embeddings import embeddings_of\n"
        f"{_REQUEST}{_FACTS}from xent.losses.families.abstract_contrastive_loss import "
        "AbstractContrastiveLoss, ContrastiveProblem",
        '    def problem(self, request: Request) -> ContrastiveProblem:\n'
        '        """Checked embeddings, and the contrast of anchors and candidates."""\n'
        '        named = (("queries", request.logits), ("keys", request.truth))\n'
        '        embeddings = embeddings_of(request, named, "keys", normalize=self.normalize)\n'
        "        own = class_indices(embeddings.arrays[0][..., 0], xp=embeddings.xp)\n"
        "        return self._contrast(embeddings, (1,), formula, own, None)\n",
        "InfoNCE", _EMBEDDINGS, frozenset(),
        ("queries", "keys", "sample_weight", "temperature", "normalize"),
    ),
}  # fmt: skip
