"""Checks of each setting by itself: its name, type and bounds."""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from os import PathLike
from typing import Any

from django.core.checks import CheckMessage

from ..conf import Setting, Settings, all_settings, shop_settings
from .messages import error_message


def check_names() -> Iterator[CheckMessage]:
    """Every key of `VRS` is a setting."""
    for name in sorted(shop_settings().keys() - all_settings().keys(), key=str):
        near = get_close_matches(str(name), all_settings(), n=1)
        hint = f'Did you mean "{near[0]}"?' if near else "Known are: " + ", ".join(all_settings())
        yield error_message(2, f'VRS has no setting "{name}".', hint)


def check_values() -> Iterator[CheckMessage]:
    """Every value has its default's type and is within its bounds."""
    for name, setting in all_settings().items():
        if setting is Settings.PRODUCT_MODEL:  # see check_models
            continue
        value = shop_settings().get(name, setting.default)
        if problem := misfit(setting, value):
            hint = f"Write {problem}; the default is {setting.default!r}."
            yield error_message(3, f'VRS["{name}"] is {value!r}.', hint)


def misfit(setting: Setting[Any], value: Any) -> str | None:
    """The required form of the setting in words; None if `value` has it."""
    match setting.default:
        case bool():
            return None if isinstance(value, bool) else "True or False"
        case str():
            kinds = (str, PathLike) if setting is Settings.WEIGHTS else str
            is_text = isinstance(value, kinds) and (value or not setting.default)
            return None if is_text else "a text"
        case Mapping():
            is_texts = isinstance(value, Mapping) and all(
                isinstance(part, str) for pair in value.items() for part in pair
            )
            return None if is_texts else "a dict of texts"
        case tuple():
            is_names = isinstance(value, list | tuple) and all(isinstance(v, str) for v in value)
            return None if is_names and value else "a list of texts"
    kind = int if isinstance(setting.default, int) else (int, float)
    is_number = isinstance(value, kind) and not isinstance(value, bool)
    if is_number and _is_within(setting, value):
        return None
    return ("a whole number" if kind is int else "a number") + _bounds(setting)


def _is_within(setting: Setting[Any], value: float) -> bool:
    is_enough = setting.minimum is None or value >= setting.minimum
    return is_enough and (setting.maximum is None or value <= setting.maximum)


def _bounds(setting: Setting[Any]) -> str:
    """The bounds of a setting in words, to follow "a number"."""
    match setting.minimum, setting.maximum:
        case None, None:
            return ""
        case least, None:
            return f" of at least {least}"
        case None, most:
            return f" of at most {most}"
        case least, most:
            return f" from {least} to {most}"
