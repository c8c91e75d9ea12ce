"""
Demonstrations of cross-entropy: learning against other losses, codes, rounding, calibration.

`descent_race` minimises cross-entropy and squared error from the same start; reports show its course.
`lab_page` is one interactive page, put together from the files in `page`: a script (one ES module per file,
joined by `script_modules`), a catalogue of texts for each language, formulas as MathML, real rows
(`stored_rows`), and first states for browsers without scripts; ``python -m docs.lab`` makes the last two.
Numbers that sliders move come from formulas in the script, which tests hold to xent's.
May import `models`, `solvers` and `formulas`.
"""
