"""What each command says about itself, from its parser."""

from argparse import Action, ArgumentParser

from django.core.management import BaseCommand, get_commands, load_command_class


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
