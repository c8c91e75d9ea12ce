from tests.mutants.harness import Mutant

__all__ = ["MUTANTS"]

TESTS = "tests/kernels/test_xla.py::"

MUTANTS = (
    Mutant(
        "XLA's own steps for each array",
        "fused:fused_in_xla",
        "not is_fit or logits.size < _LEAST_NUMBERS or not runs_here()",
        "True",
        TESTS + "test_a_program_calls_the_kernel",
    ),
    Mutant(
        "the kernel for small arrays",
        "fused:fused_in_xla",
        "not is_fit or logits.size < _LEAST_NUMBERS or not runs_here()",
        "not is_fit or not runs_here()",
        TESTS + "test_small_arrays_and_16_bits_are_left_to_xla",
    ),
    Mutant(
        "half of the values",
        "calls:_compute",
        "results[0].reshape(-1)[:] = value_and_gradient(rows, statement, derivatives)",
        "results[0].reshape(-1)[:] = value_and_gradient(rows, statement, derivatives) / 2",
        TESTS + "test_a_kernel_in_a_program_gives_what_it_gives_to_numpy[truth0-loss0]",
    ),
)
