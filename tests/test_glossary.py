"""The glossary explains each word once, and names nothing that the code does not have."""

import re

from shop.services.folders import REPOSITORY

TEXT = (REPOSITORY / "docs" / "glossary.md").read_text()
SOURCE = "\n".join(file.read_text() for file in (REPOSITORY / "vrs_app").rglob("*.py"))
TERMS = re.findall(r"^\* \*\*(.+?)\*\*: ", TEXT, re.MULTILINE)


def test_each_term_is_explained_once_and_found_by_the_alphabet() -> None:
    assert len(TERMS) == TEXT.count("\n* ")
    assert TERMS == sorted({*TERMS}, key=str.casefold)


def test_each_name_of_the_code_is_there() -> None:
    names = set(re.findall(r"`([^`]+)`", TEXT))
    missing = [name for name in sorted(names) if not re.search(rf"\b{re.escape(name)}\b", SOURCE)]
    assert not missing


def test_each_term_is_used_in_the_code() -> None:
    unused = [term for term in TERMS if term.lower().replace("-", "") not in _spoken()]
    assert not unused


def _spoken() -> str:
    """The source without case, hyphens and underscores, as "image row" and "near-duplicate"."""
    return SOURCE.lower().replace("-", "").replace("_", " ")
