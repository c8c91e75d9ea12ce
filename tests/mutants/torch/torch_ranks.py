from tests.mutants.harness import Mutant

__all__ = ["MUTANTS"]

TESTS = "tests/arrays/test_torch_ranks.py::"
OTHER = TESTS + "test_an_error_of_another_rank_is_raised_here"
OWN = TESTS + "test_an_error_of_this_rank_is_raised_once_the_others_know"
NOTHING = TESTS + "test_a_call_without_divided_rows_or_in_a_trace_exchanges_nothing"

EDITS = (
    ("raised_together", "hide the errors of others", "if n_failed: ...", "if n_failed > 9: ...", OTHER),
    ("raised_together", "tell the others of no error", "int(error is not None)", "0", OWN),
    ("raised_together", "exchange while traced", "not groups or tracer() is not None", "not groups", NOTHING),
    (
        "_n_failed",
        "ask the first group alone",
        "for group in groups: ...",
        "for group in groups[:1]: ...",
        OTHER,
    ),
)
MUTANTS = tuple(Mutant(name, f"torch_ranks:{function}", *edit) for function, name, *edit in EDITS)
