"""What the documents say is so: every block of code is run, every table is the code's."""

import ast
import json
import pkgutil
import re
import shlex
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from inspect import getsource, signature
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
import pytest
import yaml
from django.core.management import BaseCommand, get_commands, load_command_class
from django.test import Client

from shop.services.folders import REPOSITORY
from shop.services.processes import start
from vrs_app import conf
from vrs_app.catalogue import Catalogue
from vrs_app.conf import all_settings
from vrs_app.infra.migration_operations import MINIMUM_PGVECTOR
from vrs_app.queries import Options, Source, similar_products
from vrs_app.reports.diagnostics import OLDEST_PGVECTOR
from vrs_app.reports.export import SUFFIXES, export

from .conftest import LookAlikes
from .projects.documents import BLOCKS, DOCUMENTS, FENCE, Block, assemble, blocks_of
from .projects.project import Project, new_project
from .shapes import shape

COMMANDS = [line for block in BLOCKS if block.language == "sh" for line in block.lines]
EVERYTHING = "\n".join(DOCUMENTS.values())

MAKEFILE = (REPOSITORY / "Makefile").read_text()
COMPOSE = (REPOSITORY / "docker-compose.yml").read_text()

BOUTIQUE = ("tutorial", "carousel")
WARDROBE = (
    *(*BOUTIQUE, "catalogue", "admin", "signals"),
    *("merchandising", "api", "searching", "for-you"),
)
TESTS = "testing"
OUT = "uninstalling"
EXTRACTS = ("README", "index")
"""They show parts of the pages that are run."""

DIRECTIVES = {"{toctree}", "{include} ../CHANGELOG.md", "{include} ../CONTRIBUTING.md"}

# What is run elsewhere, and where.
RUN_BY = {
    "pip install .": "tests/test_wheel.py",
    'pip install ".[worker]"': "tests/test_wheel.py",
    'pip install ".[api]"': "tests/test_wheel.py",
    'pip install ".[heif]"': "requirements-web.txt",
    "celery -A myshop worker --queues vrs-photos --pool prefork --concurrency 1 "
    "--hostname photos@%h": "tests/photos/test_look.py",
    'pip install "celery[redis]" "psycopg[binary]"': "requirements-web.txt",
    "django-admin startproject myshop .": "tests/projects/documents.py",
    "docker compose up --build": "tests/test_compose.py",
    ".venv/bin/pre-commit install": ".pre-commit-config.yaml",
}


def rows(page: str, head: str) -> list[list[str]]:
    """The table of a page that has this head, without it."""
    table = DOCUMENTS[page].split(f"\n{head}\n")[1].split("\n\n")[0].splitlines()
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in table[1:]]


# --- each block is one that a test knows ---------------------------------------------------


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.text.partition("\n")[0])
def test_each_block_is_of_a_kind_that_is_run(block: Block) -> None:
    if block.language.startswith("{"):
        assert block.language in DIRECTIVES or block.language.startswith("{confval} ")
        return
    assert block.language in {"python", "html+django", "sh", "sql", "text", "json"}
    if block.language in {"python", "html+django"}:
        assert block.path, "say in the first line which file this is"
        assert block.page in {*WARDROBE, TESTS, *EXTRACTS}
    if block.language == "sql":
        assert block.page in {"tutorial", OUT, *EXTRACTS}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_there_is_no_other_form_of_block(name: str) -> None:
    """None that Markdown or Sphinx knows and `Block` does not: indented, colons, HTML."""
    rest = FENCE.sub("", DOCUMENTS[name])
    other = r"^\s*(?:`{3}|~{3}|:{3}|<pre|<code)|(?<=\n\n)(?: {4}|\t)\S|::$"
    assert not re.search(other, rest, re.MULTILINE)


@pytest.mark.parametrize("page", EXTRACTS)
def test_an_extract_is_of_a_page_that_is_run(page: str) -> None:
    shown = [block for block in blocks_of(page) if block.language != "sh"]
    run = {(block.language, block.text) for block in blocks_of(*BOUTIQUE)}
    assert {(block.language, block.text) for block in shown if block.language[0] != "{"} <= run
    lines = [line for block in blocks_of(page) if block.language == "sh" for line in block.lines]
    assert {line for line in lines if not line.startswith("make ")} <= {*steps(), *RUN_BY}


