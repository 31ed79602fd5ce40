"""What ends the demo with a message instead of a traceback."""


class DemoError(Exception):
    """Something cannot go on; the message says what, and where to look."""

    exit_status = 1


class UsageError(DemoError):
    """The demo was asked for something that cannot be; nothing was started."""

    exit_status = 2
