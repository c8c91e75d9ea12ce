"""
Minimisers of the cross-entropy of a linear model, each with a certified gap.

`objective` is one problem (value, gradient, Hessian), `maximum_likelihood` chooses a solver, `newton` and
`lbfgs` choose a direction for `descent`, which every solver shares; `kronecker` and `cholesky` are inverse
Hessians, and `optimality_gap` bounds how far the objective can still fall. Estimators are in
`models`; the loss itself is always the formula, never written again here. May import `formulas`.
"""
