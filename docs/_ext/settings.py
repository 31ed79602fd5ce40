"""The page of settings, from `vrs_app/conf.py`."""

import ast
import inspect
import re

from vrs_app import conf

GROUP = re.compile(r"^    # --- (.+?) -+$")


def settings() -> str:
    """Every setting under the heading of its group: bounds, default and meaning."""
    known, written = conf.all_settings(), meanings()
    parts = []
    for line in inspect.getsource(conf.Settings).splitlines():
        if heading := GROUP.match(line):
            parts.append(f"## {heading[1][0].upper()}{heading[1][1:]}\n")
        name = line.strip().partition(" ")[0]
        if name in known and line.startswith(f"    {name} = "):
            parts.append(_setting(name, known[name], written.get(name, "")))
    return "\n".join(parts)


def meanings() -> dict[str, str]:
    """The string below each setting in `vrs_app/conf.py`."""
    (body,) = ast.parse(inspect.getsource(conf.Settings)).body
    assert isinstance(body, ast.ClassDef)
    return {
        before.targets[0].id: inspect.cleandoc(after.value.value)
        for before, after in zip(body.body, body.body[1:], strict=False)
        if isinstance(before, ast.Assign) and isinstance(before.targets[0], ast.Name)
        if isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant)
        if isinstance(after.value.value, str)
    }


def _setting(name: str, setting: "conf.Setting[object]", meaning: str) -> str:
    default = f"`{_shown(setting.default)}`{_bounds(setting)}"
    if name == "PRODUCT_MODEL":
        default = "none: it is required"
    return f"```{{confval}} {name}\n:default: {default}\n\n{meaning}\n```\n"


def _shown(value: object) -> str:
    """A default as one writes it: strings in double quotes, large numbers in groups."""
    if isinstance(value, bool | float) or not isinstance(value, int | str | tuple):
        return repr(value)
    if isinstance(value, int):
        return f"{value:_}" if value >= 10_000 else str(value)
    if isinstance(value, str):
        return f'"{value}"'
    return f"({', '.join(_shown(each) for each in value)}{',' if len(value) == 1 else ''})"


def _bounds(setting: "conf.Setting[object]") -> str:
    if setting.minimum is None:
        return ""
    if setting.maximum is None:
        return f" ({setting.minimum:,} or more)"
    return f" ({setting.minimum:,} to {setting.maximum:,})"
