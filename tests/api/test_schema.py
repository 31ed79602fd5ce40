"""The API's description: what it says is so, and it describes nothing else."""

import json
import os
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from drf_spectacular.validation import validate_schema
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from vrs_app.api import pagination, views
from vrs_app.queries import LONGEST_SEARCH

from ..processes import ROOT
from .conftest import LookAlikes

pytestmark = pytest.mark.django_db

SCHEMA = "/api/schema/"
OF_PRODUCTS = ("/api/products/{id}/similar/", "/api/products/{id}/carousel/")
SEARCH, PHOTO = "/api/search/", "/api/search/image/"
OF_HISTORY = {"/api/recommendations/", "/api/interactions/"}
"""Described too where the shop includes them."""

CONFIGURATION = """
[[operations]]
include-path = "/api/search/image/"
checks.not_a_server_error.expected-statuses = ["2xx", "3xx", "4xx", "503"]
"""
"""No worker looks at photos here."""

COMMAND = str(Path(sys.executable).with_name("schemathesis"))
HOOKS = "tests.api.schemathesis_hooks"
BOUNDS = ["--max-examples", "15", "--seed", "1", "--no-color", "--workers", "1"]


@pytest.fixture
def described(client: Client) -> dict[str, Any]:
    found: dict[str, Any] = client.get(SCHEMA).json()
    return found


def test_it_is_openapi_3_and_describes_our_addresses_alone(described: dict[str, Any]) -> None:
    validate_schema(described)  # type: ignore[no-untyped-call]
    assert described["openapi"].startswith("3.")
    assert described["paths"].keys() - OF_HISTORY == {*OF_PRODUCTS, SEARCH, PHOTO}


def test_operations_have_short_names(described: dict[str, Any]) -> None:
    paths = described["paths"]
    assert [paths[path]["get"]["operationId"] for path in (*OF_PRODUCTS, SEARCH)] == [
        "similar",
        "carousel",
        "search",
    ]
    assert paths[PHOTO]["post"]["operationId"] == "search_by_photo"


def test_a_search_says_what_it_takes(described: dict[str, Any]) -> None:
    search = described["paths"][SEARCH]["get"]
    names = {each["name"] for each in search["parameters"]}
    assert names >= {"words", "positive", "negative", "alpha", "expand", "limit", "offset"}
    assert not names & {"minimum", "sources", "box", "image"}
    assert all(each["description"] for each in search["parameters"])
    assert "404" not in search["responses"]
    item = described["components"]["schemas"]["Found"]["properties"]
    assert set(item) > {"because", "duplicates", "match_level", "similarity", "source"}
    assert item["match_level"]["enum"] == ["full", "partial", "none"]
    (words,) = (each for each in search["parameters"] if each["name"] == "words")
    assert words["schema"]["maxLength"] == LONGEST_SEARCH
    assert described["components"]["schemas"]["LikenedTo"]["properties"].keys() == {
        "id",
        "title",
        "url",
    }


def test_a_photo_is_a_file_in_a_form(described: dict[str, Any]) -> None:
    by_photo = described["paths"][PHOTO]["post"]
    assert list(by_photo["requestBody"]["content"]) == ["multipart/form-data"]
    assert not by_photo.get("parameters")
    form = described["components"]["schemas"]["PhotoParameters"]
    assert form["required"] == ["image"]
    assert form["properties"]["image"]["format"] == "binary"
    assert form["additionalProperties"] is False
    assert set(form["properties"]) > {"box", "words", "positive", "alpha", "offset"}
    assert {"200", "400", "413", "415", "429", "503"} <= by_photo["responses"].keys()
    assert not {"304", "404"} & by_photo["responses"].keys()
    assert "Retry-After" in by_photo["responses"]["503"]["headers"]


def test_parameters_have_the_bounds_that_hold(client: Client, settings: Settings) -> None:
    settings.VRS = settings.VRS | {"API_MAX_LIMIT": 30, "LIMIT": 7}
    similar = client.get(SCHEMA).json()["paths"]["/api/products/{id}/similar/"]["get"]
    bounds = {each["name"]: each["schema"] for each in similar["parameters"]}
    assert bounds["limit"] == {"type": "integer", "minimum": 1, "maximum": 30, "default": 7}
    assert bounds["threshold"]["minimum"] == -1
    assert bounds["exclude"]["items"]["type"] == "integer"
    assert bounds["sources"]["items"]["enum"] == ["visual", "text", "category", "newest"]
    assert all(each["description"] for each in similar["parameters"])


