"""What `tests/promises.py` lists is there, and lists all that the documents promise.

None of these tests reaches the database: pytest-django fails those that try.
"""

import ast
import logging
import re
import tomllib
from collections.abc import Collection, Iterator
from importlib import import_module
from inspect import signature
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from celery import current_app
from django.apps import apps
from django.contrib.staticfiles.finders import find
from django.core.checks import registry
from django.core.management import BaseCommand, get_commands, load_command_class
from django.db.migrations.loader import MigrationLoader
from django.dispatch import Signal
from django.template import Context, Template
from django.template.backends.django import get_installed_libraries
from django.test import Client
from django.urls import reverse
from django.utils.module_loading import import_string
from pytest_django import Settings

from shop.services.folders import REPOSITORY

from .projects.documents import BLOCKS as CODE_BLOCKS
from .projects.documents import DOCUMENTS
from .promises import (
    A_PRODUCT,
    ABOUT_NO_PRODUCT,
    ADDRESSES,
    ANSWERS,
    APPS,
    BLOCKS,
    CATALOGUE,
    CATALOGUE_PROPERTIES,
    COLUMNS,
    COMMANDS,
    CONTEXT,
    CSS_VARIABLES,
    DISTRIBUTION,
    EXTRAS,
    FAILURES,
    FAULTS,
    FAULTS_OF_PACKAGES,
    FAULTS_OF_SERVERS,
    FAULTS_OF_WORKERS,
    IMPORTS,
    ITEM,
    LIBRARIES,
    LOGGER,
    MIGRATIONS,
    OPERATIONS,
    OPTIONS,
    QUESTIONS,
    QUEUES,
    SETTINGS,
    SIGNATURES,
    STATIC_FILES,
    TABLES,
    TASKS,
    TEMPLATES,
    THROTTLES,
    URL_MODULES,
    VALUES,
    VISITOR_IN_SESSION,
)

MINIMAL = {"PRODUCT_MODEL": "shop.Product", "CATALOGUE": "shop.visual.ShopCatalogue"}


# --- Python --------------------------------------------------------------------------------------


@pytest.mark.parametrize("module", IMPORTS)
def test_a_shop_may_import(module: str) -> None:
    for name in IMPORTS[module]:
        exec(f"from {module} import {name}", {})


@pytest.mark.parametrize("module", URL_MODULES)
def test_a_shop_may_include(module: str) -> None:
    assert import_module(module).urlpatterns


@pytest.mark.parametrize("path", QUESTIONS)
def test_a_question_takes(path: str) -> None:
    ask, own = import_string(path), QUESTIONS[path]
    assert list(signature(ask).parameters)[: len(own)] == list(own)
    refused = {"price_within"} if path.endswith(ABOUT_NO_PRODUCT) else set()
    for name in OPTIONS.keys() - refused:
        ask(**own, **{name: OPTIONS[name]})
    with pytest.raises(TypeError, match="no_such_option"):
        ask(**own, no_such_option=1)


@pytest.mark.parametrize("path", SIGNATURES)
def test_a_function_takes(path: str) -> None:
    assert tuple(signature(import_string(path)).parameters) == SIGNATURES[path]


def test_a_catalogue_has_these_methods_and_no_others() -> None:
    kind = import_string("vrs_app.catalogue.Catalogue")
    public = {name for name in vars(kind) if not name.startswith("_")}
    assert public == {*CATALOGUE, *CATALOGUE_PROPERTIES}
    found = {name: tuple(signature(getattr(kind(), name)).parameters) for name in CATALOGUE}
    assert found == CATALOGUE
    assert all(isinstance(vars(kind)[name], property) for name in CATALOGUE_PROPERTIES)


def test_a_recommendation_has() -> None:
    kind = import_string("vrs_app.queries.Recommendation")
    assert {*kind.__dataclass_fields__, *vars(kind)} >= ITEM


@pytest.mark.parametrize("path", VALUES)
def test_the_values_are(path: str) -> None:
    assert {str(value) for value in import_string(path)} == VALUES[path]


def test_pictures_fail_by_these_codes() -> None:
    error = import_string("vrs_app.exceptions.PictureError")
    assert {error.code, *(kind.code for kind in error.__subclasses__())} == FAILURES


def test_the_signals_are_djangos() -> None:
    """What they are sent with is held by tests/indexing/test_notifications.py."""
    for name in IMPORTS["vrs_app.signals"]:
        assert isinstance(import_string(f"vrs_app.signals.{name}"), Signal)


def test_one_logger_has_all_that_we_log() -> None:
    known_tasks()
    ours = [name for name in logging.root.manager.loggerDict if name.startswith("vrs")]
    assert [name for name in ours if not f"{name}.".startswith(f"{LOGGER}.")] == []
    assert len(ours) > 10


