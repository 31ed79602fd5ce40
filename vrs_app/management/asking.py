"""What a command asks before it deletes something."""

from django.core.management.base import CommandError


def confirmed(question: str) -> bool:
    """Whether the person at the keyboard says yes; raises CommandError where there is none."""
    try:
        return input(f"{question} [y/N] ").strip().lower() in ("y", "yes")
    except EOFError:
        raise CommandError("Nobody is there to ask; --no-input goes on without asking.") from None
