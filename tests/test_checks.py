"""Each check has its number, names the setting, and says the way out.

None but those of W005 may reach the database: pytest-django fails those that try.
"""

import subprocess
import sys
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.checks import CheckMessage, Error, run_checks
from django.core.management import call_command
from django.db import connection, connections
from django.test import override_settings

from shop.services.folders import REPOSITORY
from vrs_app.checks import check_deployment, check_models, check_settings, check_worker, deployment
from vrs_app.infra import heartbeats
from vrs_app.infra.heartbeats import Part

from .processes import use_broker

MINIMAL = {"PRODUCT_MODEL": "shop.Product", "CATALOGUE": "shop.visual.ShopCatalogue"}


def found(chosen: object) -> list[CheckMessage]:
    """What the checks say of the setting VRS."""
    with override_settings(VRS=chosen):
        return [message for message in run_checks() if str(message.id).startswith("vrs_app.")]


def only(chosen: object, number: str) -> CheckMessage:
    """The one thing that the checks say; an error with this number and a hint."""
    [message] = found(chosen)
    assert isinstance(message, Error)
    assert message.id == f"vrs_app.{number}"
    assert message.hint
    return message


def wrong(**settings: Any) -> dict[str, Any]:
    return MINIMAL | settings


class NoCatalogue:
    """Inherits from nothing."""


def test_the_demo_shop_has_no_fault() -> None:
    from django.conf import settings

    assert found(settings.VRS) == []


def test_every_default_passes() -> None:
    assert found(MINIMAL) == []


def test_a_shop_with_one_model_and_one_image_field_needs_two_settings() -> None:
    assert found({"PRODUCT_MODEL": "shop.ProductImage", "IMAGE_FIELD": "image"}) == []
    assert found({"PRODUCT_MODEL": "shop.ProductImage"}) == []


# --- E001 to E003: the dict, its names, its values ---------------------------------------------


@pytest.mark.parametrize("chosen", ["shop.Product", [], None, 7])
def test_E001_the_setting_is_a_dict(chosen: object) -> None:
    message = only(chosen, "E001")
    assert "PRODUCT_MODEL" in str(message.hint)


def test_E002_a_misspelt_name_is_told_the_right_one() -> None:
    message = only(wrong(IMAGE_FEILD="photo"), "E002")
    assert '"IMAGE_FEILD"' in message.msg
    assert message.hint == 'Did you mean "IMAGE_FIELD"?'


@pytest.mark.parametrize("name", ["zzz", 7, None, ("a", "b")])
def test_E002_a_name_like_none_is_told_all(name: object) -> None:
    message = only(MINIMAL | {name: 1}, "E002")
    assert str(name) in message.msg
    assert "PRODUCT_MODEL" in str(message.hint)


def test_E002_two_wrong_names_of_two_kinds_are_both_told() -> None:
    assert [message.id for message in found(MINIMAL | {7: 1, "zzz": 1})] == ["vrs_app.E002"] * 2


