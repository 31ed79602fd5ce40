"""The account of the servers: PostgreSQL refuses root, so root's servers run as `nobody`."""

import importlib.metadata
import importlib.util
import os
import pwd
import shutil
import stat
from pathlib import Path
from typing import TypedDict

from .errors import ServiceError


class Account(TypedDict, total=False):
    """The arguments by which `subprocess` starts a process as another user."""

    user: int
    group: int
    extra_groups: list[int]


def is_root() -> bool:
    return os.geteuid() == 0


def account() -> Account:
    """The servers' account; empty for an ordinary user, who runs them as themselves.

    Raises ServiceError where root has no user `nobody`.
    """
    if not is_root():
        return {}
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError:
        raise ServiceError(
            "PostgreSQL does not run as root, and there is no user `nobody` to run it: "
            "run this as an ordinary user, or set DATABASE_URL and REDIS_URL."
        ) from None
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def chown_to_account(path: Path) -> Path:
    """Make the servers' account the owner of `path`; returns it."""
    if who := account():
        os.chown(path, who["user"], who["group"])
    return path


def package_folder(name: str, data: Path, *, skip: str = "") -> Path | None:
    """The folder of an installed package, readable by the servers' account; None: not installed.

    Root's virtual environment is often unreadable to others. Its permissions are left alone:
    the package is copied below `data`, with its wheel's `.libs`, without files named `skip`.
    """
    found = importlib.util.find_spec(name)  # without importing it
    if found is None or found.origin is None:
        return None
    installed = Path(found.origin).parent
    if not is_root():
        return installed
    copy = data / "programs" / f"{name}-{importlib.metadata.version(name)}"
    if not copy.exists():
        _copy(installed, copy, skip)
    return copy / name


def _copy(installed: Path, copy: Path, skip: str) -> None:
    """Copy to a temporary name and rename, so that an unfinished copy is never used."""
    unfinished = copy.with_name(f"{copy.name}.new")
    shutil.rmtree(unfinished, ignore_errors=True)
    leave = shutil.ignore_patterns("__pycache__", skip)
    for folder in (installed, installed.with_name(f"{installed.name}.libs")):
        if folder.exists():
            shutil.copytree(folder, unfinished / folder.name, symlinks=True, ignore=leave)
    for path in (unfinished, *unfinished.rglob("*")):
        # A strict umask may have made them readable to root only.
        if not path.is_symlink():
            mode = path.stat().st_mode
            path.chmod(mode | (0o555 if mode & stat.S_IXUSR else 0o444))
    unfinished.parent.chmod(0o711)
    unfinished.rename(copy)
