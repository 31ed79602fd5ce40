"""What a check says."""

from django.core.checks import CheckMessage, Error, Warning


def fault(number: int, text: str, hint: str) -> CheckMessage:
    return Error(text, hint=hint, id=f"vrs_app.E{number:03d}")


def caution(number: int, text: str, hint: str) -> CheckMessage:
    """Something that works, and surely not as it is meant."""
    return Warning(text, hint=hint, id=f"vrs_app.W{number:03d}")
