"""The boxes of AVIF and HEIC: bounded, and read up to a damage."""

import random
import struct
from typing import Any

import pytest
from PIL import Image

from tests.pictures import encoded, garment, heic, quarters
from vrs_app.exceptions import PictureTooLarge
from vrs_app.vision.containers import CodePoints, boxes, hevc, structure_of

from ..profiles import rgb_profile

DISPLAY_P3 = struct.pack(">4sHHHB", b"nclx", 12, 13, 6, 0x80)


def box(kind: bytes, *content: bytes) -> bytes:
    data = b"".join(content)
    return struct.pack(">I4s", 8 + len(data), kind) + data


def full(kind: bytes, *content: bytes, version: int = 0) -> bytes:
    return box(kind, bytes([version, 0, 0, 0]), *content)


def file_of(*content: bytes) -> bytes:
    """A file with these boxes in its `meta`."""
    return box(b"ftyp", b"heic\0\0\0\0mif1heic") + full(b"meta", *content)


def item(number: int, kind: bytes) -> bytes:
    return full(b"infe", struct.pack(">HH4s", number, 0, kind), version=2)


# --- what is found --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "chroma", "bits"),
    [
        ({}, 1, 8),
        ({"chroma": 422}, 2, 8),
        ({"chroma": 444}, 3, 8),
        ({"bits": 10}, 1, 10),
        ({"bits": 10, "chroma": 444}, 3, 10),
        ({"tile_size": 64}, 1, 8),
    ],
)
def test_how_samples_of_a_heic_are_stored_is_read(
    options: dict[str, int], chroma: int, bits: int
) -> None:
    found = structure_of(heic(garment((200, 160)), **options))
    assert (found.chroma, found.bits, found.block) == (chroma, bits, 200 * 160)


def test_the_decoders_own_parameters_count_not_the_containers() -> None:
    data = heic(garment((200, 160)), chroma=444)
    at = data.index(b"hvcC") + 4 + 16
    lying = data[:at] + bytes([data[at] & 0xFC | 1]) + data[at + 1 :]
    assert structure_of(lying).chroma == 3


def test_parameters_among_the_pixels_count_too() -> None:
    data, other = heic(garment((200, 160))), heic(garment((200, 160)), bits=10, chroma=444)
    start = other.index(b"\x42\x01\x01")
    unit = other[start : start + struct.unpack_from(">H", other, start - 2)[0]]
    pixels = box(b"mdat", struct.pack(">I", len(unit)), unit)
    found = structure_of(data + pixels)
    assert (found.chroma, found.bits) == (3, 10)


def test_parameters_that_cannot_be_read_count_as_the_worst() -> None:
    assert hevc.samples_of(b"\x42\x01\x01") == hevc.WORST
    assert hevc.samples_of(bytes(200)) == hevc.WORST


@pytest.mark.parametrize(
    ("subsampling", "mode", "chroma"), [("4:2:0", "RGB", 1), ("4:4:4", "RGBA", 3)]
)
def test_how_samples_of_an_avif_are_stored_is_read(
    subsampling: str, mode: str, chroma: int
) -> None:
    picture = garment((200, 160)).convert(mode)
    found = structure_of(encoded(picture, "AVIF", subsampling=subsampling))
    assert (found.chroma, found.bits, found.block) == (chroma, 8, 200 * 160)


def test_pixels_behind_the_end_of_the_file_are_missed() -> None:
    data = heic()
    assert not structure_of(data).is_cut_short
    assert structure_of(data[:-1]).is_cut_short


def test_colours_are_those_of_the_primary_picture() -> None:
    sizes = [full(b"ispe", struct.pack(">II", 8, 8))]
    plain, wide = box(b"colr", DISPLAY_P3.replace(b"\0\x0c", b"\0\x01")), box(b"colr", DISPLAY_P3)
    first = struct.pack(">HB2B", 1, 2, 1, 2)
    second = struct.pack(">HB2B", 2, 2, 1, 0x83)
    owners = full(b"ipma", struct.pack(">I", 2), first, second)
    properties = box(b"iprp", box(b"ipco", *sizes, plain, wide), owners)
    for number, primaries in ((1, 1), (2, 12)):
        data = file_of(full(b"pitm", struct.pack(">H", number)), properties)
        assert structure_of(data).code_points == CodePoints(primaries=primaries, transfer=13)


