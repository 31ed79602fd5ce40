import numpy as np
import pytest

from shop.models import Product
from vrs_app.models import ImageEmbedding
from vrs_app.spaces.vectors import Packed, nearly_same_from, unpacked

from ..conftest import LookAlikes

pytestmark = pytest.mark.django_db


def test_what_is_unpacked_is_what_the_database_holds(look_alikes: LookAlikes) -> None:
    rows = ImageEmbedding.objects.order_by("pk")
    held = np.array([row.vector for row in rows], dtype=np.float32)
    got = unpacked(rows.values_list(Packed("vector"), flat=True))
    assert got.dtype == np.float32
    assert got.shape == (24, 1728)
    np.testing.assert_allclose(got, held, atol=1e-4)
    assert Product.objects.count() == len(got)


@pytest.mark.usefixtures("look_alikes")
def test_what_is_unpacked_is_of_unit_length_again() -> None:
    got = unpacked(ImageEmbedding.objects.values_list(Packed("vector"), flat=True))
    np.testing.assert_allclose(np.linalg.norm(got, axis=1), 1, atol=1e-6)


def test_negative_tiny_and_large_numbers_come_through() -> None:
    numbers = np.array([[-1.5, 6e-8, 0, 60000]], dtype=">f2")
    row = b"\x00\x04\x00\x00" + numbers.tobytes()
    expected = numbers.astype(np.float32) / np.linalg.norm(numbers.astype(np.float32))
    np.testing.assert_array_equal(unpacked([row, memoryview(row)]), np.repeat(expected, 2, axis=0))


def test_a_picture_is_nearly_the_same_as_itself_and_above_one_nothing_is() -> None:
    numbers = np.random.default_rng(1).normal(size=(200, 2_048)).astype(">f2")
    vectors = unpacked(b"\0\0\0\0" + row.tobytes() for row in numbers)
    of_itself = (vectors @ vectors.T).diagonal()
    assert of_itself.min() < 1 < of_itself.max()
    assert (of_itself >= nearly_same_from(1.0)).all()
    assert not (of_itself >= nearly_same_from(1.001)).any()
