from tests.mutants.harness import Mutant

__all__ = ["MUTANTS"]

TESTS = "tests/kernels/test_rows_kernel.py::"
COVERED = TESTS + "test_ranges_cover_all_rows_once_and_each_thread_has_its_own_memory"
FORKED = "tests/kernels/test_forked_process.py::test_a_process_is_a_fork_unless_the_system_says_it_is_not"

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
    Mutant(
        "a job that is open before anyone leads",
        "kernels/rows_kernel.py",
        "header = 0, 0, 0, 0, rows",
        "header = 0, 0, 0, 1, rows",
        "tests/kernels/test_interruptions.py::"
        "test_no_memory_is_written_to_after_an_exception_at_any_instruction[np.float32]",
    ),
    Mutant(
        "the flag of another property",
        "kernels/forked_process.py",
        "_FORKED_WITHOUT_EXEC = 0x40",
        "_FORKED_WITHOUT_EXEC = 0x80",
        FORKED + "[a fork]",
    ),
    Mutant(
        "a system that shows nothing is believed",
        "kernels/forked_process.py",
        "return flags == 0 or bool(",
        "return bool(",
        FORKED + "[an emulation]",
    ),
    Mutant(
        "the environment is not asked",
        "kernels/processor.py",
        'return wanted == "1" and',
        "return",
        "tests/kernels/test_processor.py::test_the_environment_leaves_everything_to_the_formulas",
    ),
)
