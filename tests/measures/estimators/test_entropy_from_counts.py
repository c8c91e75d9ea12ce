import math
from typing import get_args

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mpmath import mp
from tests.measures.estimators import definitions

from xent.errors import DomainError, DTypeError, ShapeError
from xent.measures import estimators
from xent.measures.estimators import entropy_from_counts, entropy_from_samples, shrinkage_intensity
from xent.measures.estimators.entropy_from_counts import METHODS, Method

SMALL = [1, 2, 3, 2, 1]
# The example of the R package `entropy`, which assumes all 11 categories.
OF_R = [4, 2, 3, 0, 2, 4, 0, 0, 2, 1, 1]
NEED_K = {"james_stein", "bayesian", "wolpert_wolf", "nemenman_shafee_bialek", "nsb"}
WITH_PRIOR = {"bayesian", "wolpert_wolf"}

PUBLISHED = {
    "plug_in": (1.522955, 1.968382),
    "miller_madow": (1.745177, 2.152593),
    "chao_shen": (1.876548, 2.201137),
    "grassberger_1988": (1.876292, 2.099725),
    "grassberger_2003": (1.912032, 2.144626),
    "schuermann_grassberger": (1.855449, 2.118080),
    "zhang": (1.773413, 2.170547),
    "chao_wang_jost": (1.847870, 2.197116),
    "jackknife": (1.886844, 2.231274),
    "bonachela": (1.540450, 2.131334),
    "nsb": (1.509006, 2.187774),
    "james_stein": (1.609438, 2.379603),
}


def estimate(counts, method, K=None):
    K = len(counts) if K is None and method in NEED_K else K
    return entropy_from_counts(counts, method=method, K=K, prior=0.5 if method in WITH_PRIOR else None)


@pytest.mark.parametrize("method", PUBLISHED)
def test_published_values_are_met(method):
    for counts, K, published in ((SMALL, 5, PUBLISHED[method][0]), (OF_R, 11, PUBLISHED[method][1])):
        found = estimate(counts, method, K if method in NEED_K else None)
        assert abs(found.value - published) < 1e-6


@pytest.mark.parametrize(
    ("prior", "published"),
    [
        ("laplace", 1.574097),
        ("jeffreys", 1.556911),
        ("minimax", 1.561237),
        ("schuermann_grassberger", 1.539698),
        ("perks", 1.539698),
        (3, 1.597417),
    ],
)
def test_published_values_of_priors_are_met(prior, published):
    found = entropy_from_counts(SMALL, method="bayesian", K=5, prior=prior)
    assert abs(found.value - published) < 1e-6


def test_the_number_of_categories_matters_where_the_method_says_so():
    assert abs(shrinkage_intensity(OF_R, K=11) - 0.766394) < 1e-6
    assert abs(entropy_from_counts(OF_R, method="james_stein", K=8).value - 2.079442) < 1e-6
    assert abs(entropy_from_counts(OF_R, method="bonachela", K=11).value - 2.509243) < 1e-6


def test_values_of_seven_zeros_and_three_ones_are_those_of_dit():
    for method, bits in (("plug_in", 0.8812908992), ("zhang", 0.9579037073)):
        assert abs(entropy_from_counts([7, 3], method=method, base=2).value - bits) < 1e-10
    found = entropy_from_counts([7, 3], method="schuermann_grassberger", base=2).value
    assert abs(found - 1.1187360919) < 1e-10


def test_known_defects_of_other_programs_are_not_repeated():
    # The logarithm of K bounds xi, and not beta.
    assert abs(estimate(SMALL, "nsb").value - 1.4660) > 0.04
    assert abs(estimate(OF_R, "nsb").value - 1.9619) > 0.2
    # A value that another test suite pins.
    assert abs(estimate(SMALL, "nsb").value - 1.569751) > 0.06
    # Twice the logarithm of n, less the estimate.
    wrong = 2 * math.log(9) - estimate(SMALL, "grassberger_2003").value
    assert abs(wrong - 2.482417) < 1e-6


