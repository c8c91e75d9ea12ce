import subprocess
import sys

import numpy as np
import pytest

from xent import losses, measures
from xent.arrays import as_arrays, floats_beside, namespace_of
from xent.errors import DomainError, DTypeError


def test_each_library_is_recognised(xp):
    array = xp.from_numpy(np.zeros(2))
    assert namespace_of(array, None, array) is xp.namespace


def test_arrays_of_two_libraries_are_refused():
    torch = pytest.importorskip("torch")
    with pytest.raises(DTypeError) as caught:
        namespace_of(np.zeros(2), torch.zeros(2), caller="softmax_cross_entropy")
    assert str(caught.value) == (
        "softmax_cross_entropy: `arrays` must be arrays of one library; got numpy and torch. "
        "Convert them to the library of the first."
    )


def test_numpy_arrays_join_the_library_of_the_first(xp):
    first, second = xp.from_numpy(np.zeros(2)), np.asarray([1, 2])[::-1]
    second.flags.writeable = False
    _, (_, joined) = as_arrays(first, second, caller="f")
    assert type(joined) is type(first)
    assert xp.to_numpy(joined).tolist() == [2, 1]


def test_an_integer_beyond_those_of_jax_is_no_other_integer():
    jax = pytest.importorskip("jax")
    with jax.enable_x64(False):
        _, (_, joined) = as_arrays(jax.numpy.zeros(2), np.asarray([2**32, -(2**32)]), caller="f")
    assert np.asarray(joined).tolist() == [2**31 - 1, -(2**31)]


def test_no_array_at_all_is_refused():
    with pytest.raises(DTypeError, match="got none"):
        namespace_of(None, None)


def test_lists_and_numbers_become_arrays_of_numpy():
    xp, (a, b, c) = as_arrays([[1.0, 2.0]], 3, None)
    assert namespace_of(np.zeros(1)) is xp or xp is np
    np.testing.assert_array_equal(a, [[1, 2]])
    assert b.shape == ()
    assert c is None


def test_lists_beside_an_array_become_arrays_of_its_library(xp):
    array = xp.from_numpy(np.ones((1, 2)))
    namespace, (same, labels) = as_arrays(array, [1])
    assert namespace is xp.namespace
    assert same is array
    assert namespace_of(labels) is namespace
    np.testing.assert_array_equal(xp.to_numpy(labels), [1])


@pytest.mark.parametrize("value", ["text", [["a"]], [[1, 2], [3]], object(), [None]])
def test_what_is_no_array_of_numbers_is_refused(value):
    with pytest.raises(DTypeError, match="`arrays` must hold numbers"):
        as_arrays(value)


@pytest.mark.parametrize("entry", ["a", None, np.datetime64("2020-01-01")])
def test_an_array_of_numpy_without_numbers_is_refused_beside_a_tensor(entry):
    torch = pytest.importorskip("torch")
    with pytest.raises(DTypeError, match=r"^f: `arrays` must be arrays of numbers; got "):
        as_arrays(torch.zeros(1), np.asarray([entry]), caller="f")


@pytest.mark.parametrize(
    "value", [[2**70, 1], [2**63, 1], -(2**63) - 1], ids=["71 bits", "64 bits", "number"]
)
def test_an_integer_of_more_than_64_bits_beside_an_array_is_refused(xp, value):
    with pytest.raises(DTypeError, match=r"^f: `a` must hold integers of 64 bits; got one of (71|64) bits\."):
        as_arrays(xp.from_numpy(np.zeros(2)), value, caller="f", names=("like", "a"))


def test_an_integer_of_more_than_32_bits_in_a_list_beside_an_array_of_jax_is_refused():
    jax = pytest.importorskip("jax")
    said = r"^f: `a` must hold integers of 32 bits; got one beyond"
    with jax.enable_x64(False), pytest.raises(DTypeError, match=said):
        as_arrays(jax.numpy.zeros(2), [1, 2**40], caller="f", names=("like", "a"))


def test_an_integer_beyond_all_floats_is_refused_among_numbers_beside_an_array(xp):
    like = xp.from_numpy(np.zeros(2))
    with pytest.raises(DTypeError, match=r"^f: `arrays` must hold numbers of 64 bits; got one of 1329 bits"):
        floats_beside(like, [10**400], like.dtype, caller="f", xp=xp.namespace)


def test_a_list_of_tensors_that_require_gradients_is_refused():
    torch = pytest.importorskip("torch")
    entry = torch.tensor(0.5, requires_grad=True)
    for like in (None, torch.zeros(2)):
        with pytest.raises(
            DTypeError, match=r"^f: `a` must hold numbers that NumPy reads; got a tensor that"
        ):
            as_arrays(like, [entry, entry], caller="f", names=("like", "a"))


