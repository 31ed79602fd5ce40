"""Names that would run, and pages that go on, in the shop's own pages."""

from collections.abc import Iterator

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from shop.models import Product
from vrs_app.contrib.history.models import InteractionRow

from ..conftest import EmbedAll, LookAlikes, MakeShown
from ..shapes import shape
from ..shop.browsing import opened

HOSTILE = "</script><img src=x onerror=\"document.title='run'\"><!--{{7*7}}"


@pytest.fixture
def page(browser: Browser, live_server: LiveServer) -> Iterator[Page]:
    """Whatever the shop's strict policy has to forbid fails the test: nothing may even try."""
    said: list[str] = []
    with opened(browser, live_server.url) as page:
        page.on("dialog", lambda dialog: said.append(dialog.message))
        yield page
    assert said == []


@pytest.fixture
def hostile(make_shown: MakeShown, embed_all: EmbedAll) -> Product:
    """One of six products that look alike, all of them with such a name."""
    products = [
        make_shown(
            shape(seed=seed),
            name=f"{HOSTILE} {seed}",
            description=HOSTILE,
            colour="</style>",
            category="things",
        )
        for seed in range(6)
    ]
    embed_all()
    products[0].category.name = HOSTILE
    products[0].category.save()
    return products[0]


@pytest.mark.slow
@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_names_that_are_markup_run_nothing_on_any_page(page: Page, hostile: Product) -> None:
    addresses = ["/", "/categories/things/", hostile.get_absolute_url(), "/search/?words=script"]
    addresses += [f"/products/{hostile.slug}/similar/", f"/api/products/{hostile.pk}/carousel/"]
    addresses += ["/for-you/", f"/api/products/{hostile.pk}/similar/"]
    for address in addresses:
        answer = page.goto(address)
        assert answer is not None
        assert answer.status == 200, address
        page.wait_for_load_state("networkidle")
        assert page.locator("img[src=x]").count() == 0, address
        assert page.title() != "run", address


@pytest.mark.django_db(transaction=True)
def test_an_error_in_our_tables_keeps_the_rest_of_a_page_that_is_one_transaction(
    look_alikes: LookAlikes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """ATOMIC_REQUESTS: without a savepoint, every query after ours would fail too."""
    monkeypatch.setitem(connection.settings_dict, "ATOMIC_REQUESTS", True)
    client, product = Client(), look_alikes["disc"][0]
    client.force_login(User.objects.create_superuser("owner"))
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE vrs_app_imageembedding RENAME TO away")
    try:
        answer = client.get(product.get_absolute_url())
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE away RENAME TO vrs_app_imageembedding")
    assert answer.status_code == 200
    assert product.name in answer.content.decode()
    assert "</html>" in answer.content.decode()
    assert InteractionRow.objects.exists(), "the visit that the page noted before ours"
