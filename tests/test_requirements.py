"""The package's bounds and those of the demo are the same, each written in two places."""

import tomllib
from collections.abc import Iterable

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from .processes import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


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
