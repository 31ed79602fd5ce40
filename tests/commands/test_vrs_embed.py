from collections.abc import Sequence
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from shop.models import Product, ProductImage
from vrs_app import embedders, spaces
from vrs_app.catalogue import catalogue
from vrs_app.embedders import Vectors
from vrs_app.embedders.handcrafted import HandcraftedEmbedder
from vrs_app.exceptions import EmbedderUnavailable
from vrs_app.indexing import claims
from vrs_app.management.commands import vrs_embed
from vrs_app.models import Change, ImageEmbedding, IndexedImage, ProductText
from vrs_app.receivers import paused
from vrs_app.vision import Pixels

from ..conftest import EmbedAll, MakeShown
from ..pictures import jpeg
from ..shapes import shape

pytestmark = pytest.mark.django_db

BAD = jpeg()[:300]


class Stubborn(HandcraftedEmbedder):
    """Is interrupted by its user at the `interrupted`th batch; counts what it embeds."""

    interrupted = 0
    batches = 0
    pictures = 0

    def embed(self, pictures: Sequence[Pixels]) -> Vectors:
        Stubborn.batches += 1
        if Stubborn.batches == Stubborn.interrupted:
            raise KeyboardInterrupt
        Stubborn.pictures += len(pictures)
        return super().embed(pictures)


class Missing(HandcraftedEmbedder):
    def __init__(self) -> None:
        raise EmbedderUnavailable("The weights are away. Ways out: fetch them.")


