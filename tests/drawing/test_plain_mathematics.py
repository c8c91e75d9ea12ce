import pytest

from xent.drawing.plain_mathematics import plain_mathematics

FORMULAS = {
    r"\frac{w}{2} \sum_k p_k": "w/2 Σ_k p_k",
    r"\frac{1 - u^q}{q}": "(1 - u^q) / q",
    r"t \log \frac{t_k}{p_k}": "t log(t_k / p_k)",
    r"\tfrac12 \| p \|^2": "½ ‖ p ‖²",
    r"e^{z_k} + e^z": "e^(z_k) + e^z",
    r"\mathrm{diag}(p) - p p^\top": "diag(p) - p pᵀ",
    r"\left( \log \sum_j e^{z_j} - z_k \right) .": "(log Σ_j e^(z_j) - z_k).",
    r"\partial \ell / \partial z": "∂ℓ / ∂z",
    r"\sum_{k \ne y} \cos\theta_k": "Σ_(k ≠ y) cos θ_k",
    r"(T^{-1})_{yk}": "(T⁻¹)_yk",
    r"\tilde\alpha": "α̃",
}


@pytest.mark.parametrize("tex", FORMULAS)
def test_a_formula_as_plain_text(tex):
    assert plain_mathematics(f":math:`{tex}`") == FORMULAS[tex]


def test_displayed_formulas_stand_apart_and_paragraphs_on_one_line():
    passage = "For a\nlogit :math:`z`,\n\n.. math::\n\n    \\ell = z\n        + 1,\n\nso ``z`` it is."
    assert plain_mathematics(passage) == "For a logit z,\n\n    ℓ = z + 1,\n\nso `z` it is."


def test_an_unknown_command_is_an_error():
    with pytest.raises(ValueError, match=r"no plain text for \\aleph"):
        plain_mathematics(r":math:`\aleph`")


@pytest.mark.parametrize("tex", ["a^", "a_ ", r"\frac{1}", r"\mathrm"])
def test_a_command_or_script_without_its_argument_is_an_error(tex):
    with pytest.raises(ValueError, match="a command or script without its argument"):
        plain_mathematics(f":math:`{tex}`")


@pytest.mark.parametrize(
    ("tex", "brace"), [("a + {b", "opening"), ("e^{z", "opening"), ("b}", "closing"), ("a^}", "closing")]
)
def test_a_brace_without_its_pair_is_an_error(tex, brace):
    with pytest.raises(ValueError, match=f"{brace} brace without its pair"):
        plain_mathematics(f":math:`{tex}`")
