"""A JPEG that ends early is seen if nearly all of it is there, and damaged if not."""

from io import BytesIO
from typing import Any

import numpy as np
import pytest
from PIL import Image

from vrs_app.exceptions import PictureDamaged
from vrs_app.vision import load, open_upright

from ..pictures import encoded, garment, jpeg, smooth

SIDE = 256
LARGE = (2_048, 2_048)


def photo(mode: str = "RGB", size: tuple[int, int] = (SIDE, SIDE), **options: Any) -> bytes:
    """Of soft spots, so that each row takes about as many bytes as the others."""
    return encoded(smooth(size).convert(mode), "JPEG", quality=90, **options)


def cut(data: bytes, share: float) -> bytes:
    return data[: int(len(data) * share)]


def seen(data: bytes) -> np.ndarray[Any, np.dtype[np.int16]]:
    return np.asarray(open_upright(BytesIO(data), (SIDE, SIDE)), dtype=np.int16)


@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK"])
@pytest.mark.parametrize("subsampling", ["4:4:4", "4:2:0"])
def test_the_end_marker_alone_is_not_missed(mode: str, subsampling: str) -> None:
    data = photo(mode, subsampling=subsampling)
    assert (seen(data[:-2]) == seen(data)).all()


@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK"])
def test_rows_that_are_missing_are_white_and_all_others_as_they_are(mode: str) -> None:
    data = photo(mode)
    whole, short = seen(data), seen(cut(data, 0.92))
    missing = (short == 255).all(axis=(1, 2))
    count = int(missing.sum())
    assert SIDE * 0.04 < count <= SIDE / 8 + 1
    assert missing[-count:].all()
    assert (short[: -count - 1] == whole[: -count - 1]).all()
    assert np.abs(short[-count - 1] - whole[-count - 1]).mean() < 30  # its colours are mixed


@pytest.mark.slow
def test_a_large_picture_that_is_reduced_while_decoding_is_seen_alike() -> None:
    data = cut(photo(size=LARGE), 0.92)
    pixels = load(data, 64).pixels
    assert (pixels[-1] == 255).all()
    assert (pixels[-9] < 250).any()


@pytest.mark.parametrize("share", [0.3, 0.5, 0.7, 0.8])
@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK"])
def test_a_picture_without_more_than_its_last_rows_is_damaged(mode: str, share: float) -> None:
    with pytest.raises(PictureDamaged):
        load(cut(photo(mode), share), SIDE)


def test_half_a_picture_with_zeros_for_the_rest_is_damaged() -> None:
    half = cut(photo(), 0.5)
    for zeros in (1, 5_000, len(half)):
        with pytest.raises(PictureDamaged):
            load(half + bytes(zeros), SIDE)


def test_a_small_picture_may_lack_one_row_of_blocks() -> None:
    data = jpeg(garment((64, 64)))
    assert load(data[:-10], 64).width == 64
    with pytest.raises(PictureDamaged):
        load(cut(data, 0.75), 64)


def test_a_progressive_picture_may_lack_a_part_of_its_last_bits() -> None:
    data = photo(progressive=True)
    whole = seen(data)
    for short in (data[:-2], cut(data, 0.95), cut(data, 0.85)):
        assert np.abs(seen(short) - whole).mean() < 2
    for share in (0.25, 0.5):
        with pytest.raises(PictureDamaged):
            load(cut(data, share), SIDE)


def test_a_header_without_pixels_is_damaged() -> None:
    data = photo()
    start = data.index(b"\xff\xda")
    for stop in (start, start + 8, start + 14, start + 40):
        with pytest.raises(PictureDamaged):
            load(data[:stop], SIDE)


def test_a_whole_picture_of_middle_grey_is_as_it_is() -> None:
    grey = jpeg(Image.new("RGB", (64, 64), (128, 128, 128)))
    assert (load(grey, 64).pixels == 128).all()
