"""
Formulas of training losses: value, gradient, Hessian and Hessian-vector product, each written once.

May import the shared modules of `xent.formulas`, `precision` and `arrays`; no checks and no framework.
"""