@pytest.mark.parametrize(
    ("name", "value", "way_out"),
    [
        ("LIMIT", "12", "a whole number of at least 1"),
        ("LIMIT", 12.0, "a whole number of at least 1"),
        ("LIMIT", 0, "a whole number of at least 1"),
        ("LIMIT", True, "a whole number of at least 1"),
        ("LIMIT", None, "a whole number of at least 1"),
        ("IMAGE_SIZE", 31, "a whole number of at least 32"),
        ("BROKER_TIMEOUT", "fast", "a number from 0.05 to 60"),
        ("BROKER_TIMEOUT", 0, "a number from 0.05 to 60"),
        ("BROKER_TIMEOUT", float("nan"), "a number from 0.05 to 60"),
        ("BROKER_TIMEOUT", float("inf"), "a number from 0.05 to 60"),
        ("BATCH_SIZE", 10**30, "a whole number from 1 to 1000"),
        ("BATCH_TIME_LIMIT", 10**30, "a whole number from 10 to 86400"),
        ("THRESHOLD", -1.1, "a number from -1 to 1"),
        ("THRESHOLD", 1.1, "a number from -1 to 1"),
        ("EF_SEARCH", 0, "a whole number from 1 to 1000"),
        ("EF_SEARCH", 1001, "a whole number from 1 to 1000"),
        ("PAUSED", "no", "True or False"),
        ("PAUSED", 1, "True or False"),
        ("QUEUE", "", "a text"),
        ("QUEUE", None, "a text"),
        ("WEIGHTS", 7, "a text"),
        ("IMAGE_FORMATS", "JPEG", "a list of texts"),
        ("SOURCES", [], "a list of texts"),
        ("CAMPAIGN", "utm_source=vrs", "a dict of texts"),
        ("CAMPAIGN", {"utm_source": 7}, "a dict of texts"),
        ("IMAGE_FORMATS", [1], "a list of texts"),
        ("IMAGE_FORMATS", [], "a list of texts"),
    ],
)
def test_E003_a_value_that_does_not_fit_is_told_what_fits(
    name: str, value: object, way_out: str
) -> None:
    message = only(wrong(**{name: value}), "E003")
    assert message.msg == f'VRS["{name}"] is {value!r}.'
    assert f"Write {way_out}" in str(message.hint)
    assert "the default is" in str(message.hint)


@pytest.mark.parametrize(
    "chosen",
    [
        {"BROKER_TIMEOUT": 1},
        {"BROKER_TIMEOUT": 0.25},
        {"THRESHOLD": 0},
        {"THRESHOLD": 1},
        {"EF_SEARCH": 1000},
        {"IMAGE_FORMATS": ["JPEG"]},
        {"PAUSED": True},
        {"WEIGHTS": REPOSITORY / "some.weights.h5"},
    ],
)
def test_what_fits_passes(chosen: dict[str, object]) -> None:
    assert found(MINIMAL | chosen) == []


# --- E004 to E005: the classes that are named ---------------------------------------------------


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("shop.nowhere.Mine", "cannot be imported"),
        ("shop.visual.NoSuchCatalogue", "cannot be imported"),
        ("tests.broken_embedder.Catalogue", "a fault of its own"),
        (f"{__name__}.NoCatalogue", "is not a Catalogue"),
        ("vrs_app.catalogue.catalogue", "is not a Catalogue"),
    ],
)
def test_E004_a_catalogue_that_cannot_be_used_is_told(path: str, reason: str) -> None:
    message = only(wrong(CATALOGUE=path), "E004")
    assert "CATALOGUE" in message.msg
    assert reason in message.msg
    assert "Catalogue" in str(message.hint)


@pytest.mark.parametrize(
    "path",
    ["shop.nowhere.Mine", "tests.broken_embedder.Embedder", "vrs_app.models.IndexedImage"],
)
def test_E005_an_embedder_that_cannot_be_used_is_told(path: str) -> None:
    message = only(wrong(EMBEDDER=path), "E005")
    assert path in message.msg
    assert 'VRS["EMBEDDER"]' in str(message.hint)


# --- E006 to E010: model, field, database, formats, times ---------------------------------------


@pytest.mark.parametrize("label", ["shop.Produkt", "nowhere.Product"])
def test_E006_a_product_model_that_is_not_there_is_told(label: str) -> None:
    message = only(wrong(PRODUCT_MODEL=label), "E006")
    assert 'VRS["PRODUCT_MODEL"]' in message.msg
    assert "shop.Product" in str(message.hint)


@pytest.mark.parametrize("label", ["", "Product", "a.b.Product", None, 7])
def test_E006_a_product_model_that_cannot_be_a_name_is_told(label: object) -> None:
    only(wrong(PRODUCT_MODEL=label), "E006")


