from tests.mutants.harness import Mutant
from tests.mutants.mutators import drop_left

__all__ = ["MUTANTS"]

TESTS = "tests/kernels/test_rows_kernel.py::"
COVERED = TESTS + "test_ranges_cover_all_rows_once_and_each_thread_has_its_own_memory"
FORKED = "tests/kernels/test_forked_process.py::test_a_process_is_a_fork_unless_the_system_says_it_is_not"

MUTANTS = (
    Mutant(
        "ranges of any length",
        "rows_kernel:RowsKernel.__call__",
        "max(-(-rows // (parts * self._step)), 1) * self._step",
        "max(-(-rows // (parts * self._step)), 1) * (self._step + 1)",
        COVERED + "[1000-16-2]",
    ),
    Mutant(
        "ranges that overlap",
        "shared_rows:_take_ranges",
        'shared.add("next_row", at_once, "monotonic")',
        'shared.add("next_row", ir.Constant(INT, 1), "monotonic")',
        COVERED + "[1000-1-2]",
    ),
    Mutant(
        "threads for any work",
        "rows_kernel:RowsKernel.threads",
        "int(rows * cost / _WORTH_A_THREAD)",
        "rows",
        TESTS + "test_small_work_is_not_shared",
    ),
    Mutant(
        "the flag of another property",
        "forked_process",
        "_FORKED_WITHOUT_EXEC = 0x40",
        "_FORKED_WITHOUT_EXEC = 0x80",
        FORKED + "[a fork]",
    ),
    Mutant(
        "a system that shows nothing is believed",
        "forked_process:is_forked",
        "flags == 0 or bool(flags & _FORKED_WITHOUT_EXEC)",
        drop_left,
        FORKED + "[an emulation]",
    ),
    Mutant(
        "the environment is not asked",
        "processor:runs_here",
        'wanted == "1" and sys.maxsize > 2**32 and _has_instructions()',
        drop_left,
        "tests/kernels/test_processor.py::test_the_environment_says_whether_kernels_run[0-False]",
    ),
)
