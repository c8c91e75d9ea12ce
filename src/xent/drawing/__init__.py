"""
Pictures, tables and number formats, independent of the findings that they display.

SVG panels are drawn by matplotlib and then stripped and recoloured, so that a page holds a dozen of them in a
few kilobytes each and its CSS sets their colours. May import `scoring` for the type of an interval.
"""
