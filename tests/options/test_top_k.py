import numpy as np
import pytest

from xent.errors import DomainError, DTypeError
from xent.options.top_k import checked_top_k


@pytest.mark.parametrize("top_k", [0, 3, np.int64(2)])
def test_an_integer_up_to_the_number_of_classes_is_kept(top_k):
    found = checked_top_k(top_k, 3, caller="f")
    assert found == top_k
    assert type(found) is int


@pytest.mark.parametrize(
    ("top_k", "error", "message"),
    [
        (4, DomainError, r"f: `top_k` must lie in 0\.\.3, the number of classes; got 4\."),
        (-1, DomainError, r"got -1\."),
        (np.int64(5), DomainError, r"got 5\."),
        (2.0, DTypeError, r"f: `top_k` must be an integer; got 2\.0\."),
        (True, DTypeError, "got True"),
        (None, DTypeError, "got None"),
        ("2", DTypeError, "got '2'"),
    ],
)
def test_any_other_value_is_refused(top_k, error, message):
    with pytest.raises(error, match=message):
        checked_top_k(top_k, 3, caller="f")


def test_of_arrays_of_pytorch_a_single_integer_alone_is_kept():
    torch = pytest.importorskip("torch")
    assert checked_top_k(torch.tensor(2), 3, caller="f") == 2
    for top_k in (torch.tensor(True), torch.tensor([2])):
        with pytest.raises(DTypeError, match="`top_k` must be an integer"):
            checked_top_k(top_k, 3, caller="f")