@pytest.mark.parametrize("line", COMMANDS)
def test_each_command_is_one_that_is_run(line: str) -> None:
    words = shlex.split(line)
    while words and re.fullmatch(r"[A-Z_]+=\S*", words[0]):
        assert f"{words.pop(0).partition('=')[0]}=" in MAKEFILE + COMPOSE
    match words:
        case ["make", target, *variables]:
            require_target(target)
            assert all(f"{name.partition('=')[0]}=" in MAKEFILE for name in variables)
        case ["python", "manage.py", name, *arguments]:
            parse(name, arguments)
        case ["celery", *_]:
            assert line in steps() or line in RUN_BY
        case ["docker", "run", *_, image]:
            assert f"image: {image.partition(':')[0]}:" in COMPOSE
        case ["export", *variables]:
            required = set(re.findall(r"\$\{(\w+):\?", COMPOSE))
            assert {name.partition("=")[0] for name in variables if "=" in name} == required
        case _:
            assert (REPOSITORY / RUN_BY[line]).exists()


def require_target(name: str) -> None:
    assert re.search(rf"^{name}:.* ## ", MAKEFILE, re.MULTILINE), f"make has no target {name}"


def parse(name: str, arguments: list[str]) -> None:
    """The command knows these arguments; running it is for the small project."""
    command(name).create_parser("manage.py", name).parse_args(arguments)


def command(name: str) -> BaseCommand:
    app = get_commands()[name]
    return app if isinstance(app, BaseCommand) else load_command_class(app, name)


def steps() -> list[str]:
    """The commands by which a shop takes the app in."""
    return [line for b in blocks_of("tutorial") if b.language == "sh" for line in b.lines]


# --- what is said between the blocks -----------------------------------------------------------


@pytest.mark.parametrize("name", DOCUMENTS)
def test_each_link_leads_somewhere(name: str) -> None:
    """Sphinx looks at the links between the pages too, but it does not read the README."""
    folder = REPOSITORY if (REPOSITORY / f"{name}.md").exists() else REPOSITORY / "docs"
    for target, heading in re.findall(r"\]\(([^)#]+)#?([^)]*)\)", DOCUMENTS[name]):
        if target.startswith("https://"):
            assert re.fullmatch(r"https://[\w.-]+\.\w+(/\S*)?", target), target
            continue
        assert (folder / target).exists(), target
        assert not heading or heading in headings(Path(target).stem), f"{target}#{heading}"


def headings(name: str) -> list[str]:
    """The headings of a document as links name them."""
    found = re.findall(r"^#+ (.+)$", FENCE.sub("", DOCUMENTS[name]), re.MULTILINE)
    return [re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in found]


@pytest.mark.parametrize("name", DOCUMENTS)
def test_each_command_named_in_passing_exists(name: str) -> None:
    for target in re.findall(r"`(?:[A-Z]+=\S+ )?make ([a-z-]+)", DOCUMENTS[name]):
        require_target(target)
    for called in re.findall(r"`(?:python )?manage\.py ([a-z_]+)|`(vrs_[a-z]+)`", DOCUMENTS[name]):
        assert (called[0] or called[1]) in get_commands()


def test_each_file_named_in_passing_exists() -> None:
    for path in re.findall(r"`((?:vrs_app|shop|tests)/[\w./]+)`", "".join(DOCUMENTS.values())):
        assert (REPOSITORY / path).exists(), path


def test_each_part_of_the_app_named_in_passing_exists() -> None:
    for name in re.findall(r"`(vrs_app\.[\w.]+)`", EVERYTHING):
        assert pkgutil.resolve_name(name)


def test_the_versions_are_those_that_the_code_asks_for() -> None:
    sound, usable = (
        ".".join(map(str, version)) for version in (OLDEST_PGVECTOR, MINIMUM_PGVECTOR)
    )
    assert f"{sound} or newer" in DOCUMENTS["README"]
    assert f"pgvector before {usable} is refused" in DOCUMENTS["README"]
    assert f"pgvector before {usable} is refused" in DOCUMENTS["limits"]


@pytest.mark.parametrize("name", all_settings())
def test_the_page_of_settings_has_each_with_its_default_and_meaning(name: str) -> None:
    (found,) = (b for b in blocks_of("settings") if b.language == f"{{confval}} {name}")
    default, _, meaning = found.text.removeprefix(":default: ").partition("\n\n")
    assert len(meaning.split()) > 2
    if name == "PRODUCT_MODEL":
        assert default == "none: it is required"
    else:
        shown = re.match(r"`([^`]+)`", default)
        assert shown
        assert ast.literal_eval(shown[1]) == all_settings()[name].default


def test_the_settings_are_told_under_the_headings_of_the_code() -> None:
    told = [block.language.split()[-1] for block in blocks_of("settings")]
    assert told == list(all_settings())
    groups = re.findall(r"^    # --- (.+?) -+$", getsource(conf.Settings), re.MULTILINE)
    assert DOCUMENTS["settings"].count("\n## ") == len(groups) > 5


