"""Settings of the documentation site, built offline by ``python -m docs.build``."""

from __future__ import annotations

import os

from docs import external_names, figures, lab_links, page_repairs, reference_commands, reference_pages
from xent.version import __version__

# The pages of xent.keras are those of a process that runs Keras on PyTorch.
os.environ.setdefault("KERAS_BACKEND", "torch")

project = "xent"
author = "The xent developers"
project_copyright = "The xent developers, Apache-2.0"
version = release = __version__

extensions = [
    "myst_parser",
    "numpydoc",
    "sphinx.ext.autodoc",
    "sphinx_copybutton",
    "sphinx_design",
    "sphinx_gallery.gen_gallery",
    "sphinxcontrib.katex",
]
root_doc = "index"
exclude_patterns = [
    "_build",
    "exactness.md",
    "losses.template.md",
    "tutorials/*",
    "gallery/*.ipynb",
    "sg_execution_times.rst",
]
# Names in single backticks are links if they have a page here or a rule in `external_names`.
default_role = "obj"
nitpicky = True

myst_enable_extensions = ["colon_fence", "dollarmath", "deflist"]
myst_heading_anchors = 3

autodoc_typehints = "none"
autodoc_member_order = "bysource"
numpydoc_show_class_members = False
numpydoc_xref_param_type = False

sphinx_gallery_conf = {
    "examples_dirs": "tutorials",
    "gallery_dirs": "gallery",
    "filename_pattern": r"\.py$",
    "within_subsection_order": "docs.tutorial_order.TutorialOrder",
    "download_all_examples": False,
    "show_signature": False,
    "show_memory": False,
    "min_reported_time": 1e9,
    "abort_on_example_error": True,
    "remove_config_comments": True,
    "capture_repr": ("_repr_html_", "__repr__"),
}

html_theme = "pydata_sphinx_theme"
html_title = "xent"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_show_sourcelink = False
html_copy_source = False
html_theme_options = {
    "collapse_navigation": True,
    "show_nav_level": 1,
    "navigation_depth": 2,
    "secondary_sidebar_items": ["page-toc"],
    "show_prev_next": True,
    "navbar_align": "left",
    "footer_start": ["copyright"],
    "footer_end": [],
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
}
html_sidebars = {"reference/api/*": [], "index": []}
katex_css_path = "katex/katex.min.css"


def _repair(app, page, template, context, doctree):
    """Repair the HTML of a page before it is written."""
    context["body"] = page_repairs.repaired(context.get("body", ""))


def setup(app):
    """Write the pages that are made before Sphinx lists its sources, and set what Sphinx shall call."""
    reference_pages.write()
    reference_commands.write()
    figures.draw_all()
    app.add_role("lab", lab_links.link)
    app.connect("missing-reference", external_names.resolve)
    app.connect("autodoc-skip-member", reference_pages.skip)
    app.connect("html-page-context", _repair)
    app.connect("env-check-consistency", reference_pages.check)
