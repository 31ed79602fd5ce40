"""The wheel holds the app, whole, and nothing of the demo."""

import json
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from zipfile import ZipFile

import pytest

from shop.services.folders import REPOSITORY
from vrs_app import __version__

from .projects.project import Project
from .projects.shops import Shop

SOURCES = ("pyproject.toml", "README.md", "LICENSE", "manage.py")
FOLDERS = ("vrs_app", "shop", "templates", "tests")
LEFTOVERS = shutil.ignore_patterns("__pycache__", "*.pyc")

CAROUSEL = """
from django.template.loader import render_to_string
from vrs_app.queries import similar_to
from boutique.models import Product
items = similar_to(Product.objects.first())
print(render_to_string("vrs_app/similar_products.html", {"items": items}))
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from a copy, so that nothing is left in the repository."""
    copy = tmp_path_factory.mktemp("copy")
    for name in SOURCES:
        shutil.copy(REPOSITORY / name, copy)
    for name in FOLDERS:
        shutil.copytree(REPOSITORY / name, copy / name, ignore=LEFTOVERS)
    pip("wheel", "--no-deps", "--wheel-dir", "wheels", ".", folder=copy)
    (built,) = (copy / "wheels").iterdir()
    return built


def pip(*arguments: str, folder: Path) -> str:
    """What pip prints; it must succeed."""
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.slow
def test_it_holds_every_file_of_the_app_and_no_other(wheel: Path) -> None:
    copy = wheel.parent.parent
    app = {str(file.relative_to(copy)) for file in (copy / "vrs_app").rglob("*") if file.is_file()}
    with ZipFile(wheel) as archive:
        packed = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert packed == app
    for needed in ("py.typed", "migrations/0001_initial.py", "static/vrs_app/carousel.css"):
        assert f"vrs_app/{needed}" in packed


@pytest.mark.slow
def test_it_says_what_it_is_and_needs(wheel: Path) -> None:
    with ZipFile(wheel) as archive:
        (metadata,) = (name for name in archive.namelist() if name.endswith("/METADATA"))
        text = archive.read(metadata).decode()
    assert f"Version: {__version__}\n" in text
    assert "License-Expression: MIT\n" in text
    assert "Provides-Extra: worker\n" in text
    assert "Provides-Extra: api\n" in text
    required = [line for line in text.splitlines() if line.startswith("Requires-Dist: ")]
    networks = [line for line in required if "tensorflow" in line]
    assert networks
    assert all("extra ==" in line for line in networks)
    assert any(line.startswith("Requires-Dist: Django") for line in required)


@pytest.mark.slow
def test_installing_it_moves_nothing_that_is_there(wheel: Path, tmp_path: Path) -> None:
    told = pip("install", "--dry-run", "--quiet", "--report=-", str(wheel), folder=tmp_path)
    names = [each["metadata"]["name"] for each in json.loads(told)["install"]]
    assert names == ["django-vrs"]


@pytest.mark.slow
def test_a_shop_runs_on_what_it_installs(wheel: Path, tmp_path: Path, project: Project) -> None:
    installed = tmp_path / "installed"
    pip("install", "--no-deps", "--target", str(installed), str(wheel), folder=tmp_path)
    project = replace(project, packages=installed)
    project.write(Shop().files())
    settings = (project.folder / "settings.py").read_text()
    templates = "TEMPLATES = [{'BACKEND': 'django.template.backends.django.DjangoTemplates',"
    templates += " 'APP_DIRS': True}]\nSTATIC_URL = 'static/'\nMEDIA_URL = 'media/'\n"
    project.write({"settings.py": settings + templates})
    where = project.script("import vrs_app; print(vrs_app.__file__)")
    assert where.startswith(str(installed))
    project.manage("migrate")
    project.python("-m", "tests.projects.journey")
    assert "vrs-item" in project.script(CAROUSEL)
