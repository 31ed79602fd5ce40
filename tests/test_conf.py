import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import override_settings
from django.utils.module_loading import import_string

from vrs_app.catalogue import Catalogue
from vrs_app.conf import Settings, all_settings, conf, product_model_label, shop_settings
from vrs_app.embedders import Embedder


@override_settings(VRS={"PRODUCT_MODEL": "shop.Product"})
def test_all_but_the_product_model_has_a_default() -> None:
    assert {name for name, setting in all_settings().items() if setting.default == ""} == {
        "PRODUCT_MODEL",
        "TEXT_LANGUAGE",  # that of LANGUAGE_CODE
    }
    assert conf.IMAGE_FIELD == "image"
    assert conf.WEIGHTS == "imagenet"
    assert conf.IMAGE_SIZE == 224


def test_a_setting_is_read_when_it_is_used() -> None:
    for value in (7, 9):
        with override_settings(VRS={"LIMIT": value}):
            assert conf.LIMIT == value
    with override_settings(VRS={}):
        assert conf.LIMIT == Settings.LIMIT.default


def test_a_shop_without_the_dict_has_the_defaults() -> None:
    with override_settings():
        from django.conf import settings

        del settings.VRS
        assert shop_settings() == {}
        assert conf.QUEUE == "vrs"


def test_every_default_is_within_its_own_bounds() -> None:
    for name, setting in all_settings().items():
        if setting.minimum is not None:
            assert setting.default >= setting.minimum, name
        if setting.maximum is not None:
            assert setting.default <= setting.maximum, name


def test_the_classes_that_the_defaults_name_are_there() -> None:
    assert issubclass(import_string(Settings.CATALOGUE.default), Catalogue)
    assert issubclass(import_string(Settings.EMBEDDER.default), Embedder)


def test_the_default_formats_are_those_that_need_no_other_program() -> None:
    assert not {"EPS", "PDF", "PSD", "WMF", "FITS"} & set(Settings.IMAGE_FORMATS.default)
    assert {"JPEG", "PNG", "WEBP", "GIF"} <= set(Settings.IMAGE_FORMATS.default)


@override_settings(VRS={"PRODUCT_MODEL": "shop.Product"})
def test_the_product_model_is_named_by_app_and_model() -> None:
    assert product_model_label() == "shop.Product"


@pytest.mark.parametrize("label", ["", "Product", "my.shop.Product", None, 7])
def test_a_product_model_that_cannot_be_a_name_is_refused_with_the_way_out(label: object) -> None:
    with (
        override_settings(VRS={"PRODUCT_MODEL": label}),
        pytest.raises(ImproperlyConfigured, match=r'VRS = \{"PRODUCT_MODEL": "yourapp.Product"\}'),
    ):
        product_model_label()
