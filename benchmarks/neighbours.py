"""Precision of the neighbours in a folder of real photos, with each embedder.

VRS_PHOTOS names the folder, `<category>/<photo>`.
"""

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from . import scratch_shop

EMBEDDERS = (
    "vrs_app.embedders.handcrafted.HandcraftedEmbedder",
    "vrs_app.embedders.resnet50.ResNet50Embedder",
)

FEW = 4


def main() -> None:
    photos = os.environ.get("VRS_PHOTOS")
    if not photos:
        sys.exit("Set VRS_PHOTOS to a folder of photos, <category>/<photo>.")
    with scratch_shop.shop(), chosen(Path(photos)) as folder:
        from django.core.management import call_command

        print(f"Photos imported from a folder; {scratch_shop.machine()}")
        call_command("import_photos", str(folder), verbosity=0)
        for embedder in EMBEDDERS:
            measure(embedder)


@contextmanager
def chosen(photos: Path) -> Iterator[Path]:
    """The folder, or for a smoke one with the first few photos of each category."""
    if not scratch_shop.is_smoke():
        yield photos
        return
    with tempfile.TemporaryDirectory(prefix="vrs-photos-") as few:
        for category in (each for each in photos.iterdir() if each.is_dir()):
            Path(few, category.name).mkdir()
            for photo in sorted(category.iterdir())[:FEW]:
                shutil.copy(photo, Path(few, category.name))
        yield Path(few)


def measure(embedder: str) -> None:
    """Embed everything with `embedder`, activate its space, and evaluate it."""
    from django.conf import settings
    from django.core.management import call_command
    from django.test import override_settings

    from vrs_app import embedders, spaces

    with override_settings(VRS={**settings.VRS, "EMBEDDER": embedder}):
        space = spaces.space_of(embedder, embedders.configured())
        spaces.activate(space)
        began = time.perf_counter()
        call_command("vrs_embed", verbosity=0)
        print(f"\n{embedder}: embedded in {time.perf_counter() - began:.1f} s")
        call_command("vrs_evaluate", verbosity=0)


if __name__ == "__main__":
    main()
