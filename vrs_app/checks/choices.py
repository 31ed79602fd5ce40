"""Checks of settings whose values must be known elsewhere or agree with each other."""

import re
from collections.abc import Iterator
from difflib import get_close_matches

from django.core.checks import CheckMessage
from PIL import Image

from ..conf import Settings, conf, shop_settings
from ..infra.text_search import ANY_LANGUAGE, CONFIGURATION_NAME, CONFIGURATIONS
from ..vision import heif
from .messages import error_message, warning_message
from .values import misfit

THROTTLED = ("similar", "carousel", "search", "photo", "recommendations")
"""The parts of the API that may have a rate of their own."""

RATE = re.compile(r"[1-9][0-9]{0,8}/(s|sec|second|m|min|minute|h|hour|d|day)", re.ASCII)


def check_formats() -> Iterator[CheckMessage]:
    """VRS["IMAGE_FORMATS"]: with a format unknown to Pillow, opening any picture raises."""
    if misfit(Settings.IMAGE_FORMATS, conf.IMAGE_FORMATS):
        return
    Image.init()
    for name in conf.IMAGE_FORMATS:
        if name.upper() == heif.FORMAT:
            yield from _check_heif(name)
        elif name.upper() not in Image.OPEN:
            near = get_close_matches(name.upper(), Image.OPEN, n=1) or sorted(Image.OPEN)
            hint = f"Write the name as Pillow has it: {', '.join(near)}."
            yield error_message(9, f'VRS["IMAGE_FORMATS"]: Pillow opens no format "{name}".', hint)


def _check_heif(name: str) -> Iterator[CheckMessage]:
    """The default names HEIC wherever it runs; a shop that names it means to read it."""
    if "IMAGE_FORMATS" in shop_settings() and not heif.is_installed():
        text = f'VRS["IMAGE_FORMATS"] has "{name}", and nothing is installed that reads HEIC.'
        hint = 'Install the extra "heif" (pip install "pillow-heif>=1.8.1,<2"), or leave it out.'
        yield warning_message(6, text, hint)


def check_times() -> Iterator[CheckMessage]:
    """The weights are downloaded within the first batch, so its time limit must be longer."""
    if conf.WEIGHTS != Settings.WEIGHTS.default:  # a file: nothing is downloaded
        return
    times = (Settings.WEIGHTS_TIMEOUT, Settings.BATCH_TIME_LIMIT)
    if any(misfit(setting, getattr(conf, setting.name)) for setting in times):
        return
    if conf.WEIGHTS_TIMEOUT >= conf.BATCH_TIME_LIMIT:
        text = (
            f'VRS["WEIGHTS_TIMEOUT"], {conf.WEIGHTS_TIMEOUT}, is not less than '
            f'VRS["BATCH_TIME_LIMIT"], {conf.BATCH_TIME_LIMIT}.'
        )
        hint = "The weights are fetched within the first batch: give the batch more time."
        yield error_message(10, text, hint)


def check_sources() -> Iterator[CheckMessage]:
    if misfit(Settings.SOURCES, conf.SOURCES):
        return
    for name in conf.SOURCES:
        if name not in Settings.SOURCES.default:
            near = get_close_matches(name, Settings.SOURCES.default, n=1)
            hint = f"Known are: {', '.join(near or Settings.SOURCES.default)}."
            yield error_message(14, f'VRS["SOURCES"] has no source "{name}".', hint)


def check_campaign() -> Iterator[CheckMessage]:
    """VRS["CAMPAIGN"]: a value that cannot be formatted would break the links of every page."""
    if misfit(Settings.CAMPAIGN, conf.CAMPAIGN):
        return
    for name, value in conf.CAMPAIGN.items():
        try:
            value.format(source="visual", position=1)
        except Exception as error:  # a replacement field may call nearly anything
            hint = "{source} and {position} are what may stand in braces; {{ and }} are braces."
            yield error_message(15, f'VRS["CAMPAIGN"]["{name}"], {value!r}, misses {error}.', hint)


def check_text_language() -> Iterator[CheckMessage]:
    """VRS["TEXT_LANGUAGE"]: only its syntax. `vrs_status` reports one that does not exist."""
    name = conf.TEXT_LANGUAGE
    if name and isinstance(name, str) and not CONFIGURATION_NAME.fullmatch(name):
        code = name.lower().replace("_", "-").partition("-")[0]
        known_ones = sorted({*CONFIGURATIONS.values(), ANY_LANGUAGE})
        near = [CONFIGURATIONS[code]] if code in CONFIGURATIONS else known_ones
        hint = f"Write one of PostgreSQL's text search configurations: {', '.join(near)}."
        yield error_message(13, f'VRS["TEXT_LANGUAGE"] is {name!r}.', hint)


def check_throttles() -> Iterator[CheckMessage]:
    """VRS["API_THROTTLES"]: a rate that cannot be parsed would answer each request with 500."""
    if misfit(Settings.API_THROTTLES, conf.API_THROTTLES):
        return
    for name, rate in conf.API_THROTTLES.items():
        if name not in THROTTLED:
            hint = f"Known are: {', '.join(THROTTLED)}."
            yield error_message(12, f'VRS["API_THROTTLES"] has no part "{name}".', hint)
        elif not RATE.fullmatch(rate):
            hint = 'Write how many in which time, such as "5/s", "120/min" or "2000/day".'
            yield error_message(12, f'VRS["API_THROTTLES"]["{name}"] is {rate!r}.', hint)
