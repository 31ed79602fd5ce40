import ast
from pathlib import Path

import numpy as np
import pytest
from pgvector import HalfVector

import vrs_app
from shop.models import Product
from vrs_app.embedders import unit_length
from vrs_app.models import ImageEmbedding
from vrs_app.spaces.vectors import (
    HalfvecBytes,
    nearly_same_from,
    pairwise_similarities,
    similarities,
    vectors_of,
)

from ..conftest import LookAlikes
from ..vectors import stored

pytestmark = pytest.mark.django_db


def test_what_is_unpacked_is_what_the_database_holds(look_alikes: LookAlikes) -> None:
    rows = ImageEmbedding.objects.order_by("pk")
    held = np.stack([stored(row) for row in rows])
    got = vectors_of(rows.values_list(HalfvecBytes("vector"), flat=True))
    assert got.dtype == np.float32
    assert got.shape == (24, 1728)
    np.testing.assert_allclose(got, held, atol=1e-4)
    assert Product.objects.count() == len(got)


@pytest.mark.usefixtures("look_alikes")
def test_what_is_unpacked_is_of_unit_length_again() -> None:
    got = vectors_of(ImageEmbedding.objects.values_list(HalfvecBytes("vector"), flat=True))
    np.testing.assert_allclose(np.linalg.norm(got, axis=1), 1, atol=1e-6)


def test_negative_tiny_and_large_numbers_come_through() -> None:
    numbers = np.array([[-1.5, 6e-8, 0, 60000]], dtype=">f2")
    row = b"\x00\x04\x00\x00" + numbers.tobytes()
    expected = numbers.astype(np.float32) / np.linalg.norm(numbers.astype(np.float32))
    np.testing.assert_array_equal(
        vectors_of([row, memoryview(row)]), np.repeat(expected, 2, axis=0)
    )


def test_similarities_are_the_cosines_of_unit_vectors() -> None:
    vectors = unit_length(np.random.default_rng(2).normal(size=(5, 2_048)))
    np.testing.assert_allclose(similarities(vectors, vectors[2]), vectors @ vectors[2], atol=1e-6)
    np.testing.assert_allclose(pairwise_similarities(vectors), vectors @ vectors.T, atol=1e-6)


PAGES = (
    *("admin", "api", "catalogue.py", "contrib", "photos"),
    *("queries", "receivers", "spaces", "templatetags"),
)
"""What computes while a visitor waits for a page."""


@pytest.mark.parametrize("room", PAGES)
def test_no_page_waits_for_the_threads_of_a_matrix_product(room: str) -> None:
    place = Path(vrs_app.__file__).parent / room
    files = [place] if place.is_file() else sorted(place.rglob("*.py"))
    assert files
    for file in files:
        for node in ast.walk(ast.parse(file.read_text())):
            assert not isinstance(node, ast.MatMult), f"{file}: a matrix product"
            name = getattr(node, "attr", "")
            assert name not in {"dot", "einsum", "inner", "matmul", "tensordot"}, f"{file}: {name}"


def test_a_picture_is_nearly_the_same_as_itself_and_above_one_nothing_is() -> None:
    numbers = np.random.default_rng(1).normal(size=(200, 2_048))
    vectors = vectors_of(HalfVector(row).to_binary() for row in numbers)
    of_itself = (vectors @ vectors.T).diagonal()
    assert of_itself.min() < 1 < of_itself.max()
    assert (of_itself >= nearly_same_from(1.0)).all()
    assert not (of_itself >= nearly_same_from(1.001)).any()
