"""
Edits that are the same for any expression: a `Mutant` names one of these in place of its new snippet.

Each takes the syntax tree of the old snippet, and returns that with another outermost operation.
"""

import ast

__all__ = ["MUTATORS"]

_SIGNS = {ast.Add: ast.Sub, ast.Sub: ast.Add}
_BOUNDS = {ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt}
_OPPOSITES = {
    ast.Eq: ast.NotEq,
    ast.Lt: ast.GtE,
    ast.Gt: ast.LtE,
    ast.Is: ast.IsNot,
    ast.In: ast.NotIn,
}
_OPPOSITES |= {b: a for a, b in _OPPOSITES.items()}
_CONNECTIVES = {ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd, ast.And: ast.Or, ast.Or: ast.And}
_EXTREMES = {"min": "max", "minimum": "maximum", "any": "all", "argmin": "argmax"}
_EXTREMES |= {b: a for a, b in _EXTREMES.items()}


def flip_sign(old):
    """``a + b`` for ``a - b`` and the other way round; ``x`` for ``-x`` and ``-a * b`` for ``a * b``."""
    if isinstance(old, ast.UnaryOp) and isinstance(old.op, ast.USub):
        return old.operand
    if isinstance(old, ast.BinOp) and type(old.op) in _SIGNS:
        return ast.BinOp(old.left, _SIGNS[type(old.op)](), old.right)
    if isinstance(old, ast.BinOp) and not isinstance(old.op, ast.Pow):
        return ast.BinOp(flip_sign(old.left), old.op, old.right)
    return ast.UnaryOp(ast.USub(), old)


def drop_right(old):
    """``a`` for ``a + b``, ``a * b``, ``a / b``, ``a**b``, ``a & b`` or ``a and b``."""
    if isinstance(old, ast.BoolOp):
        rest = old.values[:-1]
        return rest[0] if len(rest) == 1 else ast.BoolOp(old.op, rest)
    return old.left


def drop_left(old):
    """``b`` for ``a + b``, ``a * b``, ``a & b`` or ``a and b``; ``-b`` for ``a - b``."""
    if isinstance(old, ast.BoolOp):
        rest = old.values[1:]
        return rest[0] if len(rest) == 1 else ast.BoolOp(old.op, rest)
    return ast.UnaryOp(ast.USub(), old.right) if isinstance(old.op, ast.Sub) else old.right


def drop_call(old):
    """``x`` for ``f(x)``, whatever else `f` is given."""
    return old.args[0]


def swap(old):
    """``b - a`` for ``a - b``, ``f(b, a)`` for ``f(a, b)``, ``where(c, b, a)`` for ``where(c, a, b)``."""
    if isinstance(old, ast.BinOp):
        return ast.BinOp(old.right, old.op, old.left)
    if isinstance(old, ast.Compare):
        return ast.Compare(old.comparators[0], old.ops, [old.left])
    if isinstance(old, ast.IfExp):
        return ast.IfExp(old.test, old.orelse, old.body)
    *first, a, b = old.elts if isinstance(old, ast.Tuple) else old.args
    if isinstance(old, ast.Tuple):
        return ast.Tuple([*first, b, a], old.ctx)
    return ast.Call(old.func, [*first, b, a], old.keywords)


def always(old):
    """``a`` for ``where(c, a, b)`` or ``a if c else b``."""
    return old.body if isinstance(old, ast.IfExp) else _branches(old)[1]


def never(old):
    """``b`` for ``where(c, a, b)`` or ``a if c else b``."""
    return old.orelse if isinstance(old, ast.IfExp) else _branches(old)[2]


def move_bound(old):
    """``<=`` for ``<``, ``>=`` for ``>``, and the other ways round."""
    return ast.Compare(old.left, [_BOUNDS[type(old.ops[0])]()], old.comparators)


def negate(old):
    """``not c`` for ``c``, by the opposite comparison where there is one."""
    if isinstance(old, ast.Compare):
        return ast.Compare(old.left, [_OPPOSITES[type(old.ops[0])]()], old.comparators)
    if isinstance(old, ast.UnaryOp) and isinstance(old.op, (ast.Not, ast.Invert)):
        return old.operand
    return ast.UnaryOp(ast.Not(), old)


def other_connective(old):
    """``and`` for ``or``, ``&`` for ``|``, and the other ways round."""
    connective = _CONNECTIVES[type(old.op)]()
    if isinstance(old, ast.BoolOp):
        return ast.BoolOp(connective, old.values)
    return ast.BinOp(old.left, connective, old.right)


def other_extreme(old):
    """``max`` for ``min``, ``any`` for ``all``, ``maximum`` for ``minimum``, and the other ways round."""
    if isinstance(old.func, ast.Attribute):
        return ast.Call(
            ast.Attribute(old.func.value, _EXTREMES[old.func.attr], ast.Load()), old.args, old.keywords
        )
    return ast.Call(ast.Name(_EXTREMES[old.func.id], ast.Load()), old.args, old.keywords)


def one_more(old):
    """``n + 1`` for ``n``."""
    return ast.BinOp(old, ast.Add(), ast.Constant(1))


def one_less(old):
    """``n - 1`` for ``n``."""
    return ast.BinOp(old, ast.Sub(), ast.Constant(1))


def zero(old):
    """``0 * x`` for ``x``."""
    return ast.BinOp(ast.Constant(0), ast.Mult(), old)


def cancel(old):
    """``log(1 + x)`` for ``log1p(x)``, ``exp(x) - 1`` for ``expm1(x)``."""
    names = {"log1p": "log", "expm1": "exp"}
    function = ast.Attribute(old.func.value, names[old.func.attr], ast.Load())
    if old.func.attr == "log1p":
        return ast.Call(function, [ast.BinOp(ast.Constant(1), ast.Add(), old.args[0])], [])
    return ast.BinOp(ast.Call(function, old.args, []), ast.Sub(), ast.Constant(1))


def _branches(call):
    if len(call.args) != 3:
        raise ValueError(f"`{ast.unparse(call)}` must be a choice; got {len(call.args)} arguments.")
    return call.args


MUTATORS = {
    function.__name__: function
    for function in (
        flip_sign,
        drop_right,
        drop_left,
        drop_call,
        swap,
        always,
        never,
        move_bound,
        negate,
        other_connective,
        other_extreme,
        one_more,
        one_less,
        zero,
        cancel,
    )
}
