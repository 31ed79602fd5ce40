import pytest
from django.db import connection

from benchmarks.measurement import Measurement
from benchmarks.queries import EF_SEARCHES, at_equal_recall, comparison, index_options
from vrs_app import spaces
from vrs_app.models import EmbeddingSpace


def measured(recall: float, milliseconds: float = 1) -> Measurement:
    return Measurement(seconds=[milliseconds / 1000], sql=[milliseconds / 2000], recall=[recall])


def test_faiss_looks_as_deep_as_it_takes_to_be_as_right() -> None:
    ef_search, found = at_equal_recall(measured(0.99, 10), lambda ef: measured(ef / 128))
    assert (ef_search, found.mean_recall) == (128, 1)
    assert comparison(measured(0.99, 10), found).endswith("10.0 in all, 5.0 SQL alone")


def test_where_faiss_is_never_as_right_it_is_no_reference() -> None:
    ef_search, found = at_equal_recall(measured(0.99), lambda ef: measured(0.9))
    assert ef_search == EF_SEARCHES[-1]
    assert comparison(measured(0.99), found) == (
        "no comparison: FAISS reaches recall 0.900 at most, ours 0.990"
    )


@pytest.mark.django_db
def test_the_index_is_told_as_postgresql_has_it() -> None:
    space = EmbeddingSpace.objects.create(embedder="x.Y", dimensions=3, state="active")
    spaces.create_index(space)
    with connection.cursor() as cursor:
        assert index_options(cursor) == "with pgvector's defaults"
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER INDEX {spaces.index_name(space)} SET (m = 24)")
        assert index_options(cursor) == "(m=24)"
