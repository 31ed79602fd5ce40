"""The API's description: what it says is so, and it describes nothing else."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from drf_spectacular.validation import validate_schema
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from vrs_app.api import answers, views

from ..processes import ROOT
from .conftest import LookAlikes

pytestmark = pytest.mark.django_db

SCHEMA = "/api/schema/"

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
    assert set(described["paths"]) == {
        "/api/products/{id}/similar/",
        "/api/products/{id}/carousel/",
    }


def test_operations_have_short_names(described: dict[str, Any]) -> None:
    named = {path.split("/")[-2]: each["get"] for path, each in described["paths"].items()}
    assert {path: each["operationId"] for path, each in named.items()} == {
        "similar": "similar",
        "carousel": "carousel",
    }


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
    for path in client.get(SCHEMA).json()["paths"].values():
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


def ask(folder: Path, *arguments: str) -> None:
    """A bounded run of schemathesis with all its checks, which must find no fault."""
    done = subprocess.run(
        [COMMAND, "run", *arguments, *BOUNDS],
        cwd=folder,  # where it leaves what it learnt
        env={**os.environ, "SCHEMATHESIS_HOOKS": HOOKS, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert " passed" in done.stdout


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_schemathesis_finds_no_fault(live_server: LiveServer, tmp_path: Path) -> None:
    ask(tmp_path, live_server.url + SCHEMA, "--phases", "fuzzing")


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_schemathesis_finds_no_fault_in_answers(
    look_alikes: LookAlikes,
    live_server: LiveServer,
    described: dict[str, Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Asked about products that exist, which it would hardly guess."""
    keys = [product.pk for kind in look_alikes.values() for product in kind]
    for path in described["paths"].values():
        (key,) = (each for each in path["get"]["parameters"] if each["name"] == "id")
        key["schema"] = {"type": "integer", "enum": keys}
    file = tmp_path / "openapi.json"
    file.write_text(json.dumps(described))
    lengths: list[int] = []

    def page(*arguments: Any) -> dict[str, Any]:
        found = answers.page(*arguments)
        lengths.append(len(found["results"]))
        return found

    monkeypatch.setattr(views, "page", page)
    ask(tmp_path, str(file), "--url", live_server.url)
    assert sum(length > 0 for length in lengths) > 20
