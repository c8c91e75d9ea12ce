from tests.mutants.harness import Mutant

__all__ = ["MUTANTS"]

TESTS = "tests/kernels/test_rows_kernel.py::"
COVERED = TESTS + "test_ranges_cover_all_rows_once_and_each_thread_has_its_own_memory"

MUTANTS = (
    Mutant(
        "ranges of any length",
        "rows_kernel:RowsKernel.__call__",
        "max(-(-rows // (parts * self._step)), 1) * self._step",
        "max(-(-rows // (parts * self._step)), 1) * (self._step + 1)",
        COVERED + "[1000-16-2]",
    ),
    Mutant(
        "one range for each call",
        "shared_rows:add_shared_rows",
        """
            builder.branch(head)
            builder.position_at_end(end)
        """,
        """
            builder.branch(end)
            builder.position_at_end(end)
        """,
        COVERED + "[1000-1-2]",
    ),
    Mutant(
        "threads for any work",
        "rows_kernel:RowsKernel.threads",
        "int(rows * cost / _WORTH_A_THREAD)",
        "rows",
        TESTS + "test_small_work_is_not_shared",
    ),
)
