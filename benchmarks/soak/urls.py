"""The shop's URLs, with a 500 page that names the exception and the project's files in it."""

import sys
import traceback
from pathlib import Path

from django.http import HttpRequest, HttpResponse

from shop.urls import urlpatterns

__all__ = ["handler500", "urlpatterns"]

ROOT = Path(__file__).resolve().parent.parent.parent
PACKAGES = ("vrs_app", "shop", "benchmarks")
"""The project's packages below ROOT, where a virtual environment may be, too."""
RAISED_IN = "X-Soak-Where"
"""The header with the innermost file of the project in the traceback."""

handler500 = "benchmarks.soak.urls.server_error"


def server_error(_request: HttpRequest) -> HttpResponse:
    error = sys.exc_info()[1]
    frames = traceback.extract_tb(error.__traceback__ if error else None)
    lines = [
        f"{Path(frame.filename).relative_to(ROOT)}:{frame.lineno}"
        for frame in frames
        if any(Path(frame.filename).is_relative_to(ROOT / folder) for folder in PACKAGES)
    ]
    response = HttpResponse(f"{error!r} {' '.join(lines)}", status=500, content_type="text/plain")
    response[RAISED_IN] = lines[-1] if lines else ""
    return response
