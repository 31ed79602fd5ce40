"""The methods of the Catalogue, from their docstrings."""

import inspect

from vrs_app.catalogue import Catalogue


def catalogue() -> str:
    """The methods that a shop may override, and the first sentence about each."""
    return "\n".join(
        f"`{name}{_parameters(method)}`\n: {_first_sentence(method)}\n"
        for name, method in vars(Catalogue).items()
        if not name.startswith("_") and (callable(method) or isinstance(method, property))
    )


def _parameters(method: object) -> str:
    if isinstance(method, property):
        return ""
    assert callable(method)
    _, *names = inspect.signature(method).parameters
    return f"({', '.join(names)})"


def _first_sentence(method: object) -> str:
    paragraph = (inspect.getdoc(method) or "").partition("\n\n")[0]
    return " ".join(paragraph.split())
