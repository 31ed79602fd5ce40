"""The shop's addresses; a page that fails says what was raised, and through which files."""

import sys
import traceback
from pathlib import Path

from django.http import HttpRequest, HttpResponse

from shop.urls import urlpatterns

__all__ = ["handler500", "urlpatterns"]

ROOT = Path(__file__).resolve().parent.parent.parent
OURS = ("vrs_app", "shop", "benchmarks")
"""Folders below it; a virtual environment may lie there, too."""
WHERE = "X-Soak-Where"
"""The header that names the last file of the project in which the error was."""

handler500 = "benchmarks.soak.urls.told"


def told(_request: HttpRequest) -> HttpResponse:
    error = sys.exc_info()[1]
    frames = traceback.extract_tb(error.__traceback__ if error else None)
    lines = [
        f"{Path(frame.filename).relative_to(ROOT)}:{frame.lineno}"
        for frame in frames
        if any(Path(frame.filename).is_relative_to(ROOT / folder) for folder in OURS)
    ]
    answer = HttpResponse(f"{error!r} {' '.join(lines)}", status=500, content_type="text/plain")
    answer[WHERE] = lines[-1] if lines else ""
    return answer
