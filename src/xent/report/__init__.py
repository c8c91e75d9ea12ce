"""
Findings rendered for people and machines: terminal text, JSON and HTML pages.

Findings are frozen dataclasses; renderers compute no results, so that text, JSON and page cannot disagree.
`fit` holds the report of a fitted classifier, `measures` those of entropy, divergence and codes, `losses`
those of losses. May import `lab`, `drawing`, the results of `scoring`, `models` and `solvers`, and rich,
jinja2 and matplotlib. No module here reads data or fits a model.
"""
