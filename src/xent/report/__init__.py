"""
Findings rendered for people and machines: terminal text, JSON and HTML pages.

Findings are frozen dataclasses; renderers compute no results, so that text, JSON and page cannot disagree.
`fit` holds the report of a fitted classifier, `scores` those of predictions, `measures` those of entropy,
divergence and codes, `losses` those of losses.
May import `networks`, `lab`, `drawing`, facts of `losses`, the results of `scoring`, `measures`, `models` and
`solvers`, and rich, jinja2 and matplotlib; no module here reads data or fits a model.
"""
