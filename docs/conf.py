"""Sphinx configuration. Nothing is fetched from the network while the pages are built."""

import re
import sys
from pathlib import Path

import limetal

sys.path.insert(0, str(Path(__file__).parent))

project = "limetal"
author = "The limetal developers"
copyright = "2026, The limetal developers"
version = release = limetal.__version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "tables"]
myst_heading_anchors = 3
exclude_patterns = ["_build"]

# a single backtick in a docstring names something of Python
default_role = "py:obj"
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
napoleon_numpy_docstring = True
napoleon_google_docstring = False
napoleon_use_rtype = False

html_theme = "pydata_sphinx_theme"
html_title = "limetal"
html_show_sourcelink = False
html_sidebars = {"**": []}  # two levels of pages: the bar at the top names them all
html_theme_options = {"navbar_align": "left", "show_toc_level": 2, "secondary_sidebar_items": ["page-toc"]}


def keep_bars(_app, _what, _name, _obj, _options, lines):
    """Docstrings write ``|current|`` for an absolute value; reStructuredText would take it for a substitution."""
    for index, line in enumerate(lines):
        if "`" not in line and "\\" not in line:
            lines[index] = re.sub(r"\|(\w[^|]*)\|", r"\|\1\|", line)


def setup(app):
    app.connect("autodoc-process-docstring", keep_bars)
