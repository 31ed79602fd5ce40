"""The package's bounds are wide, the demo's lie within, and the README says what is tested."""

import ast
import sys
import tomllib
from collections.abc import Iterable, Iterator
from importlib.metadata import packages_distributions

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

from .processes import ROOT

PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
PROJECT = PYPROJECT["project"]
FILES = ("requirements.txt", "requirements-web.txt", "requirements-worker.txt")
TESTS = ("requirements-tests.txt", "requirements-dev.txt")

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
        (PROJECT["optional-dependencies"]["heif"], "requirements-web.txt"),
    ],
)
def test_the_demo_runs_on_what_the_package_allows(asked: list[str], file: str) -> None:
    here = written_in(file)
    for name, bounds in by_name(asked).items():
        for (wide, marker), (narrow, same) in zip(sorted(bounds), sorted(here[name]), strict=True):
            assert marker == same
            assert is_within(SpecifierSet(narrow), SpecifierSet(wide)), name


def is_within(narrow: SpecifierSet, wide: SpecifierSet) -> bool:
    """For bounds of the form >=1,<2, of which `wide` may leave the upper one away."""
    lower, upper = bound(narrow, ">="), bound(narrow, "<")
    assert lower is not None and upper is not None
    end = bound(wide, "<")
    return wide.contains(lower) and (end is None or upper <= end)


def bound(bounds: SpecifierSet, operator: str) -> Version | None:
    found = [Version(each.version) for each in bounds if each.operator == operator]
    return found[0] if found else None


@pytest.mark.parametrize(
    ("package", "versions"),
    [
        ("Django", ["5.2", "5.2.19", "6.0", "6.0.10", "6.1", "6.1.3"]),
        ("celery", ["5.4.0", "5.5.3", "5.6.3", "5.7.0", "5.8.0"]),
    ],
)
def test_a_shop_keeps_its_django_and_its_celery(package: str, versions: list[str]) -> None:
    (wanted,) = (
        each for each in map(Requirement, PROJECT["dependencies"]) if each.name == package
    )
    assert [version for version in versions if version not in wanted.specifier] == []
    assert not wanted.extras, "they bring bounds for the broker's client, which is the shop's own"


@pytest.mark.parametrize(
    "marked", ["Framework :: Django :: ", "Programming Language :: Python :: "]
)
def test_the_readme_and_the_classifiers_say_what_is_tested(marked: str) -> None:
    found = [each for each in PROJECT["classifiers"] if each.startswith(marked)]
    *others, last = (each.removeprefix(marked) for each in found)
    assert f"tested on {', '.join(others)} and {last})" in (ROOT / "README.md").read_text()


@pytest.mark.parametrize("file", ["requirements-web.txt", "requirements-worker.txt"])
def test_every_dependency_has_an_upper_bound(file: str) -> None:
    for name, found in written_in(file).items():
        assert all("<" in specifier for specifier, _ in found), name


def test_the_package_shuts_out_no_python_that_only_the_demo_lacks_wheels_for() -> None:
    assert PROJECT["requires-python"] == ">=3.11"
    assert "Python 3.11 or newer" in (ROOT / "README.md").read_text()


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


@pytest.mark.slow
@pytest.mark.parametrize("folder", ["tests", "benchmarks", "shop", "vrs_app"])
def test_whatever_is_imported_is_required(folder: str) -> None:
    required = {name for file in FILES for name in written_in(file)}
    if folder in ("tests", "benchmarks"):
        required |= {name for file in TESTS for name in written_in(file)}
    distributions = packages_distributions()
    others = set(imported(folder)) - set(sys.stdlib_module_names) - BROUGHT_ALONG
    for name in others & distributions.keys():
        found = {canonicalize_name(each) for each in distributions[name]}
        assert found & required, name
