"""
Formulas of training losses: value, gradient, Hessian, and Hessian-vector product, once each.

They may import the shared pieces above this folder, `precision` and `arrays`; no checks and no framework.
"""
