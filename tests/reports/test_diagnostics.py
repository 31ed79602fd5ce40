import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.db.models.functions import Now
from django.utils import timezone
from pytest_django import Settings

from vrs_app.catalogue import catalogue
from vrs_app.conf import conf
from vrs_app.embedders.handcrafted import HandcraftedEmbedder
from vrs_app.exceptions import EmbedderUnavailable
from vrs_app.indexing import worker
from vrs_app.infra import heartbeats
from vrs_app.infra.heartbeats import Part, beat
from vrs_app.models import Change, EmbeddingSpace, Heartbeat
from vrs_app.receivers import paused
from vrs_app.reports import diagnostics, index_health, status
from vrs_app.reports.diagnostics import Problem
from vrs_app.spaces import active, create_index, index_name, space_of
from vrs_app.testing import drain

from ..conftest import EmbedAll, MakeShown
from ..pictures import jpeg
from ..shapes import shape
from ..vectors import fill

pytestmark = pytest.mark.django_db

QUEUE = {"name": "vrs", "error": "", "messages": 0, "workers": ["worker@host"]}
PHOTO_QUEUE = {"name": "vrs-photos", "error": "", "messages": 0, "workers": []}


class Missing(HandcraftedEmbedder):
    def __init__(self) -> None:
        raise EmbedderUnavailable("The weights are away. Ways out: fetch them.")


class Other(HandcraftedEmbedder):
    """Another space of the same numbers."""

    weights_digest = "other"


@pytest.fixture(autouse=True)
def queue(monkeypatch: pytest.MonkeyPatch, photo_queue: dict[str, Any]) -> dict[str, Any]:
    """What the broker tells: all is well, until a test says otherwise."""
    told: dict[str, Any] = dict(QUEUE)
    monkeypatch.setattr(status, "_queues", lambda *names: [told, photo_queue])
    return told


@pytest.fixture
def photo_queue() -> dict[str, Any]:
    """Nobody listens: a shop may do without search by photo."""
    return dict(PHOTO_QUEUE)


@pytest.fixture(autouse=True)
def healthy(make_shown: MakeShown, embed_all: EmbedAll) -> None:
    """A small shop, embedded and swept a moment ago."""
    make_shown(shape())
    embed_all()
    heartbeats.beat(Part.SWEEP)
    connection.check_constraints()


def find() -> list[Problem]:
    return diagnostics.diagnose(status.collect())


def only() -> Problem:
    """The one problem there is."""
    [problem] = find()
    return problem


def test_a_healthy_shop_has_no_problem() -> None:
    assert find() == []


def test_a_language_that_the_database_does_not_know_is_told(settings: Settings) -> None:
    for known in ("german", "German", "pg_catalog.german"):
        settings.VRS = {**settings.VRS, "TEXT_LANGUAGE": known}
        assert find() == []
    for unknown in ("klingon", "public.german"):
        settings.VRS = {**settings.VRS, "TEXT_LANGUAGE": unknown}
        problem = only()
        assert f'"{unknown}"' in problem.what
        assert 'VRS["TEXT_LANGUAGE"]' in problem.way_out


def test_a_failed_picture_is_told_with_ways_to_mend_it(
    make_shown: MakeShown, embed_all: EmbedAll
) -> None:
    make_shown(jpeg()[:300])
    embed_all()
    assert only().what == "1 picture failed."
    assert "vrs_embed --failed" in only().way_out
    make_shown(jpeg()[:300])
    embed_all()
    assert only().what == "2 pictures failed."


def test_what_stops_the_worker_is_told_until_it_is_mended(settings: Settings) -> None:
    settings.VRS = settings.VRS | {"EMBEDDER": f"{__name__}.Missing"}
    worker.embed_batch()
    assert "The weights are away" in only().what
    assert "No picture is lost" in only().way_out
    settings.VRS = settings.VRS | {"EMBEDDER": "vrs_app.embedders.handcrafted.HandcraftedEmbedder"}
    worker.embed_batch()
    assert find() == []


# --- the outbox ----------------------------------------------------------------------------


def change(seconds: int, **fields: Any) -> None:
    """A row of the outbox that old."""
    row = Change.objects.create(**{"product": "17"} | fields)
    Change.objects.filter(pk=row.pk).update(noted_at=Now() - timedelta(seconds=seconds))


