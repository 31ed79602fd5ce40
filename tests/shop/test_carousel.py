from types import SimpleNamespace
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.utils.translation import override

from .test_views import Tags

HOSTILE = '</script><img src=x onerror="alert(1)">'


def item(**changes: Any) -> SimpleNamespace:
    """What the template reads of a recommendation."""
    values = {
        "title": "Red dress",
        "url": "/products/red-dress/",
        "price_label": "€49.90",
        "thumbnail_url": "/thumbnails/360/products/a.jpg",
        "width": 1200,
        "height": 1600,
        "source": "visual",
        "similarity": 0.9,
    }
    return SimpleNamespace(**values | changes)


def render(*items: SimpleNamespace, heading: str = "Similar") -> str:
    context = {"items": items, "heading": heading, "heading_id": "vrs-similar-1"}
    return render_to_string("vrs_app/similar_products.html", context)


def test_without_items_nothing_at_all_is_rendered() -> None:
    assert render().strip() == ""


def test_the_section_and_its_list_are_named_by_the_heading() -> None:
    tags = Tags(render(item()))
    assert tags.of("section")[0]["aria-labelledby"] == tags.of("h2")[0]["id"]
    assert tags.of("ul")[0]["aria-labelledby"] == tags.of("h2")[0]["id"]


def test_every_item_is_a_link_to_its_product() -> None:
    tags = Tags(render(item(), item(url="/products/other/")))
    assert [a["href"] for a in tags.of("a")] == ["/products/red-dress/", "/products/other/"]
    assert len(tags.of("li")) == 2


def test_pictures_wait_for_their_turn_and_hold_their_place() -> None:
    (image,) = Tags(render(item())).of("img")
    assert image["loading"] == "lazy"
    assert (image["width"], image["height"]) == ("1200", "1600")
    assert image["alt"] == ""  # the link's text says it already


def test_a_picture_not_yet_measured_holds_its_place_too() -> None:
    (image,) = Tags(render(item(width=None, height=None))).of("img")
    assert (image["width"], image["height"]) == ("4", "5")


@pytest.mark.parametrize("width", [1200, 12_000])
def test_sizes_are_plain_numbers_in_every_language(width: int) -> None:
    with override("de"):
        (image,) = Tags(render(item(width=width))).of("img")
    assert image["width"] == str(width)


def test_what_a_product_lacks_is_left_out() -> None:
    html = render(item(url=None, price_label=None, thumbnail_url=None))
    tags = Tags(html)
    assert tags.of("a") == tags.of("img") == []
    assert "vrs-price" not in html
    assert "None" not in html
    assert "Red dress" in html


def test_names_cannot_break_out() -> None:
    html = render(item(title=HOSTILE, price_label=HOSTILE), heading=HOSTILE)
    assert HOSTILE not in html
    assert len(Tags(html).of("img")) == 1


def test_nothing_needs_more_than_a_strict_policy_allows() -> None:
    tags = Tags(render(item()))
    for tag, attributes in tags.found:
        assert tag != "style"
        assert not [name for name in attributes if name == "style" or name.startswith("on")]
    assert [script["src"] for script in tags.of("script")] == ["/static/vrs_app/carousel.js"]
    assert [link["href"] for link in tags.of("link")] == ["/static/vrs_app/carousel.css"]


def test_the_buttons_are_hidden_until_there_is_a_script() -> None:
    tags = Tags(render(item()))
    assert any("hidden" in div for div in tags.of("div"))
    assert all(button["aria-label"] for button in tags.of("button"))


def test_near_duplicates_are_links_under_the_card() -> None:
    twin = item(title="Red gown", url="/products/red-gown/", price_label="€59.90")
    html = render(item(duplicates=[twin, item(title="No page", url=None)]), item())
    tags = Tags(html)
    assert [a["href"] for a in tags.of("a")] == [
        "/products/red-dress/",
        "/products/red-gown/",
        "/products/red-dress/",
    ]
    assert "Red gown, €59.90" in html
    assert "No page" in html
    (summary,) = tags.of("summary")  # shown to the keyboard, and closed until asked
    assert summary["aria-label"] == "Red dress: also offered as"
    assert "open" not in tags.of("details")[0]
    assert len(tags.of("img")) == 2


def test_names_of_near_duplicates_cannot_break_out() -> None:
    html = render(item(title=HOSTILE, duplicates=[item(title=HOSTILE, price_label=HOSTILE)]))
    assert HOSTILE not in html
    assert len(Tags(html).of("img")) == 1
