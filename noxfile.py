"""The quick tests in the corners of what the package allows: `make matrix`.

Each session is a shop that has its Django and Celery already; what the package needs beside
them must move neither. `nox --session smoke` runs a few tests in the newest corner.
"""

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import nox
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

pythons = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"), "versions")
if pythons.is_dir():  # pyenv's are found only where they are named
    os.environ.setdefault("PYENV_VERSION", ":".join(each.name for each in pythons.iterdir()))

nox.options.sessions = ["lowest", "django60", "newest"]
nox.options.default_venv_backend = "virtualenv"
nox.options.download_python = "never"

PROJECT = nox.project.load_toml("pyproject.toml")["project"]
EXTRAS = PROJECT["optional-dependencies"]
PACKAGE = [*PROJECT["dependencies"], *EXTRAS["api"], *EXTRAS["heif"]]
"""No TensorFlow: the quick tests need none."""

FILES = ("requirements-web.txt", "requirements.txt", "requirements-tests.txt")

SMOKE = (
    "tests/test_checks.py",
    "tests/infra/test_migration_operations.py",
    "tests/test_tasks.py",
    "tests/test_receivers.py",
    "tests/indexing/test_worker.py",
    "tests/queries/test_fulltext.py",
    "tests/test_templatetags.py",
    "tests/api/test_html.py",
)


@nox.session(python="3.11")
def lowest(session: nox.Session) -> None:
    """The lower bound of everything that the package needs."""
    pins = [f"{name}=={lower}" for name, lower in _lower_bounds()]
    constraints = Path(session.create_tmp(), "constraints.txt")
    constraints.write_text("\n".join(pins))
    # Celery 5.4 takes no redis above 5, and a newer kombu none below 6.
    _install(session, "Django", "celery[redis]", "kombu~=5.4.0", f"--constraint={constraints}")
    _test(session)


@nox.session(python="3.12")
def django60(session: nox.Session) -> None:
    """The Django and the Celery in the middle, all else as new as it is."""
    _install(session, "Django~=6.0.0", "celery[redis]~=5.5.0")
    _test(session)


@nox.session(python="3.12")
def newest(session: nox.Session) -> None:
    """The newest of everything."""
    _install(session, "Django", "celery[redis]")
    _test(session)


@nox.session(python="3.12")
def smoke(session: nox.Session) -> None:
    """A few tests on the newest versions, for each change."""
    _install(session, "Django", "celery[redis]")
    _test(session, *SMOKE)


def _install(session: nox.Session, *shop: str) -> None:
    """Install what the shop has, then the package's needs; fail if that moves the former."""
    options = [each for each in shop if each.startswith("--")]
    session.install(*shop)
    before = _versions(session)
    session.install(*PACKAGE, "psycopg[binary]", *_others(), *options)
    after = _versions(session)
    session.log(", ".join(f"{name} {after[name]}" for name in _names(PACKAGE)))
    moved = {name for name in before if after[name] != before[name]}
    if moved:
        session.error(f"what the shop had is another now: {', '.join(moved)}")


def _test(session: nox.Session, *files: str) -> None:
    session.run("python", "-m", "pytest", "-m", "not slow", *(session.posargs or files))


def _lower_bounds() -> Iterator[tuple[str, str]]:
    for line in PACKAGE:
        wanted = Requirement(line)
        (lower,) = (each.version for each in wanted.specifier if each.operator == ">=")
        yield wanted.name, lower


def _others() -> list[str]:
    """What the demo and the tests need and the package does not, in their own bounds."""
    lines = (line for file in FILES for line in Path(file).read_text().splitlines())
    wanted = [line.partition("#")[0].strip() for line in lines if line[:1] not in "#-"]
    ours = _names(PACKAGE)
    return [line for line in wanted if not _names([line]) & ours]


def _names(lines: Iterable[str]) -> set[str]:
    return {canonicalize_name(Requirement(line).name) for line in lines}


def _versions(session: nox.Session) -> dict[str, str]:
    frozen = session.run("python", "-m", "pip", "freeze", silent=True) or ""
    found = re.findall(r"^(\S+)==(\S+)$", str(frozen), re.MULTILINE)
    return {canonicalize_name(name): version for name, version in found}
