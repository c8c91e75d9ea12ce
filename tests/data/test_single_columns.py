import numpy as np
import pyarrow as pa
import pytest

from xent.data import encode_target, load_builtin, single_columns
from xent.data.single_columns import determining_columns

N = 300


def found(codes, **columns):
    return [name for name, _ in determining_columns(pa.table(columns), np.asarray(codes))]


@pytest.fixture(scope="module")
def codes():
    return np.random.default_rng(0).integers(3, size=N)


def noise(seed=1):
    return np.random.default_rng(seed).normal(size=N)


def test_a_copy_of_the_target_is_found_as_text_number_truth_value_and_date(codes):
    two = codes % 2
    assert found(codes, text=[f"class {k}" for k in codes], x=noise()) == ["text"]
    assert found(codes, number=10.0 * codes, x=noise()) == ["number"]
    assert found(two, truth=two == 1, x=noise()) == ["truth"]
    days = pa.array(19_000 + 50 * codes, pa.int32()).cast(pa.date32())
    assert found(codes, day=days, x=noise()) == ["day"]


def test_numbers_without_equals_are_judged_by_the_nearest(codes):
    assert found(codes, score=codes + 0.2 * np.random.default_rng(2).random(N), x=noise()) == ["score"]


def test_the_nearest_number_may_be_above_or_below():
    pairs = np.arange(100)
    values = np.concatenate([pairs, pairs + 0.125])
    classes = np.tile(pairs % 2, 2)
    assert found(classes, value=values) == ["value"]
    assert found(classes, value=-values) == ["value"]


def test_missing_cells_are_a_level_of_their_own(codes):
    two = codes % 2
    assert found(two, number=np.where(two == 1, np.nan, noise()), x=noise(3)) == ["number"]
    assert found(two, text=[None if k else "a" for k in two], x=noise()) == ["text"]


def test_a_tie_of_the_others_is_an_error_whatever_class_comes_last():
    # Forty levels of one class each; in four more, the others of a row of class 0 are one of 0 and one of 1.
    levels = np.append(np.repeat(np.arange(40), 10), np.repeat(np.arange(40, 44), 3))
    codes = np.append(np.repeat(np.arange(40) % 3, 10), np.tile([0, 0, 1], 4))
    [(_, removed)] = determining_columns(pa.table({"level": levels.astype(str)}), codes)
    assert removed == 1 - 12 / np.count_nonzero(codes)


@pytest.mark.parametrize(("wrong", "is_found"), [(0.02, True), (0.06, True), (0.2, False)])
def test_a_copy_with_few_errors_is_found_where_it_stands_out(wrong, is_found):
    codes = np.arange(1000) % 2
    spoiled = np.where(np.random.default_rng(0).random(1000) < wrong / 2, 1 - codes, codes)
    x = np.random.default_rng(1).normal(size=1000)
    assert bool(found(codes, copy=spoiled.astype(str), x=x)) == is_found


def test_a_column_with_few_errors_beside_others_that_come_near_is_no_copy():
    codes = np.arange(1000) % 2
    rng = np.random.default_rng(0)
    columns = {name: np.where(rng.random(1000) < 0.035, 1 - codes, codes) for name in ("a", "b")}
    assert found(codes, **columns) == []


@pytest.mark.parametrize("name", ["iris", "wine", "breast_cancer"])
def test_no_column_of_a_real_table_is_accused(name):
    table, target = load_builtin(name)
    goal = encode_target(table, target)
    assert determining_columns(table.drop_columns([target]), goal.codes) == ()


def test_names_of_the_rows_determine_nothing(codes):
    assert found(codes, name=[f"row {k}" for k in range(N)], number=np.arange(N)) == []


def test_few_rows_outside_the_commonest_class_accuse_nothing():
    codes = np.asarray([0] * 90 + [1] * 9)
    assert found(codes, copy=codes.astype(str)) == []
    codes = np.asarray([0] * 90 + [1] * 10)
    assert found(codes, copy=codes.astype(str)) == ["copy"]


def test_the_share_of_errors_removed_is_given(codes):
    table = pa.table({"copy": codes.astype(str)})
    assert determining_columns(table, codes) == (("copy", 1.0),)
    spoiled = codes.copy()
    spoiled[:3] = (codes[:3] + 1) % 3
    ((_, share),) = determining_columns(pa.table({"copy": spoiled.astype(str)}), codes)
    of_guessing = N - np.bincount(codes).max()
    assert share == pytest.approx(1 - 3 / of_guessing, rel=1e-12)


def test_lists_and_bytes_are_passed_over(codes):
    assert found(codes, lists=[[int(k)] for k in codes], bytes=[b"%d" % k for k in codes]) == []


def test_columns_are_judged_alike_alone_and_together(codes, monkeypatch):
    draw = np.random.default_rng(7)
    columns = {f"x{k}": draw.integers(0, 40 * k + 2, N).astype(float) for k in range(8)}
    columns |= {f"g{k}": np.where(draw.random(N) < 0.5, np.nan, draw.normal(size=N)) for k in range(3)}
    blocks = []
    for cells in (1, 1 << 16):
        monkeypatch.setattr(single_columns, "_CELLS", cells)
        blocks.append(
            {
                name: errors
                for names, values in single_columns._number_blocks(pa.table(columns))  # noqa: SLF001 - the parts that are put together
                for name, errors in zip(
                    names,
                    single_columns._errors_of_numbers(values, codes, 3).tolist(),  # noqa: SLF001 - the same
                    strict=True,
                )
            }
        )
    assert blocks[0] == blocks[1]
    assert len(set(blocks[0].values())) > 5
