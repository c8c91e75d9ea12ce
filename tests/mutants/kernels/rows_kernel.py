from tests.mutants.harness import Mutant
from tests.mutants.mutators import drop_left

__all__ = ["MUTANTS"]

TESTS = "tests/kernels/cpu/test_rows_kernel.py::"
COVERED = TESTS + "test_ranges_cover_all_rows_once_and_each_thread_has_its_own_memory"
FORKED = "tests/kernels/cpu/test_forked_process.py::test_a_process_is_a_fork_unless_the_system_says_it_is_not"

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
        "int(rows * cost / worth)",
        "rows",
        TESTS + "test_small_work_is_not_shared",
    ),
    Mutant(
        "Python's threads for work that only a team is worth",
        "rows_kernel:RowsKernel.threads",
        '_WORTH_A_THREAD if "torch" in sys.modules else _WORTH_WAKING_A_THREAD',
        "_WORTH_A_THREAD",
        TESTS + "test_small_work_is_not_shared",
    ),
    Mutant(
        "an unknown argument is ignored",
        "rows_kernel:RowsKernel.__call__",
        "len(numbers) > self._count",
        "False",
        TESTS + "test_arguments_that_are_missing_misspelt_or_unknown_are_refused",
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
        "tests/kernels/cpu/test_processor.py::test_the_environment_says_whether_kernels_run[0-False]",
    ),
)