def test_there_is_a_part_for_each_command() -> None:
    files = (REPOSITORY / "vrs_app").glob("**/management/commands/vrs_*.py")
    assert sorted(parts()) == sorted(file.stem for file in files)


def parts() -> dict[str, str]:
    """What the page of commands says about each."""
    found = DOCUMENTS["commands"].split("\n## ")[1:]
    return {part.partition("\n")[0]: part for part in found}


@pytest.mark.parametrize("name", parts())
def test_a_part_has_help_each_option_with_meaning_and_an_example(name: str) -> None:
    part, called = parts()[name], f"python manage.py {name}"
    assert command(name).help in part
    told = dict(re.findall(r"^`(-[-\w]+)[^`]*`\n: (\S+ .+)$", part, re.MULTILINE))
    assert set(told) == own_options(name)
    (example,) = (b for b in Block.all_in("commands", part) if b.language == "sh")
    assert all(line.startswith(called) for line in example.lines)


def test_the_page_of_the_catalogue_has_each_method() -> None:
    told = dict(re.findall(r"^`(\w+)[^`]*`\n: (\S+ .+)$", DOCUMENTS["catalogue"], re.MULTILINE))
    assert list(told) == [name for name in vars(Catalogue) if not name.startswith("_")]


def own_options(name: str) -> set[str]:
    """The options of a command that not every command has."""
    mine, common = (
        {option for action in parser._actions for option in action.option_strings}
        for parser in (
            command(name).create_parser("manage.py", name),
            BaseCommand().create_parser("manage.py", name),
        )
    )
    return mine - common


def test_the_table_of_options_is_the_code() -> None:
    table = rows("carousel", "| option | meaning |")
    told = [name for cell, _ in table for name in re.findall(r"`(\w+)`", cell)]
    own = set(signature(similar_products).parameters) - {"product", "options"}
    assert sorted(told) == sorted({*Options.__annotations__, *own})
    (sources,) = (cell for name, cell in table if name == "`sources`")
    assert [name for name in Source if f'`"{name}"`' in sources] == list(
        all_settings()["SOURCES"].default
    )


@pytest.mark.django_db
def test_the_answer_that_is_shown_has_the_shape_of_the_apis(
    look_alikes: LookAlikes, client: Client
) -> None:
    (told,) = (json.loads(block.text) for block in BLOCKS if block.language == "json")
    product = look_alikes["disc"][0]
    said = client.get(f"/api/products/{product.pk}/similar/?limit=1").json()
    assert outline(told) == outline(said)


def outline(value: Any) -> Any:
    """What kind of value stands where; an object's names in their order."""
    match value:
        case dict():
            return [(name, outline(each)) for name, each in value.items()]
        case list():
            return [outline(each) for each in value]
    return type(value)


@pytest.mark.django_db
def test_what_an_export_holds_is_told_on_its_page_and_by_the_command(
    look_alikes: LookAlikes, tmp_path: Path
) -> None:
    for suffix in SUFFIXES:
        export(tmp_path / f"vectors{suffix}")
    header = (tmp_path / "vectors.csv").read_text().partition("\n")[0].split(",")
    names = {
        *np.load(tmp_path / "vectors.npz").files,
        *np.load(tmp_path / "vectors.npy").dtype.names,
        *header[:5],
    }
    section = parts()["vrs_export"].split("\n`vrs_export` writes")[1].partition("```")[0]
    help = set(re.findall(r"\w+", command("vrs_export").help))
    assert names | own_options("vrs_export") == {
        name for name in re.findall(r"`([-\w]+)`", section) if name != "vrs_status"
    }
    assert names <= help


def test_the_hooks_run_what_the_setup_installs() -> None:
    (local,) = yaml.safe_load((REPOSITORY / ".pre-commit-config.yaml").read_text())["repos"]
    required = (REPOSITORY / "requirements-dev.txt").read_text()
    packages = {"ruff": "ruff", "mypy": "mypy", "lint-imports": "import-linter"}
    for hook in local["hooks"]:
        tool, *_ = hook["entry"].removeprefix(".venv/bin/").split()
        assert hook["language"] == "system"
        assert re.search(rf"^{packages[tool]}[><=]", required, re.MULTILINE)


# --- a shop that follows it ---------------------------------------------------------------------


SAVE = """
from pathlib import Path
from django.core.files.base import ContentFile
from boutique.models import Product
for file in sorted(Path("pictures").glob("{kind}-*.jpg")):
    Product.objects.create(name=file.stem, photo=ContentFile(file.read_bytes(), file.name))
"""

