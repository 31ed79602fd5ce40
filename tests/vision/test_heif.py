"""HEIC, the photos of iPhones: read as the same picture in another format is."""

from base64 import b64decode, b64encode
from io import BytesIO

import numpy as np
import pillow_heif
import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from playwright.sync_api import Browser
from pytest_django import Settings

from vrs_app.exceptions import PictureDamaged, PictureFormatRefused, PictureNeedsExtra
from vrs_app.vision import accept_attribute, accepted_formats, heif, load, open_upright
from vrs_app.vision.crop_and_scale import open_part

from ..browser_colours import Colour, difference
from ..pictures import encoded, exif_orientation, garment, heic, quarters
from .profiles import rgb_profile
from .test_loading import CORNERS, SIZE, assert_alike, corners

SHADES: tuple[Colour, ...] = ((233, 164, 180), (205, 181, 146), (22, 122, 126), (128, 128, 128))

AVIF_OF_10_BITS = b64decode(
    "AAAAIGZ0eXBhdmlmAAAAAGF2aWZtaWYxbWlhZk1BMUEAAADrbWV0YQAAAAAAAAAhaGRscgAAAAAAAAAAcGljdAAA"
    "AAAAAAAAAAAAAAAAAAAOcGl0bQAAAAAAAQAAAB5pbG9jAAAAAEQAAAEAAQAAAAEAAAETAAAAQwAAAChpaW5mAAAA"
    "AAABAAAAGmluZmUCAAAAAAEAAGF2MDFDb2xvcgAAAABqaXBycAAAAEtpcGNvAAAAFGlzcGUAAAAAAAAAQAAAABAA"
    "AAAQcGl4aQAAAAADCgoKAAAADGF2MUOBIEAAAAAAE2NvbHJuY2x4AAEADQAGgAAAABdpcG1hAAAAAAAAAAEAAQQB"
    "AoMEAAAAS21kYXQSAAoIOBT/9vAQ0GkyNRICQ0qAAPIAAADzw8PrPtDUmnxsJ7dWK/cUbleGQebW5olWaWvD606Q"
    "xFSwhEyzB3dPfxeA"
)
"""SHADES side by side, 16 × 16 each, as libavif writes them; no encoder of ours has 10 bits."""


def shades() -> Image.Image:
    picture = Image.new("RGB", (64, 16))
    for place, colour in enumerate(SHADES):
        picture.paste(colour, (16 * place, 0, 16 * place + 16, 16))
    return picture


def seen(data: bytes) -> list[Colour]:
    """The colours in the middle of each shade."""
    picture = open_upright(BytesIO(data), within=(64, 16))
    found = [picture.getpixel((16 * place + 8, 8)) for place in range(len(SHADES))]
    return [(int(r), int(g), int(b)) for r, g, b in found]  # type: ignore[misc]


# --- what is seen ---------------------------------------------------------------------------


@pytest.mark.parametrize("orientation", CORNERS)
@pytest.mark.parametrize("format", ["HEIC", "HEIC in tiles", "AVIF"])
def test_a_picture_stands_as_its_container_turns_it(format: str, orientation: int) -> None:
    """Encoders write EXIF's orientation as irot and imir."""
    exif = exif_orientation(orientation)
    if format == "AVIF":
        data = encoded(quarters(), "AVIF", exif=exif, quality=90)
    else:
        data = heic(quarters(), exif=exif, tile_size=32 if "tiles" in format else 0)
    assert (b"irot" in data or b"imir" in data) == (orientation > 1)
    picture = load(data, SIZE)
    assert_alike(corners(picture.pixels), np.array(CORNERS[orientation], np.uint8), most=6)
    assert (picture.width, picture.height) == ((48, 64) if orientation >= 5 else (64, 48))


def without_turn(data: bytes) -> bytes:
    """The same file with an irot of no quarter."""
    at = data.index(b"irot") + 4
    return data[:at] + b"\0" + data[at + 1 :]


def avif_turned_by_exif_alone() -> bytes:
    """Pillow writes an orientation as irot; under the number of another field it stays EXIF."""
    exif = Image.Exif()
    exif[0x0213] = 6
    data = encoded(quarters(), "AVIF", exif=exif.tobytes(), quality=90)
    turned = data.replace(b"\x13\2\3\0", b"\x12\1\3\0").replace(b"\2\x13\0\3", b"\1\x12\0\3")
    assert turned != data
    return turned


def test_an_orientation_in_exif_alone_turns_nothing() -> None:
    alone = without_turn(heic(exif=exif_orientation(6)))
    assert b"Exif" in alone
    for data in (alone, avif_turned_by_exif_alone()):
        picture = load(data, SIZE)
        assert (picture.width, picture.height) == (64, 48)
        assert_alike(corners(picture.pixels), np.array(CORNERS[1], np.uint8), most=6)


CORNERS_IN_BROWSER = """async address => {
    const picture = new Image();
    picture.src = address;
    await picture.decode();
    const [width, height] = [picture.naturalWidth, picture.naturalHeight];
    const canvas = new OffscreenCanvas(width, height);
    const pen = canvas.getContext("2d");
    pen.drawImage(picture, 0, 0);
    const places = [[1, 1], [3, 1], [1, 3], [3, 3]];
    return places.map(([x, y]) =>
        [...pen.getImageData(width * x >> 2, height * y >> 2, 1, 1).data].slice(0, 3));
}"""


