"""What of a JPEG goes to the decoder: what browsers look at."""

import struct
from io import BytesIO

import pytest
from PIL import Image

from vrs_app.vision import load
from vrs_app.vision.containers import structure_of
from vrs_app.vision.validation import open_checked

from ..hostile.many_parts import with_segments
from ..pictures import TOP_LEFT, encoded, jpeg, quarters

APP1, APP2, COMMENT = 0xE1, 0xE2, 0xFE
XMP = (
    b'http://ns.adobe.com/xap/1.0/\0<x:xmpmeta xmlns:x="adobe:ns:meta/">'
    b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description'
    b' xmlns:tiff="http://ns.adobe.com/tiff/1.0/" tiff:Orientation="6"/></rdf:RDF></x:xmpmeta>'
)


def exif(orientation: int) -> bytes:
    entry = struct.pack("<HHHII", 1, 0x0112, 3, 1, orientation)
    return b"Exif\0\0II*\0" + struct.pack("<I", 8) + entry + bytes(4)


def with_front(kind: int, *contents: bytes) -> bytes:
    """`quarters` with these segments before all of its own."""
    segments = (struct.pack(">BBH", 0xFF, kind, len(each) + 2) + each for each in contents)
    whole = jpeg()
    return whole[:2] + b"".join(segments) + whole[2:]


def is_turned(data: bytes) -> bool:
    return tuple(map(int, load(data, 64).pixels[4, 4])) != TOP_LEFT


def opened(data: bytes) -> Image.Image:
    return open_checked(BytesIO(data))[0]


def test_the_first_exif_turns_a_picture_and_xmp_does_not() -> None:
    assert not is_turned(jpeg())
    assert is_turned(with_front(APP1, exif(6)))
    assert is_turned(with_front(APP1, exif(6), exif(1)))
    assert not is_turned(with_front(APP1, exif(1), exif(6)))
    assert not is_turned(with_front(APP1, XMP))


def test_comments_and_unknown_segments_cost_nothing_and_harm_nothing() -> None:
    for kind in (COMMENT, APP1, APP2, 0xE5, 0xED):
        data = with_segments(kind, [b"x" * 60_000] * 200)
        assert load(data, 64).width == 64
        assert opened(data).info.keys() <= {
            *("jfif", "jfif_version", "jfif_unit", "jfif_density", "dpi")
        }


def test_a_profile_and_adobes_segment_go_to_the_decoder() -> None:
    picture = quarters().convert("CMYK")
    info = opened(jpeg(picture, icc_profile=b"x" * 100_000)).info
    assert (len(info["icc_profile"]), info["adobe"]) == (100_000, 100)


def test_further_pictures_behind_the_first_are_no_frames() -> None:
    stereo = encoded(quarters(), "MPO", save_all=True, append_images=[Image.new("L", (900, 900))])
    image, structure = open_checked(BytesIO(stereo))
    assert (image.format, image.size) == ("JPEG", (64, 48))
    assert structure.kept[-1].stop == stereo.index(b"\xff\xd9\xff\xd8") + 2


@pytest.mark.parametrize("junk", [b"\0" * 9_000, b"<html>", b"\xff\xd8\xff"])
def test_what_stands_behind_the_end_is_ignored(junk: bytes) -> None:
    assert not is_turned(jpeg() + junk)
    assert structure_of(jpeg() + junk).added == b""