@pytest.fixture
def counted(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> type[Stubborn]:
    """The embedder that counts, in batches of two."""
    settings.VRS = settings.VRS | {"EMBEDDER": f"{__name__}.Stubborn", "BATCH_SIZE": 2}
    for name in ("interrupted", "batches", "pictures"):
        monkeypatch.setattr(Stubborn, name, 0)
    embedders._load.cache_clear()
    return Stubborn


def embed(*words: str, **options: object) -> str:
    """What `vrs_embed` prints."""
    out = StringIO()
    call_command("vrs_embed", *words, stdout=out, **options)
    return out.getvalue()


def states() -> dict[str, int]:
    found = list(ImageEmbedding.objects.values_list("state", flat=True))
    return {state: found.count(state) for state in sorted(set(found))}


def test_everything_that_waits_is_embedded(make_shown: MakeShown) -> None:
    for seed in range(3):
        make_shown(shape(seed=seed), shape("bars", seed=seed))
    assert "6 pictures ready, 0 failed." in embed()
    assert states() == {"ready": 6}


def test_what_sent_no_signal_is_found_and_a_second_run_finds_nothing(
    make_shown: MakeShown, counted: type[Stubborn]
) -> None:
    with paused():
        make_shown(shape(), shape("bars"))
    told = embed()
    assert "2 picture rows brought up to date." in told
    assert "Words of 1 product brought up to date." in told
    assert counted.pictures == 2
    assert embed().splitlines() == [
        "0 picture rows brought up to date.",
        "Words of 0 products brought up to date.",
        "0 pictures ready, 0 failed.",
    ]
    assert counted.pictures == 2


def test_what_waits_in_the_outbox_is_brought_up_to_date_and_told(make_shown: MakeShown) -> None:
    product = make_shown(shape())
    product.name = "Sombrero"
    product.save()
    product.images.get().delete()
    told = embed()
    assert "1 picture row brought up to date." in told
    assert "Words of 1 product brought up to date." in told
    assert not Change.objects.exists()


def test_the_colours_that_it_measures_are_among_the_words(make_shown: MakeShown) -> None:
    make_shown(shape("disc", "#c01f2a"))
    embed()
    assert "'red'" in str(ProductText.objects.get().words)
    assert not Change.objects.exists()


def test_words_that_cannot_be_noted_hold_up_no_picture_and_are_told(
    make_shown: MakeShown, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    make_shown(shape())
    settings.VRS = {**settings.VRS, "TEXT_LANGUAGE": "klingon"}
    with pytest.raises(CommandError, match="Not all could be compared"):
        embed()
    assert ImageEmbedding.objects.get().state == "ready"
    assert "klingon" in capsys.readouterr().err


def test_one_picture_is_told_as_one(make_shown: MakeShown) -> None:
    make_shown(shape())
    assert "1 picture ready, 0 failed." in embed()


def test_a_shop_without_products_is_no_error() -> None:
    assert "0 pictures ready, 0 failed." in embed()


def test_failed_pictures_are_counted_and_only_they_are_tried_again(
    make_shown: MakeShown, counted: type[Stubborn]
) -> None:
    make_shown(shape(), BAD, shape("bars"))
    assert "2 pictures ready, 1 failed." in embed()
    assert "0 pictures ready, 0 failed." in embed()
    told = embed("--failed")
    assert "1 picture to embed once more." in told
    assert "0 pictures ready, 1 failed." in told
    assert counted.pictures == 2


def test_all_embeds_every_picture_once_more_and_shows_the_old_vectors_meanwhile(
    make_shown: MakeShown, counted: type[Stubborn]
) -> None:
    make_shown(shape(), shape("bars"), shape("stripes"))
    embed()
    counted.interrupted = counted.batches + 1
    with pytest.raises(CommandError):
        embed("--all")
    assert ImageEmbedding.objects.filter(ImageEmbedding.is_servable()).count() == 3
    assert "3 pictures ready, 0 failed." in embed()
    assert counted.pictures == 6


def test_the_pictures_of_chosen_products_are_embedded_once_more(
    make_shown: MakeShown, counted: type[Stubborn]
) -> None:
    first, second, _ = [make_shown(shape(seed=seed)) for seed in range(3)]
    embed()
    told = embed("--product", str(first.pk), str(second.pk))
    assert "2 pictures to embed once more." in told
    assert "2 pictures ready, 0 failed." in told
    assert counted.pictures == 5


@pytest.mark.parametrize("key", ["987654", "no-key", "1.5", "", "99999999999999999999999"])
def test_an_unknown_product_is_named(make_shown: MakeShown, key: str) -> None:
    known = str(make_shown(shape()).pk)
    with pytest.raises(CommandError, match=f"There is no product with the key {key}"):
        embed("--product", known, key)


@pytest.mark.parametrize("words", [["--failed", "--all"], ["--all", "--product", "1"]])
def test_two_choices_at_once_are_refused(words: list[str]) -> None:
    with pytest.raises(CommandError, match="not allowed with"):
        embed(*words)


def test_an_interrupted_run_gives_attempts_back_and_a_second_run_completes(
    make_shown: MakeShown, counted: type[Stubborn]
) -> None:
    for seed in range(3):
        make_shown(shape(seed=seed), shape("bars", seed=seed))
    counted.interrupted = 2
    with pytest.raises(CommandError, match="Run it again") as caught:
        embed()
    assert caught.value.returncode == 130
    rows = ImageEmbedding.objects.all()
    assert sorted(rows.values_list("state", "attempts")) == [
        *[("ready", 1)] * 2,
        *[("waiting", 0)] * (rows.count() - 2),
    ]
    assert not rows.exclude(lease_token=None).exists()
    assert "4 pictures ready, 0 failed." in embed()
    assert set(rows.values_list("state", "attempts")) == {("ready", 1)}


def test_an_embedder_that_cannot_be_had_ends_it_with_the_ways_out(
    make_shown: MakeShown, settings: Settings
) -> None:
    settings.VRS = settings.VRS | {"EMBEDDER": f"{__name__}.Missing"}
    make_shown(shape())
    with pytest.raises(CommandError, match="Ways out"):
        embed()
    assert IndexedImage.objects.count() == 1


def test_what_a_worker_has_in_hand_is_left_to_it(
    make_shown: MakeShown, embed_all: EmbedAll, settings: Settings
) -> None:
    make_shown(shape())
    embed_all()
    space = spaces.active()
    assert space is not None
    make_shown(shape("bars"))
    assert len(claims.claim_batch(space)) == 1
    assert "0 pictures ready, 0 failed." in embed()


def test_the_bar_shows_on_the_error_stream_and_can_be_silenced(
    make_shown: MakeShown, capsys: pytest.CaptureFixture[str]
) -> None:
    make_shown(shape(), shape("bars"))
    embed()
    assert "2/2" in (shown := capsys.readouterr().err)
    assert "picture/s" in shown
    assert embed("--all", verbosity=0) == ""
    assert "%" not in capsys.readouterr().err


@pytest.mark.django_db(transaction=True)
def test_the_index_is_made_anew_when_it_is_lost_or_broken(make_shown: MakeShown) -> None:
    from django.db import connection

    make_shown(shape())
    embed()
    space = spaces.active()
    assert space is not None
    with connection.cursor() as cursor:
        cursor.execute(f"DROP INDEX {spaces.index_name(space)}")
    assert f"Building {spaces.index_name(space)}" in embed("--index")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indisvalid FROM pg_index WHERE indexrelid = %s::regclass",
            [spaces.index_name(space)],
        )
        assert cursor.fetchone() == (True,)


def test_deleted_pictures_and_products_leave_nothing_behind(make_shown: MakeShown) -> None:
    first, second = make_shown(shape()), make_shown(shape("bars"))
    embed()
    ProductImage.objects.filter(product=first)._raw_delete(using="default")
    assert "1 picture row brought up to date." in embed()
    assert [row.product_id for row in IndexedImage.objects.all()] == [second.pk]
    assert Product.objects.count() == 2


def test_files_that_the_storage_refuses_keep_no_other_from_being_embedded(
    make_shown: MakeShown, counted: type[Stubborn], refused: list[str]
) -> None:
    make_shown(*(shape(seed=seed) for seed in range(6)))
    refused += [image.name for image in IndexedImage.objects.order_by("pk")[:4]]
    with pytest.raises(CommandError, match="Permission denied"):
        embed(verbosity=0)
    assert ImageEmbedding.objects.filter(state="ready").count() == 2
    refused.clear()
    assert "4 pictures ready" in embed()


def test_a_storage_that_gives_nothing_is_asked_a_few_times_only(
    make_shown: MakeShown,
    counted: type[Stubborn],
    refused: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(vrs_embed, "MAX_FRUITLESS_BATCHES", 2)
    make_shown(*(shape(seed=seed) for seed in range(10)))
    refused += [image.name for image in IndexedImage.objects.all()]
    with pytest.raises(CommandError, match="Permission denied"):
        embed(verbosity=0)
    assert ImageEmbedding.objects.exclude(given_back_at=None).count() == 4


def test_no_password_of_a_storage_is_told(
    make_shown: MakeShown, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_shown(shape())

    def failing(*arguments: object) -> None:
        raise OSError("password=hunter22 https://user:secretpw@host/x")

    monkeypatch.setattr(type(catalogue()), "open", failing)
    with pytest.raises(CommandError, match="storage") as told:
        embed(verbosity=0)
    assert "hunter22" not in str(told.value)
    assert "secretpw" not in str(told.value)
