"""Words as PostgreSQL's tsquery writes them."""


def quoted(word: str) -> str:
    """`word` as one lexeme, whatever signs are in it."""
    return "'" + word.replace("\\", "\\\\").replace("'", "''") + "'"
