"""What ends the demo with a message instead of a traceback."""


class DemoError(Exception):
    """The demo cannot go on; the message says why, and where to look."""

    exit_status = 1


class UsageError(DemoError):
    """An option is invalid; nothing was started."""

    exit_status = 2
