import base64
import re
from dataclasses import replace
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path
from typing import Literal

import pytest
from PIL import Image
from playwright.sync_api import Browser
from pytest_django import Settings

from shop.models import Category, Product, ProductImage
from vrs_app.indexing.storage import read_file
from vrs_app.reports.evaluation import Evaluation, evaluate
from vrs_app.reports.evaluation.sheet import SIDE, contact_sheet, data_uri

from ..conftest import EmbedAll, LookAlikes, MakeShown
from ..shapes import shape

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("few_pairs")]


class Outline(HTMLParser):
    """The tags of a page, and the addresses that it would load."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.addresses: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.addresses += [value or "" for name, value in attrs if name in ("src", "href")]


def queries(html: str) -> list[str]:
    """The titles of the rows, in their order."""
    return re.findall(r"<header><h3>(.*?)</h3>", html)


@pytest.fixture
def mixed(look_alikes: LookAlikes) -> Evaluation:
    """Of the discs one is on the wrong shelf, and finds nothing of it."""
    moved = look_alikes["disc"][0]
    Product.objects.filter(pk=moved.pk).update(
        name="Lonely", category=Category.objects.get(slug="bars")
    )
    return evaluate(k=5)


@pytest.mark.slow
def test_it_needs_no_other_file_and_runs_nothing(mixed: Evaluation) -> None:
    outline = Outline(contact_sheet(mixed))
    assert outline.addresses
    assert all(each.startswith("data:image/jpeg;base64,") for each in outline.addresses)
    assert not {"script", "link", "iframe", "object"} & set(outline.tags)


@pytest.mark.slow
def test_the_worst_come_first_then_the_best_and_none_twice(mixed: Evaluation) -> None:
    html = contact_sheet(mixed, rows=4)
    assert len(queries(html)) == 4
    assert queries(html)[0] == "Lonely"
    everything = queries(contact_sheet(mixed, rows=200))
    assert len(everything) == len(set(everything)) == 24
    goodness = {answer.key: answer.precision for answer in mixed.answers}
    names = dict(Product.objects.values_list("name", "pk"))
    best = [goodness[names[name]] for name in everything[12:]]
    assert best == [1] * 12


@pytest.mark.slow
def test_each_neighbour_is_marked_with_similarity_and_category(mixed: Evaluation) -> None:
    html = contact_sheet(mixed, rows=1)
    assert html.count('<li class="wrong') == 5
    assert '<li class="right' not in html
    (lonely,) = (answer for answer in mixed.answers if answer.precision == 0)
    for each in lonely.neighbours:
        assert f"{each.similarity:.3f} ✗" in html


@pytest.mark.slow
def test_what_the_suggested_threshold_would_cut_is_marked(mixed: Evaluation) -> None:
    assert mixed.suggestion is not None
    everything = sum(len(answer.neighbours) for answer in mixed.answers)
    cuts = [replace(mixed.suggestion, threshold=threshold) for threshold in (-1.0, 1.0)]
    counts = [contact_sheet(replace(mixed, cuts=[cut])).count(' below"><span') for cut in cuts]
    assert counts == [0, everything]


@pytest.mark.slow
def test_the_figures_are_on_top(mixed: Evaluation) -> None:
    top = contact_sheet(mixed).partition("<article")[0]
    assert f"{mixed.precision:.3f} (chance {mixed.chance:.3f})" in top
    assert mixed.suggestion is not None
    assert f"{mixed.suggestion.threshold:g}" in top
    assert "<td>bars</td>" in top
    assert top.count("<svg") == 4


@pytest.mark.slow
def test_titles_are_text_and_never_markup(look_alikes: LookAlikes) -> None:
    hostile = "</article><script>alert(1)</script><img src=x onerror=alert(1)>"
    Product.objects.update(name=hostile)
    Category.objects.update(name=hostile[:60])
    html = contact_sheet(evaluate(k=3))
    outline = Outline(html)
    assert "script" not in outline.tags
    assert outline.tags.count("article") == 24
    assert "x" not in outline.addresses


@pytest.mark.slow
def test_a_picture_that_is_gone_leaves_its_place(look_alikes: LookAlikes) -> None:
    found = evaluate(k=5)
    image = ProductImage.objects.all()[0].image
    image.storage.delete(str(image))
    html = contact_sheet(found)
    assert html.count("No picture") >= 1
    assert queries(html)


@pytest.mark.slow
def test_pictures_on_a_storage_that_is_gone_are_places_too(
    look_alikes: LookAlikes, settings: Settings, tmp_path: Path
) -> None:
    found = evaluate(k=2)
    settings.MEDIA_ROOT = tmp_path / "unmounted"
    html = contact_sheet(found)
    assert html.count("No picture") == 24 * 3
    assert "<img" not in html


@pytest.mark.slow
def test_without_categories_nothing_is_called_right_or_wrong(
    look_alikes: LookAlikes, settings: Settings
) -> None:
    settings.VRS = settings.VRS | {"CATALOGUE": "tests.reports.test_evaluation.Plain"}
    html = contact_sheet(evaluate(k=3))
    assert len(queries(html)) == 24
    assert not re.search(r'<li class="(right|wrong)', html)
    assert "✓" not in html


@pytest.mark.parametrize(("width", "height"), [(600, 300), (300, 600), (20, 20)])
def test_a_thumbnail_keeps_its_shape(
    make_shown: MakeShown, embed_all: EmbedAll, width: int, height: int
) -> None:
    written = BytesIO()
    Image.open(BytesIO(shape())).resize((width, height)).save(written, "JPEG")
    product = make_shown(written.getvalue())
    uri = data_uri(str(product.images.get().image))
    assert uri is not None
    small = Image.open(BytesIO(base64.b64decode(uri.partition(",")[2])))
    assert max(small.size) == SIDE
    assert small.width / small.height == pytest.approx(width / height, rel=0.02)


def test_what_is_no_picture_has_no_thumbnail(make_shown: MakeShown) -> None:
    product = make_shown(b"<svg onload=alert(1)>")
    name = str(product.images.get().image)
    assert read_file(name)
    assert data_uri(name) is None


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_is_readable_on_a_phone_and_on_a_desk(
    mixed: Evaluation,
    browser: Browser,
    tmp_path: Path,
    width: int,
    scheme: Literal["light", "dark"],
) -> None:
    file = tmp_path / "sheet.html"
    file.write_text(contact_sheet(mixed))
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda line: complaints.append(line.text))
    page.goto(file.as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate("[...document.images].every(image => image.naturalWidth > 0)")
    assert page.locator("article").first.is_visible()
    assert complaints == []
    context.close()