@pytest.mark.parametrize("method", definitions.BY_METHOD)
@pytest.mark.parametrize("counts", definitions.HARD_COUNTS, ids=str)
def test_definitions_are_met_to_rounding(method, counts):
    n = sum(counts)
    if method == "jackknife" and n == 1:
        pytest.skip("nothing is left without the one observation")
    if method in ("bonachela", "chao_wang_jost") and n > 10**4:
        pytest.skip("the definition sums n terms, with as many digits")
    K = len(counts) + 3 if method == "james_stein" else None
    with mp.workdps(60):
        truth = definitions.BY_METHOD[method](counts, K)
        error = float(abs(estimate(counts, method, K).value - truth))
        relative = method in ("plug_in", "miller_madow", "chao_shen", "james_stein")
        scale = float(abs(truth)) if relative else max(1.0, math.log(n))
    assert error <= 4 * np.finfo(float).eps * scale + 1e-55


@pytest.mark.parametrize("method", METHODS)
def test_estimates_do_not_depend_on_the_order_of_categories(method):
    rng = np.random.default_rng(5)
    counts = rng.permutation(OF_R)
    assert abs(estimate(counts, method).value - estimate(OF_R, method).value) < 1e-14


@pytest.mark.parametrize("method", sorted(set(METHODS) - NEED_K))
def test_categories_without_observations_change_nothing_where_their_number_is_observed(method):
    assert estimate([*SMALL, 0, 0, 0], method) == estimate(SMALL, method)
    assert estimate([0, *SMALL], method).K == 5


@pytest.mark.parametrize("method", sorted(METHODS))
def test_categories_without_observations_change_nothing_where_their_number_is_given(method):
    assert estimate([*SMALL, 0, 0, 0], method, K=20) == estimate(SMALL, method, K=20)


@pytest.mark.parametrize("method", METHODS)
def test_results_state_what_they_rest_on(method):
    found = estimate(SMALL, method, K=7)
    assert (found.K, found.n) == (7, 9)
    assert METHODS[found.method] is METHODS[method]
    bits = entropy_from_counts(SMALL, method=method, K=7, base=2, prior=0.5 if method in WITH_PRIOR else None)
    assert abs(bits.value * math.log(2) - found.value) < 1e-15
    if found.standard_error is not None:
        assert abs(bits.standard_error * math.log(2) - found.standard_error) < 1e-15


def test_every_method_has_a_function_of_its_own():
    assert set(METHODS) == set(get_args(Method))
    for name in set(METHODS) - {"nsb"}:
        assert METHODS[name] is getattr(estimators, f"{name}_entropy")


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, 40), min_size=1, max_size=12).filter(any))
def test_laws_of_estimates(counts):
    observed = sum(c > 0 for c in counts)
    plug_in = entropy_from_counts(counts).value
    assert 0 <= plug_in <= math.log(observed) + 1e-14
    assert entropy_from_counts(counts, method="miller_madow").value >= plug_in
    assert entropy_from_counts(counts, method="zhang").value >= plug_in - 1e-14
    zhang = entropy_from_counts(counts, method="zhang").value
    assert entropy_from_counts(counts, method="chao_wang_jost").value >= zhang
    for method in ("james_stein", "bayesian", "wolpert_wolf", "nsb"):
        assert 0 <= estimate(counts, method, K=14).value <= math.log(14) + 1e-14
    assert estimate(counts, "wolpert_wolf", K=14).value <= estimate(counts, "bayesian", K=14).value


@pytest.mark.parametrize(
    "method", sorted(set(METHODS) - {"bonachela", "nsb", "nemenman_shafee_bialek", *WITH_PRIOR})
)
def test_one_category_has_no_entropy_beyond_its_correction(method):
    found = estimate([40], method).value
    if method.startswith(("grassberger", "schuermann")):
        assert 0 < abs(found) < 1 / 40
    else:
        assert found == 0


@pytest.mark.parametrize("method", ["plug_in", "miller_madow", "zhang", "jackknife"])
def test_standard_errors_are_the_spread_of_repeated_samples(method):
    rng = np.random.default_rng(11)
    p = np.asarray([0.5, 0.2, 0.15, 0.1, 0.05])
    found = [estimate(rng.multinomial(400, p), method) for _ in range(600)]
    spread = np.std([f.value for f in found])
    claimed = np.sqrt(np.mean([f.standard_error**2 for f in found]))
    # The relative error of a standard deviation of R normal numbers is 1 / sqrt(2 R): 3 % here.
    assert abs(claimed / spread - 1) < 0.1


