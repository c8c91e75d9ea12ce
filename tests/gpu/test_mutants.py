"""
Edits of the Triton kernels that some test here has to notice.

Triton reads the source of a kernel by itself, so an edit of the table, made as `tests/mutants` make theirs,
is given to its interpreter instead of that source.
"""

import ast
import copy
import importlib
from dataclasses import dataclass

import pytest

torch = pytest.importorskip("torch")

from tests.gpu import test_linear as linear  # noqa: E402 - after the question whether PyTorch is there
from tests.gpu import test_memory_of_rows as memory  # noqa: E402 - after the question whether PyTorch is there
from tests.gpu import test_sigmoid as events  # noqa: E402 - likewise
from tests.gpu import test_softmax_rows as rows  # noqa: E402 - likewise
from tests.gpu.small_tiles import small_tiles  # noqa: E402 - likewise
from tests.mutants.edits import SOURCE, edited  # noqa: E402 - likewise

WHOLE, TILES = "whole rows", "tiles"


@dataclass(frozen=True)
class Mutant:
    """An edit as in `tests/mutants`, and the test that fails: a function, its arguments, and the tiling."""

    name: str
    function: str
    old: str
    new: str
    test: tuple

    def __str__(self):
        return f"{self.function}: {self.name}"


HARD = rows.test_hard_rows_are_within_four_units, 17
ONE_HOT = (rows.test_one_hot_probabilities_are_as_exact_as_labels,)
RISING = rows.test_rows_that_rise_from_tile_to_tile_are_as_exact_as_any, 9.0
SURE = (events.test_targets_0_and_1_are_within_four_units_however_sure_the_model_is,)
EMPTY_TILES = (rows.test_tiles_of_minus_infinity_change_nothing,)
MUTANTS = (
    Mutant(
        "forget the low-order part",
        "triton/exact_difference:exact_difference",
        "hi, a - a_as_seen + (b_as_seen - b)",
        "hi, hi - hi",
        (*HARD, WHOLE),
    ),
    Mutant(
        "forget what 1 + x loses",
        "triton/logarithm:log1p",
        "tl.fma(lost, shrink, scaled - 1.0)",
        "scaled - 1.0",
        (*HARD, WHOLE),
    ),
    Mutant(
        "a power of two less",
        "triton/exponential:exponential",
        "magnified_exponential(a, b) * REDUCTION",
        "magnified_exponential(a, b) * REDUCTION * 0.5",
        (*HARD, WHOLE),
    ),
    Mutant(
        "an exponential that drops the low-order part of log 2",
        "triton/exponential:magnified_exponential",
        "tl.fma(n, -_LOG2_LO, low)",
        "low",
        (*HARD, WHOLE),
    ),
    Mutant(
        "keep the peak in the sum",
        "running_softmax:joined",
        "tl.where(leads[:, None] & (columns[None, :] == tile_top[:, None]), 0.0, powers)",
        "powers",
        (*HARD, WHOLE),
    ),
    Mutant(
        "forget the old peak",
        "running_softmax:joined",
        "tl.where(leads, magnified_exponential(peak, _finite(moved)), 0.0)",
        "tl.where(leads, 0.0, 0.0)",
        (*RISING, TILES),
    ),
    Mutant(
        "keep the old scale",
        "running_softmax:joined",
        "tl.where(moved > reference, factor, MAGNIFICATION)",
        "factor * 0.0 + MAGNIFICATION",
        (*RISING, TILES),
    ),
    Mutant(
        "-inf minus -inf",
        "running_softmax:_finite",
        'tl.where(reference > float("-inf"), reference, 0.0)',
        "reference",
        (*EMPTY_TILES, TILES),
    ),
    Mutant(
        "a sum above the reference, not the peak",
        "running_softmax:rest_of",
        "(total + lost) * moved * REDUCTION",
        "(total + lost) * REDUCTION",
        (rows.test_rows_that_rise_from_tile_to_tile_are_as_exact_as_any, 0.7, TILES),
    ),
    Mutant(
        "p - 1",
        "triton/label_terms:label_gradient",
        "tl.where(is_top, tl.div_rn(rest, total), 1.0 - prob)",
        "1.0 - prob",
        (*HARD, WHOLE),
    ),
    Mutant(
        "0 times infinity",
        "triton/label_terms:label_value",
        "tl.where(is_free, 0.0, weight * surprisal)",
        "weight * surprisal",
        (rows.test_a_class_of_probability_0_costs_nothing_unless_it_is_the_truth, WHOLE),
    ),
    Mutant(
        "cancel at the largest target",
        "two_passes:in_second_pass",
        "tl.where(columns[None, :] == place[:, None], others[:, None], without)",
        "without",
        (rows.test_the_largest_of_many_targets_cancels_nothing, WHOLE),
    ),
    Mutant(
        "cancel at the argmax",
        "two_passes:in_second_pass",
        "tl.where(columns[None, :] == top[:, None], rest[:, None] * inverse, 1.0 - prob)",
        "1.0 - prob",
        (*ONE_HOT, WHOLE),
    ),
    Mutant(
        "forget the largest target so far",
        "triton/targets:counted",
        'tl.where(leads & (largest > float("-inf")), largest, 0.0)',
        "tl.where(leads, 0.0, 0.0)",
        (rows.test_the_largest_of_many_targets_cancels_nothing, TILES),
    ),
    Mutant(
        "an entropy of 0 times infinity",
        "two_passes:in_second_pass",
        "tl.where(powers == 0.0, 0.0, powers * below)",
        "powers * below",
        (*EMPTY_TILES, WHOLE),
    ),
    Mutant(
        "read what is ignored",
        "triton/tiles:labels_of",
        "is_row & (labels != ignored)",
        "is_row",
        (rows.test_ignored_rows_cost_nothing_and_are_not_read, -100, WHOLE),
    ),
    Mutant(
        "forget the upstream",
        "rows_kernel:_factor",
        "factor * tl.load(upstream)",
        "factor",
        (memory.test_factors_multiply_the_gradient_alone, 0.0, WHOLE),
    ),
    Mutant(
        "cut the low bits off",
        "triton/rounding:rounded_to_bfloat16",
        "bits + 32767 + (bits >> 16 & 1)",
        "bits",
        (rows.test_sixteen_bits_are_rounded_once, torch.bfloat16, WHOLE),
    ),
    Mutant(
        "drop the distance",
        "events_kernel:sigmoid_events",
        "distance + (mass_for + mass_against) * log1p(small)",
        "(mass_for + mass_against) * log1p(small)",
        (*SURE, WHOLE),
    ),
    Mutant(
        "swap the sides of the share",
        "events_kernel:sigmoid_events",
        "tl.where(is_above, mass_against, mass_for)",
        "tl.where(is_above, mass_for, mass_against)",
        (*SURE, WHOLE),
    ),
    Mutant("1 - sigmoid", "events_kernel:sigmoid_events", "small * likely", "1.0 - likely", (*SURE, WHOLE)),
    Mutant(
        "0 times an infinite logit",
        "events_kernel:sigmoid_events",
        "tl.where(share == 0.0, 0.0, 0.0 - share * below)",
        "0.0 - share * below",
        (events.test_infinite_logits_cost_nothing_on_their_side, WHOLE),
    ),
    Mutant(
        "weights that do not repeat",
        "events_kernel:sigmoid_events",
        "weights + places % weight_period",
        "weights + places * 0",
        (events.test_every_option_meets_64_bits, "by class", "none", torch.float32, WHOLE),
    ),
)

