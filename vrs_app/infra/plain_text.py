"""From a text with markup to the plain words that full-text search reads."""

import re
from contextlib import suppress
from html import unescape

from django.core.exceptions import SuspiciousOperation
from django.utils.html import strip_tags

JOINTS = re.compile(r"[\0/\\]|\.(?=[^\W\d])")
"""What PostgreSQL would take for a part of a path or an address: "cotton/silk", "soft.Warm"."""

LONGEST = 20_000
"""Characters of one text that are read. A tsvector ends at 1 MB, its positions at 16,383."""


def plain(text: object) -> str:
    """A text as a reader sees it, without markup and without what joins two words to one."""
    written = str(text or "")[:LONGEST].encode(errors="replace").decode()
    with suppress(SuspiciousOperation):  # nested too deeply; PostgreSQL itself passes over tags
        written = strip_tags(written.replace("<", " <"))  # "<p>red</p><p>shoe</p>" are two words
    return " ".join(JOINTS.sub(" ", unescape(written)).split())