def test_no_framework_is_imported_that_is_not_loaded():
    code = (
        "import numpy, sys; from xent.losses import softmax_cross_entropy as loss;"
        "loss(numpy.zeros((2, 3)), numpy.zeros(2, dtype=int), sample_weight=numpy.ones(2));"
        "print([name for name in ('torch', 'jax', 'array_api_strict', 'scipy') if name in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


@pytest.mark.parametrize("value", [0.1, [0.1, 0.2], ((0.1,), (0.7,)), np.float64(0.1), 1, True])
def test_numbers_beside_an_array_keep_the_digits_of_the_dtype_that_is_asked_for(xp, value):
    like = xp.from_numpy(np.zeros(2, dtype=np.float32))
    found = floats_beside(like, value, xp.namespace.float64, caller="f", xp=xp.namespace)
    assert xp.to_numpy(found).dtype == np.float64
    np.testing.assert_array_equal(xp.to_numpy(found), np.asarray(value, dtype=np.float64))


def test_numbers_beside_an_array_are_rounded_once(xp):
    like = xp.from_numpy(np.zeros(2))
    found = floats_beside(like, 0.1, xp.namespace.float32, caller="f", xp=xp.namespace)
    np.testing.assert_array_equal(xp.to_numpy(found), np.float32(0.1))


def test_numbers_beside_an_array_lie_on_its_device():
    torch = pytest.importorskip("torch")
    like = torch.zeros(2, device="meta")
    assert floats_beside(like, [1.0], torch.float64, caller="f", xp=namespace_of(like)).device.type == "meta"


@pytest.mark.parametrize("value", ["text", None, [None], [[1, 2], [3]]])
def test_what_is_no_number_beside_an_array_is_refused(value):
    with pytest.raises(DTypeError, match=r"^f: `arrays` must hold numbers"):
        floats_beside(np.zeros(2), value, np.float64, caller="f", xp=np)


def test_the_namespace_of_a_tensor_is_found_under_the_compiler():
    torch = pytest.importorskip("torch")
    compiled = torch.compile(lambda x: namespace_of(x).sum(x), fullgraph=True, backend="eager")
    assert compiled(torch.ones(3)) == 3


MASKED = np.ma.masked_array([0.5, 0.5], [False, True])
OF_TWO = {"logits": [[0.5, 0.5], [0.25, 0.75]], "labels": [0, 1], "sample_weight": [1.0, 1.0]}


def test_values_are_called_by_the_names_of_their_arguments():
    with pytest.raises(DomainError, match=r"^f: `second` must have no masked entries"):
        as_arrays([1.0], MASKED, caller="f", names=("first", "second"))
    with pytest.raises(DTypeError, match=r"^f: `second` must hold numbers; got str"):
        as_arrays(np.ones(1), "text", caller="f", names=("first", "second"))
    with pytest.raises(DTypeError, match=r"^f: `first` must hold real numbers; got complex128"):
        as_arrays(1j, np.ones(1), caller="f", names=("first", "second"))


@pytest.mark.parametrize("wrong", ["logits", "labels", "sample_weight", "class_weights"])
def test_a_loss_names_the_argument_with_masked_entries(wrong):
    given = {**OF_TWO, "class_weights": [1.0, 1.0]}
    given[wrong] = np.ma.masked_array(given[wrong], np.ones(np.shape(given[wrong]), bool))
    logits, labels = given.pop("logits"), given.pop("labels")
    with pytest.raises(DomainError, match=f"^focal: `{wrong}` must have no masked entries"):
        losses.focal(logits, labels, **given)


@pytest.mark.parametrize(
    ("loss", "first", "second", "names"),
    [
        (losses.softmax_cross_entropy_of_targets, [[0.5, 0.5]], [[0.5, 0.5]], ("logits", "targets")),
        (losses.sigmoid_cross_entropy, [0.5, 0.5], [0.5, 0.5], ("logits", "targets")),
        (losses.info_nce, [[0.5, 0.5]], [[0.5, 0.5]], ("queries", "keys")),
        (losses.nt_xent, [[0.5, 0.5], [0.25, 0.5]], [1, 0], ("embeddings", "partners")),
        (losses.arcface, [[0.5, 0.5]], [0], ("cosines", "labels")),
    ],
)
def test_losses_of_other_arguments_name_them(loss, first, second, names):
    for place, name in enumerate(names):
        given = [first, second]
        given[place] = np.ma.masked_array(given[place], np.ones(np.shape(given[place]), bool))
        with pytest.raises(DomainError, match=f"`{name}` must have no masked entries"):
            loss(*given)


def test_a_measure_names_the_argument_with_masked_entries():
    for name, given in (("p", {"p": MASKED, "q": [0.5, 0.5]}), ("q", {"p": [0.5, 0.5], "q": MASKED})):
        with pytest.raises(DomainError, match=f"^kl_divergence: `{name}` must have no masked entries"):
            measures.kl_divergence(*given.values())
    with pytest.raises(DomainError, match=r"^joint_entropy: `joint` must have no masked entries"):
        measures.joint_entropy(np.ma.masked_array([[0.5, 0.5]], [[True, False]]))