@pytest.mark.parametrize("field", ["photo", "name"])
def test_E007_an_image_field_that_is_none_is_told(field: str) -> None:
    message = only({"PRODUCT_MODEL": "shop.Product", "IMAGE_FIELD": field}, "E007")
    assert f'"{field}"' in message.msg
    assert 'VRS["IMAGE_FIELD"]' in str(message.hint)
    assert 'VRS["CATALOGUE"]' in str(message.hint)


def test_E007_a_catalogue_of_the_shops_own_needs_no_image_field() -> None:
    assert found(wrong(IMAGE_FIELD="photo")) == []


@pytest.mark.filterwarnings("ignore:Overriding setting DATABASES")
@pytest.mark.parametrize(
    ("engine", "is_fine"),
    [
        ("django.db.backends.postgresql", True),
        ("django.contrib.gis.db.backends.postgis", True),
        ("django_prometheus.db.backends.postgresql", True),
        ("django.db.backends.sqlite3", False),
        ("django.db.backends.mysql", False),
        ("", False),
    ],
)
def test_E008_vectors_live_in_postgresql(engine: str, is_fine: bool) -> None:
    with override_settings(VRS=MINIMAL, DATABASES={"default": {"ENGINE": engine}}):
        messages = check_settings()
    assert [message.id for message in messages] == ([] if is_fine else ["vrs_app.E008"])
    assert all("django.db.backends.postgresql" in str(message.hint) for message in messages)


class Elsewhere:
    """A router of a shop whose own tables are in SQLite."""

    def db_for_write(self, model: object, **hints: object) -> str:
        return "vectors"


@pytest.mark.filterwarnings("ignore:Overriding setting DATABASES")
@pytest.mark.parametrize("is_ours", [True, False])
def test_E008_is_about_the_database_that_our_rows_are_in(is_ours: bool) -> None:
    engines = ["django.db.backends.sqlite3", "django.db.backends.postgresql"]
    default, vectors = engines if is_ours else reversed(engines)
    with override_settings(
        VRS=MINIMAL,
        DATABASES={"default": {"ENGINE": default}, "vectors": {"ENGINE": vectors}},
        DATABASE_ROUTERS=[f"{__name__}.Elsewhere"],
    ):
        assert [message.id for message in check_settings()] == ["vrs_app.E008"] * (not is_ours)


def test_E009_a_format_that_pillow_does_not_know_is_told() -> None:
    message = only(wrong(IMAGE_FORMATS=["PNG", "JPG"]), "E009")
    assert '"JPG"' in message.msg
    assert "JPEG" in str(message.hint)
    assert found(wrong(IMAGE_FORMATS=["png", "Jpeg"])) == []


def test_W006_heic_that_the_shop_names_and_nothing_reads_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert found(wrong(IMAGE_FORMATS=["JPEG", "heif"])) == []
    monkeypatch.setattr("vrs_app.vision.heif.is_installed", lambda: False)
    [message] = found(wrong(IMAGE_FORMATS=["JPEG", "heif"]))
    assert message.id == "vrs_app.W006"
    assert "pillow-heif" in str(message.hint)
    assert found(wrong(LIMIT=12)) == []  # the default names it wherever it runs


def test_E010_fetching_the_weights_fits_into_a_batch() -> None:
    too_long = wrong(WEIGHTS_TIMEOUT=300)
    message = only(too_long, "E010")
    assert 'VRS["WEIGHTS_TIMEOUT"], 300,' in message.msg
    assert 'VRS["BATCH_TIME_LIMIT"], 300.' in message.msg
    assert found(wrong(WEIGHTS_TIMEOUT=299)) == []
    only(wrong(BATCH_TIME_LIMIT=60), "E010")


def test_E010_weights_from_a_file_take_no_fetching() -> None:
    assert found(wrong(BATCH_TIME_LIMIT=60, WEIGHTS=Path("some.weights.h5"))) == []