@pytest.mark.slow
def test_the_bias_of_corrected_estimates_is_smaller():
    rng = np.random.default_rng(12)
    p = np.full(20, 0.05)
    draws = [rng.multinomial(60, p) for _ in range(300)]
    bias = {m: np.mean([estimate(c, m).value for c in draws]) - math.log(20) for m in METHODS}
    assert -0.21 < bias["plug_in"] < -0.13
    for method in ("miller_madow", "chao_shen", "grassberger_2003", "zhang", "chao_wang_jost", "jackknife"):
        assert abs(bias[method]) < 0.4 * abs(bias["plug_in"]), method


def test_counts_may_be_any_array_of_whole_numbers():
    for counts in (np.asarray(SMALL, dtype=np.uint8), np.asarray(SMALL, dtype=np.float32), tuple(SMALL)):
        assert entropy_from_counts(counts) == entropy_from_counts(SMALL)


@pytest.mark.parametrize(
    ("counts", "options", "error", "text"),
    [
        ([1, -2], {}, DomainError, "`counts` must be >= 0; got -2, first at index (1,)."),
        ([1, math.nan], {}, DomainError, "`counts` must be >= 0; got nan, first at index (1,)."),
        (
            [1, 0.25],
            {},
            DomainError,
            "got 0.25, first at index (1,). Counts are numbers of observations; multiply relative",
        ),
        ([math.inf], {}, DomainError, "`counts` must be whole numbers up to 2**53; got inf"),
        ([], {}, DomainError, "`counts` must hold at least one observation; got none."),
        ([0, 0], {}, DomainError, "`counts` must hold at least one observation; got none."),
        ([[1, 2]], {}, ShapeError, "`counts` must have one axis; got shape (1, 2)."),
        (["a"], {}, DTypeError, "`counts` must be integral or real floating"),
        (
            [1, 2, 3],
            {"K": 2},
            DomainError,
            "`K` must be at least 3, the number of categories with observations; got 2.",
        ),
        ([1, 2], {"method": ["plug_in"]}, DomainError, "`method` must be one of "),
        ([1, 2], {"K": 2.0}, DTypeError, "`K` must be an integer; got 2.0."),
        (
            [1, 0, 2],
            {"method": "nsb"},
            DomainError,
            "Pass `K=len(counts)` if every possible category has an entry, or `K=2` to assume that no other",
        ),
        ([1], {"method": "ml"}, DomainError, "`method` must be one of plug_in, miller_madow, "),
        ([1], {"base": 1}, DomainError, "`base` must be positive, finite and not 1; got 1."),
        ([1], {"base": -2}, DomainError, "`base` must be positive, finite and not 1; got -2."),
        ([1], {"prior": 1}, DomainError, "`prior` must be left out with method 'plug_in'; got 1."),
        ([1], {"method": "bayesian", "K": 1}, DTypeError, "`prior` must be one of 'jeffreys', 'laplace', "),
        ([1], {"method": "bayesian", "K": 1, "prior": "flat"}, DomainError, "or a number; got 'flat'."),
        ([1], {"method": "bayesian", "K": 1, "prior": -1}, DomainError, "be finite and >= 0; got -1."),
        ([1], {"method": "jackknife"}, DomainError, "`counts` must hold at least two observations; got one."),
    ],
)
def test_errors_name_the_argument_the_rule_and_the_cure(counts, options, error, text):
    with pytest.raises(error) as caught:
        entropy_from_counts(counts, **options)
    assert text in str(caught.value)
    assert caught.value.caller == "entropy_from_counts"


def test_errors_of_samples_name_the_function_and_the_argument_that_was_called():
    with pytest.raises(DomainError, match=r"^entropy_from_samples: `base` must be positive"):
        entropy_from_samples("aab", base=-1)
    with pytest.raises(DomainError, match=r"^entropy_from_samples: `samples` must hold at least two obs"):
        entropy_from_samples("a", method="jackknife")


def test_counts_of_16_bits_are_compared_in_64():
    assert entropy_from_counts(np.float16([3, 2, 0])).value == entropy_from_counts([3, 2, 0]).value
    with pytest.raises(DomainError, match=r"whole numbers up to 2\*\*53; got inf, first at index \(1,\)"):
        entropy_from_counts(np.float16([3, np.inf]))


def test_counts_whose_sum_64_bits_do_not_hold_are_refused():
    with pytest.raises(DomainError, match=r"`counts` must sum to less than 2\*\*63; got 9.22337204e\+18"):
        entropy_from_counts(np.full(1024, 2**53))
