from shop.loading.products import BATCH_SIZE, batches, category_named, interleave
from shop.models import Category


def test_every_kind_takes_its_turn_and_nothing_is_lost() -> None:
    words = ["ant", "ape", "auk", "bee", "cat", "cow"]
    turns = ["ant", "bee", "cat", "ape", "cow", "auk"]
    assert list(interleave(words, lambda word: word[0])) == turns


def test_chunks_hold_everything_in_order() -> None:
    chunks = list(batches(range(BATCH_SIZE + 1)))
    assert [len(chunk) for chunk in chunks] == [BATCH_SIZE, 1]
    assert chunks[1] == [BATCH_SIZE]


def test_a_category_is_made_once(db: None) -> None:
    assert category_named("T-shirt") == category_named("T-shirt")
    assert Category.objects.get().slug == "t-shirt"
