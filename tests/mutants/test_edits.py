"""Edits are found after the source was formatted, renamed or moved, and are then the same edits."""

import ast
import shutil
import subprocess
import textwrap

import pytest
from tests.mutants import mutators
from tests.mutants.edits import SOURCE, AddressError, chains, edited, local_variables
from tests.mutants.harness import all_mutants, mutants_of, tables

FORMULAS = (
    *("focal", "softmax", "true_class", "entmax", "poly", "contrast", "i_divergence", "double_word"),
    *("angular_margin", "normalized"),
)


def module(tmp_path, text, name="place.py"):
    (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / name).write_text(text, encoding="utf-8")


def after(tmp_path, function, old, new):
    with edited(function, old, new, source=tmp_path) as edit:
        return ast.unparse(edit.tree)


def trees(mutants, source):
    """The edited function for each mutant."""
    found = {}
    for mutant in mutants:
        with mutant.edited(source) as edit:
            found[mutant] = ast.dump(edit.scope)
    return found


@pytest.fixture(scope="module")
def original():
    return trees(all_mutants(), SOURCE)


@pytest.mark.parametrize("stem", sorted(tables()))
def test_every_edit_matches_exactly_once_and_changes_the_module(stem):
    for mutant in tables()[stem]:
        with mutant.edited() as edit:
            assert edit.code() != compile(edit.path.read_text(encoding="utf-8"), str(edit.path), "exec"), (
                mutant
            )


def _with_long_lines(folder):
    for path in folder.rglob("*.py"):
        path.write_text(ast.unparse(ast.parse(path.read_text(encoding="utf-8"))), encoding="utf-8")


def _with_short_lines(folder):
    ruff = shutil.which("ruff")
    if ruff is None:
        pytest.skip("ruff is not installed")
    subprocess.run([ruff, "format", "--quiet", "--isolated", "--line-length", "79", folder], check=True)


@pytest.mark.parametrize("rewrite", [_with_long_lines, _with_short_lines])
def test_another_layout_leaves_every_edit_what_it_is(tmp_path, original, rewrite):
    shutil.copytree(SOURCE, tmp_path / "xent", ignore=shutil.ignore_patterns("__pycache__"))
    rewrite(tmp_path)
    assert trees(all_mutants(), tmp_path / "xent") == original


class _Rename(ast.NodeTransformer):
    def __init__(self, name, function):
        self.name, self.function = name, function

    def visit_FunctionDef(self, node):
        node.name = "renamed" if node.name == self.name and node is not self.function else node.name
        return self.generic_visit(node)

    def visit_Name(self, node):
        node.id = "renamed" if node.id == self.name else node.id
        return node

    def visit_arg(self, node):
        node.arg = "renamed" if node.arg == self.name else node.arg
        return self.generic_visit(node)


def _renamed(tree, function, name):
    for chain in chains(tree, function):
        outermost = next(node for node in chain if isinstance(node, ast.FunctionDef))
        _Rename(name, outermost).visit(outermost)
    return tree


def _a_variable(mutant, tree, function):
    """A local variable that the edit mentions."""
    mentioned = {
        node.id for node in ast.walk(ast.parse(textwrap.dedent(mutant.old))) if isinstance(node, ast.Name)
    }
    return min(mentioned.intersection(*map(local_variables, chains(tree, function))), default=None)


def _with_a_variable_renamed(mutant, folder):
    """The edit of a module with a renamed variable, and the edited module with that variable renamed."""
    function = mutant.function.partition(":")[2]
    with mutant.edited() as edit:
        path, expected = edit.path, ast.unparse(edit.tree)
    tree = ast.parse(path.read_text(encoding="utf-8"))
    name = _a_variable(mutant, tree, function) if function else None
    if name is None:
        return None
    module(folder, ast.unparse(_renamed(tree, function, name)), f"{path.parent.name}/{path.name}")
    with mutant.edited(folder) as edit:
        return ast.unparse(edit.tree), ast.unparse(_renamed(ast.parse(expected), function, name))


def test_a_renamed_variable_leaves_every_edit_what_it_is(tmp_path):
    mutants = mutants_of(FORMULAS)
    pairs = [_with_a_variable_renamed(mutant, tmp_path / str(k)) for k, mutant in enumerate(mutants)]
    renamed = [pair for pair in pairs if pair is not None]
    assert len(renamed) > len(mutants) / 2
    for found, expected in renamed:
        assert found == expected


