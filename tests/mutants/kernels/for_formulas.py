from tests.mutants.harness import Mutant

__all__ = ["MUTANTS"]

TESTS = "tests/kernels/test_for_formulas.py::"
EVALUATED = "for_formulas:_OnKernel._evaluated"

MUTANTS = (
    Mutant(
        "the steps where a kernel can read",
        EVALUATED,
        "kernel is None",
        "True",
        TESTS + "test_a_plain_tensor_gets_the_bits_of_the_kernel[events]",
    ),
    Mutant(
        "a gradient in a pass of its own",
        "torch_derivatives:_pulled_back",
        "is_plain and kept",
        "False",
        TESTS + "test_backward_takes_the_gradient_that_the_kernel_made_along_with_the_value[targets]",
    ),
    Mutant(
        "the memory of subclasses",
        "torch_tracing:host_memory",
        "type(tensor) not in _PLAIN",
        "not isinstance(tensor, _PLAIN)",
        TESTS + "test_a_subclass_sees_the_steps_and_gets_the_same_loss_and_gradient[events]",
    ),
    Mutant(
        "the kernel for each formula",
        "for_formulas:on_kernel",
        "type(formula) not in _EVALUATIONS",
        "False",
        TESTS + "test_a_formula_without_a_kernel_is_returned_as_it_is",
    ),
    Mutant(
        "value and gradient beside the graph",
        "derivatives:differentiable_pair",
        "is_torch(logits) and _is_recorded(logits, *data)",
        "False",
        TESTS + "test_value_and_gradient_of_a_tensor_that_requires_grad_are_in_its_graph",
    ),
    Mutant(
        "JAX: a pair whose gradient changes by its value",
        "jax_derivatives:_along_pair",
        "(of_value, of_gradient)",
        "(of_value, of_value[..., None] + 0 * of_gradient)",
        TESTS + "test_value_and_gradient_of_jax_are_differentiated_in_a_program[labels]",
    ),
    Mutant(
        "a product in the memory of the caller",
        "torch_derivatives:_pulled_back",
        "gradient.mul_(factor) if is_ours else factor * gradient",
        "factor.mul_(gradient) if factor.shape == gradient.shape else gradient.mul_(factor)",
        TESTS + "test_each_backward_pass_through_a_kept_graph_has_memory_of_its_own[events]",
    ),
)
