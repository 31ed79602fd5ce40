"""Claims, with real locks: other workers are other connections to the same database."""

import datetime
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import numpy as np
import pytest
from django.db import connection, transaction
from django.utils import timezone

from shop.models import ProductImage
from vrs_app import embedders, spaces
from vrs_app.conf import conf
from vrs_app.exceptions import PictureDamaged
from vrs_app.indexing import claims as indexing_claims
from vrs_app.indexing import image_rows, storing
from vrs_app.indexing.claims import Claim
from vrs_app.indexing.reconcile import stale_rows
from vrs_app.indexing.storing import Embedded
from vrs_app.models import EmbeddingSpace, ImageEmbedding, IndexedImage
from vrs_app.spaces import pending
from vrs_app.vision import LoadedPicture

from ..comparing import invalidate_files
from ..conftest import MakeShown
from ..processes import wait_until

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def space(db: None) -> EmbeddingSpace:
    return spaces.space_of(conf.EMBEDDER, embedders.configured())


@pytest.fixture
def pictures(make_shown: MakeShown, space: EmbeddingSpace) -> list[IndexedImage]:
    for _ in range(10):
        make_shown(b"never read")
    return list(IndexedImage.objects.order_by("pk"))


@pytest.fixture
def elsewhere() -> Iterator[Callable[..., object]]:
    """Runs a function on another connection and waits for its answer."""
    with ThreadPoolExecutor(1) as pool:

        def run(function: Callable[..., object], *arguments: object) -> object:
            def closing() -> object:
                try:
                    return function(*arguments)
                finally:
                    connection.close()

            return pool.submit(closing).result(timeout=20)

        yield run


def embedded(digest: str = "d" * 64) -> Embedded:
    pixels = np.zeros((2, 2, 3), dtype=np.uint8)
    vector = np.zeros(1728, dtype=np.float32)
    vector[0] = 1
    picture = LoadedPicture(pixels=pixels, digest=digest, width=3, height=4)
    return Embedded(picture=picture, vector=vector)


def let_leases_expire() -> None:
    held = ImageEmbedding.objects.filter(lease_token__isnull=False)
    held.update(lease_until=timezone.now() - datetime.timedelta(seconds=1))


def test_every_picture_is_claimed_once_by_any_number_of_workers(
    space: EmbeddingSpace, pictures: list[IndexedImage], settings: object
) -> None:
    def work(_: int) -> list[int]:
        try:
            return [claim.image_id for claim in indexing_claims.claim_batch(space)]
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        taken = [image for batch in pool.map(work, range(8)) for image in batch]
    assert sorted(taken) == [picture.pk for picture in pictures]


def test_a_worker_passes_by_what_another_is_claiming(
    space: EmbeddingSpace, pictures: list[IndexedImage], elsewhere: Callable[..., object]
) -> None:
    indexing_claims.release(indexing_claims.claim_batch(space))
    with transaction.atomic():
        mine = indexing_claims.lock(pending.fresh(space), 4)
        theirs = elsewhere(indexing_claims.claim_batch, space)
    assert isinstance(theirs, list)
    assert len(theirs) == 6
    assert {row.pk for row in mine}.isdisjoint(claim.embedding_id for claim in theirs)


def test_a_batch_is_no_larger_than_the_setting(
    space: EmbeddingSpace, pictures: list[IndexedImage], settings: object
) -> None:
    settings.VRS = {**settings.VRS, "BATCH_SIZE": 3}  # type: ignore[attr-defined]
    sizes = [len(indexing_claims.claim_batch(space)) for _ in range(5)]
    assert sizes == [3, 3, 3, 1, 0]


def attempts() -> set[int]:
    return set(ImageEmbedding.objects.values_list("attempts", flat=True))


def claim_and_decode(space: EmbeddingSpace) -> list[Claim]:
    """A batch whose files were read: what happens now may be a picture's fault."""
    claims = indexing_claims.claim_batch(space)
    indexing_claims.begin_decoding(claims)
    return claims


