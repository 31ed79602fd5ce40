from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from vrs_app.embedders.handcrafted import HandcraftedEmbedder
from vrs_app.exceptions import PictureError
from vrs_app.photos.preprocess import prepare
from vrs_app.vision import load

from ..hostile import READY, Case, cases
from ..pictures import encoded, garment, jpeg, smooth


@pytest.mark.filterwarnings("ignore:Image size", "ignore:Corrupt EXIF")
@pytest.mark.usefixtures("corpus_limits")
@pytest.mark.parametrize("case", cases(), ids=lambda case: case.name)
def test_a_hostile_file_gets_the_verdict_that_a_products_picture_gets(case: Case) -> None:
    if case.verdict == READY:
        small = Image.open(BytesIO(prepare(BytesIO(case.data))))
        assert (small.format, small.mode) == ("JPEG", "RGB")
        assert max(small.size) < 1024
        return
    with pytest.raises(PictureError) as caught:
        prepare(BytesIO(case.data))
    assert caught.value.code == case.verdict
    assert case.why in str(caught.value)


def test_the_vector_of_a_whole_picture_hardly_moves() -> None:
    embedder = HandcraftedEmbedder()
    for data in (jpeg(garment()), jpeg(smooth((1_200, 1_600))), encoded(garment(), "PNG")):
        pictures = (load(each, embedder.picture_size) for each in (data, prepare(BytesIO(data))))
        own, seen = embedder.embed([picture.pixels for picture in pictures])
        assert own @ seen > 0.995


def test_what_is_handed_on_says_nothing_about_its_sender() -> None:
    exif = Image.Exif()
    exif[0x010F], exif[0x0110] = "a camera", "of somebody's"
    small = prepare(BytesIO(jpeg(garment(), exif=exif, comment=b"at home")))
    assert b"camera" not in small
    assert b"home" not in small
    assert "exif" not in Image.open(BytesIO(small)).info


def test_a_box_is_cut_out() -> None:
    picture = Image.new("RGB", (400, 400), "white")
    picture.paste("red", (200, 200, 400, 400))
    small = np.asarray(Image.open(BytesIO(prepare(BytesIO(jpeg(picture)), (0.5, 0.5, 1, 1)))))
    assert small.shape == (200, 200, 3)
    assert np.abs(small.mean(axis=(0, 1)) - (254, 0, 0)).max() < 8