@pytest.mark.browser
@pytest.mark.slow
def test_an_avif_stands_as_in_the_browser(browser: Browser) -> None:
    page = browser.new_page()
    turned = [
        encoded(quarters(), "AVIF", exif=exif_orientation(each), quality=90) for each in CORNERS
    ]
    for data in (*turned, avif_turned_by_exif_alone()):
        file = f"data:image/avif;base64,{b64encode(data).decode()}"
        shown = np.array(page.evaluate(CORNERS_IN_BROWSER, file), np.uint8)
        assert_alike(corners(load(data, SIZE).pixels), shown, most=6)
    page.close()


def test_ten_bits_are_read_like_eight() -> None:
    files = [heic(shades(), chroma=444), encoded(shades(), "AVIF", quality=100)]
    deep = [heic(shades(), bits=10, chroma=444), AVIF_OF_10_BITS]
    for eight, ten in zip(files, deep, strict=True):
        pairs = [*zip(seen(ten), seen(eight), strict=True), *zip(seen(ten), SHADES, strict=True)]
        assert max(difference(one, other) for one, other in pairs) < 3


@pytest.mark.parametrize("bits", [8, 10])
def test_grey_and_transparent_ones_are_read(bits: int) -> None:
    grey = heic(garment((64, 48)).convert("L"), bits=bits)
    plain = np.asarray(garment((64, 48)).convert("L").resize((SIZE, SIZE)))
    assert np.abs(load(grey, SIZE).pixels[..., 0].astype(int) - plain).mean() < 6
    glass = heic(Image.new("RGBA", (64, 48), (200, 0, 100, 128)), bits=bits)
    assert np.abs(load(glass, SIZE).pixels[64, 64].astype(int) - (227, 127, 177)).max() <= 4


def test_a_profile_of_the_file_is_kept_for_the_conversion() -> None:
    picture = Image.new("RGB", (64, 48), (200, 100, 120))
    plain, wide = heic(picture), heic(picture, icc_profile=rgb_profile())
    shown = load(encoded(picture, "PNG", icc_profile=rgb_profile()), SIZE).pixels
    assert_alike(load(wide, SIZE).pixels, shown, most=3)
    assert np.abs(load(plain, SIZE).pixels.astype(int) - shown).mean() > 4


def test_of_several_pictures_the_primary_one_is_read() -> None:
    file = BytesIO()
    pictures = pillow_heif.from_pillow(Image.new("RGB", (64, 48), "red"))
    pictures.add_from_pillow(quarters((80, 60)))
    pictures.save(file, primary_index=1)
    picture = load(file.getvalue(), SIZE)
    assert (picture.width, picture.height) == (80, 60)
    assert_alike(corners(picture.pixels), np.array(CORNERS[1], np.uint8), most=6)


def test_a_part_of_a_reduced_picture_is_the_part_that_was_asked_for() -> None:
    picture = garment((801, 603))
    for reduced in (50, 100, 200, 400):
        box = (0.25, 0.25, 0.75, 0.8)
        found = open_part(BytesIO(heic(picture)), box, smallest=reduced)
        other = open_part(BytesIO(encoded(picture, "PNG")), box, smallest=reduced)
        assert (found.width, found.height) == (801, 603)
        size = other.image.size
        one, two = np.asarray(found.image.resize(size)), np.asarray(other.image)
        assert np.abs(one.astype(int) - two).mean() < 6


# --- what is refused ------------------------------------------------------------------------


@pytest.mark.parametrize("tile_size", [0, 64])
@pytest.mark.parametrize("missing", [5, 2_000])
def test_a_file_without_its_end_is_damaged(tile_size: int, missing: int) -> None:
    """libheif itself paints tiles that are not there green, and says nothing."""
    whole = heic(garment((200, 160)), tile_size=tile_size)
    load(whole, SIZE)
    with pytest.raises(PictureDamaged):
        load(whole[:-missing], SIZE)


def test_without_the_extra_a_heic_is_refused_with_the_way_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(heif, "is_installed", lambda: False)
    with pytest.raises(PictureNeedsExtra, match=r"django-vrs\[heif\]"):
        load(heic(), SIZE)
    assert "HEIC" not in accepted_formats()
    assert "heic" not in accept_attribute()


def test_a_shop_may_leave_heic_out(settings: Settings) -> None:
    settings.VRS = settings.VRS | {"IMAGE_FORMATS": ["JPEG", "png"]}
    with pytest.raises(PictureFormatRefused, match=r"\(accepted: JPEG, PNG\)"):
        load(heic(), SIZE)
    assert accept_attribute() == "image/jpeg,image/png"


# --- beside our own code --------------------------------------------------------------------


@pytest.mark.parametrize("ending", [".heic", ".HEIC", ".heif"])
def test_djangos_form_field_takes_a_heic(ending: str) -> None:
    file = SimpleUploadedFile(f"IMG_0001{ending}", heic(), "image/heic")
    cleaned = forms.ImageField().clean(file)
    assert (cleaned.image.format, cleaned.content_type) == ("HEIF", "image/heic")


def test_pillows_own_opener_is_left_to_the_shop(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that it registers stays, and our pictures are read by ours, whose memory is known."""
    monkeypatch.setitem(Image.OPEN, "HEIF", (pillow_heif.HeifImageFile, heif.accepts))
    heif.register()
    assert isinstance(Image.open(BytesIO(heic())), pillow_heif.HeifImageFile)
    assert load(heic(), SIZE).width == 64