def test_E010_a_time_that_is_no_number_is_told_once() -> None:
    only(wrong(BATCH_TIME_LIMIT="60"), "E003")
    only(wrong(WEIGHTS_TIMEOUT=None), "E003")


# --- E013: the language of texts ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "way_out"),
    [("de-at", " german."), ("no such", "english"), ("a.b.c", "simple"), ("'; DROP", "simple")],
)
def test_E013_what_no_configuration_can_be_called_is_told(name: str, way_out: str) -> None:
    message = only(wrong(TEXT_LANGUAGE=name), "E013")
    assert repr(name) in message.msg
    assert way_out in str(message.hint)


@pytest.mark.parametrize("name", ["", "german", "mine", "search.my_german"])
def test_E013_a_configuration_of_the_shops_own_may_have_any_name(name: str) -> None:
    assert found(wrong(TEXT_LANGUAGE=name)) == []


def test_E013_a_name_that_is_no_text_is_told_once() -> None:
    only(wrong(TEXT_LANGUAGE=None), "E003")


# --- what a check may do ------------------------------------------------------------------------


def test_all_faults_are_told_at_once() -> None:
    chosen = wrong(NONSENSE=1, LIMIT=0, CATALOGUE="a.B", EMBEDDER="a.B", PRODUCT_MODEL="a.B")
    ids = [str(message.id)[-4:] for message in found(chosen)]
    assert sorted(ids) == ["E002", "E003", "E004", "E005", "E006"]


@pytest.mark.parametrize("name", ["CATALOGUE", "EMBEDDER"])
def test_a_path_that_is_no_text_breaks_no_check(name: str) -> None:
    assert "vrs_app.E003" in [message.id for message in found(wrong(**{name: None}))]


@pytest.mark.slow
def test_checks_ask_no_database_and_import_no_tensorflow() -> None:
    program = (
        "import sys, django\n"
        "from django.core.checks import run_checks\n"
        "django.setup()\n"
        "assert run_checks() == []\n"
        "print({'tensorflow', 'keras'} & set(sys.modules))"
    )
    environment = {
        "DJANGO_SETTINGS_MODULE": "shop.settings",  # with ResNet50 as its embedder
        "DATABASE_URL": "postgresql://nobody@127.0.0.1:9/nowhere",
    }
    command = [sys.executable, "-c", program]
    told = subprocess.check_output(command, cwd=REPOSITORY, env=environment, text=True)
    assert told == "set()\n"


def test_the_model_checks_run_with_the_models() -> None:
    with override_settings(VRS=wrong(PRODUCT_MODEL="a.B")):
        assert [message.id for message in check_models()] == ["vrs_app.E006"]
        assert "vrs_app.E006" in [message.id for message in run_checks(tags=["models"])]


def test_E014_a_source_that_is_unknown_is_told_the_right_one() -> None:
    message = only(wrong(SOURCES=["visual", "catgory"]), "E014")
    assert '"catgory"' in message.msg
    assert message.hint == "Known are: category."


@pytest.mark.parametrize("value", ["{product}", "{", "{0}", "{source.nothing}", "{source[a]}"])
def test_E015_a_campaign_that_cannot_be_written_is_found(value: str) -> None:
    message = only(wrong(CAMPAIGN={"utm_content": value}), "E015")
    assert "utm_content" in message.msg
    assert "{position}" in str(message.hint)


def test_a_campaign_of_source_and_position_passes() -> None:
    campaign = {"utm_source": "similar", "utm_content": "{source}-{position}-{{x}}"}
    assert found(MINIMAL | {"CAMPAIGN": campaign, "SOURCES": ("newest",)}) == []


# --- E016, E017, W001, W002: search by photo ---------------------------------------------------

