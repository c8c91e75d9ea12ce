"""Losses of the registry on the outputs of a network, and the probabilities that these outputs mean."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn
from torch.nn import functional

from xent.errors import DomainError, ShapeError, XentError
from xent.losses.abstract_loss import AbstractLoss
from xent.losses.registry import REGISTRY
from xent.near_names import near_names
from xent.networks.member_layers import MemberCosines, MemberLinear
from xent.torch import cross_entropy

__all__ = ["TrainingLoss", "training_loss"]

# Form of the truth, and of the outputs, by domain and truth of a loss.
_FORMS = {
    ("logits", "labels"): ("labels", "logits"),
    ("logits", "targets"): ("one-hot", "logits"),
    ("ordinal logits", "ordered labels"): ("labels", "logits"),
    ("ordinal logits", "ordered targets"): ("one-hot", "logits"),
    ("logit", "events"): ("events", "events"),
    ("cosines", "labels"): ("labels", "cosines"),
    ("logits of evidence", "labels"): ("labels", "evidence"),
    ("conditional logits", "ordered labels"): ("labels", "conditional"),
}
# Their links give classes a probability of 0, whose cross-entropy is infinite.
_SPARSE = {"entmax", "sparsemax"}


@dataclass(frozen=True, slots=True)
class TrainingLoss:
    """
    Loss of a network's outputs for K classes.

    Parameters
    ----------
    loss : AbstractLoss
        Loss of the registry.
    n_classes : int
        Number of classes, K.
    truth : {"labels", "one-hot", "events"}
        Form of the truth: class numbers, one-hot targets, or for each class whether it is the true one.
    outputs : {"logits", "events", "cosines", "evidence", "conditional"}
        Meaning of the outputs: logits of a softmax, of the event of each class, or of being beyond each of
        K - 1 ordered classes if not below it; cosines with the vectors of the classes; or logits of evidence.
    """

    loss: AbstractLoss
    n_classes: int
    truth: str
    outputs: str

    @property
    def n_outputs(self) -> int:
        """
        Number of outputs of the network: K, but K - 1 for conditional probabilities and for one event of two
        classes.
        """
        if self.outputs == "conditional" or (self.outputs == "events" and self.n_classes == 2):
            return self.n_classes - 1
        return self.n_classes

    @property
    def starts_at_frequencies(self) -> bool:
        """True if outputs of the logarithms of the class frequencies mean these frequencies."""
        return self.outputs == "logits"

    def values(self, outputs: torch.Tensor, codes: torch.Tensor) -> torch.Tensor:
        """
        Loss of each row, (n,), unweighted, for outputs (n, outputs); for (n, members, outputs) the mean of
        the members.

        There is an output for each of K classes, one for two classes and a loss of events, or K - 1 for a
        loss of ordered classes. `codes`, (n,), are classes 0 .. K-1. Raises `ShapeError` for outputs of
        another shape, as a network of the caller's own may have.
        """
        if (
            outputs.ndim not in {2, 3}
            or outputs.shape[0] != len(codes)
            or outputs.shape[-1] != self.n_outputs
        ):
            rule = f"make a network with outputs of shape (rows, {self.n_outputs})"
            got = f"outputs of shape {tuple(outputs.shape)} for {len(codes)} rows"
            raise ShapeError("NeuralClassifier", "module", rule, got=got)
        if outputs.ndim == 3:
            members = outputs.shape[1]
            each = self._of_rows(outputs.flatten(0, 1), codes.repeat_interleave(members))
            return each.view(-1, members).mean(dim=1)
        return self._of_rows(outputs, codes)

    def check(self) -> None:
        """
        Raise as the loss does for its parameters, by one validated row: `values` validates nothing.

        Those are `DomainError`, `DTypeError` and `ShapeError` of a temperature, weights, a mask and the like.
        """
        self._of_rows(torch.zeros(1, self.n_outputs), torch.zeros(1, dtype=torch.int64), validate=True)

    def _of_rows(self, outputs: torch.Tensor, codes: torch.Tensor, *, validate: bool = False) -> torch.Tensor:
        """
        Loss of each row, (n,), from `outputs`, (n, outputs), by the form of truth that the loss takes.

        That is the label, of `codes`, (n,); of two classes, the event of the second, from the first column
        alone; or one-hot targets, as a distribution or as an event of each class, whose losses are added.
        `validate` True lets the loss check its arguments, but for softmax cross-entropy of default
        parameters.
        """
        if self.loss == REGISTRY["softmax_cross_entropy"]:
            rows: Any = cross_entropy(outputs, codes, reduction="none")
        elif self.truth == "labels":
            rows = self.loss(outputs, codes, validate=validate)
        elif self.outputs == "events" and self.n_classes == 2:
            rows = self.loss(outputs[:, 0], codes.to(outputs.dtype), validate=validate)
        else:
            rows = self._of_one_hot(outputs, codes, validate=validate)
        found: torch.Tensor = rows
        return found

    def _of_one_hot(self, outputs: torch.Tensor, codes: torch.Tensor, *, validate: bool) -> torch.Tensor:
        """Loss of each row, (n,), by its one-hot distribution, or the sum of the losses of its K events."""
        one_hot = functional.one_hot(codes, self.n_classes).to(outputs.dtype)
        values: torch.Tensor = self.loss(outputs, one_hot, validate=validate)
        return values if values.ndim == 1 else values.sum(dim=1)

    def log_probs(self, outputs: torch.Tensor) -> torch.Tensor:
        """
        Logarithm of each class's probability in nats, of shape (n, K), from outputs of shape (n, outputs).

        Of outputs of shape (n, members, outputs) it is that of the mean of the members' probabilities. They
        are those that the loss gives its outputs, before any temperature.
        """
        if outputs.ndim == 3:
            members = outputs.shape[1]
            each = self._log_probs_of_rows(outputs.flatten(0, 1)).view(-1, members, self.n_classes)
            return torch.logsumexp(each, dim=1) - math.log(members)
        return self._log_probs_of_rows(outputs)

    def _log_probs_of_rows(self, outputs: torch.Tensor) -> torch.Tensor:
        """
        Log-probabilities of the classes, (n, K), by the meaning of the `outputs`, (n, outputs).

        Logits and scaled cosines have a softmax. The one output of two classes is the logit of the second.
        Probabilities of one event for each of several classes do not sum to 1, and are scaled. K - 1 outputs
        of ordered classes are logits of being beyond each if not below it. Evidence plus 1 gives Dirichlet
        concentrations, of which the means are taken.
        """
        if self.outputs == "events":
            yes, no = functional.logsigmoid(outputs), functional.logsigmoid(-outputs)
            if self.n_classes == 2:
                return torch.cat([no, yes], dim=1)
            # One-against-the-rest probabilities do not sum to 1; scaled, they are shares.
            return functional.log_softmax(yes, dim=1)
        if self.outputs == "conditional":
            beyond = functional.logsigmoid(outputs).cumsum(dim=1)
            reached = torch.cat([torch.zeros_like(beyond[:, :1]), beyond[:, :-1]], dim=1)
            return torch.cat([reached + functional.logsigmoid(-outputs), beyond[:, -1:]], dim=1)
        if self.outputs == "evidence":
            parameters: Any = self.loss
            exponential = parameters.evidence == "exponential"
            concentration = 1 + (outputs.exp() if exponential else functional.softplus(outputs))
            return concentration.log() - concentration.sum(dim=1, keepdim=True).log()
        scale = self.loss.scale if self.outputs == "cosines" else 1.0  # type: ignore[attr-defined] # of cosines
        return functional.log_softmax(scale * outputs, dim=1)

    def prepare(self, network: nn.Module) -> None:
        """
        Replace the linear layer ``head`` by a new one that returns cosines, if the loss needs cosines.

        The new layer, for `nn.Linear` or `MemberLinear`, has random weights and no bias. A network without
        such a ``head`` stays as it is, and so does any network under another loss.
        """
        head = getattr(network, "head", None)
        if self.outputs == "cosines" and isinstance(head, nn.Linear):
            network.head = CosineHead(head.in_features, head.out_features)
        elif self.outputs == "cosines" and isinstance(head, MemberLinear):
            network.head = MemberCosines(*head.weight.shape)


class CosineHead(nn.Module):
    """Cosines of the features and of a vector for each class."""

    def __init__(self, n_features: int, n_outputs: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(n_outputs, n_features) / n_features**0.5)

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """Cosine of each row of `features`, (n, inputs), with the vector of each class, (n, K)."""
        return functional.linear(functional.normalize(features), functional.normalize(self.weight))


def training_loss(loss: AbstractLoss | str, parameters: Any, n_classes: int, *, caller: str) -> TrainingLoss:
    """
    Loss for `n_classes` classes, by its name in the registry with its parameters, or a loss itself.

    `parameters` is None or empty for the defaults. Refused are losses of other truth than the class of a row,
    and those under which a class can have probability 0.

    Raises
    ------
    DomainError
        If there is no such loss, it cannot be made of `parameters`, one of them is out of range, or it does
        not train a classifier; if there are parameters beside a loss that has its own; or if `parameters` is
        neither a mapping nor None.
    ParameterError
        If the loss has no such parameter.
    DTypeError
        If a parameter is not of the kind, number or text, that the loss asks for.
    ShapeError
        If an array among the parameters, such as class weights, does not fit `n_classes`.
    """
    if parameters is not None and not isinstance(parameters, Mapping):
        rule = "be a mapping of parameters by name, or None"
        raise DomainError(caller, "loss_parameters", rule, got=type(parameters).__name__)
    if isinstance(loss, AbstractLoss) and parameters:
        rule, hint = "be None beside a loss that has its own", "Give them to the loss."
        raise DomainError(caller, "loss_parameters", rule, got=repr(dict(parameters)), hint=hint)
    found = loss if isinstance(loss, AbstractLoss) else _named(loss, dict(parameters or {}), caller)
    form = _FORMS.get((found.facts.domain, found.facts.truth))
    if form is None or found.facts.link in _SPARSE:
        names = ", ".join(name for name, one in REGISTRY.items() if _suits(one))
        rule = "be a loss of the classes of single rows that gives each class a probability above 0"
        raise DomainError(caller, "loss", rule, got=repr(found.name), hint=f"Such losses are: {names}.")
    training = TrainingLoss(found, n_classes, *form)
    training.check()
    return training


def _suits(loss: AbstractLoss) -> bool:
    return (loss.facts.domain, loss.facts.truth) in _FORMS and loss.facts.link not in _SPARSE


def _named(name: Any, parameters: dict[str, Any], caller: str) -> AbstractLoss:
    """
    Loss called `name`, made of `parameters`, a dict by name, which may be empty.

    Raises `DomainError` for an unknown name (with near ones), a missing parameter and a number out of range,
    `ParameterError` for a parameter that the loss does not have, and `DTypeError` for one that is no number,
    or no text, as the loss asks. Parameters that can be arrays, such as a temperature or class weights, are
    not checked before the loss is called.
    """
    if not isinstance(name, str) or name not in REGISTRY:
        hint = near_names(str(name), tuple(REGISTRY), what="losses")
        raise DomainError(caller, "loss", "be a loss of `xent losses`", got=repr(name), hint=hint)
    try:
        return type(REGISTRY[name])(**parameters)
    except TypeError as error:
        # Not an error of the loss itself, such as one of an unknown parameter, whatever it says.
        if not isinstance(error, (XentError, AttributeError, ValueError)) and "missing" in str(error):
            wanted = str(error).partition(": ")[2]
            got = f"{sorted(parameters)}, without {wanted}"
            raise DomainError(caller, "loss_parameters", f"suit {name!r}", got=got) from error
        raise
