"""
Findings rendered for people and machines: terminal text, JSON and HTML pages.

A finding is a frozen dataclass; renderers compute nothing, so that text, JSON and page cannot disagree.
`fit` holds the report of a fitted classifier, `measures` those of entropy, divergence and codes, `losses`
that of one loss. May import `lab`, `drawing`, facts of `losses`, the results of `scoring`, `models` and
`solvers`, and rich, jinja2 and matplotlib; it reads no data and fits nothing.
"""
