from tests.mutants.harness import Mutant
from tests.mutants.mutators import drop_left

__all__ = ["MUTANTS"]

TESTS = "tests/arrays/test_calls_by_keras.py::"
REFUSED = TESTS + "test_a_loss_of_this_package_is_refused_from_a_loss_and_from_a_metric"
LET_PASS = TESTS + "test_a_loss_for_keras_and_a_function_of_the_users_own_are_not_refused"

MUTANTS = (
    Mutant(
        "metrics go free",
        "calls_by_keras:refuse_call_by_keras",
        '_is_ours(getattr(keras_loss, "fn", None)) or _is_ours(getattr(keras_loss, "_fn", None))',
        '_is_ours(getattr(keras_loss, "fn", None))',
        REFUSED,
    ),
    Mutant(
        "losses go free",
        "calls_by_keras:refuse_call_by_keras",
        '_is_ours(getattr(keras_loss, "fn", None)) or _is_ours(getattr(keras_loss, "_fn", None))',
        drop_left,
        REFUSED,
    ),
    Mutant(
        "refuse the losses for Keras",
        "calls_by_keras:_is_ours",
        'module.startswith("xent.") and not module.startswith("xent.keras")',
        'module.startswith("xent.")',
        LET_PASS,
    ),
    Mutant(
        "refuse a package whose name begins alike",
        "calls_by_keras:_is_ours",
        'module.startswith("xent.") and not module.startswith("xent.keras")',
        'module.startswith("xent") and not module.startswith("xent.keras")',
        LET_PASS,
    ),
    Mutant(
        "look at the nearest frame alone",
        "calls_by_keras:refuse_call_by_keras",
        "range(_FRAMES)",
        "range(2)",
        TESTS + "test_the_nearest_frames_alone_are_looked_at",
    ),
)
