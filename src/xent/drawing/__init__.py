"""
Pictures, tables and number formats that know nothing of findings.

SVG panels are written by hand instead of by matplotlib, since a page holds a dozen of them in a few kilobytes
each, styled by its own CSS in light and dark. May import `scoring` for the type of an interval.
"""
