"""The glossary explains each word once, and names nothing that the code does not have."""

import re

from shop.services.folders import REPOSITORY

TEXT = (REPOSITORY / "docs" / "glossary.md").read_text()
TERMS = re.findall(r"^\* \*\*(.+?)\*\*: ", TEXT, re.MULTILINE)

FILES = (REPOSITORY / "vrs_app").rglob("*.py")
SOURCE = " ".join(" ".join(file.read_text() for file in FILES).split())


def plain(text: str) -> str:
    """Without case and hyphens, and with a space for an underscore."""
    return text.casefold().replace("-", "").replace("_", " ")


def test_each_term_is_explained_once_and_found_by_the_alphabet() -> None:
    assert len(TERMS) == TEXT.count("\n* ")
    assert TERMS == sorted({*TERMS}, key=plain)


def test_each_term_is_used_in_the_code() -> None:
    spoken = plain(SOURCE)
    assert [term for term in TERMS if plain(term) not in spoken] == []


def test_each_name_of_the_code_is_there() -> None:
    names = sorted(set(re.findall(r"`([^`]+)`", TEXT)))
    assert [name for name in names if not re.search(rf"\b{re.escape(name)}\b", SOURCE)] == []
