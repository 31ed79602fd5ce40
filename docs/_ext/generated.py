"""Fill in what pages take from the code: settings, the Catalogue's methods, each command.

A page has a marker of its own line where such a part goes, as `<!-- generated: settings -->`.

`filled` needs Django alone, so that the tests read the same text as Sphinx.
"""

import ast
import inspect
import re
from argparse import Action, ArgumentParser
from typing import TYPE_CHECKING

from django.core.management import BaseCommand, get_commands, load_command_class

from vrs_app import conf
from vrs_app.catalogue import Catalogue

if TYPE_CHECKING:
    from sphinx.application import Sphinx

MARKER = re.compile(r"^<!-- generated: (\w+) -->$", re.MULTILINE)
GROUP = re.compile(r"^    # --- (.+?) -+$")


def setup(app: "Sphinx") -> dict[str, bool]:
    """Register with Sphinx: each page is filled in before it is parsed."""
    app.connect("source-read", _fill)
    return {"parallel_read_safe": True}


def _fill(app: "Sphinx", page: str, source: list[str]) -> None:
    source[0] = filled(source[0])
    if MARKER.search(source[0]):
        raise ValueError(f"{page} has a marker that nothing fills")


def filled(page: str) -> str:
    """A page of Markdown with its markers replaced by what they name."""
    return MARKER.sub(lambda found: _generate(found[1]), page)


def _generate(name: str) -> str:
    match name:
        case "settings":
            return settings()
        case "catalogue":
            return catalogue()
        case _:
            return command(name)


# --- settings ---------------------------------------------------------------------------------


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


# --- the Catalogue ----------------------------------------------------------------------------


def catalogue() -> str:
    """The methods that a shop may override, and the first sentence about each."""
    return "\n".join(
        f"`{name}{_parameters(method)}`\n: {_first_sentence(method)}\n"
        for name, method in vars(Catalogue).items()
        if not name.startswith("_") and (callable(method) or isinstance(method, property))
    )


def _parameters(method: object) -> str:
    if isinstance(method, property):
        return ""
    assert callable(method)
    _, *names = inspect.signature(method).parameters
    return f"({', '.join(names)})"


def _first_sentence(method: object) -> str:
    paragraph = (inspect.getdoc(method) or "").partition("\n\n")[0]
    return " ".join(paragraph.split())


# --- commands ---------------------------------------------------------------------------------


def command(name: str) -> str:
    """What a command says about itself: its help, its usage and its own options."""
    parser = parser_of(name)
    usage = " ".join(["python manage.py", name, *map(_usage, own_actions(parser))])
    options = "\n".join(_option(parser, each) for each in own_actions(parser))
    return f"{parser.description}\n\n```text\n{usage}\n```\n\n{options}"


def parser_of(name: str) -> ArgumentParser:
    app = get_commands()[name]
    found = app if isinstance(app, BaseCommand) else load_command_class(app, name)
    return found.create_parser("manage.py", name)


def own_actions(parser: ArgumentParser) -> list[Action]:
    """The arguments of a command that not every command has."""
    common = {each.dest for each in BaseCommand().create_parser("manage.py", "")._actions}
    return [each for each in parser._actions if each.dest not in common]


def _usage(action: Action) -> str:
    value = _value(action)
    if not action.option_strings:
        return value
    return f"[{' '.join(filter(None, [action.option_strings[0], value]))}]"


def _option(parser: ArgumentParser, action: Action) -> str:
    name = ", ".join(action.option_strings)
    called = " ".join(filter(None, [name, _value(action)]))
    explained = parser._get_formatter()._expand_help(action)
    return f"`{called}`\n: {explained[0].upper()}{explained[1:]}.\n"


def _value(action: Action) -> str:
    """The value that an argument takes, in capitals; none for a switch."""
    if action.nargs == 0:
        return ""
    value = action.metavar or action.dest.upper()
    assert isinstance(value, str)
    return f"{value} …" if action.nargs == "+" else value