def test_an_attempt_is_counted_when_decoding_begins(
    space: EmbeddingSpace, pictures: list[IndexedImage]
) -> None:
    claims = indexing_claims.claim_batch(space)
    assert attempts() == {0}
    indexing_claims.begin_decoding(claims)
    assert attempts() == {1}


@pytest.mark.parametrize("claim", [indexing_claims.claim_batch, claim_and_decode])
def test_an_attempt_given_back_does_not_count(
    space: EmbeddingSpace,
    pictures: list[IndexedImage],
    claim: Callable[[EmbeddingSpace], list[Claim]],
) -> None:
    indexing_claims.release(claim(space))
    assert attempts() == {0}
    assert len(indexing_claims.claim_batch(space)) == 10


@pytest.mark.parametrize(("share", "attempts"), [(0.5, 0), (1.0, 1)])
def test_an_attempt_that_is_told_to_end_counts_only_when_its_time_is_up(
    space: EmbeddingSpace, pictures: list[IndexedImage], share: float, attempts: int
) -> None:
    indexing_claims.release_on_shutdown(
        claim_and_decode(space), after=share * conf.BATCH_TIME_LIMIT
    )
    assert set(ImageEmbedding.objects.values_list("attempts", flat=True)) == {attempts}
    assert pending.exist(space)


def test_nothing_waits_for_a_claim_while_a_lease_lasts(
    space: EmbeddingSpace, pictures: list[IndexedImage]
) -> None:
    indexing_claims.claim_batch(space)
    assert indexing_claims.claim_batch(space) == []
    assert not pending.exist(space)
    assert pending.count(space) == 10


def test_what_a_killed_worker_held_is_claimed_again_each_picture_alone(
    space: EmbeddingSpace, pictures: list[IndexedImage]
) -> None:
    indexing_claims.claim_batch(space)
    let_leases_expire()
    assert pending.exist(space)
    assert [len(indexing_claims.claim_batch(space)) for _ in range(11)] == [1] * 10 + [0]


def test_a_picture_that_took_its_worker_down_each_time_is_given_up(
    space: EmbeddingSpace, pictures: list[IndexedImage]
) -> None:
    IndexedImage.objects.exclude(pk=pictures[0].pk).delete()
    for _ in range(conf.MAX_ATTEMPTS):
        assert len(claim_and_decode(space)) == 1
        let_leases_expire()
    assert indexing_claims.claim_batch(space) == []
    row = ImageEmbedding.objects.get()
    assert (row.state, row.error_code, row.attempts) == ("failed", "worker_lost", 3)


def test_a_given_up_picture_that_is_replaced_has_fresh_attempts(
    space: EmbeddingSpace, pictures: list[IndexedImage]
) -> None:
    ImageEmbedding.objects.all().delete()
    indexing_claims.claim_batch(space)
    ImageEmbedding.objects.update(attempts=3, state="failed", lease_token=None, lease_until=None)
    assert indexing_claims.claim_batch(space) == []
    picture = pictures[0]
    invalidate_files([picture.product_id], [picture.name])
    (claimed,) = claim_and_decode(space)
    assert claimed.image_id == picture.pk
    assert ImageEmbedding.objects.get(image=picture).attempts == 1


def test_a_suspect_batch_is_tried_again_at_once_each_picture_alone(
    space: EmbeddingSpace, pictures: list[IndexedImage]
) -> None:
    indexing_claims.release_as_suspect(indexing_claims.claim_batch(space))
    assert len(indexing_claims.claim_batch(space)) == 1


def test_finishing_stores_vector_digest_and_size(
    space: EmbeddingSpace, pictures: list[IndexedImage]
) -> None:
    claims = indexing_claims.claim_batch(space)
    finished = storing.finish({claim: embedded() for claim in claims})
    assert finished == claims
    row = ImageEmbedding.objects.select_related("image").get(image=pictures[0])
    assert (row.state, row.lease_token, row.image.width, row.image.height) == ("ready", None, 3, 4)
    assert row.digest == row.image.digest == "d" * 64
    assert not pending.exist(space)


