import pytest
from tests.running.lowering_contexts import Shared, pytest_runtest_setup


def test_a_context_serves_many_functions_and_then_makes_room_for_another():
    made = []
    shared = Shared(lambda: made.append(object()) or made[-1])
    found = [shared() for _ in range(201)]
    assert len(made) == 2
    assert found == [made[0]] * 200 + [made[1]]


def test_jax_lowers_two_functions_in_one_context():
    jax = pytest.importorskip("jax")
    pytest_runtest_setup()
    first, second = (jax.jit(function).lower(1.0).compiler_ir() for function in (lambda x: x, lambda x: -x))
    assert first.context is second.context