def test_sources_that_the_shop_does_not_use_are_not_described(
    client: Client, settings: Settings
) -> None:
    settings.VRS = settings.VRS | {"SOURCES": ("visual", "newest")}
    paths = client.get(SCHEMA).json()["paths"]
    for path in (paths[each] for each in OF_PRODUCTS):
        (sources,) = (each for each in path["get"]["parameters"] if each["name"] == "sources")
        assert sources["schema"]["items"]["enum"] == ["visual", "newest"]


def test_a_shops_own_settings_for_its_own_api_leave_it_alone(
    client: Client, described: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    from drf_spectacular.settings import spectacular_settings

    def nothing(**options: Any) -> Any:
        return options.get("endpoints", {})[:0] if "endpoints" in options else {}

    for name, value in {
        "TITLE": "Another",
        "SERVERS": [{"url": "https://elsewhere.test"}],
        "PREPROCESSING_HOOKS": [nothing],
        "POSTPROCESSING_HOOKS": [nothing],
    }.items():
        monkeypatch.setattr(spectacular_settings, name, value)
    assert client.get(SCHEMA).json() == described


@pytest.mark.parametrize(
    ("accept", "type"),
    [
        ("*/*", "application/json"),
        ("application/vnd.oai.openapi+json", "application/vnd.oai.openapi+json"),
        ("application/vnd.oai.openapi", "application/vnd.oai.openapi"),
    ],
)
def test_it_comes_as_json_or_yaml(client: Client, accept: str, type: str) -> None:
    answer = client.get(SCHEMA, headers={"Accept": accept})
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith(type)


# --- schemathesis asks what it does not forbid ---------------------------------------------


@pytest.fixture
def impatient(settings: Settings) -> None:
    """Without waiting for a worker that is not there."""
    settings.VRS = settings.VRS | {"PHOTO_TIMEOUT": 0.1}


def ask(folder: Path, *arguments: str) -> None:
    """A bounded run of schemathesis with all its checks, which must find no fault."""
    (folder / "schemathesis.toml").write_text(CONFIGURATION)
    done = subprocess.run(
        [COMMAND, "run", *arguments, *BOUNDS],
        cwd=folder,  # where it leaves what it learnt
        env={**os.environ, "SCHEMATHESIS_HOOKS": HOOKS, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=1200,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert " passed" in done.stdout


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("impatient")
def test_schemathesis_finds_no_fault(live_server: LiveServer, tmp_path: Path) -> None:
    ask(tmp_path, live_server.url + SCHEMA, "--phases", "fuzzing")


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("impatient")
def test_schemathesis_finds_no_fault_in_answers(
    look_alikes: LookAlikes,
    live_server: LiveServer,
    described: dict[str, Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Asked about products that exist, which it would hardly guess."""
    keys = [product.pk for kind in look_alikes.values() for product in kind]
    known = {"type": "integer", "enum": keys}
    parameters = [
        each
        for path in (*OF_PRODUCTS, SEARCH)
        for each in described["paths"][path]["get"]["parameters"]
    ]
    for each in parameters:
        if each["name"] == "id":
            each["schema"] = known
        if each["name"] in ("positive", "negative"):
            each["schema"]["items"] = known
    file = tmp_path / "openapi.json"
    file.write_text(json.dumps(described))
    lengths: dict[Any, list[int]] = defaultdict(list)

    def page(request: Any, *arguments: Any, **options: Any) -> pagination.Page:
        found = pagination.page(request, *arguments, **options)
        lengths[request.resolver_match.url_name].append(len(found.results))
        return found

    monkeypatch.setattr(views, "page", page)
    ask(tmp_path, str(file), "--url", live_server.url)
    for name in ("similar", "search"):
        assert sum(length > 0 for length in lengths[name]) > 20, name