def test_a_failure_stores_its_reason_and_leaves_the_old_vector(
    space: EmbeddingSpace, pictures: list[IndexedImage]
) -> None:
    storing.finish({claim: embedded() for claim in indexing_claims.claim_batch(space)})
    image_rows.requeue(IndexedImage.objects.filter(pk=pictures[0].pk))
    (claim,) = indexing_claims.claim_batch(space)
    storing.finish({claim: PictureDamaged("half a file")})
    row = ImageEmbedding.objects.get(image=pictures[0])
    assert (row.state, row.error_code) == ("failed", "damaged")
    assert "half a file" in row.error_detail
    assert ImageEmbedding.objects.filter(ImageEmbedding.is_servable(), pk=row.pk).exists()


@pytest.mark.slow
def test_the_result_of_an_old_picture_never_overwrites_a_newer_one(
    space: EmbeddingSpace, pictures: list[IndexedImage]
) -> None:
    for _ in range(100):
        invalidate_files([pictures[0].product_id], [pictures[0].name])
        stale = next(
            claim
            for claim in indexing_claims.claim_batch(space)
            if claim.image_id == pictures[0].pk
        )
        invalidate_files([pictures[0].product_id], [pictures[0].name])
        assert storing.finish({stale: embedded("0" * 64)}) == []
        indexing_claims.release([stale])
        (new,) = (
            claim
            for claim in indexing_claims.claim_batch(space)
            if claim.image_id == pictures[0].pk
        )
        assert storing.finish({new: embedded("1" * 64)}) == [new]
        assert storing.finish({stale: embedded("0" * 64)}) == []
        assert IndexedImage.objects.get(pk=pictures[0].pk).digest == "1" * 64


def test_a_picture_that_the_shop_is_changing_right_now_is_let_go(
    space: EmbeddingSpace, pictures: list[IndexedImage], elsewhere: Callable[..., object]
) -> None:
    claims = {claim: embedded() for claim in indexing_claims.claim_batch(space)}
    with transaction.atomic():
        invalidate_files([pictures[0].product_id], [pictures[0].name])
        finished = elsewhere(storing.finish, claims)
        assert isinstance(finished, list)
        assert len(finished) == 9
        elsewhere(indexing_claims.release, set(claims).difference(finished))
    row = ImageEmbedding.objects.get(image=pictures[0])
    assert (row.attempts, row.lease_token, row.vector) == (0, None, None)
    assert IndexedImage.objects.get(pk=pictures[0].pk).digest == ""


def test_no_worker_waits_for_a_product_that_the_shop_takes_its_time_to_delete(
    space: EmbeddingSpace, pictures: list[IndexedImage], elsewhere: Callable[..., object]
) -> None:
    claims = {claim: embedded() for claim in indexing_claims.claim_batch(space)}
    with transaction.atomic():
        ProductImage.objects.get(product=pictures[0].product_id).product.delete()
        finished = elsewhere(storing.finish, claims)
        assert isinstance(finished, list)
        assert len(finished) == 9
        for let_go in (
            indexing_claims.release,
            indexing_claims.requeue_last,
            indexing_claims.release_as_suspect,
        ):
            elsewhere(let_go, set(claims).difference(finished))
        transaction.set_rollback(True)
    row = ImageEmbedding.objects.get(image=pictures[0])
    assert row.lease_until is not None and row.lease_until > timezone.now()


def test_a_picture_deleted_meanwhile_is_let_go(
    space: EmbeddingSpace, pictures: list[IndexedImage]
) -> None:
    claims = indexing_claims.claim_batch(space)
    ProductImage.objects.get(product=pictures[0].product_id).product.delete()
    assert len(storing.finish({claim: embedded() for claim in claims})) == 9


def test_a_lease_that_another_worker_has_taken_over_is_lost(
    space: EmbeddingSpace, pictures: list[IndexedImage]
) -> None:
    slow = indexing_claims.claim_batch(space)
    let_leases_expire()
    (taken_over,) = indexing_claims.claim_batch(space)
    finished = storing.finish({claim: embedded() for claim in slow})
    assert taken_over.embedding_id not in {claim.embedding_id for claim in finished}
    assert storing.finish({taken_over: embedded()}) == [taken_over]


