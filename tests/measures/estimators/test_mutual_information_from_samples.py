import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xent.errors import DomainError, DTypeError, ShapeError
from xent.measures.estimators import entropy_from_samples, mutual_information_from_samples

pairs = st.lists(st.tuples(st.integers(0, 3), st.integers(-2, 2)), min_size=1, max_size=40)


@settings(max_examples=60, deadline=None)
@given(pairs, st.sampled_from(["plug_in", "miller_madow"]))
def test_information_is_the_entropies_of_the_parts_less_that_of_the_whole(sample, method):
    x, y = zip(*sample, strict=True)
    parts = [entropy_from_samples(part, method=method).value for part in (x, y, sample)]
    found = mutual_information_from_samples(x, y, method=method)
    assert abs(found.value - (parts[0] + parts[1] - parts[2])) < 1e-13
    assert found.value == pytest.approx(mutual_information_from_samples(y, x, method=method).value, abs=1e-15)
    if method == "plug_in":
        assert found.value >= 0


def test_a_variable_tells_its_entropy_of_itself():
    found = mutual_information_from_samples("abracadabra", "abracadabra")
    assert abs(found.value - entropy_from_samples("abracadabra").value) < 1e-15
    assert (found.K, found.n, found.method, found.p_value) == ((5, 5), 11, "plug_in", None)


def test_independent_frequencies_have_exactly_no_information():
    x, y = np.divmod(np.arange(21 * 5), 5)
    found = mutual_information_from_samples(np.repeat(x, 3), np.repeat(y, 3))
    assert (found.value, found.standard_error) == (0, 0)


def test_a_faint_dependence_keeps_its_digits():
    n = 10**6
    joint = [n + 1, n - 1, n - 1, n + 1]
    x, y = np.repeat([0, 0, 1, 1], joint), np.repeat([0, 1, 0, 1], joint)
    d = 1 / n
    # (1 + d) log(1 + d) / 2 + (1 - d) log(1 - d) / 2
    assert abs(mutual_information_from_samples(x, y).value / (d * d / 2) - 1) < 1e-9


@pytest.mark.parametrize("shift", [0, -3, 10**6, 10**17])
def test_integers_give_the_same_wherever_they_start(shift):
    rng = np.random.default_rng(1)
    x = rng.integers(4, size=500)
    y = (x + rng.integers(3, size=500)) % 4
    expected = mutual_information_from_samples(list(map(str, x)), list(map(str, y)))
    assert mutual_information_from_samples(x + shift, y - shift).value == pytest.approx(
        expected.value, rel=1e-14
    )


def test_many_categories_are_counted_without_a_table_of_all_pairs():
    rng = np.random.default_rng(2)
    x, y = rng.integers(50_000, size=(2, 40_000))
    found = mutual_information_from_samples(x, y)
    parts = [entropy_from_samples(part).value for part in (x, y, x * 50_000 + y)]
    assert abs(found.value - (parts[0] + parts[1] - parts[2])) < 1e-10


def test_the_correction_removes_most_of_the_bias():
    rng = np.random.default_rng(3)
    found = {"plug_in": [], "miller_madow": []}
    for _ in range(200):
        x, y = rng.integers(5, size=(2, 200))
        for method, values in found.items():
            values.append(mutual_information_from_samples(x, y, method=method).value)
    # (5 - 1)(5 - 1) / (2 n) = 0.04
    assert abs(np.mean(found["plug_in"]) - 0.04) < 0.005
    assert abs(np.mean(found["miller_madow"])) < 0.005
    assert min(found["miller_madow"]) < 0


def test_the_standard_error_is_the_spread_of_repeated_samples():
    rng = np.random.default_rng(4)
    found = []
    for _ in range(400):
        x = rng.integers(3, size=400)
        found.append(
            mutual_information_from_samples(x, np.where(rng.random(400) < 0.7, x, rng.integers(3, size=400)))
        )
    claimed = np.sqrt(np.mean([f.standard_error**2 for f in found]))
    # The relative error of a standard deviation of R normal numbers is 1 / sqrt(2 R): 3.5 % here.
    assert abs(claimed / np.std([f.value for f in found]) - 1) < 0.12


def test_p_values_of_independent_samples_are_uniform():
    rng = np.random.default_rng(5)
    found = []
    for seed in range(150):
        x, y = rng.integers(4, size=(2, 60))
        found.append(mutual_information_from_samples(x, y, permutations=39, seed=seed).p_value)
    # 150 p-values on the grid 1/40 .. 1: mean 0.5125 with a standard deviation of 0.024.
    assert abs(np.mean(found) - 0.5125) < 0.1
    assert np.mean(np.asarray(found) <= 0.1) < 0.2


def test_a_p_value_is_repeated_by_its_seed_and_is_never_0():
    x = np.arange(100) % 2
    found = [mutual_information_from_samples(x, x, permutations=19, seed=7).p_value for _ in range(2)]
    assert found == [0.05, 0.05]


def test_many_samples_of_few_symbols_are_counted_without_sorting_them(monkeypatch):
    x = np.random.default_rng(6).integers(10, size=10**5)
    right = mutual_information_from_samples(x, np.roll(x, 1)).value
    for name in ("argsort", "lexsort", "sort", "unique"):
        monkeypatch.setattr(np, name, _of_few(getattr(np, name)))
    assert mutual_information_from_samples(x, np.roll(x, 1)).value == right
    with pytest.raises(AssertionError):
        np.unique(x)


def _of_few(function):
    def checked(array, *arguments, **options):
        assert np.size(array) < 10**4
        return function(array, *arguments, **options)

    return checked


@pytest.mark.parametrize(
    ("x", "y", "options", "error", "text"),
    [
        ("ab", "abc", {}, ShapeError, "`y` must have shape (2,), that of `x`; got (3,). Samples are paired"),
        ("", "", {}, DomainError, "`x` must hold at least one observation; got none."),
        ([0.5], [1], {}, DTypeError, "`x` must hold no floats; got 0.5, first at index (0,)."),
        (
            "a",
            "a",
            {"method": "ksg"},
            DomainError,
            "`method` must be 'plug_in' or 'miller_madow'; got 'ksg'.",
        ),
        ("a", "a", {"permutations": 9}, DomainError, "`seed` must be given with `permutations`; got None."),
        ("a", "a", {"permutations": -1}, DomainError, "`permutations` must be an integer >= 0; got -1."),
    ],
)
def test_errors_name_the_argument_the_rule_and_the_cure(x, y, options, error, text):
    with pytest.raises(error) as caught:
        mutual_information_from_samples(x, y, **options)
    assert text in str(caught.value)