RENDER = """
from django.template.loader import render_to_string
from boutique.models import Product
product = Product.objects.get(name="disc-0")
from django.test import Client
shopper = Client(headers={"host": "localhost"})
print("===", shopper.get(f"/products/{product.pk}/").content.decode())
for name in ("eight", "own"):
    print("===", render_to_string(f"boutique/{name}.html", {"product": product}))
from boutique.views import named_look_alikes
print("===", *(item.title for item in named_look_alikes(product)))
from boutique.views import three_or_none
print("===", *(item.title for item in three_or_none(product)))
"""

STAFF = ("--username", "staff", "--email", "staff@shop.example")

SWEEP = "from vrs_app.tasks import sweep; sweep.apply_async(queue='vrs')"

SWEPT = "SELECT 1 FROM vrs_app_heartbeat WHERE part = 'sweep'"

GARMENTS = """
from pathlib import Path
from django.core.files.base import ContentFile
from django.core.management import call_command
from wardrobe.models import Garment, Photo
from vrs_app.queries import similar_products
garments = []
for number, file in enumerate(sorted(Path("pictures").glob("disc-*.jpg"))):
    garment = Garment.objects.create(name=f"g{number}", shelf="hats", price=5)
    garments.append(garment)
    Photo.objects.create(garment=garment, file=ContentFile(file.read_bytes(), file.name))
garments[1].stock = 0
garments[1].save()
call_command("vrs_embed")
found = similar_products(garments[0])
print("found", sorted(item.title for item in found), {item.price_label for item in found})
from wardrobe.views import hats_within_my_budget
print("within", *(len(hats_within_my_budget(garments[0], budget)) for budget in (5, 4)))
from vrs_app.contrib.merchandising.models import Hidden
Hidden.objects.create(product=garments[0], hidden=garments[2])
from django.template.loader import render_to_string
print(render_to_string("boutique/cached.html", {"product": garments[0]}))
from django.test import Client
shopper = Client(headers={"host": "localhost"})
answer = shopper.get(f"/api/products/{garments[0].pk}/similar/?minimum=1").json()
print("api", sorted(item["title"] for item in answer["results"]))
carousel = shopper.get(f"/api/products/{garments[0].pk}/carousel/?minimum=1")
print("carousel", carousel.content.decode().count("<li class"))
print("admin", shopper.get("/admin/login/").status_code, shopper.get("/api/docs/").status_code)
from django.test import RequestFactory
from wardrobe.search import by_words, like_this_one_but
asked = RequestFactory().get("/", {"words": "g0 hats"})
print("words", [item.title for item in by_words(asked)][:1])
print("but", [item.title for item in like_this_one_but(garments[0], "g3")][:1])
from django.contrib.auth.models import User
from wardrobe import pages
asked.user, asked.session = User.objects.create_user("anna"), {}
pages.show(asked, garments[0])
pages.like(asked, garments[3])
print("for you", sorted({item.because.name for item in pages.for_you(asked) if item.because}))
front = render_to_string("boutique/front.html", {"request": asked}, asked)
print("front", front.count("<li class"), ">g0</a>" in front)
twin = Garment.objects.create(name="twin", shelf="hats", price=5)
Photo.objects.create(garment=twin, file=garments[0].photos.get().file)
call_command("vrs_embed")
shopper.force_login(User.objects.create_superuser("staff"))
page = shopper.get(f"/admin/wardrobe/garment/{twin.pk}/change/").content.decode()
print("told", "What shoppers see now" in page, "You already sell this" in page)
"""


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    with new_project(tmp_path / "project") as project:
        yield project


def follow(project: Project, *pages: str, apps: tuple[str, ...] = ("boutique",)) -> Project:
    """The project of these pages' blocks, with pictures to show and tables made."""
    project = assemble(project, blocks_of(*pages), *apps)
    (project.folder / "pictures").mkdir()
    for kind in ("disc", "stripes"):
        for seed in range(6):
            (project.folder / "pictures" / f"{kind}-{seed}.jpg").write_bytes(
                shape(kind, seed=seed)
            )
    project.manage("makemigrations", *apps)
    return project


def run_sql(project: Project, page: str) -> None:
    with psycopg.connect(project.database_url, autocommit=True) as connection:
        for block in blocks_of(page):
            if block.language == "sql":
                connection.execute(block.text.encode())


def ready(count: int) -> str:
    return f"SELECT 1 FROM vrs_app_imageembedding WHERE state = 'ready' HAVING count(*) = {count}"


