"""As whom the servers run: PostgreSQL refuses root, so root's servers run as `nobody`."""

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
    """What `subprocess` needs to start a process as somebody else."""

    user: int
    group: int
    extra_groups: list[int]


def is_root() -> bool:
    return os.geteuid() == 0


def account() -> Account:
    """Empty for an ordinary user: the servers run as the user that starts them."""
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


def give(path: Path) -> Path:
    """Make the servers' account the owner of a path."""
    if who := account():
        os.chown(path, who["user"], who["group"])
    return path


def package_folder(name: str, data: Path, *, skip: str = "") -> Path | None:
    """Where an installed package lies, as a folder that the servers' account can read.

    Root's virtual environment often lies where nobody else may look. Opening those
    folders would be easier, and wrong: the package is copied instead, without `skip`
    and with the libraries that its wheel keeps beside it. None: it is not installed.
    """
    found = importlib.util.find_spec(name)  # looks, without importing it
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
    """Made under another name, so that a copy which was cut short is never taken for whole."""
    unfinished = copy.with_name(f"{copy.name}.new")
    shutil.rmtree(unfinished, ignore_errors=True)
    leave = shutil.ignore_patterns("__pycache__", skip)
    for folder in (installed, installed.with_name(f"{installed.name}.libs")):
        if folder.exists():
            shutil.copytree(folder, unfinished / folder.name, symlinks=True, ignore=leave)
    for path in (unfinished, *unfinished.rglob("*")):
        # A strict umask may have left these public programs to root alone.
        if not path.is_symlink():
            mode = path.stat().st_mode
            path.chmod(mode | (0o555 if mode & stat.S_IXUSR else 0o444))
    unfinished.parent.chmod(0o711)
    unfinished.rename(copy)
