from tests.mutants.harness import Mutant

__all__ = ["MUTANTS"]

TORCH = "arrays/torch_derivatives.py"
JAX = "arrays/jax_derivatives.py"
STEPS = "arrays/steps_in_data.py"
TESTS = "tests/arrays/test_derivatives.py::"

MUTANTS = (
    Mutant(
        "differentiate the steps of PyTorch",
        "arrays/derivatives.py",
        "return torch_derivatives.differentiable(name, formula, logits, *data)",
        "return getattr(formula, name)(logits, *data, xp=xp)",
        TESTS + "test_torch_takes_the_gradient_of_the_formula_backward_and_forward",
    ),
    Mutant(
        "differentiate the steps of JAX",
        "arrays/derivatives.py",
        "return jax_derivatives.differentiable(name, formula, logits, *data, xp=xp)",
        "return getattr(formula, name)(logits, *data, xp=xp)",
        TESTS + "test_jax_takes_the_derivatives_of_the_formula",
    ),
    Mutant(
        "forget what comes from above",
        TORCH,
        "found[0] = upstream[(..., *(None,) * (gradient.ndim - upstream.ndim))] * gradient",
        "found[0] = gradient",
        TESTS + "test_torch_multiplies_by_what_comes_from_above",
    ),
    Mutant(
        "a gradient without a rule of its own",
        TORCH,
        '_pulled_back(ctx, "value", _Gradient, upstream)',
        '_pulled_back(ctx, "value", _Steps, upstream)',
        TESTS + "test_torch_takes_the_product_of_the_formula_backward_and_forward",
    ),
    Mutant(
        "no derivative in the data",
        TORCH,
        "    if any(of_data):",
        "    if False:",
        TESTS + "test_gradcheck_of_torch_finds_no_fault",
    ),
    Mutant(
        "the derivative in the wrong datum",
        TORCH,
        "found[1 + place] = slope",
        "found[1 + place] = 2 * slope",
        TESTS + "test_torch_takes_the_derivative_in_the_data_from_the_steps",
    ),
    Mutant(
        "forward mode that is off within forward mode",
        TORCH,
        "_set_fwd_grad_enabled(True)",
        "_set_fwd_grad_enabled(False)",
        TESTS + "test_torch_finds_every_second_derivative_of_a_row_under_vmap[jacfwd-jacfwd]",
    ),
    Mutant(
        "forward mode along the logits alone",
        TORCH,
        "    if moves:\n        wanted",
        "    if moves and not parts:\n        wanted",
        TESTS + "test_torch_takes_the_derivative_in_the_data_from_the_steps",
    ),
    Mutant(
        "the first of the products for their sum",
        STEPS,
        "return xp.sum(products, axis=beyond) if beyond else products",
        "return products[..., 0] if beyond else products",
        TESTS + "test_jax_takes_the_derivatives_of_the_formula",
    ),
    Mutant(
        "JAX: no derivative in the data",
        JAX,
        "if any(moves[1:]):",
        "if False:",
        TESTS + "test_jax_takes_the_derivative_in_the_data_from_the_steps",
    ),
    Mutant(
        "JAX: a gradient without a rule of its own",
        JAX,
        '_RULES = {"value": _jax_rule("value", _GRADIENT)',
        '_RULES = {"value": _jax_rule("value", lambda f, xp, *a: f.gradient(*a, xp=xp))',
        TESTS + "test_jax_takes_the_derivatives_of_the_formula",
    ),
    Mutant(
        "JAX: no derivative in the logits",
        JAX,
        "elif moves[0]:",
        "elif False:",
        TESTS + "test_jax_takes_the_derivatives_of_the_formula",
    ),
)
