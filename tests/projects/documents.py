"""The project's documents, their blocks of code, and the project that these make."""

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

from docs._ext.generated import filled
from shop.services.folders import REPOSITORY

from .project import Project

DOCUMENTS = {
    file.stem: filled(file.read_text())
    for file in sorted((*REPOSITORY.glob("*.md"), *REPOSITORY.glob("docs/*.md")))
}
"""Each document by its name without a suffix, with all that is generated."""

FENCE = re.compile(r"^(`{3,})(.*)\n((?:.*\n)*?)\1$", re.MULTILINE)
FIRST_LINE = re.compile(r"^(?:# (\S+\.py)|\{# (\S+\.html) #\})$")

OF_THIS_MACHINE = """
import os

import dj_database_url

INSTALLED_APPS += [app for app in {apps} if app not in INSTALLED_APPS]
DATABASES = {{"default": dj_database_url.config()}}
MEDIA_ROOT = BASE_DIR / "media"
MEDIA_URL = "media/"
CELERY_BROKER_URL = os.environ["REDIS_URL"].rpartition("/")[0] + "/7"
VRS = {{**VRS, "EMBEDDER": "vrs_app.embedders.handcrafted.HandcraftedEmbedder"}}
"""


@dataclass(frozen=True, kw_only=True)
class Block:
    """One block of code, in which document it stands, and in which file it belongs."""

    language: str
    text: str
    page: str

    @classmethod
    def all_in(cls, page: str, markdown: str) -> list[Self]:
        return [
            cls(language=match[2], text=match[3], page=page) for match in FENCE.finditer(markdown)
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


BLOCKS = [block for page, text in DOCUMENTS.items() for block in Block.all_in(page, text)]


def blocks_of(*pages: str) -> list[Block]:
    """The blocks of these documents, in their order."""
    return [block for page in pages for block in BLOCKS if block.page == page]


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
