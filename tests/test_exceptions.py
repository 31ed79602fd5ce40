from vrs_app.exceptions import PictureDamaged, PictureError, explain


def test_each_error_of_a_picture_says_what_to_do() -> None:
    for kind in PictureError.__subclasses__():
        assert str(kind()) == explain(kind.code)
        assert any(word in explain(kind.code) for word in ("Upload", "upload", "Show")), kind


def test_codes_are_distinct_and_fit_their_column() -> None:
    codes = [kind.code for kind in PictureError.__subclasses__()]
    assert len(set(codes)) == len(codes)
    assert max(map(len, codes)) <= 20


def test_the_detail_stands_behind_the_text() -> None:
    assert str(PictureDamaged("half a file")).endswith("(half a file)")


def test_an_unknown_code_is_still_explained() -> None:
    assert explain("from_the_future") == PictureError().text
