import re
import subprocess
import sys
from collections.abc import Iterator

import pytest
from django.db import InterfaceError, connection
from django.template import Context, Template
from django.test import Client, RequestFactory
from pytest_django import Settings

from shop.models import Product
from vrs_app.catalogue import catalogue

from .conftest import EmbedAll, MakeShown
from .processes import ROOT, shared_environment
from .refused import ask_for_nothing
from .shapes import shape

LookAlikes = dict[str, list[Product]]
pytestmark = pytest.mark.django_db


def render(source: str, **context: object) -> str:
    return Template("{% load vrs %}" + source).render(Context(context))


@pytest.fixture
def tables_away() -> Iterator[None]:
    """As before our migration ran."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE vrs_app_imageembedding RENAME TO away")
        yield
        cursor.execute("ALTER TABLE away RENAME TO vrs_app_imageembedding")


def test_one_line_draws_the_carousel(look_alikes: LookAlikes) -> None:
    product, *others = look_alikes["disc"]
    html = render("{% similar_products product limit=5 %}", product=product)
    assert html.count('class="vrs-item"') == 5
    assert "Products similar to this" in html
    assert all(other.name in html for other in others)


def test_a_shop_that_draws_its_own_gets_the_items(look_alikes: LookAlikes) -> None:
    source = (
        "{% get_similar_products product limit=6 as items %}"
        "{% for item in items %}{{ item.product.pk }}:{{ item.source }} {% endfor %}"
    )
    html = render(source, product=look_alikes["disc"][0])
    assert html.count(":visual") == 6


def test_heading_and_template_can_be_the_shops_own(look_alikes: LookAlikes) -> None:
    product = look_alikes["disc"][0]
    source = "{% similar_products product heading=heading %}"
    html = render(source, product=product, heading="More <like> it")
    assert "More &lt;like&gt; it" in html
    bare = render('{% similar_products product template="404.html" %}', product=product)
    assert "vrs-item" not in bare


def test_fewer_than_the_minimum_is_nothing_at_all(
    make_shown: MakeShown, embed_all: EmbedAll
) -> None:
    product = make_shown(shape())
    embed_all()
    assert render("{% similar_products product %}", product=product).strip() == ""


def test_minimum_and_threshold_are_the_pages_to_choose(look_alikes: LookAlikes) -> None:
    product = look_alikes["disc"][0]
    html = render("{% similar_products product threshold=2 minimum=1 %}", product=product)
    assert 'data-source="visual"' not in html
    assert 'data-source="text"' in html


def test_a_page_is_served_while_our_tables_are_away(
    look_alikes: LookAlikes, tables_away: None, client: Client
) -> None:
    product = look_alikes["disc"][0]
    assert client.get(product.get_absolute_url()).status_code == 200


def test_an_error_of_ours_leaves_the_pages_transaction_usable(
    look_alikes: LookAlikes, tables_away: None
) -> None:
    assert render("{% similar_products product %}|after", product=look_alikes["disc"][0])
    assert Product.objects.exists()


def test_the_request_reaches_the_shops_rules(
    look_alikes: LookAlikes, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []

    def visible(request: object = None) -> object:
        seen.append(request)
        return Product.objects.all()

    monkeypatch.setattr(catalogue(), "visible", visible)
    request = RequestFactory().get("/")
    render("{% similar_products product %}", product=look_alikes["disc"][0], request=request)
    assert set(seen) == {request}


@pytest.mark.django_db(transaction=True)
@pytest.mark.slow
def test_a_web_process_that_served_a_carousel_has_not_imported_tensorflow(
    look_alikes: LookAlikes,
) -> None:
    """In a process of its own, with the settings that name ResNet50."""
    program = (
        "import sys, django; django.setup()\n"
        "from django.conf import settings; settings.ALLOWED_HOSTS = ['testserver']\n"
        "from django.test import Client\n"
        f"answer = Client().get({look_alikes['disc'][0].get_absolute_url()!r})\n"
        "assert answer.status_code == 200, answer\n"
        "assert answer.content.count(b'vrs-item\"') >= 4\n"
        "heavy = {'tensorflow', 'keras'} & set(sys.modules)\n"
        "sys.exit(f'imported: {heavy}' if heavy else 0)\n"
    )
    resnet50 = "vrs_app.embedders.resnet50.ResNet50Embedder"
    environment = shared_environment(EMBEDDER=resnet50)
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_a_variable_that_the_page_does_not_have_draws_nothing(db: None) -> None:
    assert render("{% similar_products nobody %}|{% similar_products product %}").split() == ["|"]
    assert render("{% similar_products product %}", product=Product()).strip() == ""


def test_a_closed_connection_costs_the_carousel_and_not_the_page(
    look_alikes: LookAlikes, monkeypatch: pytest.MonkeyPatch
) -> None:
    def closed(*arguments: object, **options: object) -> None:
        raise InterfaceError("connection already closed")

    monkeypatch.setattr("vrs_app.templatetags.vrs.find_similar_products", closed)
    assert render("{% similar_products product %}after", product=Product(pk=1)).strip() == "after"


@pytest.mark.parametrize("values", ['limit="six"', "limit=-1", "threshold=nobody", "limit=4.5"])
def test_a_value_that_makes_no_sense_costs_the_carousel_and_not_the_page(
    look_alikes: LookAlikes, values: str, settings: Settings
) -> None:
    source = f"{{% similar_products product {values} %}}after"
    assert render(source, product=look_alikes["disc"][0]).strip() == "after"
    settings.DEBUG = True
    with pytest.raises((TypeError, ValueError)):
        render(source, product=look_alikes["disc"][0])


def test_a_fault_in_the_catalogue_costs_the_carousel_and_not_the_page(
    look_alikes: LookAlikes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalogue(), "visible", lambda request: 1 / 0)
    source = "{% similar_products product %}after"
    assert render(source, product=look_alikes["disc"][0]).strip() == "after"


def test_a_catalogue_that_fails_the_database_while_drawing_leaves_the_pages_transaction_usable(
    look_alikes: LookAlikes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalogue(), "title", lambda product: ask_for_nothing())
    source = "{% similar_products product %}after"
    assert render(source, product=look_alikes["disc"][0]).strip() == "after"
    assert Product.objects.exists()


def test_a_row_of_another_model_is_no_product(look_alikes: LookAlikes) -> None:
    shelf = look_alikes["disc"][0].category
    assert render("{% similar_products product %}", product=shelf).strip() == ""


def test_two_carousels_of_one_product_have_headings_of_their_own(look_alikes: LookAlikes) -> None:
    twice = "{% similar_products product %}" * 2
    html = render(twice, product=look_alikes["disc"][0])
    identities = re.findall(r'<h2[^>]* id="([^"]+)"', html)
    assert len(identities) == len(set(identities)) == 2
