import numpy as np
import pyarrow as pa
import pyarrow.parquet
import pytest

from xent.errors import DataError, DomainError
from xent.jobs.given_prior import given_prior


def refused(error, prior):
    with pytest.raises(error) as caught:
        given_prior(prior, "y", ("a", "b"), caller="f")
    return str(caught.value)


@pytest.mark.parametrize("share", ["nan", "-1", "inf", "-inf"])
def test_an_invalid_share_is_refused_for_a_class_that_is_unknown_too(share):
    rule = "`prior` must hold numbers >= 0 with a positive, finite sum; got"
    if share == "inf":
        assert "must hold a share for each class and no other; got 'c' besides" in refused(
            DataError, {"a": 0.5, "b": 0.5, "c": float(share)}
        )
    else:
        assert f"{rule} {share} for 'c'" in refused(DomainError, {"a": 0.5, "b": 0.5, "c": float(share)})
        assert f"{rule} {share} for 'c'" in refused(DomainError, f"a=0.5,b=0.5,c={share}")
    assert f"{rule} {share} for 'b'" in refused(DomainError, {"a": 0.5, "b": float(share)})


def test_a_table_of_a_prior_has_the_classes_that_predictions_have(tmp_path):
    file = tmp_path / "t.parquet"
    pyarrow.parquet.write_table(pa.table({"y": [1e30, 2e30, 2e30, np.nan]}), file)
    classes = [str(int(each)) for each in (1e30, 2e30)]
    assert given_prior(str(file), "y", classes, caller="f") == pytest.approx([1 / 3, 2 / 3])


def test_an_unknown_class_of_share_0_changes_nothing():
    found = given_prior({"a": 3, "b": 1, "c": 0}, "y", ("a", "b"), caller="f")
    np.testing.assert_array_equal(found, [0.75, 0.25])


def test_a_prior_of_another_type_is_named():
    assert "`prior` must be shares such as a=0.3,b=0.7, a mapping or a table; got int" in refused(
        DataError, 5
    )
