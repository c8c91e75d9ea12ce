from tests.mutants.harness import Mutant

__all__ = ["MUTANTS"]

# On NumPy a kernel computes value and gradient.
_OF_LOSS = "tests/losses/cross_entropy/test_sigmoid_cross_entropy.py"
_STRICT = f"{_OF_LOSS}::test_the_definitions_as_written_hold[array-api-strict]"
_BOTH = "tests/losses/test_examples.py::test_shapes_follow_the_logits[array-api-strict-sigmoid_cross_entropy]"
_DIFFERENCES = "tests/losses/test_derivatives.py::test_closed_forms_agree_with_central_differences"

# The masses of event and no event, of which one replaces the other.
MUTANTS = tuple(
    Mutant(
        f"{method}: the mass of the other side",
        f"sigmoid_cross_entropy_of_targets:SigmoidCrossEntropyOfTargets.{method}",
        "1 - targets",
        "targets",
        test,
    )
    for method, test in (
        ("value", _STRICT),
        ("value_and_gradient", _BOTH),
        ("hessian_vector_product", f"{_DIFFERENCES}[sigmoid_cross_entropy]"),
        ("hessian", f"{_DIFFERENCES}[sigmoid_cross_entropy]"),
    )
)