@pytest.mark.parametrize("format", ["HEIC", "AVIF"])
def test_a_profile_comes_before_code_points(format: str) -> None:
    def written(**options: Any) -> bytes:
        whole = quarters()
        return heic(whole, **options) if format == "HEIC" else encoded(whole, "AVIF", **options)

    assert structure_of(written()).code_points == CodePoints(primaries=1, transfer=13)
    assert structure_of(written(icc_profile=rgb_profile())).code_points is None


# --- what is bounded ------------------------------------------------------------------------


def refused(data: bytes, what: str) -> None:
    with pytest.raises(PictureTooLarge, match=what):
        structure_of(data)


def test_files_of_too_many_parts_are_refused() -> None:
    most = boxes.MOST_BOXES
    refused(file_of(*[box(b"free")] * (most + 1)), "boxes")
    refused(file_of(box(b"iprp", box(b"ipco", *[box(b"free")] * (most + 1)))), "boxes")
    count, many = struct.pack(">H", 1), [item(n, b"hvc1") for n in range(1_001)]
    refused(file_of(full(b"iinf", count, *many)), "items")
    refused(file_of(full(b"iinf", struct.pack(">H", 1_001))), "items")
    refused(file_of(full(b"iloc", b"\x44\0", struct.pack(">H", 1_001))), "items")
    place = struct.pack(">HHH", 1, 0, 10_001)
    refused(file_of(full(b"iloc", b"\x44\0", struct.pack(">H", 1), place)), "extents")
    refused(file_of(box(b"iprp", full(b"ipma", b"\0\0\x10\0"))), "items")
    configuration = box(b"hvcC", bytes(22), b"\x11")
    refused(file_of(box(b"iprp", box(b"ipco", configuration))), "arrays")
    configuration = box(b"hvcC", bytes(22), b"\x01\x21\xff\xff")
    refused(file_of(box(b"iprp", box(b"ipco", configuration))), "units")
    sets = heic() + b"\0\0\0\2\x42\x01" * 1_001
    refused(sets, "parameter sets")


def test_lengths_are_not_trusted() -> None:
    for size in (0, 1, 7, 2**31):
        inner = struct.pack(">I4s", size, b"iinf") + bytes(8)
        assert structure_of(file_of(inner)).code_points is None
    long = struct.pack(">I4sQ", 1, b"meta", 2**63) + bytes(20)
    assert structure_of(box(b"ftyp", b"heic") + long).chroma == 0


def test_a_damaged_file_is_read_up_to_the_damage() -> None:
    """Whatever byte is broken or missing, nothing but a refusal is raised."""
    luck = random.Random(0)
    whole = heic(quarters(), tile_size=32, exif=b"Exif\0\0MM\0*")[:1_500]
    for _ in range(2_000):
        data = bytearray(whole[: luck.randrange(12, len(whole))])
        for _ in range(luck.randrange(4)):
            data[luck.randrange(8, len(data))] = luck.randrange(256)
        try:
            assert structure_of(bytes(data)).length == len(data)
        except PictureTooLarge:
            continue


def test_an_unknown_kind_of_item_gets_the_worst_bound() -> None:
    kinds = full(b"iinf", struct.pack(">H", 1), item(1, b"iovl"))
    found = structure_of(file_of(kinds))
    assert (found.chroma, found.bits) == hevc.WORST


def test_a_large_tile_counts_not_the_small_picture_in_it() -> None:
    sizes = [full(b"ispe", struct.pack(">II", side, side)) for side in (8, 9_000)]
    assert structure_of(file_of(box(b"iprp", box(b"ipco", *sizes)))).block == 9_000**2


def test_heic_and_avif_are_told_by_their_first_box() -> None:
    assert structure_of(encoded(Image.new("RGB", (8, 8)), "PNG")).block == 0
    assert structure_of(heic()).chroma == 1
