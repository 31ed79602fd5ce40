"""Fill in what pages take from the code: settings, the Catalogue's methods, each command.

A page has a line of its own where such a part goes, as `<!-- generated: settings -->`.
`filled` needs Django alone, so that the tests read the same text as Sphinx.
"""

import re
from typing import TYPE_CHECKING

from .catalogue import catalogue
from .commands import command
from .settings import settings

if TYPE_CHECKING:
    from sphinx.application import Sphinx

MARKER = re.compile(r"^<!-- generated: (\w+) -->$", re.MULTILINE)


def setup(app: "Sphinx") -> dict[str, bool]:
    """Register with Sphinx: each page is filled in before it is parsed."""
    app.connect("source-read", _fill)
    return {"parallel_read_safe": True}


def _fill(app: "Sphinx", page: str, source: list[str]) -> None:
    source[0] = filled(source[0])


def filled(page: str) -> str:
    """A page of Markdown with its markers replaced by what they name."""
    return MARKER.sub(lambda found: _generate(found[1]), page)


def _generate(name: str) -> str:
    match name:
        case "settings":
            return settings()
        case "catalogue":
            return catalogue()
        case _:
            return command(name)