# --- templates and static files ------------------------------------------------------------------


@pytest.mark.parametrize("name", LIBRARIES)
def test_a_template_may_load(name: str) -> None:
    module = import_module(get_installed_libraries()[name])
    assert {*module.register.tags} == {*LIBRARIES[name]}
    for tag, parameters in LIBRARIES[name].items():
        taken = signature(getattr(module, tag)).parameters
        assert tuple(taken) == ("context", *parameters, "options")


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_may_extend(name: str) -> None:
    source = import_string("vrs_app.queries.Source")("visual")
    kind = import_string("vrs_app.queries.Recommendation")
    item = kind(product=A_PRODUCT, source=source, picture=None, position=1)
    blocks = "".join(f"{{% block {block} %}}<{block}>{{% endblock %}}" for block in BLOCKS)
    drawn = Template(f'{{% extends "{name}" %}}{blocks}').render(
        Context({"items": [item], "heading": "More of it", "heading_id": "more"})
    )
    assert 'id="more">More of it</h2>' in drawn
    assert [block for block in BLOCKS if f"<{block}>" not in drawn] == []


def test_a_template_of_the_shops_own_gets(settings: Settings) -> None:
    own = {"own.html": " ".join(f"{name}={{{{ {name} }}}}" for name in CONTEXT)}
    loaders = [("django.template.loaders.locmem.Loader", own)]
    options = {"loaders": loaders, "string_if_invalid": "MISSING"}
    settings.TEMPLATES = [settings.TEMPLATES[0] | {"APP_DIRS": False, "OPTIONS": options}]
    line = '{% load vrs %}{% similar_products product heading="Like it" template="own.html" %}'
    drawn = Template(line).render(Context({"product": "no product, so no items"}))
    assert drawn.startswith("items=[] heading=Like it heading_id=vrs-similar-")


@pytest.mark.parametrize("name", STATIC_FILES)
def test_a_static_file_is_there(name: str) -> None:
    assert find(name)


def test_a_style_sheet_of_the_shops_own_may_set() -> None:
    (path,) = find("vrs_app/carousel.css", find_all=True)
    head, _, rules = Path(path).read_text().partition("*/")
    assert set(re.findall(r"--vrs-[\w-]+", head)) == {*CSS_VARIABLES}
    assert set(re.findall(r"var\((--[\w-]+)", rules)) == {*CSS_VARIABLES}


# --- addresses -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ADDRESSES)
def test_an_address_is(name: str) -> None:
    assert reverse(name, args=[7] if "/7/" in ADDRESSES[name] else []) == ADDRESSES[name]


def test_the_api_takes_and_answers() -> None:
    described = Client().get("/api/schema/?format=json").json()
    schemas = described["components"]["schemas"]
    taken = {
        f"{method.upper()} {path}": {*taken_by(operation, schemas)}
        for path, operations in described["paths"].items()
        for method, operation in operations.items()
    }
    assert taken == OPERATIONS
    assert {name: {*schemas[name]["properties"]} for name in ANSWERS} == ANSWERS


def taken_by(operation: dict[str, Any], schemas: dict[str, Any]) -> Iterator[str]:
    """The names of an operation's parameters, in its address and in its body."""
    yield from (each["name"] for each in operation.get("parameters", ()))
    for content in operation.get("requestBody", {}).get("content", {}).values():
        yield from schemas[content["schema"]["$ref"].rpartition("/")[2]]["properties"]


# --- settings and checks -------------------------------------------------------------------------


def found(chosen: object, settings: Settings) -> set[str]:
    """The numbers of what our system checks find in the setting VRS."""
    settings.VRS = chosen
    ours = [
        check
        for check in registry.registry.get_checks(include_deployment_checks=True)
        if check.__module__.startswith("vrs_app.")
    ]
    return {
        str(message.id) for check in ours for message in check(app_configs=None, databases=None)
    }


def test_each_setting_has_its_default(settings: Settings) -> None:
    settings.VRS = {}
    conf = import_string("vrs_app.conf.conf")
    assert {name: getattr(conf, name) for name in SETTINGS} == SETTINGS
    throttles = dict.fromkeys(THROTTLES, "1/min")
    assert found(SETTINGS | MINIMAL | {"API_THROTTLES": throttles}, settings) <= {"vrs_app.W001"}


@pytest.mark.parametrize("number", FAULTS)
def test_a_check_has_its_number(number: str, settings: Settings) -> None:
    chosen = FAULTS[number]
    chosen = MINIMAL | chosen if isinstance(chosen, dict) else chosen
    assert number not in found(MINIMAL, settings)
    assert number in found(chosen, settings)


