"""
Minimisers of the cross-entropy of a linear model, with a certified optimality gap.

`objective` is a protocol of passes over rows (value, gradient, Hessian), `objective_in_memory` the
implementation for a matrix, dense or sparse, made of `block_sums` and `penalised_sums`; nothing else reads
features but `single_precision_rows` and `sparse_rows`, its curvature in standardised coordinates.
`maximum_likelihood` chooses a solver; `newton`, `newton_cg` and `lbfgs` choose directions for `descent`,
which every solver shares; `kronecker` and `cholesky` are inverse Hessians, and `optimality_gap` bounds the
distance of the objective from its minimum. `linear_rows`, `elastic_net` and `proximal_newton` are the same
for other penalties and features; `baseline_likelihood`, `unpenalised`, `separation`, `fisher_scoring` and
`profile_likelihood` for inference. Estimators are in `models`; the loss itself is always a formula or its
kernel, never written again here. May import `kernels` and `formulas`.
"""