def wait_until(project: Project, query: str, seconds: float = 60) -> None:
    """Until the project's database answers something to `query`."""
    patience = time.monotonic() + seconds
    while not project.rows(query):
        assert time.monotonic() < patience, query
        time.sleep(0.2)


@pytest.mark.slow
def test_the_steps_lead_to_a_filled_carousel_and_back(project: Project) -> None:
    project = follow(project, *BOUTIQUE)
    with ExitStack() as stack:
        run_sql(project, "tutorial")
        for line in steps():
            match shlex.split(line):
                case ["pip" | "docker" | "django-admin", *_]:
                    continue
                case ["python", "manage.py", "startapp" | "runserver", *_]:
                    continue
                case ["python", *arguments] if "createsuperuser" in arguments:
                    project.python(*arguments, "--no-input", *STAFF)
                case ["celery", *arguments]:
                    start_celery(project, arguments, stack)
                case ["python", "manage.py", "vrs_embed"]:
                    project.script(
                        "from vrs_app.receivers import paused\nwith paused():"
                        + SAVE.format(kind="disc").replace("\n", "\n    ")
                    )
                    project.python("manage.py", "vrs_embed")
                    wait_until(project, ready(6))
                case ["python", "manage.py", "vrs_status"]:
                    project.script(SAVE.format(kind="stripes"))
                    wait_until(project, ready(12))
                    project.script(SWEEP)
                    wait_until(project, SWEPT)
                    assert "12 searchable of 12" in project.python("manage.py", "vrs_status")
                case ["python", *arguments]:
                    project.python(*arguments)
        require_look_alikes(project)
        require_deletion_in_sql(project)
    go_back(project)


def start_celery(project: Project, arguments: list[str], stack: ExitStack) -> None:
    child = start(
        arguments[2],
        [sys.executable, "-m", "celery", *arguments],
        folder=project.folder,
        environment=project.environment,
        working_folder=project.folder,
    )
    stack.callback(child.stop)


def require_look_alikes(project: Project) -> None:
    """The tutorial's page and each template show the products of the same shape."""
    _, page, eight, own, python, three = project.script(RENDER).split("===")
    assert page.count('<li class="vrs-item"') == 11
    assert eight.count('<li class="vrs-item"') == 8
    assert "You may like these" in eight
    assert own.count("<a href=") == 11
    assert own.count("<img src=") == 6
    assert python.count("disc-") == 5
    assert three.count("disc-") == 3


def require_deletion_in_sql(project: Project) -> None:
    """A product's pictures and words go with it."""
    newest = "(SELECT max(id) FROM boutique_product)"
    ((key,),) = project.rows(f"DELETE FROM boutique_product WHERE id = {newest} RETURNING id")
    for table in ("vrs_app_indexedimage", "vrs_app_producttext"):
        keys = project.rows(f"SELECT product_id FROM {table}")
        assert keys
        assert (key,) not in keys


def go_back(project: Project) -> None:
    """Out, as the page says, and the shop is as before."""
    for block in blocks_of(OUT):
        if block.language == "sh":
            for line in block.lines:
                project.python(*shlex.split(line)[1:])
    run_sql(project, OUT)
    file = project.folder / "myshop" / "settings.py"
    file.write_text(file.read_text().replace('INSTALLED_APPS += ["vrs_app"]', ""))
    project.script("from boutique.models import Product; Product.objects.first().delete()")
    project.manage("makemigrations", "--check", "--dry-run")


@pytest.mark.slow
def test_a_shop_with_a_gallery_follows_its_rules(project: Project) -> None:
    project = follow(project, *WARDROBE, apps=("boutique", "wardrobe"))
    run_sql(project, "tutorial")
    project.manage("migrate")
    project.manage("check", "--fail-level", "WARNING")
    project.manage("makemigrations", "--check", "--dry-run")
    said = project.script(GARMENTS)
    assert "found ['g2', 'g3', 'g4', 'g5'] {'5.00'}" in said
    assert "within 4 0" in said
    assert 'data-vrs-carousel="/api/products/1/carousel/?limit=8"' in said
    assert "api ['g3', 'g4', 'g5']" in said
    assert "carousel 3" in said
    assert "admin 200 200" in said
    assert "words ['g0']" in said
    assert "but ['g3']" in said
    assert "for you ['g0', 'g3']" in said
    assert "front 4 True" in said
    assert "told True True" in said


@pytest.mark.slow
def test_the_tests_that_a_shop_is_shown_pass(project: Project) -> None:
    project = follow(project, *BOUTIQUE, TESTS)
    done = project.attempt("manage.py", "test", "--settings", "myshop.test_settings")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Ran 2 tests" in done.stderr
