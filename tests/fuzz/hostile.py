"""Cells and names that something obeys: browsers, terminals, templates, spreadsheets, readers of tables."""

__all__ = ["BLANKS", "DATES", "HOSTILE", "IN_FITS", "NUMBERS"]

_BROWSERS = ("<script>alert(1)</script>", "</style><script>x</script>", "<img src=x onerror=alert(1)>")
_BROWSERS += ("&amp;", "&lt;script&gt;", "]]>", "--", "<!--", "' onload='x", "javascript:x")
_TEMPLATES = ("{{7*7}}", "{% raw %}", "%s%n", "${x}", "\\", "[bold]x[/bold]", "[link=http://x]y[/link]")
_TERMINALS = ("\x1b[31mred\x1b[0m", "\x1b]0;title\x07", "\x9b31m", "a\rb", "a\nb", "a\tb", "\x00", "a\x00b")
_SPREADSHEETS = ("=1+1", "+1", "-1", "@SUM(A1)", "=cmd|' /C calc'!A0")
_DELIMITERS = ('"', "'", '""', ",", ";", "a,b", "|")
_LETTERS = ("\u202eevil", "\u200b", "\u2028", "\ufeff", "é", "\U0001d518", "x" * 3000)
HOSTILE = (*_BROWSERS, *_TEMPLATES, *_TERMINALS, *_SPREADSHEETS, *_DELIMITERS, *_LETTERS)
# A file with NUL is refused as a whole, so that a fit would see few of the others.
IN_FITS = tuple(cell for cell in HOSTILE if "\x00" not in cell)
NUMBERS = ("0", "-0", "1e308", "1e309", "-1e400", "5e-324", "1e-400", "00012", "1_000", "1,5", "0x10")
NUMBERS += ("inf", "nan", "\u0661\u0662", "9007199254740993", "123456789012345678901234567890")
NUMBERS += ("1.0000000000000002", " 3 ", "+4", ".5", "5.", "1e", "NaN")
DATES = ("2020-01-01", "31.12.2020", "0000-00-00", "9999-12-31", "2020-02-30", "10000-01-01")
DATES += ("1700-01-01T00:00:00",)
BLANKS = ("", " ", "NA", "?", "null", "-", "None", "missing")