DROPPED = linear.test_ignored_rows_are_dropped_where_their_number_is_known, torch.float32
OF_THE_HOST = (
    Mutant(
        "trust the number of rows",
        "device_pass:_of_rows_read",
        "torch.where(is_read.sum() == count, 0.0, torch.nan)",
        "torch.where(is_read.sum() == count, 0.0, 0.0)",
        (*DROPPED, "mean"),
    ),
    Mutant(
        "the factors of the first rows",
        "device_pass:_of_rows_read",
        "factor[places]",
        "factor[: places.shape[0]]",
        (*DROPPED, "none"),
    ),
    Mutant(
        "put gradients back in the order of the rows read",
        "device_pass:_of_rows_read",
        "torch.zeros_like(hidden).index_copy_(0, places, of_input)",
        "torch.zeros_like(hidden).index_copy_(0, torch.arange(places.shape[0]), of_input)",
        (*DROPPED, "none"),
    ),
    Mutant(
        "multiply the hidden states of ignored rows",
        "device_pass:_read_hidden",
        "hidden.masked_fill((request.target[rows] == softmax.ignore_index)[:, None], 0.0)",
        "hidden",
        (linear.test_ignored_rows_of_nan_change_nothing,),
    ),
    Mutant(
        "sum the gradient of the weight in 16 bits",
        "device_pass:DeviceSums.__init__",
        "weight.dtype if narrow else torch.float32",
        "weight.dtype",
        (linear.test_the_gradient_of_a_16_bit_weight_over_chunks_is_summed_in_32_bits, 26),
    ),
)


@pytest.mark.parametrize("mutant", OF_THE_HOST, ids=str)
def test_mutant_of_the_host_dies(mutant, monkeypatch):
    from xent.torch.linear_cross_entropy import device_pass, triton

    test, *arguments = mutant.test
    scope = dict(vars(device_pass))
    with edited(mutant.function, mutant.old, mutant.new) as edit:
        exec(edit.code(), scope)  # noqa: S102 - the package's own module
    monkeypatch.setattr(triton, "losses_and_gradients", scope["losses_and_gradients"])
    if "monkeypatch" in test.__code__.co_varnames:
        arguments.append(monkeypatch)
    with pytest.raises(AssertionError):
        test(*arguments)


@pytest.fixture
def interpreted(monkeypatch):
    """Function that has Triton interpret the edited function of an `Edit`."""
    from triton.runtime.interpreter import InterpretedFunction

    def give(edit):
        name = ".".join(edit.path.relative_to(SOURCE.parent).with_suffix("").parts)
        kernel = getattr(importlib.import_module(name), edit.scope.name)
        scope = copy.deepcopy(edit.scope)
        scope.decorator_list = []
        monkeypatch.setattr(kernel.rewriter, "_prepare_source", lambda _: ast.unparse(scope))
        monkeypatch.setattr(InterpretedFunction, "rewritten_fn", {})

    return give


@pytest.mark.parametrize("mutant", MUTANTS, ids=str)
def test_mutant_dies(mutant, interpreted, monkeypatch):
    test, *arguments, tiling = mutant.test
    if tiling == TILES:
        small_tiles(monkeypatch)
    with edited(mutant.function, mutant.old, mutant.new) as edit:
        interpreted(edit)
        with pytest.raises(AssertionError):
            test(*arguments)