@pytest.mark.parametrize(("seconds", "is_told"), [(170, False), (200, True)])
def test_a_change_waits_too_long_after_three_sweeps(seconds: int, is_told: bool) -> None:
    change(seconds)
    found = find()
    assert ["Changes have waited" in problem.what for problem in found] == [True] * is_told
    assert all("No worker runs" in problem.way_out for problem in found)


def test_a_change_may_wait_behind_a_batch(queue: dict[str, Any]) -> None:
    change(200)
    queue["messages"] = 1
    assert find() == []


def test_products_that_could_not_be_compared_are_named_with_their_errors() -> None:
    change(400, error="ValueError: no title")
    change(400, error="KeyError: 1", product="", model="shop.category", key="3")
    problem = only()
    assert problem.what.startswith("2 changes could not be compared. Product 17: ValueError:")
    assert "no title (retried in 0 s). Shop.category 3: KeyError: 1 (retried" in problem.what
    assert "vrs_reconcile" in problem.way_out


def test_a_product_that_lost_its_workers_is_said_to_be_given_up(settings: Settings) -> None:
    settings.VRS = settings.VRS | {"MAX_ATTEMPTS": 3}
    change(400, token=uuid4(), attempts=3)
    Change.objects.update(not_before=Now())
    problem = only()
    assert "Product 17: given up until it is saved again, since 3 workers were" in problem.what


def test_a_worker_of_an_older_version_is_told_instead_of_what_it_causes() -> None:
    change(4000)
    Heartbeat.objects.filter(part=Part.OUTBOX).delete()
    problem = only()
    assert "an older version" in problem.what
    assert "Deploy workers first" in problem.way_out


def test_what_stops_the_draining_is_told_until_it_is_mended() -> None:
    beat(Part.OUTBOX, problem="There is no function.")
    assert only().what == "Changes are not compared: There is no function."
    drain()
    assert find() == []


# --- broker and sweep ----------------------------------------------------------------------


def test_a_broker_that_does_not_answer_is_told(queue: dict[str, Any]) -> None:
    queue |= {"error": "Connection refused", "messages": None, "workers": []}
    assert only().what == "The broker does not answer: Connection refused"
    assert "CELERY_BROKER_URL" in only().way_out


def test_a_queue_to_which_nobody_listens_is_told(queue: dict[str, Any]) -> None:
    queue["workers"] = []
    assert 'queue "vrs"' in only().what
    assert (
        only().way_out
        == "Start one: celery -A shop worker --queues vrs --pool prefork --concurrency 1"
    )


def test_a_sweep_that_never_ran_is_told() -> None:
    Heartbeat.objects.filter(part=Part.SWEEP).delete()
    assert only().what == "The sweep never ran."
    assert "celery -A shop beat" in only().way_out


@pytest.mark.parametrize(("seconds", "is_told"), [(170, False), (200, True)])
def test_a_sweep_is_late_after_three_times_its_interval(seconds: int, is_told: bool) -> None:
    moment = timezone.now() - timedelta(seconds=seconds)
    Heartbeat.objects.filter(part__in=[Part.SWEEP, Part.WORKER]).update(beaten_at=moment)
    assert [problem.what[:18] for problem in find()] == ["The sweep last ran"] * is_told


@pytest.mark.parametrize(("seconds", "is_told"), [(170, False), (200, True)])
def test_a_sweep_that_waits_behind_a_batch_is_late_only_when_that_should_be_over(
    queue: dict[str, Any], seconds: int, is_told: bool
) -> None:
    queue["messages"] = 3
    moment = timezone.now() - timedelta(seconds=conf.BATCH_TIME_LIMIT + seconds)
    Heartbeat.objects.filter(part=Part.SWEEP).update(beaten_at=moment)
    assert [problem.what[:18] for problem in find()] == ["The sweep last ran"] * is_told


def test_a_dead_beat_is_told_of_however_busy_the_worker_is() -> None:
    moment = timezone.now() - timedelta(seconds=200)
    Heartbeat.objects.filter(part=Part.SWEEP).update(beaten_at=moment)
    beat(Part.WORKER)
    assert "The sweep last ran" in only().what


