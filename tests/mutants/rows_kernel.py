from tests.mutants.harness import Mutant

__all__ = ["MUTANTS"]

TESTS = "tests/kernels/test_rows_kernel.py::"
COVERED = TESTS + "test_ranges_cover_all_rows_once_and_each_thread_has_its_own_memory"

MUTANTS = (
    Mutant(
        "ranges of any length",
        "kernels/rows_kernel.py",
        "1) * self._step",
        "1) * (self._step + 1)",
        COVERED + "[1000-16-2]",
    ),
    Mutant(
        "one range for each call",
        "kernels/vector_code/shared_rows.py",
        "builder.call(function, [*fixed, first, last])\n    builder.branch(head)",
        "builder.call(function, [*fixed, first, last])\n    builder.branch(end)",
        COVERED + "[1000-1-2]",
    ),
    Mutant(
        "threads for any work",
        "kernels/rows_kernel.py",
        "int(rows * cost / _WORTH_A_THREAD)",
        "rows",
        TESTS + "test_small_work_is_not_shared",
    ),
)
