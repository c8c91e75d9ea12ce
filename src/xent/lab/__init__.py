"""
Demonstrations of why cross-entropy learns where other losses stall.

`descent_race` minimises cross-entropy and squared error from the same start; reports show its course.
May import `models`, `solvers` and `formulas`.
"""
