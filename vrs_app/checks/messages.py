"""What a check says."""

from django.core.checks import CheckMessage, Error


def fault(number: int, text: str, hint: str) -> CheckMessage:
    return Error(text, hint=hint, id=f"vrs_app.E{number:03d}")
