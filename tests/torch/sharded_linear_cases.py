"""Calls of `linear_cross_entropy` whose classes are divided among ranks, and the results of one process."""

from __future__ import annotations

from typing import Any, NamedTuple

import torch

import xent.torch as front

__all__ = ["CUTS", "EPS", "OPTIONS", "C", "assert_agree", "results"]

N, D, C = 9, 4, 23
# Uneven; where there are more than two ranks, one has no class.
CUTS = {2: (0, 17, C), 3: (0, 15, 15, C), 4: (0, 5, 5, 14, C)}
GENERATOR = torch.Generator().manual_seed(4)
HIDDEN, WEIGHT, BIAS = (torch.randn(shape, generator=GENERATOR) for shape in ((N, D), (C, D), (C,)))
LABELS = torch.tensor([0, 21, 16, 15, -100, 5, 3, 1, 20])
CLASS_WEIGHTS = torch.rand(C, generator=GENERATOR) + 0.25
PROBS = torch.randn(N, C, generator=GENERATOR).softmax(1)
MASK = torch.arange(C) % 5 != 2
ROW_MASK = torch.rand(N, C, generator=GENERATOR) > 0.3
ROW_MASK[torch.arange(N), LABELS.clamp(0)] = True
# No class of the first rank is left in this row.
ROW_MASK[1, :17] = False
SPARSE = torch.randint(0, C, (N, 3), generator=GENERATOR), torch.rand(N, 3, generator=GENERATOR)
MANY = torch.randn(C, 2, D, generator=GENERATOR)
EPS = {torch.float64: 2.3e-16, torch.float32: 1.2e-7}

OPTIONS: dict[str, dict[str, Any]] = {
    "plain": {},
    "rows": {"reduction": "none", "weight": True, "z_loss": 1e-2},
    "smoothed": {"label_smoothing": 0.2, "weight": True},
    "masked": {"class_mask": "classes", "label_smoothing": 0.1},
    "masked by row": {"class_mask": "rows", "label_smoothing": 0.1, "chunk_bytes": 2 * C * 8},
    "masked by row, some rows at a time": {
        "class_mask": "rows",
        "label_smoothing": 0.1,
        "options": torch.nn.LinearCrossEntropyOptions(batch_chunk_size=2, chunking_method=None),
    },
    "capped": {"softcap": 2.0, "logit_scale": 0.5, "chunk_bytes": 2 * C * 8},
    "statistics": {"return_stats": True, "z_loss": 0.1, "weight": True},
    "top_k": {"return_stats": True, "top_k": 7, "chunk_bytes": 2 * C * 8},
    "top_k of capped logits": {"return_stats": True, "top_k": 2, "softcap": 2.0, "class_mask": "rows"},
    "statistics beside smoothing": {"return_stats": True, "top_k": 3, "label_smoothing": 0.2, "weight": True},
    "probabilities": {"target": "probs", "denominator": 5.0},
    "statistics of probabilities": {"target": "probs", "weight": True, "return_stats": True, "top_k": 2},
    "sparse": {"target": "sparse", "reduction": "sum"},
    "sparse and smoothed": {"target": "sparse", "label_smoothing": 0.3, "return_stats": True, "top_k": 2},
    "learned": {"logit_scale": "learned", "weight": True},
    "teacher": {"target": "learned sparse"},
    "one row": {"target": "row", "return_stats": True, "top_k": 2},
    "sequences": {"target": "sequences", "shift": 1, "return_stats": True, "top_k": 1},
    "places": {"target": "places", "reduction": "none"},
}


class Call(NamedTuple):
    """Tensors in which a call is differentiated, its positional arguments and its keywords."""

    leaves: list[Any]
    arguments: list[Any]
    keywords: dict[str, Any]


