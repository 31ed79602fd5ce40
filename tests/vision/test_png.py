"""What a PNG says of its colours, and what of it goes to the decoder."""

import struct
import zlib
from io import BytesIO

import pytest

from vrs_app.vision import load
from vrs_app.vision.containers import structure_of
from vrs_app.vision.containers.structure import CodePoints
from vrs_app.vision.validation import open_checked

from ..pictures import TOP_LEFT, encoded, png_chunk, quarters

DISPLAY_P3 = (31_270, 32_900, 68_000, 32_000, 26_500, 69_000, 15_000, 6_000)
"""White, red, green, blue, as cHRM has them."""

PLAIN = encoded(quarters(), "PNG")
PIXELS_AT, END_AT = PLAIN.index(b"IDAT") - 4, PLAIN.index(b"IEND") - 4


def with_chunks(*chunks: bytes, at: int = PIXELS_AT) -> bytes:
    return PLAIN[:at] + b"".join(chunks) + PLAIN[at:]


def gamma(*values: int) -> bytes:
    return png_chunk(b"gAMA", struct.pack(f">{len(values)}I", *values))


def chromaticities(*values: int) -> bytes:
    return png_chunk(b"cHRM", struct.pack(">8I", *values))


def broken(chunk: bytes) -> bytes:
    """The same with a wrong checksum."""
    return chunk[:-1] + bytes([chunk[-1] ^ 1])


def text(kind: bytes, length: int) -> bytes:
    packed = zlib.compress(bytes(length))
    rest = {b"tEXt": bytes(length), b"zTXt": b"\0" + packed, b"iTXt": b"\1\0\0\0" + packed}
    return png_chunk(kind, b"Comment\0" + rest[kind])


# --- colours --------------------------------------------------------------------------------


def test_code_points_are_read() -> None:
    data = with_chunks(png_chunk(b"cICP", bytes([12, 13, 0, 1])))
    assert structure_of(data).code_points == CodePoints(primaries=12, transfer=13)


@pytest.mark.parametrize("points", [[12, 13, 0, 0], [12, 13, 1, 1], [12, 13, 0], [12] * 5])
def test_code_points_of_video_or_of_another_length_are_ignored(points: list[int]) -> None:
    assert structure_of(with_chunks(png_chunk(b"cICP", bytes(points)))).code_points is None


def test_gamma_and_chromaticities_are_read() -> None:
    found = structure_of(with_chunks(gamma(45_455), chromaticities(*DISPLAY_P3)))
    assert found.gamma == 0.45455
    assert found.chromaticities == (0.3127, 0.329, 0.68, 0.32, 0.265, 0.69, 0.15, 0.06)


def test_an_srgb_chunk_says_more_than_gamma_and_chromaticities() -> None:
    srgb = png_chunk(b"sRGB", b"\0")
    found = structure_of(with_chunks(gamma(100_000), chromaticities(*DISPLAY_P3), srgb))
    assert (found.gamma, found.chromaticities) == (None, None)
    found = structure_of(with_chunks(gamma(100_000), broken(srgb)))
    assert found.gamma == 1


@pytest.mark.parametrize("chunk", [gamma(0), gamma(1), gamma(2**32 - 1), gamma(45_455, 0)])
def test_a_gamma_that_makes_no_sense_is_ignored(chunk: bytes) -> None:
    assert structure_of(with_chunks(chunk)).gamma is None


@pytest.mark.parametrize(
    "values",
    [
        (0,) * 8,
        (31_270, 0, *DISPLAY_P3[2:]),
        (90_000, 90_000, *DISPLAY_P3[2:]),
        (*DISPLAY_P3[:4], *DISPLAY_P3[2:4], *DISPLAY_P3[6:]),
        (70_000, 29_000, *DISPLAY_P3[2:]),
    ],
    ids=["zeros", "white of no light", "no colours", "red is green", "white outside"],
)
def test_chromaticities_that_make_no_sense_are_ignored_and_gamma_with_them(
    values: tuple[int, ...],
) -> None:
    found = structure_of(with_chunks(gamma(100_000), chromaticities(*values)))
    assert (found.gamma, found.chromaticities) == (None, None)


