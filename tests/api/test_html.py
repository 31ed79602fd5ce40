"""`GET products/{id}/carousel/`: the carousel alone."""

import re

import pytest
from django.template import Context, Template

from shop.models import Product

from .conftest import Get, LookAlikes

pytestmark = pytest.mark.django_db


def without_identity(html: str) -> str:
    return re.sub(r"vrs-similar-\w+", "", html).strip()


@pytest.mark.slow
def test_it_is_what_a_page_would_have_drawn(get: Get, product: Product) -> None:
    answer = get(product, what="carousel")
    page = Template("{% load vrs %}{% similar_products product %}")
    assert answer["Content-Type"] == "text/html; charset=utf-8"
    drawn = page.render(Context({"product": product}))
    assert without_identity(answer.content.decode()) == without_identity(drawn)


def test_it_takes_what_the_tag_takes_and_a_heading(get: Get, product: Product) -> None:
    query = "?limit=5&heading=More+%3Clike%3E+it"
    html = get(product, query, what="carousel").content.decode()
    assert html.count('class="vrs-item"') == 5
    assert "More &lt;like&gt; it" in html


def test_nothing_to_show_is_no_content(get: Get, look_alikes: LookAlikes) -> None:
    disc, second = look_alikes["disc"][:2]
    Product.objects.exclude(pk__in=[disc.pk, second.pk]).delete()
    answer = get(disc, what="carousel")
    assert answer.status_code == 204
    assert answer.content == b""
    assert answer["Cache-Control"] == "private, no-cache"


def test_two_carousels_of_one_page_have_headings_of_their_own(
    get: Get, look_alikes: LookAlikes
) -> None:
    html = [get(disc, what="carousel").content.decode() for disc in look_alikes["disc"][:2]]
    identities = re.findall(r'<h2[^>]* id="([^"]+)"', "".join(html))
    assert len(set(identities)) == 2


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("?limit=x", "limit: Write a whole number from 1 to 100."),
        ("?heading=", "heading: "),
        ("?heading=a%00", "heading: "),
        ("?heading=" + "a" * 201, "heading: "),
        ("?offset=1", "offset: There is no such parameter."),
        ("?%3Cscript%3E=1", "&lt;script&gt;: There is no such parameter."),
    ],
)
def test_a_value_that_cannot_be_is_named_in_escaped_html(get: Get, query: str, said: str) -> None:
    answer = get(1, query, what="carousel")
    assert answer.status_code == 400
    assert answer["Content-Type"] == "text/html; charset=utf-8"
    assert said in answer.content.decode()
    assert "<script" not in answer.content.decode()