def call_of(name: str, dtype: Any, columns: slice) -> Call:
    """Call with the options `name` for the classes `columns`; one ignored row of nan."""
    given = dict(OPTIONS[name])
    hidden, weight, bias = HIDDEN.to(dtype).clone(), WEIGHT.to(dtype)[columns], BIAS.to(dtype)[columns]
    kind, truth = given.pop("target", "labels"), LABELS
    others: list[Any] = []
    is_composed = "class_mask" in given or ("return_stats" in given and "label_smoothing" in given)
    if kind == "labels" and not is_composed:
        hidden[4] = torch.nan
    if kind == "probs":
        truth = PROBS.to(dtype)[:, columns]
    if "sparse" in kind:
        probs = SPARSE[1].to(dtype).clone().requires_grad_("learned" in kind)
        truth, others = front.SparseTargets(SPARSE[0], probs), [probs] if probs.requires_grad else []
    if kind == "row":
        hidden, truth = hidden[0], LABELS[0]
    if kind == "sequences":
        hidden, truth = hidden[:8].reshape(2, 4, D), LABELS[:8].reshape(2, 4)
    if kind == "places":
        weight, bias, truth = MANY.to(dtype)[columns], None, torch.stack([LABELS, LABELS.flip(0)], 1)
    if given.get("logit_scale") == "learned":
        others = [torch.tensor(0.75, dtype=dtype).requires_grad_()]
        given["logit_scale"] = others[0]
    if "weight" in given:
        given["weight"] = CLASS_WEIGHTS.to(dtype)[columns]
    if "class_mask" in given:
        given["class_mask"] = (MASK if given["class_mask"] == "classes" else ROW_MASK)[..., columns]
    own = [one.clone().requires_grad_() for one in (weight, bias) if one is not None]
    hidden = hidden.requires_grad_()
    given["linear_bias"] = own[1] if bias is not None else None
    # Divided gradients come last: those of the other tensors are of all ranks.
    return Call([hidden, *others, *own], [hidden, own[0], truth], given)


def results(
    name: str, dtype: Any, columns: slice, group: Any, *, compiles: bool = False
) -> tuple[Any, Any, int]:
    """Loss and statistics, gradients of their sum, and the number of gradients in what all ranks share."""
    leaves, arguments, given = call_of(name, dtype, columns)
    function = front.linear_cross_entropy
    if compiles:
        function = torch.compile(function, fullgraph=True, backend="aot_eager")
    found = function(*arguments, process_group=group, **given)
    loss, stats = found if isinstance(found, tuple) else (found, None)
    total, numbers = loss.sum(), [loss.detach()]
    if stats is not None:
        if stats.top_classes is not None:
            # A row of nan has no largest classes.
            classes = stats.top_classes.masked_fill(stats.top_log_probs.isnan(), -1)
            stats = stats._replace(top_classes=classes)
        read = torch.arange(N) != 4 if leaves[0].isnan().any() else ...
        parts = stats.entropy, 2 * stats.log_normaliser, stats.top_log_probs
        for part in parts:
            if part is not None:
                factors = torch.linspace(0.5, 2, part[read].numel(), dtype=part.dtype)
                total = total + (part[read] * factors.reshape(part[read].shape)).sum()
        total = total - stats.log_prob.sum()
        numbers += [part.detach() for part in stats if part is not None]
    n_shared = len(leaves) - 2 + (given["linear_bias"] is None)
    return numbers, torch.autograd.grad(total, leaves), n_shared


def assert_agree(answers: Any, expected: Any, eps: float, name: str) -> None:
    """All ranks have the same loss and statistics, bit for bit, near those of one process, and gradients."""
    numbers, gradients, n_shared = expected
    for found, _, _ in answers:
        for one, first, number in zip(found, answers[0][0], numbers, strict=True):
            assert torch.equal(one.nan_to_num(), first.nan_to_num()), name
            torch.testing.assert_close(
                one, number, rtol=16 * eps, atol=16 * eps, equal_nan=True, msg=lambda text: f"{name}: {text}"
            )
    for place, true in enumerate(gradients):
        parts = [of_rank[place] for _, of_rank, _ in answers]
        for found in parts if place < n_shared else [torch.cat(parts)]:
            scale = true.abs().max()
            assert float((found - true).abs().max() / scale) < 16 * eps, f"{name}, gradient {place}"