def test_checks_of_servers_have_their_numbers(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    photos = settings.CACHES["photos"] | {"LOCATION": "redis://broker"}
    settings.CACHES = settings.CACHES | {"photos": photos}
    monkeypatch.setitem(settings.DATABASES["default"], "ENGINE", "django.db.backends.sqlite3")
    monkeypatch.setitem(settings.DATABASES["default"], "PASSWORD", "guest")
    monkeypatch.setattr(current_app.conf, "broker_url", "redis://broker")
    monkeypatch.setitem(current_app.conf.broker_transport_options, "socket_timeout", None)
    assert found(MINIMAL | {"PHOTO_CACHE": "photos"}, settings) == {*FAULTS_OF_SERVERS}


@pytest.mark.parametrize("number", FAULTS_OF_PACKAGES)
def test_the_number_of_a_missing_package_stays(
    number: str, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vrs_app.vision.heif.is_installed", lambda: False)
    assert found(MINIMAL | FAULTS_OF_PACKAGES[number], settings) == {number}


@pytest.mark.parametrize("number", FAULTS_OF_WORKERS)
def test_a_check_of_workers_has_its_number(number: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vrs_app.checks.workers._is_old", lambda databases: True)
    check = import_string("vrs_app.checks.check_worker")
    assert [message.id for message in check(databases=["default"])] == [number]


@pytest.mark.parametrize("name", COLUMNS)
def test_a_list_of_products_may_have_the_column(name: str) -> None:
    assert hasattr(import_string("vrs_app.admin.WaitingMixin"), name)


# --- commands ------------------------------------------------------------------------------------


def test_there_are_these_commands_and_no_others() -> None:
    assert {name for name in get_commands() if name.startswith("vrs_")} == {*COMMANDS}


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_takes(name: str) -> None:
    command = load_command_class(get_commands()[name], name)
    assert arguments(command) - arguments(BaseCommand()) == COMMANDS[name]


def arguments(command: BaseCommand) -> set[str]:
    actions = command.create_parser("manage.py", "any")._actions
    return {name for each in actions for name in each.option_strings or [each.dest]}


# --- what schedules, queues, databases and sessions hold -----------------------------------------


def known_tasks() -> dict[str, Any]:
    """What a worker knows once it has loaded all apps' tasks."""
    current_app.loader.import_default_modules()
    return dict(current_app.tasks)


def test_there_are_these_tasks_and_no_others() -> None:
    tasks = known_tasks()
    assert {name for name in tasks if name.startswith("vrs_")} == {*TASKS}
    taken = {name: tuple(signature(tasks[name].run).parameters) for name in TASKS}
    assert taken == TASKS


def test_the_demo_schedules_these_tasks(settings: Settings) -> None:
    for entry in settings.CELERY_BEAT_SCHEDULE.values():
        assert entry["task"] in TASKS
        assert entry["options"]["queue"] in QUEUES


def test_the_apps_have_these_labels() -> None:
    assert {name: apps.get_app_config(label).name for name, label in APPS.items()} == {
        name: name for name in APPS
    }


def test_what_shops_have_migrated_is_there() -> None:
    loader = MigrationLoader(connection=None)
    for label, names in MIGRATIONS.items():
        known = {name for app, name in loader.disk_migrations if app == label}
        assert [name for name in names if name not in known] == []


def test_the_tables_are() -> None:
    models = [
        model for label in APPS.values() for model in apps.get_app_config(label).get_models()
    ]
    assert {model._meta.db_table for model in models} == TABLES
    assert {f"{model._meta.app_label}_{model._meta.model_name}" for model in models} == TABLES


def test_a_visitor_is_known_by_their_session() -> None:
    visitor = UUID("0d3ba4cb-4a3c-4f0c-9d27-1a1b9d1f9a55")
    request: Any = SimpleNamespace(session={VISITOR_IN_SESSION: str(visitor)})
    history = import_module("vrs_app.contrib.history")
    assert history.shopper_of(request) == history.Shopper(visitor=visitor)


# --- the package ---------------------------------------------------------------------------------


def test_pip_installs() -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
    assert project["name"] == DISTRIBUTION
    assert project["optional-dependencies"].keys() == {*EXTRAS}


# --- the documents: what they name is in the lists -----------------------------------------------

TEXT = "\n".join(DOCUMENTS.values())
CODE = [block.text for block in CODE_BLOCKS if block.language == "python"]
MARKUP = [block.text for block in CODE_BLOCKS if block.language == "html+django"]

TAKEN = OPTIONS.keys() | {name for own in QUESTIONS.values() for name in own}
TAKEN |= {name for names in SIGNATURES.values() for name in names}
DJANGOS_TAGS = {"for", "endfor", "if", "endif", "load", "static"}


def with_parents(paths: Collection[str]) -> set[str]:
    """Dotted paths, and the packages on the way to each."""
    parts = [path.split(".") for path in paths]
    return {".".join(each[:length]) for each in parts for length in range(1, len(each) + 1)}


PATHS = with_parents(
    [
        *(f"{module}.{name}" for module, names in IMPORTS.items() for name in names),
        *(*URL_MODULES, *TASKS, *APPS),
    ]
)


def test_each_dotted_path_in_the_documents_is_listed() -> None:
    named = set(re.findall(r"\bvrs_app(?:\.\w+)+", TEXT))
    assert len(named) > 10
    assert named <= PATHS


def test_each_name_of_ours_in_the_documents_is_listed() -> None:
    named = set(re.findall(r"\bvrs_\w+", TEXT))
    assert {*COMMANDS, *APPS.values()} <= named
    assert named <= {*COMMANDS, *APPS.values(), *LIBRARIES, *COLUMNS, *TABLES}


def test_each_static_file_in_the_documents_is_listed() -> None:
    named = set(re.findall(r"\bvrs_\w+/[\w-]+\.(?:css|js)", TEXT))
    assert named
    assert named <= {*STATIC_FILES}


def test_each_queue_in_the_documents_is_listed() -> None:
    named = set(re.findall(r'--queues (\S+)|"queue": "(\S+?)"', TEXT))
    assert {name for pair in named for name in pair if name} == {*QUEUES}


def test_each_import_in_the_documents_is_listed() -> None:
    imported = {
        f"{node.module}.{alias.name}" for node in imports_of_ours() for alias in node.names
    }
    assert len(imported) > 10
    assert imported <= PATHS


def imports_of_ours() -> Iterator[ast.ImportFrom]:
    for text in CODE:
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("vrs_app"):
                yield node


def test_each_use_of_what_the_documents_import_is_listed() -> None:
    uses = [use for text in CODE for use in uses_of_ours(text)]
    assert len(uses) > 10
    assert [path for path, _ in uses if path not in PATHS] == []
    assert {name for _, names in uses for name in names} <= TAKEN


def uses_of_ours(text: str) -> Iterator[tuple[str, list[str]]]:
    """What a file calls of ours, as a dotted path, with the names of its arguments."""
    tree = ast.parse(text)
    imported = {
        alias.name: f"{node.module}.{alias.name}"
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("vrs_app")
        for alias in node.names
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name, _, rest = ast.unparse(node.func).partition(".")
            if name in imported:
                path = ".".join(filter(None, [imported[name], rest]))
                yield path, [each.arg for each in node.keywords if each.arg]


def test_each_method_of_a_catalogue_in_the_documents_is_listed() -> None:
    classes = [node for text in CODE for node in ast.walk(ast.parse(text))]
    methods = [
        method
        for node in classes
        if isinstance(node, ast.ClassDef) and "Catalogue" in map(ast.unparse, node.bases)
        for method in node.body
        if isinstance(method, ast.FunctionDef)
    ]
    assert len(methods) > 10
    for method in methods:
        taken = tuple(each.arg for each in method.args.args[1:])
        assert method.name in CATALOGUE_PROPERTIES or CATALOGUE[method.name] == taken


def test_each_tag_in_the_documents_is_listed() -> None:
    tags = [tag for text in MARKUP for tag in re.findall(r"{% (\w+)(.*?)%}", text)]
    assert len(tags) > 10
    for tag, rest in tags:
        if tag == "load":
            assert {*rest.split()} <= {*LIBRARIES, "static"}
        elif tag not in DJANGOS_TAGS:
            (own,) = (tags[tag] for tags in LIBRARIES.values() if tag in tags)
            assert {*re.findall(r"(\w+)=", rest)} <= {*own, *TAKEN}


def test_each_attribute_of_an_item_in_the_documents_is_listed() -> None:
    named = {name for text in MARKUP for name in re.findall(r"\bitem\.(\w+)", text)}
    assert named
    assert named <= ITEM


@pytest.mark.parametrize(
    ("page", "pattern", "listed"),
    [
        ("settings", r"^```{confval} (\w+)$", SETTINGS),
        ("commands", r"^## (\w+)$", COMMANDS),
        ("carousel", r"`(\w+)`", TAKEN),
        ("carousel", r"`(\w+)`", ITEM),
        ("catalogue", r"^`(\w+).*`$", {*CATALOGUE, *CATALOGUE_PROPERTIES}),
    ],
)
def test_each_name_in_a_reference_is_listed(
    page: str, pattern: str, listed: Collection[str]
) -> None:
    text = DOCUMENTS[page]
    if page == "carousel":
        head = "| option |" if listed is TAKEN else "| attribute |"
        table = text.split(f"\n{head}")[1].split("\n\n")[0]
        text = "\n".join(line.split("|")[1] for line in table.splitlines() if "|" in line)
    named = set(re.findall(pattern, text, re.MULTILINE))
    assert named
    assert named <= {*listed}
