"""The hostile corpus through the admin's form: refused with a reason, or saved and judged."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client

from shop.models import Category, Product, ProductImage
from tests.conftest import EmbedAll
from tests.hostile import READY, UPLOAD_NAMES, cases
from tests.hostile.forms import CONTENT_TYPE, form
from tests.pictures import garment, jpeg
from tests.product_form import PICTURE, product_form
from vrs_app.exceptions import explain
from vrs_app.models import ImageEmbedding

from .test_admin import LIST
from .test_views import Tags

NO_FORM = "Bad request"
DJANGOS_OWN = (
    "Upload a valid image.",
    "The submitted file is empty.",
    "File extension “",
    NO_FORM,
)


def upload(client: Client, category: Category, product: str, name: str, data: bytes) -> str:
    """What the form says of the file; nothing where the product was saved."""
    body = form(product_form(category, product), PICTURE, name, data)
    answer = client.generic("POST", f"{LIST}add/", body, content_type=CONTENT_TYPE)
    if answer.status_code == 400:  # a large part that has no file name
        return NO_FORM
    assert answer.status_code in {200, 302}, (product, answer.status_code)
    if answer.status_code == 302:
        return ""
    assert 'class="errorlist"' in answer.content.decode()
    return str(answer.context["errors"])


@pytest.fixture
def outside(media: Path) -> Iterator[None]:
    """Nothing is written but what lies below MEDIA_ROOT."""
    places = [media.parent, media.parent.parent, Path("/etc/cron.d"), Path.cwd()]
    before = {place: set(place.iterdir()) for place in places if place.is_dir()}
    yield
    after = {place: set(place.iterdir()) for place in before}
    new = {path for place in before for path in after[place] - before[place]}
    # pytest's own cache is written by whichever run ends first.
    assert {path for path in new if path != media and "pytest" not in path.name} == set()
    made = {path.name for path in media.iterdir()} if media.exists() else set()
    assert made <= {"products", "thumbnails"}


@pytest.mark.slow
@pytest.mark.usefixtures("outside", "corpus_limits")
def test_each_hostile_file_is_refused_with_a_reason_or_gets_its_verdict(
    admin_client: Client, dresses: Category, embed_all: EmbedAll
) -> None:
    wrong = {}
    for case in cases():
        said = upload(admin_client, dresses, case.name, "x.jpg", case.data)
        reasons = (explain(case.verdict), *DJANGOS_OWN)
        if said and (case.verdict == READY or not any(reason in said for reason in reasons)):
            wrong[case.name] = said
    assert wrong == {}
    assert ProductImage.objects.count() > len(cases()) / 2
    embed_all()
    wanted = {case.name: case.embedded for case in cases()}
    for row in ImageEmbedding.objects.select_related("image__product").defer("vector"):
        assert (row.error_code or row.state) == wanted[row.image.product.name], row.image.name
        assert row.attempts == 1
    assert ImageEmbedding.objects.count() == ProductImage.objects.count()


@pytest.mark.usefixtures("outside")
@pytest.mark.parametrize("is_large", [False, True])
@pytest.mark.parametrize("name", [*UPLOAD_NAMES.values(), "x." + "y" * 300])
def test_a_name_leads_nowhere_else(
    admin_client: Client, dresses: Category, media: Path, name: str, is_large: bool
) -> None:
    data = jpeg(garment()) + bytes(3_000_000 if is_large else 0)
    said = upload(admin_client, dresses, "Blue dress", name, data)
    if said:
        assert any(reason in said for reason in DJANGOS_OWN), said
        assert not media.exists()
        return
    for row in Product.objects.get().images.all():
        path = Path(row.image.path).resolve()
        assert path.is_relative_to(media / "products") and path.is_file()
        assert path.suffix in {".jpg", ".pdf"} and path.name.isprintable()
        address = Tags(admin_client.get(f"{LIST}{row.product_id}/change/").content.decode())
        assert [image for image in address.of("img") if "/thumbnails/" in str(image["src"])]
        served = admin_client.get(row.image.url)
        assert (served.status_code, served["X-Content-Type-Options"]) == (200, "nosniff")
    assert connection.is_usable()
