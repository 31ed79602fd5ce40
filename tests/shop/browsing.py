"""Pages of the running shop in a real browser, at the sizes that people have."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, Page

PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 800}


@contextmanager
def opened(
    browser: Browser, url: str, *, expected: str | None = None, **options: Any
) -> Iterator[Page]:
    """A page that fails the test where its policy, its network or its script complains.

    Save for lines that hold what is `expected`.
    """
    context = browser.new_context(base_url=url, reduced_motion="reduce", **options)
    complaints: list[str] = []
    page = context.new_page()
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda line: complaints.append(line.text))
    yield page
    context.close()
    assert [line for line in complaints if expected is None or expected not in line] == []
