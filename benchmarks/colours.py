"""Whether photos keep their colours in files with profiles: names, ΔE, neighbours, a sheet.

VRS_PHOTOS names the folder, `<category>/<photo>`. Its sRGB photos are converted by LittleCMS to
Display P3, Adobe RGB and the inks of CMYK_PROFILE, and saved as JPEG with the profile. Counted
are those whose first colour name differs from that of the photo itself, with the profile ignored
and applied; saving it again in sRGB tells how many change by that alone. `--sheet FILE.png` draws
what Chromium shows of twelve such files beside their thumbnails, with the ΔE (CIE76) of both.
"""

import os
import random
import sys
from base64 import b64decode, b64encode
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from statistics import mean

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms

from tests.vision.profiles import ADOBE_RGB, cmyk_profile, rgb_profile

from . import scratch_shop

CMYK_PROFILE = Path("/usr/share/color/icc/ghostscript/default_cmyk.icc")
"""Of Debian's libgs-common; where it is missing, inks that the tests make up."""

COUNTS = {"Display P3": 300, "Adobe RGB": 300, "CMYK": 360}
FEW = 8
SIDE = 128
NEIGHBOURS = 10
ON_SHEET = 4
"""Files of each profile on the sheet."""


@dataclass(frozen=True, kw_only=True)
class Profile:
    """A profile and the mode of its pictures."""

    name: str
    mode: str
    content: bytes

    def convert(self, photo: Image.Image) -> bytes:
        """The sRGB photo as a JPEG of this profile."""
        transform = ImageCms.buildTransform(
            ImageCms.createProfile("sRGB"),
            ImageCms.ImageCmsProfile(BytesIO(self.content)),
            "RGB",
            self.mode,
        )
        return jpeg(transform.apply(photo), self.content)


def main(arguments: Sequence[str]) -> None:
    folder = os.environ.get("VRS_PHOTOS")
    if not folder:
        sys.exit("Set VRS_PHOTOS to a folder of photos, <category>/<photo>.")
    scratch_shop.set_up()
    photos = sorted(Path(folder).glob("*/*.jpg"))
    random.Random(2026).shuffle(photos)
    print(scratch_shop.machine())
    for profile in profiles():
        report(profile, photos[: FEW if scratch_shop.is_smoke() else COUNTS[profile.name]])
    if "--sheet" in arguments:
        draw_sheet(Path(arguments[arguments.index("--sheet") + 1]), photos)


def profiles() -> list[Profile]:
    cmyk = CMYK_PROFILE.read_bytes() if CMYK_PROFILE.exists() else cmyk_profile()
    return [
        Profile(name="Display P3", mode="RGB", content=rgb_profile()),
        Profile(name="Adobe RGB", mode="RGB", content=rgb_profile(ADOBE_RGB, 2.2)),
        Profile(name="CMYK", mode="CMYK", content=cmyk),
    ]


def report(profile: Profile, photos: Sequence[Path]) -> None:
    """Count the changed names, and how many of the nearest ten of all these photos stay."""
    plain = [path.read_bytes() for path in photos]
    converted = [profile.convert(opened(path)) for path in photos]
    ignored = [without_profile(file) for file in converted]
    names = first_names(plain)
    changed = [
        sum(one != other for one, other in zip(names, first_names(files), strict=True))
        for files in (ignored, converted, [jpeg(opened(path)) for path in photos])
    ]
    near = neighbours(plain, plain)
    kept = [
        mean(len(set(a) & set(b)) / NEIGHBOURS for a, b in zip(near, found, strict=True))
        for found in (neighbours(ignored, plain), neighbours(converted, plain))
    ]
    print(
        f"{profile.name}: of {len(photos)} photos another first colour name "
        f"{changed[0]} ignored, {changed[1]} applied "
        f"({changed[2]} saved again); overlap@{NEIGHBOURS} of neighbours "
        f"{kept[0]:.3f} ignored, {kept[1]:.3f} applied"
    )


def opened(path: Path) -> Image.Image:
    with Image.open(path) as image:
        return image.convert("RGB")


def jpeg(image: Image.Image, profile: bytes | None = None) -> bytes:
    file = BytesIO()
    image.save(file, "JPEG", quality=92, icc_profile=profile)
    return file.getvalue()