def test_a_claim_nobody_made_stores_nothing(
    space: EmbeddingSpace, pictures: list[IndexedImage]
) -> None:
    (claim, *_) = indexing_claims.claim_batch(space)
    forged = Claim(
        embedding_id=claim.embedding_id,
        image_id=claim.image_id,
        product_id=claim.product_id,
        name=claim.name,
        token=uuid4(),
    )
    assert storing.finish({forged: embedded()}) == []


def test_giving_up_passes_by_a_row_that_its_late_worker_is_finishing(
    space: EmbeddingSpace, pictures: list[IndexedImage], elsewhere: Callable[..., object]
) -> None:
    claim_and_decode(space)
    ImageEmbedding.objects.update(attempts=conf.MAX_ATTEMPTS)
    let_leases_expire()
    with transaction.atomic():
        list(ImageEmbedding.objects.select_for_update())
        assert elsewhere(indexing_claims.claim_batch, space) == []
    assert not ImageEmbedding.objects.filter(state="failed").exists()


def test_finishing_never_deadlocks_with_a_shop_that_deletes_one_after_another(
    space: EmbeddingSpace, pictures: list[IndexedImage]
) -> None:
    claims = {claim: embedded() for claim in indexing_claims.claim_batch(space)}
    first, *_, last = (ImageEmbedding.objects.get(image=each).pk for each in pictures)

    def finish() -> list[Claim]:
        try:
            return storing.finish(claims)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as worker:
        with transaction.atomic():
            ImageEmbedding.objects.filter(pk=first).delete()
            finishing = worker.submit(finish)
            wait_until(lambda: ImageEmbedding.objects.get(pk=last).state == "ready", seconds=20)
            ImageEmbedding.objects.filter(pk=last).delete()
        assert len(finishing.result(20)) == 9


FUTURE = datetime.timedelta(days=30)


@pytest.fixture
def wrong_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """This machine's clock is a month ahead of the database's."""
    ahead = timezone.now() + FUTURE
    monkeypatch.setattr(timezone, "now", lambda: ahead)


@pytest.mark.usefixtures("wrong_clock")
def test_leases_are_given_and_compared_by_the_databases_clock(
    space: EmbeddingSpace, pictures: list[IndexedImage]
) -> None:
    claims = indexing_claims.claim_batch(space)
    until = ImageEmbedding.objects.all()[0].lease_until
    assert until is not None and until < timezone.now() - FUTURE / 2
    assert indexing_claims.claim_batch(space) == []
    indexing_claims.requeue_last(claims)
    given_back = ImageEmbedding.objects.all()[0].given_back_at
    assert given_back is not None and given_back < timezone.now() - FUTURE / 2


def lease_from_the_future() -> None:
    held = ImageEmbedding.objects.filter(lease_token__isnull=False)
    held.update(lease_until=timezone.now() + FUTURE, given_back_at=None)


def test_a_lease_from_the_future_is_over(
    space: EmbeddingSpace, pictures: list[IndexedImage]
) -> None:
    indexing_claims.claim_batch(space)
    lease_from_the_future()
    assert pending.exist(space)
    assert len(indexing_claims.claim_batch(space)) == 1


def test_a_lease_from_the_future_is_ended_by_a_reconcile(
    space: EmbeddingSpace, pictures: list[IndexedImage]
) -> None:
    indexing_claims.claim_batch(space)
    assert stale_rows.end_expired_leases() == 0
    lease_from_the_future()
    assert stale_rows.end_expired_leases(find_only=True) == 10
    assert stale_rows.end_expired_leases() == 10
    assert stale_rows.end_expired_leases() == 0


@pytest.mark.parametrize("code", ["", "damaged"])
def test_what_was_given_back_in_the_future_is_claimed_now(
    space: EmbeddingSpace, pictures: list[IndexedImage], code: str
) -> None:
    indexing_claims.requeue_last(indexing_claims.claim_batch(space))
    ImageEmbedding.objects.update(given_back_at=timezone.now() + FUTURE, error_code=code)
    assert len(indexing_claims.claim_batch(space)) == 10
