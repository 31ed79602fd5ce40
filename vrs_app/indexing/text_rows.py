"""Text rows: one `ProductText` per product, compared with its texts and measured colours."""

from collections.abc import Collection, Mapping
from typing import Any

from django.db import connections
from django.db.models import Exists, OuterRef, QuerySet

from ..catalogue import catalogue
from ..infra.db import database
from ..models import ProductText
from .text_document import Texts

# A description is stemmed only: too many words of descriptions share a prefix.
WRITE_SQL = """
    INSERT INTO vrs_app_producttext (product_id, digest, words, begun)
    SELECT
        key::{key_type},
        digest,
        setweight(to_tsvector(language::regconfig, title), 'A')
            || setweight(to_tsvector(language::regconfig, labels), 'B')
            || setweight(to_tsvector(language::regconfig, colours), 'C')
            || setweight(to_tsvector(language::regconfig, description), 'D'),
        setweight(to_tsvector('simple', title), 'A')
            || setweight(to_tsvector('simple', labels), 'B')
            || setweight(to_tsvector('simple', colours), 'C')
    FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[])
        AS written (key, digest, language, title, labels, colours, description)
    ON CONFLICT (product_id) DO UPDATE
    SET digest = EXCLUDED.digest, words = EXCLUDED.words, begun = EXCLUDED.begun
"""


def changed(keys: Collection[Any], texts: Mapping[Any, Texts]) -> dict[Any, Texts]:
    """The `texts`, by key, of the products whose row is absent or has another digest."""
    stored = dict(of_products(keys).values_list("pk", "digest"))
    return {key: each for key, each in texts.items() if each.digest != stored.get(key)}


def of_products(keys: Collection[Any]) -> QuerySet[ProductText]:
    """The rows of these products."""
    return ProductText.objects.using(database()).filter(pk__in=keys)


def write(changed: Mapping[Any, Texts]) -> None:
    """Upsert the rows in the order of their keys, against deadlocks.

    In SQL, since Django takes longer to compile as many expressions than PostgreSQL to run them.
    """
    rows = sorted(changed.items())
    key_type = ProductText._meta.pk.db_type(connections[database()])
    columns = zip(*((str(key), *each.columns) for key, each in rows), strict=True)
    with connections[database()].cursor() as cursor:
        cursor.execute(WRITE_SQL.format(key_type=key_type), [list(column) for column in columns])


def orphans() -> QuerySet[ProductText]:
    """Rows of deleted products, which our ON DELETE CASCADE constraint has missed.

    Django drops it when a migration of the shop changes the type of its products' key, until
    that `migrate` ends.
    """
    products = catalogue().model._base_manager.filter(pk=OuterRef("pk"))
    return ProductText.objects.using(database()).filter(~Exists(products))
