"""The blocks of code in a Markdown file, and the project that they make."""

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

from .project import Project

FENCE = re.compile(r"^```([\w+-]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^## (.+)$", re.MULTILINE)
FIRST_LINE = re.compile(r"^(?:# (\S+\.py)|\{# (\S+\.html) #\})$")

OF_THIS_MACHINE = """
import os

import dj_database_url

INSTALLED_APPS += {apps}
DATABASES = {{"default": dj_database_url.config()}}
MEDIA_ROOT = BASE_DIR / "media"
MEDIA_URL = "media/"
CELERY_BROKER_URL = os.environ["REDIS_URL"].rpartition("/")[0] + "/7"
VRS = {{**VRS, "EMBEDDER": "vrs_app.embedders.handcrafted.HandcraftedEmbedder"}}
"""


@dataclass(frozen=True, kw_only=True)
class Block:
    """One block of code, under which heading it stands, and in which file it belongs."""

    language: str
    text: str
    section: str

    @classmethod
    def all_in(cls, markdown: str) -> list[Self]:
        starts = [(match.start(), match[1]) for match in HEADING.finditer(markdown)]
        return [
            cls(
                language=match[1],
                text=match[2],
                section=next((name for at, name in reversed(starts) if at < match.start()), ""),
            )
            for match in FENCE.finditer(markdown)
        ]

    @property
    def path(self) -> str | None:
        """The file that the first line names."""
        named = FIRST_LINE.match(self.text.partition("\n")[0])
        return named and (named[1] or named[2])

    @property
    def lines(self) -> list[str]:
        """The commands in it, without what is said about them."""
        bare = (line.partition("  #")[0].strip() for line in self.text.splitlines())
        return [line for line in bare if line and not line.startswith("#")]


def assemble(project: Project, blocks: Collection[Block], *apps: str) -> Project:
    """A project as Django starts it, with `apps`, in which the blocks are filled in."""
    project = replace(project, settings="myshop.settings")
    project.folder.mkdir()
    project.manage("startproject", "myshop", ".")
    for app in apps:
        project.manage("startapp", app)
    for block in blocks:
        if block.path is None:
            continue
        before = "" if block.path != "myshop/settings.py" else _read(project.folder / block.path)
        project.write({block.path: before + block.text})
    settings = _read(project.folder / "myshop/settings.py")
    own = OF_THIS_MACHINE.format(apps=list(apps))
    project.write({"myshop/settings.py": settings + own})
    return project


def _read(path: Path) -> str:
    return path.read_text()