@pytest.mark.parametrize(("hours", "is_told"), [(47, False), (49, True)])
def test_a_comparison_that_never_comes_to_its_end_is_told(hours: int, is_told: bool) -> None:
    beat(Part.RECONCILE)
    moment = timezone.now() - timedelta(hours=hours)
    Heartbeat.objects.filter(part=Part.RECONCILE).update(beaten_at=moment)
    assert ["last compared" in problem.what for problem in find()] == [True] * is_told


def test_a_comparison_with_the_catalogue_that_failed_is_told() -> None:
    beat(Part.RECONCILE, problem="ZeroDivisionError('in the shop')")
    assert only().what == "ZeroDivisionError('in the shop')"


@pytest.mark.parametrize("method", ["products", "visible"])
def test_a_catalogue_that_fails_is_told_beside_all_else(
    method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(*arguments: object) -> None:
        raise KeyError("price")

    monkeypatch.setattr(type(catalogue()), method, failing)
    assert only().what == "The shop's Catalogue fails: KeyError: 'price'"


def test_a_lost_index_is_told() -> None:
    space = active()
    assert space is not None
    with connection.cursor() as cursor:
        cursor.execute(f"DROP INDEX {index_name(space)}")
    assert f"{index_name(space)} is missing" in only().what
    assert only().way_out == "Build it: manage.py vrs_embed --index"


def test_a_broken_index_is_told() -> None:
    space = active()
    assert space is not None
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE pg_index SET indisvalid = false WHERE indexrelid = %s::regclass",
            [index_name(space)],
        )
    assert f"{index_name(space)} is invalid" in only().what


def test_a_catalogue_that_was_never_looked_through_is_told(make_shown: MakeShown) -> None:
    found = status.collect()
    found.products |= {"total": 3, "with_pictures": 0}
    [problem] = diagnostics.diagnose(found)
    assert "manage.py vrs_embed" in problem.way_out


def test_a_shop_without_products_has_no_problem(make_shown: MakeShown) -> None:
    from shop.models import Product

    Product.objects.all().delete()
    assert find() == []
    with paused():
        make_shown(shape())
    assert "No product has a picture" in only().what


def test_a_space_that_is_complete_waits_to_be_shown(
    embed_all: EmbedAll, settings: Settings
) -> None:
    space = space_of(f"{__name__}.Other", Other())
    settings.VRS = settings.VRS | {"EMBEDDER": f"{__name__}.Other"}
    assert find() == []  # still being built
    first = active()
    assert first is not None
    for row in first.embeddings.all():
        row.pk, row.space = None, space
        row.save()
    assert only().way_out == f"Show it: manage.py vrs_switch {space.pk}"


@pytest.mark.parametrize(
    ("version", "is_old"),
    [
        ("0.8.3", True),
        ("0.7.10", True),
        (None, True),
        ("0.8.4", False),
        ("0.10.0", False),
        ("1.0", False),
        ("0.9.0-dev", False),
    ],
)
def test_a_pgvector_with_known_faults_is_told(version: str | None, is_old: bool) -> None:
    found = status.collect()
    found.pgvector = version
    told = diagnostics.diagnose(found)
    assert len(told) == is_old
    assert all("ALTER EXTENSION vector UPDATE" in problem.way_out for problem in told)


def test_causes_come_before_what_they_cause(
    make_shown: MakeShown, embed_all: EmbedAll, queue: dict[str, Any]
) -> None:
    make_shown(jpeg()[:300])
    embed_all()
    queue["workers"] = []
    heartbeats.beat(Part.WORKER, problem="No weights.")
    whats = [problem.what for problem in find()]
    assert whats == [
        "No weights.",
        'No worker listens to the queue "vrs".',
        "1 picture failed.",
    ]


# --- search by photo ------------------------------------------------------------------------


def test_a_shop_without_photo_search_hears_nothing_of_it() -> None:
    assert find() == []


def test_shoppers_who_ask_in_vain_are_told(photo_queue: dict[str, Any]) -> None:
    photo_queue["messages"] = 3
    problem = only()
    assert '"vrs-photos"' in problem.what
    assert "worker --queues vrs-photos" in problem.way_out


def test_a_photo_worker_that_is_gone_is_told() -> None:
    beat(Part.PHOTOS)
    assert "not available" in only().what


