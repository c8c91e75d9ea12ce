from tests.mutants.harness import Mutant
from tests.mutants.mutators import drop_left

__all__ = ["MUTANTS"]

TESTS = "tests/arrays/test_derivatives.py::"

MUTANTS = (
    Mutant(
        "differentiate the steps of PyTorch",
        "derivatives:differentiable",
        "torch_derivatives.differentiable(name, formula, logits, *data)",
        "getattr(formula, name)(logits, *data, xp=xp)",
        TESTS + "test_torch_takes_the_gradient_of_the_formula_backward_and_forward",
    ),
    Mutant(
        "differentiate the steps of JAX",
        "derivatives:differentiable",
        "jax_derivatives.differentiable(name, formula, logits, *data, xp=xp)",
        "getattr(formula, name)(logits, *data, xp=xp)",
        TESTS + "test_jax_takes_the_derivatives_of_the_formula",
    ),
    Mutant(
        "forget what comes from above",
        "torch_derivatives:_pulled_back",
        "factor * gradient",
        drop_left,
        TESTS + "test_torch_multiplies_by_what_comes_from_above",
    ),
    Mutant(
        "a gradient without a rule of its own",
        "torch_derivatives:_Value.backward",
        '_pulled_back(ctx, "value", _Gradient, upstream)',
        '_pulled_back(ctx, "value", _Steps, upstream)',
        TESTS + "test_torch_takes_the_product_of_the_formula_backward_and_forward",
    ),
    Mutant(
        "no derivative in the data",
        "torch_derivatives:_pulled_back",
        "any(of_data)",
        "False",
        TESTS + "test_gradcheck_of_torch_finds_no_fault",
    ),
    Mutant(
        "the derivative in the wrong datum",
        "torch_derivatives:_pulled_back",
        "found[1 + place] = first_derivative",
        "found[1 + place] = 2 * first_derivative",
        TESTS + "test_torch_takes_the_derivative_in_the_data_from_the_steps",
    ),
    Mutant(
        "forward mode that is off within forward mode",
        "torch_derivatives:_pushed_forward",
        "forward_ad._set_fwd_grad_enabled(True)",
        "forward_ad._set_fwd_grad_enabled(False)",
        TESTS + "test_torch_finds_every_second_derivative_of_a_row_under_vmap[jacfwd-jacfwd]",
    ),
    Mutant(
        "forward mode along the logits alone",
        "torch_derivatives:_changed",
        """
            if moves:
                ...
        """,
        """
            if moves and (not parts):
                ...
        """,
        TESTS + "test_torch_takes_the_derivative_in_the_data_from_the_steps",
    ),
    Mutant(
        "the first of the products for their sum",
        "steps_in_data:sum_beyond",
        "xp.sum(products, axis=beyond)",
        "products[..., 0]",
        TESTS + "test_jax_takes_the_derivatives_of_the_formula",
    ),
    Mutant(
        "JAX: no derivative in the data",
        "jax_derivatives:_change_by_data",
        "not any(moves)",
        "True",
        TESTS + "test_jax_takes_the_derivative_in_the_data_from_the_steps",
    ),
    Mutant(
        "JAX: a gradient without a rule of its own",
        "jax_derivatives:_along_value",
        "_pair(formula, xp, *arrays)",
        "formula.value_and_gradient(*arrays, xp=xp)",
        TESTS + "test_jax_takes_the_derivatives_of_the_formula",
    ),
    Mutant(
        "JAX: no derivative of the gradient",
        "jax_derivatives:_along_gradient",
        "not _is_still(tangents[0])",
        "False",
        TESTS + "test_jax_takes_the_derivatives_of_the_formula",
    ),
    Mutant(
        "JAX: the place of the first parameter for each",
        "array_parameters:without_arrays.taken",
        "len(found) - 1",
        "0",
        "tests/losses/test_traced_parameters.py::test_two_traced_parameters_keep_their_places",
    ),
    Mutant(
        "JAX: twice the parameter",
        "array_parameters:without_arrays.taken",
        "xp.astype(value, dtype, copy=False)",
        "2 * xp.astype(value, dtype, copy=False)",
        "tests/losses/test_traced_parameters.py::test_two_traced_parameters_keep_their_places",
    ),
    Mutant(
        "JAX: a traced parameter out of range as it is",
        "traced_parameters:with_questions",
        'namespace_of(value).where(holds, value, float("nan"))',
        "value",
        "tests/losses/test_traced_parameters.py::test_every_number_that_a_loss_computes_with_may_be_traced[truncated_cross_entropy-q]",
    ),
)
