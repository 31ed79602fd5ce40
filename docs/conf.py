"""How Sphinx builds the documentation: `make docs`, from Markdown by MyST, in the theme Furo."""

import os
import sys
from pathlib import Path

import django

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")
django.setup()  # pages of settings and commands are made from the code

project = "django-vrs"
author = "the authors of django-vrs"
html_title = "django-vrs"
html_theme = "furo"
html_static_path = ["_static"]
html_css_files = ["docs.css"]
html_show_copyright = False
html_show_sphinx = False
html_copy_source = False

extensions = ["myst_parser", "docs._ext.generated"]
exclude_patterns = ["_build", "_ext", "_static"]
myst_enable_extensions = ["deflist"]
myst_heading_anchors = 3
nitpicky = True
