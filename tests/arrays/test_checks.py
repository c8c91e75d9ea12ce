import numpy as np
import pytest

from xent.arrays import check_dtype, check_shape, check_values, is_known_to_hold, namespace_of
from xent.errors import DomainError, DTypeError, ShapeError


def negative(array):
    return array < 0


def test_a_dtype_of_the_wrong_kind_is_named(xp):
    array = xp.from_numpy(np.zeros(2, dtype=np.float32))
    check_dtype(array, ("integral", "real floating"), caller="f", argument="x", xp=xp.namespace)
    with pytest.raises(DTypeError) as caught:
        check_dtype(array, ("integral", "bool"), caller="f", argument="x", xp=xp.namespace, hint="Round.")
    assert str(caught.value) == "f: `x` must be integral or bool; got float32. Round."


def test_a_shape_is_exact_and_the_message_says_how_to_mend_it(xp):
    array = xp.from_numpy(np.zeros((3, 1)))
    check_shape(array, (3, 1), caller="f", argument="x")
    with pytest.raises(ShapeError) as caught:
        check_shape(array, (3,), caller="f", argument="x", because="that of `y`")
    assert str(caught.value) == (
        "f: `x` must have shape (3,), that of `y`; got (3, 1). Drop the extra axis with `x[..., 0]`."
    )
    with pytest.raises(ShapeError, match=r"got \(3, 1\)\. Add the missing axis with `x\[\.\.\., None\]`\."):
        check_shape(array, (3, 1, 1), caller="f", argument="x")
    with pytest.raises(ShapeError, match=r"must have shape \(1, 3\); got \(3, 1\)\.$"):
        check_shape(array, (1, 3), caller="f", argument="x")


def test_the_first_wrong_value_is_named_with_its_index(xp):
    array = xp.from_numpy(np.asarray([[0.5, 2.0, 1.0], [3.0, -0.25, -9.0]]))
    with pytest.raises(DomainError) as caught:
        check_values(array, negative, "be >= 0", caller="f", argument="x", xp=xp.namespace, hint="Square it.")
    assert str(caught.value) == "f: `x` must be >= 0; got -0.25, first at index (1, 1). Square it."
    assert caught.value.argument == "x"
    assert caught.value.got == "-0.25"
    assert caught.value.index == (1, 1)


def test_a_number_has_no_index(xp):
    with pytest.raises(DomainError, match=r"got -1\.$"):
        check_values(
            xp.from_numpy(np.asarray(-1.0)), negative, "be >= 0", caller="f", argument="x", xp=xp.namespace
        )


def test_right_and_absent_values_pass(xp):
    for array in (np.asarray([0.0, 1.0]), np.zeros(0), np.zeros((0, 3))):
        check_values(xp.from_numpy(array), negative, "be >= 0", caller="f", argument="x", xp=xp.namespace)


def test_values_under_tracing_are_not_looked_at():
    jax = pytest.importorskip("jax")

    def checked(array):
        check_values(array, negative, "be >= 0", caller="f", argument="x", xp=jax.numpy)
        return array.sum()

    assert jax.jit(checked)(-jax.numpy.ones(3)) == -3
    assert jax.vmap(checked)(-jax.numpy.ones((1, 3)))[0] == -3
    with pytest.raises(DomainError):
        checked(-jax.numpy.ones(3))


@pytest.mark.filterwarnings("ignore:.*torch.jit.script:DeprecationWarning")
def test_values_under_torch_transforms_are_looked_at_where_they_can_be():
    torch = pytest.importorskip("torch")
    xp = namespace_of(torch.zeros(1))

    def checked(array):
        check_values(array, negative, "be >= 0", caller="f", argument="x", xp=xp)
        return array.sum()

    assert torch.func.vmap(checked)(-torch.ones((1, 3)))[0] == -3
    with pytest.raises(DomainError):
        torch.func.grad(checked)(-torch.ones(3))


def test_a_hint_may_be_found_from_what_is_wrong(xp):
    array = xp.from_numpy(np.asarray([1.0, -2.0, -3.0]))

    def hint(wrong):
        return f"{int(xp.namespace.sum(xp.namespace.astype(wrong, xp.namespace.int64)))} are below."

    with pytest.raises(DomainError, match=r"got -2, first at index \(1,\)\. 2 are below\.$"):
        check_values(array, negative, "be >= 0", caller="f", argument="x", xp=xp.namespace, hint=hint)


def test_a_shape_that_no_axis_mends_comes_with_the_hint_that_is_given(xp):
    array = xp.from_numpy(np.zeros((2, 3)))
    with pytest.raises(ShapeError, match=r"got \(2, 3\)\. Turn it\.$"):
        check_shape(array, (3, 2), caller="f", argument="x", hint="Turn it.")
    with pytest.raises(ShapeError, match="Add the missing axis"):
        check_shape(array, (2, 3, 1), caller="f", argument="x", hint="Turn it.")


@pytest.mark.filterwarnings("ignore:.*torch.jit.script:DeprecationWarning")
def test_a_condition_is_known_to_hold_only_where_it_can_be_seen(xp):
    true, false = xp.from_numpy(np.asarray(True)), xp.from_numpy(np.asarray(False))
    assert is_known_to_hold(true)
    assert not is_known_to_hold(false)
    seen = []

    def look(array):
        seen.append(is_known_to_hold(array > 0))
        return array

    if xp.name == "jax":
        pytest.importorskip("jax").jit(look)(xp.from_numpy(np.asarray(1.0)))
        assert seen == [False]
    if xp.name == "torch":
        torch = pytest.importorskip("torch")
        torch.func.vmap(look)(torch.ones(2))
        look(torch.ones((), device="meta"))
        assert seen == [False, False]