REDIS = {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://h"}
LOCMEM = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
DUMMY = {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}


def test_E016_a_cache_that_is_not_there_is_told_those_that_are() -> None:
    with override_settings(CACHES={"default": LOCMEM, "shared": REDIS}):
        message = only(wrong(PHOTO_CACHE="share"), "E016")
    assert '"share"' in message.msg
    assert message.hint == "Name one of your CACHES: default, shared."


def test_E017_photos_and_products_do_not_wait_in_one_queue() -> None:
    with override_settings(CACHES={"default": REDIS}):
        message = only(wrong(PHOTO_QUEUE="vrs"), "E017")
    assert "wait behind products" in str(message.hint)


@pytest.mark.parametrize("cache", [LOCMEM, DUMMY])
@pytest.mark.parametrize(
    "chosen", [{"PHOTO_TIMEOUT": 3}, {"PHOTOS_AT_ONCE": 2}, {"API_THROTTLES": {"photo": "5/min"}}]
)
def test_W001_a_cache_of_each_process_alone_loses_photos(
    cache: dict[str, str], chosen: dict[str, Any]
) -> None:
    with override_settings(CACHES={"default": cache}):
        [message] = found(MINIMAL | chosen)
    assert message.id == "vrs_app.W001"
    assert "all processes share" in str(message.hint)


def test_W001_a_shop_that_says_nothing_of_photos_is_left_in_peace() -> None:
    with override_settings(CACHES={"default": LOCMEM}):
        assert found(MINIMAL) == []
    with override_settings(CACHES={"default": REDIS}):
        assert found(MINIMAL | {"PHOTO_TIMEOUT": 3}) == []


Deployed = Callable[..., list[CheckMessage]]


@pytest.fixture
def of_deployment(monkeypatch: pytest.MonkeyPatch) -> Deployed:
    """What `check --deploy` says of a broker and a cache for photos beyond `check` alone."""

    def messages(broker: str, cache: object, **chosen: Any) -> list[CheckMessage]:
        use_broker(monkeypatch, broker)
        caches = {"default": REDIS | {"LOCATION": cache}}
        with override_settings(CACHES=caches, VRS=MINIMAL | chosen):
            return check_deployment()

    return messages


@pytest.mark.parametrize(
    ("broker", "cache"),
    [
        ("redis://h:6379/0", "redis://h/1"),
        ("redis://:ooKai4ae@h/0", "redis://h:6379/1"),
        ("redis://one;redis://two", ["redis://three/0", "redis://two/0"]),
    ],
)
def test_W002_photos_on_the_brokers_server_may_reach_its_disk(
    broker: str, cache: object, of_deployment: Deployed
) -> None:
    [message] = of_deployment(broker, cache, PHOTO_TIMEOUT=3)
    assert message.id == "vrs_app.W002"
    assert "a Redis of their own" in str(message.hint)
    assert of_deployment(broker, cache) == []  # nobody speaks of photos


@pytest.mark.parametrize("cache", ["redis://h:6380/0", "unix:///run/redis", "redis://h:x", None])
def test_W002_a_redis_of_their_own_is_left_in_peace(
    cache: object, of_deployment: Deployed
) -> None:
    assert of_deployment("redis://h:6379/0", cache, PHOTO_TIMEOUT=3) == []
    assert of_deployment("amqp://h:6379", "redis://h:6379", PHOTO_TIMEOUT=3) == []


def test_W002_is_said_by_check_deploy_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    use_broker(monkeypatch, "redis://h/1")
    with override_settings(CACHES={"default": REDIS}, VRS=MINIMAL | {"PHOTO_TIMEOUT": 3}):
        usual, deployed = run_checks(), run_checks(include_deployment_checks=True)
    assert "vrs_app.W002" not in {message.id for message in usual}
    assert "vrs_app.W002" in {message.id for message in deployed}


@pytest.mark.parametrize(
    ("broker", "options", "is_told"),
    [
        ("redis://h/0", {}, True),
        (["redis://h/0", "redis://i/0"], {}, True),
        ("redis://[bad/0", {}, False),
        ("rediss://h/0", {"socket_timeout": None}, True),
        ("redis://h/0", {"socket_timeout": 10}, False),
        ("amqp://h/0", {}, False),
    ],
)
def test_W003_a_silent_broker_is_not_waited_for_for_ever(
    broker: object, options: dict[str, Any], is_told: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = SimpleNamespace(broker_url=broker, broker_transport_options=options)
    monkeypatch.setattr(deployment, "current_app", SimpleNamespace(conf=chosen))
    told = [message for message in check_deployment() if message.id == "vrs_app.W003"]
    assert bool(told) is is_told
    assert all("socket_timeout" in str(message.hint) for message in told)


@pytest.mark.parametrize(
    ("password", "broker", "names"),
    [
        ("vrs", "redis://h/0", "database"),
        ("Postgres", "redis://h/0", "database"),
        ("hu8eeZ3mo", "amqp://guest:guest@h/", "broker"),
        ("hu8eeZ3mo", "redis://:redis@h/0", "broker"),
        ("hu8eeZ3mo", ["redis://:ooKai4ae@h/0", "redis://:guest@h/1"], "broker"),
        ("hu8eeZ3mo", "redis://:ooKai4ae@h/0;redis://:guest@h/1", "broker"),
        ("hu8eeZ3mo", "redis://:p[w]x9secret@h:6379/0", ""),
        ("hu8eeZ3mo", "redis://[bad/0", ""),
        ("hu8eeZ3mo", "redis://:ooKai4ae@h/0", ""),
        ("", "redis://h/0", ""),
    ],
)
def test_W004_a_password_of_examples_is_told(
    password: str, broker: object, names: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_broker(monkeypatch, broker)
    databases = {"default": {"USER": "vrs", "PASSWORD": password}}
    monkeypatch.setattr(deployment, "settings", SimpleNamespace(DATABASES=databases))
    told = [message for message in check_deployment() if message.id == "vrs_app.W004"]
    assert [names in message.msg for message in told] == ([True] if names else [])
    assert all(password not in message.msg for message in told if len(password) > 3)


# --- W005: the worker beside this process ------------------------------------------------------


def of_database() -> list[CheckMessage]:
    """What `check --database default` says."""
    found = run_checks(databases=["default"])
    return [message for message in found if message.id == "vrs_app.W005"]


@pytest.mark.django_db
def test_W005_a_worker_of_an_older_version_is_told() -> None:
    assert of_database() == []
    heartbeats.beat(Part.WORKER)
    [message] = of_database()
    assert "older version" in message.msg
    assert "Deploy workers first" in str(message.hint)
    heartbeats.beat(Part.OUTBOX)
    assert of_database() == []


@pytest.mark.django_db
def test_W005_is_said_by_check_of_this_database_alone() -> None:
    heartbeats.beat(Part.WORKER)
    assert "vrs_app.W005" not in {message.id for message in run_checks()}
    assert check_worker(databases=None) == check_worker(databases=["other"]) == []
    told = StringIO()
    call_command("check", databases=["default"], stderr=told)
    assert "vrs_app.W005" in told.getvalue()


@pytest.mark.django_db
def test_W005_is_said_by_migrate() -> None:
    heartbeats.beat(Part.WORKER)
    told = StringIO()
    call_command("migrate", verbosity=0, skip_checks=False, stderr=told)
    assert "vrs_app.W005" in told.getvalue()


@pytest.mark.django_db
def test_W005_says_nothing_before_the_tables_are_there() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE vrs_app_heartbeat RENAME TO away")
        assert of_database() == []
        cursor.execute("ALTER TABLE away RENAME TO vrs_app_heartbeat")


def test_W005_says_nothing_of_a_database_that_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    away = connections.create_connection("default")
    away.settings_dict = away.settings_dict | {"HOST": "127.0.0.1", "PORT": "9"}
    monkeypatch.setitem(connections.__dict__, "_connections", SimpleNamespace(default=away))
    assert check_worker(databases=["default"]) == []
