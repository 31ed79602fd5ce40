"""Compare products, as they are committed, with their image and text rows; write what differs.

The one place where these rows are added and deleted. Workers call it for what the outbox says,
reconcile for the whole catalogue.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import replace
from functools import partial
from typing import Any, NamedTuple

from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.db import DataError, OperationalError, connections, transaction
from django.db import Error as AnyDatabaseError
from django.utils.translation import override
from psycopg.errors import ProgramLimitExceeded

from ..catalogue import catalogue, products_with
from ..infra import locks
from ..infra.db import database, is_database_unavailable
from ..infra.text_search import configuration_exists, text_language
from ..infra.transactions import lazy_savepoint
from . import catalogue_batches, image_rows, text_rows
from .catalogue_batches import Changes, Compared, Errors
from .image_rows import Differences, Rows
from .text_document import Texts, texts_of

LOCK_SQL = """
    SELECT pg_advisory_xact_lock(%s, place)
    FROM (SELECT hashtext(key) AS place FROM unnest(%s::text[]) AS key ORDER BY 1) AS places
"""

LOCK_CLASS = 0x767273  # "vrs" in ASCII
"""The first of the two numbers of each product's advisory lock."""


def sync(
    keys: Sequence[Any], errors: Errors, timeout: str = catalogue_batches.LOCK_TIMEOUT
) -> Changes:
    """Sync the rows of these products, in one transaction; adds what raised to `errors`."""
    with locks.lock_timeout(timeout):
        return sync_locked(keys, errors)


def sync_locked(keys: Sequence[Any], errors: Errors) -> Changes:
    """`sync` in the caller's transaction, which has a lock timeout.

    An advisory lock on each product keeps other workers away until the rows are committed; only
    then the products are read. The shop's code runs before any row is locked. A product of
    which the pictures raise keeps its rows, one of which the texts raise its words. Raises
    database errors, the shop's own too.
    """
    with connections[database()].cursor() as cursor:
        cursor.execute(LOCK_SQL, [LOCK_CLASS, [str(key) for key in keys]])
    found = _differences(keys, errors)
    image_rows.write(found.images)
    if found.texts:
        _write(list(found.texts.items()), errors)
    gone = image_rows.delete(text_rows.of_products(found.left_out)) if found.left_out else 0
    return Changes(pictures=found.images.count, words=len(found.texts) + gone)


def find(keys: Sequence[Any], errors: Errors, timeout: str = "") -> Changes:
    """What `sync` would change; writes nothing."""
    found = _differences(keys, errors)
    gone = text_rows.of_products(found.left_out).count() if found.left_out else 0
    return Changes(pictures=found.images.count, words=len(found.texts) + gone)


def sync_catalogue(
    *,
    find_only: bool = False,
    progress: catalogue_batches.Progress | None = None,
    left_out: Collection[str] = (),
) -> Compared:
    """Sync the whole catalogue but for `left_out`, unless `find_only`; finds what was not noted.

    Rows of deleted products count too: the foreign keys that delete them may have been missing.
    """
    orphans = [text_rows.orphans(), image_rows.orphans()]
    words, pictures = [rows.count() if find_only else image_rows.delete(rows) for rows in orphans]
    compared = catalogue_batches.sync_in_batches(find if find_only else sync, progress, left_out)
    gone = Changes(pictures=pictures, words=words)
    return replace(compared, changes=gone + compared.changes)


class _Found(NamedTuple):
    """What the rows of some products lack; those `left_out` by the Catalogue have none."""

    images: Differences
    texts: dict[Any, Texts]
    left_out: set[Any]


def _differences(keys: Sequence[Any], errors: Errors) -> _Found:
    """What the rows of these products lack; adds the products that raise to `errors`.

    The image rows are read before the products. If a save commits between the two, its new
    picture has no row yet and gets one, and what it withheld is not restored.
    """
    rows = image_rows.stored(keys)
    with override(settings.LANGUAGE_CODE):
        products = list(products_with(keys))
        shown = dict(_each(products, _pictures, errors))
        images = image_rows.differences(
            {key: found for key, found in rows.items() if key not in errors}, shown
        )
        left_out = {*keys} - {product.pk for product in products}
        if not can_compare_words():
            return _Found(images, {}, left_out)
        texts = dict(_each(products, partial(_texts, text_language(), rows, shown), errors))
    return _Found(images, text_rows.changed(keys, texts), left_out)


def can_compare_words() -> bool:
    """Whether PostgreSQL has the configuration of the settings; without it no words are made."""
    return configuration_exists(database(), text_language())


def _write(texts: Sequence[tuple[Any, Texts]], errors: Errors) -> None:
    """Write the text rows; those that PostgreSQL refuses, as too long, are added to `errors`."""
    try:
        with transaction.atomic(using=database()):
            text_rows.write(dict(texts))
    except (DataError, OperationalError) as error:
        if not (isinstance(error, DataError) or isinstance(error.__cause__, ProgramLimitExceeded)):
            raise
        if len(texts) == 1:
            errors[texts[0][0]] = error
            return
        middle = len(texts) // 2
        _write(texts[:middle], errors)
        _write(texts[middle:], errors)


def _each(
    products: Sequence[Any], read: Callable[[Any], Any], errors: Errors
) -> Iterator[tuple[Any, Any]]:
    """What `read` gives for each product, by key; one that raises is added to `errors`.

    A database error loses the transaction, so it is raised, for the caller to take the products
    apart. Of one product alone it is added too: its words do not go with its pictures.
    """
    is_alone = len(products) == 1
    for product in products:
        try:
            with lazy_savepoint(database()) if is_alone else nullcontext():
                found = read(product)
        except SoftTimeLimitExceeded:
            raise
        except Exception as error:  # the shop's Catalogue may raise anything
            is_lost = isinstance(error, AnyDatabaseError) and not is_alone
            if is_lost or is_database_unavailable(error):
                raise
            errors.setdefault(product.pk, error)
        else:
            yield product.pk, found


def _pictures(product: Any) -> list[str]:
    return list(dict.fromkeys(catalogue().pictures(product)))


def _texts(language: str, rows: Rows, shown: Mapping[Any, list[str]], product: Any) -> Texts:
    """The product's texts, with the colours of its first picture that has any."""
    stored = rows.get(product.pk, {})
    names = shown.get(product.pk, stored)
    measured = (stored[name].colours for name in names if name in stored)
    return texts_of(product, language, next(filter(None, measured), {}))