def test_a_module_that_moves_to_another_folder_takes_its_edits_along(tmp_path, original):
    shutil.copytree(SOURCE, tmp_path / "xent", ignore=shutil.ignore_patterns("__pycache__"))
    for room in ("formulas", "losses", "torch", "measures/estimators"):
        folder = tmp_path / "xent" / room
        moved = [path for path in folder.glob("*.py") if path.stem != "__init__"]
        (folder / "inner").mkdir()
        for path in moved:
            path.rename(folder / "inner" / path.name)
    assert trees(all_mutants(), tmp_path / "xent") == original


def test_a_module_of_another_name_is_found_by_its_functions(tmp_path, original):
    shutil.copytree(SOURCE, tmp_path / "xent", ignore=shutil.ignore_patterns("__pycache__"))
    path = tmp_path / "xent" / "precision" / "double_word.py"
    path.rename(path.with_name("pairs_of_words.py"))
    moved = [mutant for mutant in all_mutants() if mutant.stem == "double_word"]
    assert moved
    assert trees(moved, tmp_path / "xent") == {mutant: original[mutant] for mutant in moved}


def test_a_renamed_variable_and_argument_are_renamed_in_the_edit_too(tmp_path):
    module(tmp_path, "def f(y, low):\n    z = y + 1\n    return g(z, name=low)\n")
    assert "g(2 * z, name=low)" in after(tmp_path, "place:f", "g(x, where=low)", "g(2 * x, where=low)")


def test_a_name_that_is_still_used_stands_for_itself(tmp_path):
    module(tmp_path, "def f(a, b, c):\n    return (a + b) * (b + c)\n")
    assert "(a - b) * (b + c)" in after(tmp_path, "place:f", "a + b", "a - b")
    with pytest.raises(AddressError, match="is in none of"), edited("place:f", "c + b", "c", source=tmp_path):
        pass


def test_two_matches_are_named_and_refused(tmp_path):
    module(tmp_path, "def f(a, b):\n    a = a + b\n    return a + b\n")
    with (
        pytest.raises(AddressError, match=r"got 2 places: place\.py:2, place\.py:3"),
        edited("place:f", "a + b", "a", source=tmp_path),
    ):
        pass


def test_a_function_that_two_modules_have_is_told_apart_by_its_statement_or_its_folder(tmp_path):
    module(tmp_path, "def f(a):\n    return a + 1\n", "one/place.py")
    module(tmp_path, "def f(a):\n    return a + 1\n\ndef g(a):\n    return a + 2\n", "two/place.py")
    assert "a + 3" in after(tmp_path, "place:g", "a + 2", "a + 3")
    assert "a + 3" in after(tmp_path, "two/place:f", "a + 1", "a + 3")
    with pytest.raises(AddressError, match="got 2 places"), edited("place:f", "a + 1", "a", source=tmp_path):
        pass


def test_dots_stand_for_any_body(tmp_path):
    module(tmp_path, "def f(a):\n    if a:\n        a = 1\n        return a\n    return 2\n")
    found = after(tmp_path, "place:f", "if a:\n    ...", "if not a:\n    ...")
    assert "if not a:\n        a = 1\n        return a" in found


def test_an_edit_is_undone(tmp_path):
    module(tmp_path, "def f(a):\n    b = a\n    return b\n")
    before = after(tmp_path, "place:f", "b = a", "b = a")
    assert "b = a" not in after(tmp_path, "place:f", "b = a", "")
    assert after(tmp_path, "place:f", "b = a", "b = a") == before


@pytest.mark.parametrize(
    ("mutator", "old", "new"),
    [
        (mutators.flip_sign, "a - b", "a + b"),
        (mutators.flip_sign, "a * b", "-a * b"),
        (mutators.drop_right, "a ** b", "a"),
        (mutators.drop_left, "a - b", "-b"),
        (mutators.drop_left, "a and b and c", "b and c"),
        (mutators.drop_call, "f(a, b)", "a"),
        (mutators.swap, "where(c, a, b)", "where(c, b, a)"),
        (mutators.always, "where(c, a, b)", "a"),
        (mutators.never, "a if c else b", "b"),
        (mutators.move_bound, "a < b", "a <= b"),
        (mutators.negate, "a == b", "a != b"),
        (mutators.other_connective, "a & b", "a | b"),
        (mutators.other_extreme, "xp.min(a)", "xp.max(a)"),
        (mutators.one_more, "n", "n + 1"),
        (mutators.one_less, "n", "n - 1"),
        (mutators.zero, "a", "0 * a"),
        (mutators.cancel, "xp.log1p(a)", "xp.log(1 + a)"),
        (mutators.cancel, "xp.expm1(a)", "xp.exp(a) - 1"),
    ],
)
def test_a_mutator_does_what_it_says(mutator, old, new):
    found = mutator(ast.parse(old, mode="eval").body)
    assert ast.dump(found) == ast.dump(ast.parse(new, mode="eval").body)