def test_a_photo_worker_that_listens_is_no_problem(photo_queue: dict[str, Any]) -> None:
    photo_queue["workers"] = ["photos@host"]
    beat(Part.PHOTOS)
    assert find() == []


def test_what_stops_a_photo_worker_is_told(photo_queue: dict[str, Any]) -> None:
    photo_queue["workers"] = ["photos@host"]
    beat(Part.PHOTOS, problem="The weights are away.")
    problem = only()
    assert problem.what == "Search by photo: The weights are away."
    assert "restart the photo worker" in problem.way_out


def test_a_broker_that_is_away_is_told_once(
    queue: dict[str, Any], photo_queue: dict[str, Any]
) -> None:
    beat(Part.PHOTOS)
    queue["error"] = photo_queue["error"] = "connection refused"
    queue["workers"] = []
    assert "broker" in only().what


# --- answers that would be short or wrong --------------------------------------------------


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)  # an index of this transaction would not be taken
def test_an_index_that_finds_too_little_is_told_until_it_is_built_anew(
    make_shown: MakeShown, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        index_health, "QUERIES", 100
    )  # with ten it is a matter of luck now and then
    fill(3000, category=make_shown().category)
    assert find() == []
    space = active()
    assert space is not None
    with connection.cursor() as cursor:
        cursor.execute(
            f"DROP INDEX {index_name(space)};"
            f"CREATE INDEX {index_name(space)} ON vrs_app_imageembedding USING hnsw "
            f"((vector::halfvec({space.dimensions})) halfvec_cosine_ops) "
            f"WITH (m = 2, ef_construction = 4) WHERE space_id = {space.pk} AND vector IS NOT NULL"
        )
    assert "of the truly nearest pictures" in only().what
    assert "vrs_embed --index" in only().way_out
    with connection.cursor() as cursor:
        cursor.execute(f"DROP INDEX {index_name(space)}")
    create_index(space)
    assert find() == []


def test_an_iterative_scan_that_is_refused_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index_health, "ITERATIVE_SCAN", "hnsw.no_such_setting")
    assert "hnsw.no_such_setting" in only().what


# --- spaces --------------------------------------------------------------------------------


def test_vectors_that_no_shopper_sees_are_told() -> None:
    EmbeddingSpace.objects.update(state=EmbeddingSpace.State.RETIRED)
    assert "no space of them is shown" in only().what
    assert "vrs_switch" in only().way_out


def test_workers_of_different_settings_are_told(make_shown: MakeShown) -> None:
    for number in (1, 2):
        EmbeddingSpace.objects.create(
            embedder="other", options={"number": number}, dimensions=3, state="building"
        )
    several, *each = find()
    assert "Several spaces are being built" in several.what
    assert "vrs_drop" in several.way_out
    assert ["no worker with these settings" in problem.what for problem in each] == [True, True]


def test_a_space_that_was_given_up_while_it_was_built_is_told() -> None:
    space = space_of(f"{__name__}.Other", Other())
    assert "never shown" in only().what
    assert f"vrs_drop {space.pk}" in only().way_out


@pytest.mark.parametrize(
    ("seconds", "told"), [(30, "30 seconds ahead of"), (-7.5, "7.5 seconds behind")]
)
def test_a_clock_that_differs_from_the_databases_is_told_with_the_figure(
    monkeypatch: pytest.MonkeyPatch, seconds: float, told: str
) -> None:
    now = timezone.now
    monkeypatch.setattr(timezone, "now", lambda: now() + timedelta(seconds=seconds))
    assert told in only().what


@pytest.mark.parametrize(
    "part", [Part.WORKER, Part.SWEEP, Part.RECONCILE, Part.FILES, Part.OUTBOX]
)
def test_a_heartbeat_from_the_future_is_named(part: Part) -> None:
    heartbeats.beat(part)
    Heartbeat.objects.filter(part=part).update(beaten_at=timezone.now() + timedelta(days=30))
    assert f'"{part.value}" is from the future' in only().what
    assert re.search("(30|29) days", only().what)
    heartbeats.beat(part)
    assert find() == []


def test_clocks_that_differ_by_the_time_of_a_query_are_no_problem() -> None:
    Heartbeat.objects.update(beaten_at=timezone.now() + timedelta(seconds=30))
    assert find() == []