def test_of_two_chunks_the_first_that_is_whole_counts() -> None:
    chunks = broken(gamma(30_000)), gamma(100_000), gamma(45_455)
    assert structure_of(with_chunks(*chunks)).gamma == 1


def test_colours_that_are_told_behind_the_pixels_do_not_count() -> None:
    chunks = gamma(100_000), chromaticities(*DISPLAY_P3), png_chunk(b"cICP", bytes([12, 13, 0, 1]))
    found = structure_of(with_chunks(*chunks, at=END_AT))
    assert (found.gamma, found.chromaticities, found.code_points) == (None, None, None)


# --- what browsers ignore -------------------------------------------------------------------


def corner(data: bytes) -> tuple[int, ...]:
    return tuple(map(int, load(data, 64).pixels[4, 4]))


@pytest.mark.parametrize("at", [PIXELS_AT, END_AT], ids=["before", "behind"])
@pytest.mark.parametrize("kind", [b"tEXt", b"zTXt", b"iTXt"])
def test_texts_of_any_size_cost_nothing_and_harm_nothing(kind: bytes, at: int) -> None:
    data = with_chunks(*[text(kind, 3_000_000)] * 3, at=at)
    assert corner(data) == TOP_LEFT
    assert structure_of(data).metadata == structure_of(PLAIN).metadata


@pytest.mark.parametrize(
    "chunk",
    [
        broken(text(b"tEXt", 9)),
        broken(png_chunk(b"tRNS", struct.pack(">3H", *TOP_LEFT))),
        png_chunk(b"tRNS", b""),
        png_chunk(b"pHYs", b"1"),
        png_chunk(b"a\0?1", b"x"),
        png_chunk(b"iCCP", b"name\0\1" + zlib.compress(b"x")),
        png_chunk(b"iCCP", b"name\0\0" + zlib.compress(bytes(2**20 + 1))),
        png_chunk(b"zTXt", b"Comment\0\7x"),
    ],
)
def test_an_ancillary_chunk_that_is_broken_is_as_none(chunk: bytes) -> None:
    assert corner(with_chunks(chunk)) == TOP_LEFT


@pytest.mark.parametrize(
    "data",
    [PLAIN[:END_AT], PLAIN[: END_AT - 4], PLAIN[: END_AT - 8], PLAIN + b"junk" * 100],
    ids=["without end", "without checksum", "without that of the pixels", "junk behind"],
)
def test_a_png_with_all_of_its_pixels_is_seen_whatever_its_end(data: bytes) -> None:
    assert corner(data) == TOP_LEFT


def test_transparency_and_profile_go_to_the_decoder() -> None:
    clear = png_chunk(b"tRNS", struct.pack(">3H", *TOP_LEFT))
    assert corner(with_chunks(clear)) == (255, 255, 255)
    image, _ = open_checked(BytesIO(encoded(quarters(), "PNG", icc_profile=b"profile")))
    assert image.info["icc_profile"] == b"profile"


def test_only_the_orientation_of_exif_before_the_pixels_turns_a_picture() -> None:
    exif = b"II*\0" + struct.pack("<I", 8) + struct.pack("<HHHII", 1, 0x0112, 3, 1, 6) + bytes(4)
    chunk = png_chunk(b"eXIf", exif)
    assert corner(with_chunks(chunk)) != TOP_LEFT
    assert corner(with_chunks(chunk, at=END_AT)) == TOP_LEFT
    profile = (b"Exif\0\0" + exif).hex().encode()
    packed = zlib.compress(b"\nexif\n%8d\n%s\n" % (len(profile) // 2, profile))
    raw = png_chunk(b"zTXt", b"Raw profile type exif\0\0" + packed)
    assert corner(with_chunks(raw)) == TOP_LEFT
