"""Loaded by schemathesis: what no description in OpenAPI can express."""

from decimal import Decimal, InvalidOperation
from typing import Any

import schemathesis
from hypothesis import strategies

from tests.shapes import shape

OF_PRODUCTS = {"positive", "negative", "price_within"}
"""Parameters that take the keys of products, or stand on them."""

schemathesis.openapi.format("binary", strategies.sampled_from([shape(), shape("bars")]))


@schemathesis.hook
def before_load_schema(context: Any, raw_schema: dict[str, Any]) -> None:
    """A search is by words or, where it is said which products there are, by these."""
    for path, operations in raw_schema["paths"].items():
        if path.endswith("/search/"):
            search = operations["get"]
            search["parameters"] = _of_one_kind(search["parameters"])
    form = raw_schema["components"]["schemas"]["PhotoParameters"]["properties"]
    for name in OF_PRODUCTS:
        del form[name]
    form["box"] = {"type": "string", "enum": ["0,0,1,1", "0.25,.25,0.75,1e0"]}


def _of_one_kind(parameters: list[Any]) -> list[Any]:
    named = {each["name"]: each for each in parameters}
    positive = named["positive"]["schema"]
    if "enum" in positive["items"]:
        positive["minItems"] = 1
        named["positive"]["required"] = True
        without = {"words", "price_within"}
    else:
        named["words"]["required"] = True
        without = OF_PRODUCTS
    return [each for name, each in named.items() if name not in without]


@schemathesis.hook
def filter_query(context: Any, query: Any) -> bool:
    """Leaves out what is refused with good reason."""
    is_search = context.operation.path.endswith("/search/")
    return _is_sound(query) and (not is_search or _is_looked_for(query))


@schemathesis.hook
def filter_body(context: Any, body: Any) -> bool:
    return not isinstance(body, dict) or _is_sound(body)


def _is_sound(values: Any) -> bool:
    """No lowest price above the highest."""
    try:
        return Decimal(str(values["price_min"])) <= Decimal(str(values["price_max"]))
    except (KeyError, TypeError, InvalidOperation):
        return True


def _is_looked_for(query: Any) -> bool:
    """Anything at all."""
    return bool(query.get("positive") or str(query.get("words", "")).strip())
