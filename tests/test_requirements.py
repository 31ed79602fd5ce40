"""The package's bounds and those of the demo are the same, each written in two places."""

import ast
import sys
import tomllib
from collections.abc import Iterable, Iterator
from importlib.metadata import packages_distributions

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from .processes import ROOT

PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
PROJECT = PYPROJECT["project"]
FILES = ("requirements.txt", "requirements-web.txt", "requirements-worker.txt")

BROUGHT_ALONG = {"keras", "kombu"}
"""TensorFlow and Celery never come without them, and say themselves which ones."""


def by_name(lines: Iterable[str]) -> dict[str, set[tuple[str, str]]]:
    """For each package its bounds with the machines that they hold for."""
    found: dict[str, set[tuple[str, str]]] = {}
    for line in lines:
        wanted = Requirement(line)
        bounds = (str(wanted.specifier), str(wanted.marker or ""))
        found.setdefault(canonicalize_name(wanted.name), set()).add(bounds)
    return found


def written_in(name: str) -> dict[str, set[tuple[str, str]]]:
    lines = (ROOT / name).read_text().splitlines()
    stripped = (line.partition("#")[0].strip() for line in lines)
    return by_name(line for line in stripped if line and not line.startswith("-r"))


@pytest.mark.parametrize(
    ("asked", "file"),
    [
        (PROJECT["dependencies"], "requirements-web.txt"),
        (PROJECT["optional-dependencies"]["worker"], "requirements-worker.txt"),
        (PROJECT["optional-dependencies"]["api"], "requirements-web.txt"),
    ],
)
def test_the_package_asks_for_what_the_demo_runs_on(asked: list[str], file: str) -> None:
    here = written_in(file)
    for name, bounds in by_name(asked).items():
        assert here[name] == bounds


@pytest.mark.parametrize("file", ["requirements-web.txt", "requirements-worker.txt"])
def test_every_dependency_has_an_upper_bound(file: str) -> None:
    for name, found in written_in(file).items():
        assert all("<" in specifier for specifier, _ in found), name


def test_the_package_shuts_out_no_python_that_only_the_demo_lacks_wheels_for() -> None:
    assert PROJECT["requires-python"] == ">=3.11"
    assert "Python 3.11 or newer" in (ROOT / "README.md").read_text()
    pythons = [name for name in PROJECT["classifiers"] if "Python :: 3." in name]
    tested = [name.rpartition(" :: ")[2] for name in pythons]
    assert f"tested on {' and '.join(tested)}" in (ROOT / "README.md").read_text()
    assert all(SpecifierSet(PROJECT["requires-python"]).contains(version) for version in tested)


def test_all_data_of_the_package_is_there() -> None:
    for package, patterns in PYPROJECT["tool"]["setuptools"]["package-data"].items():
        for pattern in patterns:
            assert any((ROOT / package.replace(".", "/")).glob(pattern)), pattern


def imported(folder: str) -> Iterator[str]:
    """The packages that the Python files of a folder import, by their import names."""
    for file in (ROOT / folder).rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Import):
                yield from (alias.name.partition(".")[0] for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                yield node.module.partition(".")[0]


@pytest.mark.parametrize("folder", ["tests", "benchmarks", "shop", "vrs_app"])
def test_whatever_is_imported_is_required(folder: str) -> None:
    required = {name for file in FILES for name in written_in(file)}
    if folder in ("tests", "benchmarks"):
        required |= written_in("requirements-dev.txt").keys()
    distributions = packages_distributions()
    others = set(imported(folder)) - set(sys.stdlib_module_names) - BROUGHT_ALONG
    for name in others & distributions.keys():
        found = {canonicalize_name(each) for each in distributions[name]}
        assert found & required, name
