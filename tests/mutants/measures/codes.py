from tests.mutants.harness import Mutant
from tests.mutants.mutators import always, drop_right, move_bound, other_extreme, swap

__all__ = ["MUTANTS"]

TESTS = "tests/measures/codes/"
SHANNON = TESTS + "test_shannon_code.py::"
HUFFMAN = TESTS + "test_huffman_code.py::"
ACCOUNT = TESTS + "test_code_account.py::"
SHARED = TESTS + "test_best_shared_code.py::"
RANGE = TESTS + "test_range_coding.py::"

MUTANTS = (
    Mutant(
        "lengths by a rounded logarithm",
        "exact_distribution:_digits",
        "max(0, math.floor(guess * (1 - 1e-12)) - 1)",
        "math.ceil(guess)",
        SHANNON + "test_the_smallest_float_has_a_length",
    ),
    Mutant(
        "no power is forgiven its rounding",
        "exact_distribution:ExactDistribution.surprisal_digits",
        "Fraction(0) if exactly else self.unit_roundoff",
        always,
        SHANNON + "test_rounding_of_the_sum_does_not_lengthen_a_half",
    ),
    Mutant(
        "twice the rounding is forgiven",
        "exact_distribution:exact_distribution",
        "Fraction(eps) / 2",
        "Fraction(eps) * 2",
        SHANNON + "test_one_unit_below_a_power_of_two_needs_a_digit_more",
    ),
    Mutant(
        "a Kraft sum in floats",
        "code:canonical_code",
        "total > 1",
        "float(total) > 1",
        TESTS + "test_code.py::test_lengths_that_no_code_has_are_refused",
    ),
    Mutant(
        "codewords that are not shifted",
        "code:_counted_upwards",
        "radix ** (length - before)",
        drop_right,
        TESTS + "test_code.py::test_codewords_count_upwards_short_ones_first",
    ),
    Mutant(
        "the beginning of a cell for its middle",
        "shannon_fano_elias_code:_code",
        "2 * above - weight",
        "2 * above - 2 * weight",
        TESTS + "test_shannon_fano_elias_code.py::test_codewords_are_those_of_the_textbook",
    ),
    Mutant(
        "symbols of weight 0 are merged last",
        "huffman_code:_huffman_lengths",
        "[*[0] * dummies, *weights]",
        "[*weights, *[0] * dummies]",
        HUFFMAN + "test_ternary_code_is_that_of_the_textbook",
    ),
    Mutant(
        "merged nodes before leaves",
        "huffman_code:_huffman_lengths",
        "nodes[leaf] <= nodes[merged]",
        move_bound,
        HUFFMAN + "test_among_equal_codes_the_longest_codeword_is_shortest",
    ),
    Mutant(
        "weights in floats",
        "huffman_code:_huffman_lengths",
        "nodes[leaf] <= nodes[merged]",
        "float(nodes[leaf]) >= float(nodes[merged])",
        HUFFMAN + "test_weights_that_no_float_tells_apart_are_still_compared",
    ),
    Mutant(
        "dear packages as if they were cheap",
        "package_merge:limited_lengths",
        "list(merge(coins, packages, key=itemgetter(0)))",
        "[*coins, *packages]",
        HUFFMAN + "test_no_code_within_the_limit_is_shorter_for_growing_weights[2-4]",
    ),
    Mutant(
        "the model's entropy for the truth's",
        "code_account:account",
        "entropy_formula.value(truth, xp=np)",
        "entropy_formula.value(model, xp=np)",
        ACCOUNT + "test_known_parts_of_a_wrong_code",
    ),
    Mutant(
        "the divergence the other way round",
        "code_account:account",
        "kl_divergence(truth, model, validate=False)",
        swap,
        ACCOUNT + "test_known_parts_of_a_wrong_code",
    ),
    Mutant(
        "a penalty by a rounded logarithm",
        "code_account:_excess",
        "radix == 2",
        "radix == 0",
        ACCOUNT + "test_a_dyadic_distribution_has_no_penalty_at_all",
    ),
    Mutant(
        "the worst code",
        "best_shared_code:best_shared_code",
        "min(averages)",
        other_extreme,
        SHARED + "test_each_code_is_best_at_home_and_the_cautious_one_is_best_shared",
    ),
    Mutant(
        "what never comes costs infinitely much",
        "best_shared_code:_mean",
        "p == 0",
        "p < 0",
        SHARED + "test_a_source_of_weight_zero_is_shown_but_does_not_count",
    ),
    Mutant(
        "words of the other byte order",
        "range_coding:_words",
        'np.frombuffer(content, dtype="<u4")',
        'np.frombuffer(content, dtype=">u4")',
        RANGE + "test_the_bits_written_are_the_cross_entropy[uniform]",
    ),
    Mutant(
        "impossible symbols are written",
        "range_coding:_checked_symbols",
        "believed == 0",
        "believed < 0",
        RANGE + "test_what_cannot_be_coded_is_refused",
    ),
    Mutant(
        "a range coder without a least probability",
        "range_coding:coder_probs",
        "(1 - np.count_nonzero(possible) * least) * model + least",
        drop_right,
        RANGE + "test_the_coder_takes_as_many_bits_as_its_probabilities_say",
    ),
    Mutant(
        "probabilities of a range coder that sum to more than 1",
        "range_coding:coder_probs",
        "1 - np.count_nonzero(possible) * least",
        drop_right,
        RANGE + "test_the_coder_takes_as_many_bits_as_its_probabilities_say",
    ),
)