def without_profile(file: bytes) -> bytes:
    """The same pixels without the profile: as files were read that had one ignored."""
    return jpeg(Image.open(BytesIO(file)).convert("RGB"))


def pixels(file: bytes) -> NDArray[np.uint8]:
    from vrs_app import vision

    return vision.load(file, SIDE).pixels


def first_names(files: Sequence[bytes]) -> list[str | None]:
    """The basic colour with the largest share of each."""
    from vrs_app.vision.dominant_colours import measured
    from vrs_app.vision.palette import dominant

    return [dominant(measured(pixels(file))) for file in files]


def neighbours(files: Sequence[bytes], others: Sequence[bytes]) -> list[list[int]]:
    """For each file the places of the nearest of `others`, but the one at its own place."""
    from vrs_app import embedders

    embedder = embedders.configured()
    vectors, among = (
        np.concatenate([embedder.embed([pixels(each) for each in some]) for some in chunks(all)])
        for all in (files, others)
    )
    similar = vectors @ among.T
    np.fill_diagonal(similar, -1)
    nearest: list[list[int]] = np.argsort(-similar, axis=1)[:, :NEIGHBOURS].tolist()
    return nearest


def chunks(files: Sequence[bytes]) -> Iterator[Sequence[bytes]]:
    yield from (files[start : start + 32] for start in range(0, len(files), 32))


def draw_sheet(target: Path, photos: Sequence[Path]) -> None:
    """What Chromium shows, the thumbnail, first colour names and ΔE, as one picture."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox"]
        )
        page = browser.new_page(viewport={"width": 1240, "height": 800})
        cells = []
        for number, profile in enumerate(profiles()):
            for path in photos[number * ON_SHEET : (number + 1) * ON_SHEET]:
                photo = opened(path)
                file = profile.convert(photo)
                seen = decoded(page.evaluate(TO_PNG, uri(file)))
                cells.append(cell(profile.name, photo, file, seen))
        page.set_content(f"<style>{STYLE}</style><main>{''.join(cells)}</main>")
        page.wait_for_load_state("load")
        page.screenshot(path=target, full_page=True)
        browser.close()
    print(f"Sheet: {target}")


STYLE = """
body { margin: 16px; font: 13px sans-serif }
main { display: grid; grid-template-columns: repeat(4, 1fr); gap: 16px }
figure { margin: 0 } img { width: 140px; height: 187px; object-fit: cover }
"""

TO_PNG = """async address => {
    const picture = new Image();
    picture.src = address;
    await picture.decode();
    const canvas = document.createElement("canvas");
    canvas.width = picture.naturalWidth;
    canvas.height = picture.naturalHeight;
    canvas.getContext("2d").drawImage(picture, 0, 0);
    return canvas.toDataURL("image/png");
}"""


def cell(name: str, photo: Image.Image, file: bytes, seen: NDArray[np.uint8]) -> str:
    """The file as the browser shows it, its thumbnail, their ΔE, and the first colour names."""
    from vrs_app import vision
    from vrs_app.vision.cielab import to_lab

    ours = vision.open_upright(BytesIO(file), photo.size)
    small = BytesIO()
    ours.save(small, "WEBP", quality=80)
    far = np.linalg.norm(to_lab(np.asarray(ours)) - to_lab(seen), axis=-1)
    before = np.asarray(Image.open(BytesIO(without_profile(file))))
    ignored = np.linalg.norm(to_lab(before) - to_lab(seen), axis=-1)
    plain, applied, old = first_names([jpeg(photo), file, without_profile(file)])
    line = (
        f"{name}: ΔE mean {far.mean():.1f}, 95% {np.quantile(far, 0.95):.1f} "
        f"(ignored: {ignored.mean():.1f}); sRGB {plain}, applied {applied}, ignored {old}"
    )
    print(line)
    pictures = f'<img src="{uri(file)}"> <img src="{uri(small.getvalue())}">'
    return f"<figure>{pictures}<figcaption>{line}</figcaption></figure>"


def uri(file: bytes) -> str:
    return "data:image/jpeg;base64," + b64encode(file).decode()


def decoded(address: str) -> NDArray[np.uint8]:
    content = b64decode(address.partition(",")[2])
    return np.asarray(Image.open(BytesIO(content)).convert("RGB"))


if __name__ == "__main__":
    main(sys.argv[1:])
