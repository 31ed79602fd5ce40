from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from shop.models import Product
from vrs_app.admin.columns import product_url
from vrs_app.indexing import image_rows
from vrs_app.infra import heartbeats
from vrs_app.infra.heartbeats import Part
from vrs_app.models import Heartbeat, ImageEmbedding, IndexedImage, ProductText

from ..conftest import EmbedAll, MakeShown
from ..shapes import shape

pytestmark = pytest.mark.django_db
PICTURES = "admin:vrs_app_indexedimage_changelist"


@pytest.fixture
def pictures(make_shown: MakeShown, embed_all: EmbedAll) -> dict[str, IndexedImage]:
    """One picture of each state."""
    ready, failed = make_shown(shape("disc")), make_shown(b"no picture at all")
    embed_all()
    waiting = make_shown(shape("bars"))
    found = {"ready": ready, "failed": failed, "waiting": waiting}
    return {name: IndexedImage.objects.get(product=each) for name, each in found.items()}


def staff(client: Client, *permissions: str) -> Client:
    user = User.objects.create_user("staff", password="x", is_staff=True)
    for codename in permissions:
        user.user_permissions.add(Permission.objects.get(codename=codename))
    client.force_login(user)
    return client


def listed(client: Client, **query: str) -> str:
    answer = client.get(reverse(PICTURES), query)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.slow
def test_the_list_shows_each_pictures_state_and_why_it_failed(
    admin_client: Client, pictures: dict[str, IndexedImage]
) -> None:
    html = listed(admin_client)
    for picture in pictures.values():
        assert str(picture.product) in html
    assert "This kind of file is not accepted" in html
    for label in ("Ready", "Failed", "Waiting"):
        assert f'<td class="field-state_label">{label}</td>' in html


def test_each_picture_leads_to_the_page_where_a_new_file_is_uploaded(
    admin_client: Client, pictures: dict[str, IndexedImage]
) -> None:
    url = reverse("admin:shop_product_change", args=[pictures["failed"].product_id])
    assert f'href="{url}"' in listed(admin_client)


@pytest.mark.parametrize("state", ["ready", "failed", "waiting"])
def test_the_list_is_filtered_by_state(
    admin_client: Client, pictures: dict[str, IndexedImage], state: str
) -> None:
    html = listed(admin_client, state=state)
    for name, picture in pictures.items():
        assert (picture.product.name in html) == (name == state)


@pytest.mark.slow
def test_the_list_takes_as_many_queries_for_many_pictures_as_for_few(
    admin_client: Client, make_shown: MakeShown, django_assert_max_num_queries: object
) -> None:
    for seed in range(30):
        make_shown(shape(seed=seed))
    with django_assert_max_num_queries(14):  # type: ignore[operator]
        listed(admin_client)


def test_chosen_pictures_are_embedded_again(
    admin_client: Client, pictures: dict[str, IndexedImage], embed_all: EmbedAll
) -> None:
    embed_all()
    chosen = {"action": "embed_again", "_selected_action": [pictures["ready"].pk]}
    answer = admin_client.post(reverse(PICTURES), chosen, follow=True)
    assert "1 picture waits to be embedded again." in answer.content.decode()
    assert embed_all() == 1


def test_the_action_holds_with_a_filter_chosen(
    admin_client: Client, pictures: dict[str, IndexedImage]
) -> None:
    chosen = {"action": "embed_again", "_selected_action": [pictures["failed"].pk]}
    admin_client.post(reverse(PICTURES) + "?state=failed", chosen)
    assert IndexedImage.objects.with_state(None).get(pk=pictures["failed"].pk).revision == 2


def test_a_picture_that_is_embedded_again_is_shown_as_waiting(
    admin_client: Client, pictures: dict[str, IndexedImage]
) -> None:
    image_rows.requeue(IndexedImage.objects.filter(pk=pictures["ready"].pk))
    assert pictures["ready"].product.name in listed(admin_client, state="waiting")


def test_what_keeps_the_worker_from_working_is_shown(
    admin_client: Client, pictures: dict[str, IndexedImage]
) -> None:
    heartbeats.beat(Part.WORKER, problem="There is no weights file at /nowhere.")
    assert "There is no weights file at /nowhere." in listed(admin_client)
    heartbeats.beat(Part.WORKER)
    assert "no weights file" not in listed(admin_client)


def test_staff_who_may_delete_products_need_no_permission_of_ours(
    client: Client, pictures: dict[str, IndexedImage]
) -> None:
    staff(client, "delete_product", "view_product", "delete_productimage")
    product = pictures["ready"].product
    url = reverse("admin:shop_product_delete", args=[product.pk])
    assert ProductText.objects.filter(product=product).exists()
    assert b"words of" not in client.get(url).content.lower()
    assert client.post(url, {"post": "yes"}).status_code == 302
    assert not Product.objects.filter(pk=product.pk).exists()
    assert not ImageEmbedding.objects.filter(image=pictures["ready"]).exists()
    assert not ProductText.objects.filter(pk=product.pk).exists()


def test_staff_who_may_delete_products_delete_many_at_once(
    client: Client, pictures: dict[str, IndexedImage]
) -> None:
    staff(client, "delete_product", "view_product", "delete_productimage", "change_product")
    keys = [picture.product_id for picture in pictures.values()]
    chosen = {"action": "delete_selected", "_selected_action": keys, "post": "yes"}
    client.post(reverse("admin:shop_product_changelist"), chosen)
    assert not Product.objects.exists()


def test_nobody_adds_changes_or_deletes_these_rows_by_hand(
    admin_client: Client, pictures: dict[str, IndexedImage]
) -> None:
    key = pictures["ready"].pk
    for name, arguments in (("add", []), ("delete", [key])):
        url = reverse(f"admin:vrs_app_indexedimage_{name}", args=arguments)
        assert admin_client.get(url).status_code == 403
    change = reverse("admin:vrs_app_indexedimage_change", args=[key])
    assert admin_client.get(change).status_code == 200
    assert admin_client.post(change, {"name": "other.jpg"}).status_code == 403
    assert 'value="delete_selected"' not in listed(admin_client)


def test_staff_without_permission_see_no_action(
    client: Client, pictures: dict[str, IndexedImage]
) -> None:
    html = listed(staff(client, "view_indexedimage"))
    assert "embed_again" not in html


def test_no_page_of_ours_shows_a_vector(
    admin_client: Client, pictures: dict[str, IndexedImage]
) -> None:
    change = reverse("admin:vrs_app_indexedimage_change", args=[pictures["ready"].pk])
    assert "vector" not in admin_client.get(change).content.decode().lower()


def test_a_products_page_shows_the_states_of_its_pictures(
    client: Client, pictures: dict[str, IndexedImage]
) -> None:
    staff(client, "change_product", "view_productimage")
    url = reverse("admin:shop_product_change", args=[pictures["failed"].product_id])
    html = client.get(url).content.decode()
    assert "This kind of file is not accepted" in html


def test_a_shop_without_time_zones_sees_its_list(
    admin_client: Client, pictures: dict[str, IndexedImage], settings: Settings
) -> None:
    settings.USE_TZ = False
    assert str(pictures["ready"].product) in listed(admin_client)


@pytest.mark.parametrize(
    ("table", "away", "back"),
    [
        ("vrs_app_embeddingspace", "TO away", "TO vrs_app_embeddingspace"),
        ("vrs_app_indexedimage", "checked_at TO away", "away TO checked_at"),
    ],
)
def test_a_products_page_opens_before_the_migration(
    admin_client: Client, pictures: dict[str, IndexedImage], table: str, away: str, back: str
) -> None:
    url = reverse("admin:shop_product_change", args=[pictures["ready"].product_id])
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} RENAME {away}")
        assert admin_client.get(url).status_code == 200
        cursor.execute(f"ALTER TABLE {'away' if back[:2] == 'TO' else table} RENAME {back}")


# --- why, and what to do -------------------------------------------------------------------


def failed_row(name: str, code: str, detail: str = "") -> None:
    """Let the one picture of the product `name` have failed so."""
    of_product = ImageEmbedding.objects.filter(image__product__name=name)
    of_product.update(state="failed", error_code=code, error_detail=detail)


def test_what_only_a_technician_understands_is_folded_up(
    admin_client: Client, pictures: dict[str, IndexedImage]
) -> None:
    failed_row(pictures["failed"].product.name, "damaged", "<SyntaxError>")
    assert (
        "The file is damaged or cut short. Upload the picture again."
        '<details class="vrs-detail"><summary>Details</summary>'
        "<p>&lt;SyntaxError&gt;</p></details>"
    ) in listed(admin_client)


def test_above_the_list_the_failures_are_summed_up_by_reason(
    admin_client: Client, make_shown: MakeShown, embed_all: EmbedAll
) -> None:
    make_shown(b"", shape()[:300], shape()[:400], shape())
    embed_all()
    html = listed(admin_client)
    assert "3 pictures failed" in html
    damaged = '<a href="?reason=damaged"><span class="vrs-count">2</span> × The file is damaged'
    empty = '<a href="?reason=empty"><span class="vrs-count">1</span> × The file is empty.'
    assert 0 < html.index(damaged) < html.index(empty)


def test_nothing_stands_above_the_list_of_a_shop_without_failures(
    admin_client: Client, make_shown: MakeShown, embed_all: EmbedAll
) -> None:
    make_shown(shape())
    embed_all()
    html = listed(admin_client)
    assert "vrs-notice" not in html
    assert "vrs-retry" not in html.replace('id="vrs-retry"', "")


def test_the_list_is_filtered_by_reason(
    admin_client: Client, make_shown: MakeShown, embed_all: EmbedAll
) -> None:
    make_shown(b"", name="Empty one")
    make_shown(shape()[:300], name="Damaged one")
    embed_all()
    html = listed(admin_client, reason="empty")
    assert "Empty one" in html
    assert "Damaged one" not in html


@pytest.mark.parametrize("query", ["reason=%00", "reason=nobody", "state=%00"])
def test_a_filter_that_there_is_not_filters_nothing(
    admin_client: Client, pictures: dict[str, IndexedImage], query: str
) -> None:
    html = admin_client.get(f"{reverse(PICTURES)}?{query}").content.decode()
    assert all(str(picture.product) in html for picture in pictures.values())


@pytest.mark.parametrize("query", ["name__regex=(", "product__name=x", "name__regex=%00"])
def test_no_other_question_can_be_put_to_the_list(admin_client: Client, query: str) -> None:
    assert admin_client.get(f"{reverse(PICTURES)}?{query}").status_code == 400


@pytest.mark.parametrize("key", ["x", "", "NaN", "1,2", "\0", "9" * 5000])
def test_what_is_no_key_can_not_be_chosen(admin_client: Client, key: str) -> None:
    chosen = {"action": "embed_again", "_selected_action": key}
    assert admin_client.post(reverse(PICTURES), chosen).status_code == 400


@pytest.mark.parametrize("page", ["list", "picture", "product"])
def test_a_picture_that_waits_says_what_for_where_the_worker_has_a_problem(
    admin_client: Client, pictures: dict[str, IndexedImage], page: str
) -> None:
    waiting = pictures["waiting"]
    urls = {
        "list": reverse(PICTURES) + "?state=waiting",
        "picture": reverse("admin:vrs_app_indexedimage_change", args=[waiting.pk]),
        "product": reverse("admin:shop_product_change", args=[waiting.product_id]),
    }
    heartbeats.beat(Part.WORKER)
    assert "Nothing is lost" not in admin_client.get(urls[page]).content.decode()
    heartbeats.beat(Part.WORKER, problem="There is no <weights> file.")
    html = admin_client.get(urls[page]).content.decode()
    assert "A fault on the server has to be fixed first. Nothing is lost" in html
    assert "</summary><p>There is no &lt;weights&gt; file.</p></details>" in html
    Heartbeat.objects.update(beaten_at=timezone.now() - timedelta(hours=1), problem="")
    html = admin_client.get(urls[page]).content.decode()
    assert "The program that reads pictures seems not to be running. Nothing is lost." in html
    Heartbeat.objects.all().delete()
    assert "never at work" in admin_client.get(urls[page]).content.decode()


# --- trying again ----------------------------------------------------------------------------

RETRY, RETRY_FAILED = "admin:vrs_app_indexedimage_retry", "admin:vrs_app_indexedimage_retry_failed"


def revisions(pictures: dict[str, IndexedImage]) -> dict[str, int]:
    """How often each picture was to be embedded."""
    kept = dict(IndexedImage.objects.values_list("pk", "revision"))
    return {name: kept[picture.pk] for name, picture in pictures.items()}


def test_one_picture_is_tried_again_by_the_button_in_its_row(
    admin_client: Client, pictures: dict[str, IndexedImage]
) -> None:
    key = pictures["failed"].pk
    html = listed(admin_client)
    assert f'<button class="button vrs-again" form="vrs-retry" name="image" value="{key}"' in html
    assert html.count('form="vrs-retry"') == 1
    back = reverse(PICTURES) + "?state=failed"
    answer = admin_client.post(reverse(RETRY), {"image": key, "next": back})
    assert (answer.status_code, answer["Location"]) == (302, back)
    assert revisions(pictures) == {"ready": 1, "failed": 2, "waiting": 1}


def test_the_page_of_a_failed_picture_has_the_button_too(
    admin_client: Client, pictures: dict[str, IndexedImage]
) -> None:
    url = reverse("admin:vrs_app_indexedimage_change", args=[pictures["failed"].pk])
    assert f'action="{reverse(RETRY)}"' in admin_client.get(url).content.decode()
    url = reverse("admin:vrs_app_indexedimage_change", args=[pictures["ready"].pk])
    assert f'action="{reverse(RETRY)}"' not in admin_client.get(url).content.decode()


def test_the_products_page_leads_to_the_failed_pictures_button(
    admin_client: Client, client: Client, pictures: dict[str, IndexedImage]
) -> None:
    url = reverse("admin:shop_product_change", args=[pictures["failed"].product_id])
    link = reverse("admin:vrs_app_indexedimage_change", args=[pictures["failed"].pk])
    assert (
        f'<a class="vrs-retry-link" href="{link}">Try again</a>'
        in admin_client.get(url).content.decode()
    )
    staff(client, "change_product", "view_productimage")
    assert "Try again" not in client.get(url).content.decode()


def test_all_that_failed_is_tried_again_without_a_selection(
    admin_client: Client, pictures: dict[str, IndexedImage], make_shown: MakeShown
) -> None:
    assert "Try the failed picture again" in listed(admin_client)
    answer = admin_client.post(reverse(RETRY_FAILED), follow=True)
    assert "1 picture waits to be embedded again." in answer.content.decode()
    assert revisions(pictures) == {"ready": 1, "failed": 2, "waiting": 1}


@pytest.mark.parametrize("name", [RETRY, RETRY_FAILED])
def test_pictures_are_tried_again_by_staff_with_the_permission_and_a_post_alone(
    client: Client, admin_client: Client, pictures: dict[str, IndexedImage], name: str
) -> None:
    chosen = {"image": pictures["failed"].pk}
    assert admin_client.get(reverse(name)).status_code == 405
    assert "/login/" in Client().post(reverse(name), chosen)["Location"]
    staff(client, "view_indexedimage")
    assert client.post(reverse(name), chosen).status_code == 403
    guarded = Client(enforce_csrf_checks=True)
    guarded.force_login(User.objects.get(username="admin"))
    assert guarded.post(reverse(name), chosen).status_code == 403
    assert revisions(pictures) == {"ready": 1, "failed": 1, "waiting": 1}


@pytest.mark.parametrize("image", ["", "x", "-1", "0", "9" * 30, "1 OR 1=1"])
def test_a_picture_that_is_not_there_is_not_tried_again(
    admin_client: Client, pictures: dict[str, IndexedImage], image: str
) -> None:
    assert admin_client.post(reverse(RETRY), {"image": image}).status_code == 404


def test_a_button_leads_back_to_pages_of_this_site_alone(
    admin_client: Client, pictures: dict[str, IndexedImage]
) -> None:
    answer = admin_client.post(reverse(RETRY_FAILED), {"next": "https://elsewhere.example/"})
    assert answer["Location"] == reverse(PICTURES)


def test_staff_without_permission_see_no_button(
    client: Client, pictures: dict[str, IndexedImage]
) -> None:
    html = listed(staff(client, "view_indexedimage"))
    assert "1 picture failed" in html
    assert "<button" not in html.split('id="changelist"')[0].split('id="content"')[1]
    assert "retry" not in html


# --- near-duplicates -------------------------------------------------------------------------


def product_page(client: Client, product: Product) -> str:
    answer = client.get(reverse("admin:shop_product_change", args=[product.pk]))
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_photo_that_the_shop_has_already_is_told_after_its_upload(
    admin_client: Client, make_shown: MakeShown, embed_all: EmbedAll
) -> None:
    known = make_shown(shape("disc"), name="<Known> lamp", published=False)
    make_shown(shape("bars"))
    embed_all()
    form = {
        "name": "New lamp",
        "slug": "",
        "category": known.category_id,
        "price": "9",
        "stock": "1",
        "images-TOTAL_FORMS": "1",
        "images-INITIAL_FORMS": "0",
        "images-0-position": "0",
        "images-0-image": SimpleUploadedFile("new.jpg", shape("disc"), "image/jpeg"),
        "vrs_images-TOTAL_FORMS": "0",
        "vrs_images-INITIAL_FORMS": "0",
    }
    answer = admin_client.post(reverse("admin:shop_product_add"), form)
    assert answer.status_code == 302, answer.content.decode()
    new = Product.objects.get(name="New lamp")
    assert "You already sell this" not in product_page(admin_client, new)
    assert embed_all() == 1
    html = product_page(admin_client, new)
    url = reverse("admin:shop_product_change", args=[known.pk])
    assert f'<a href="{url}">&lt;Known&gt; lamp</a>' in html
    assert "(1.000, the same photo)" in html
    assert html.count("the same photo") == 1


def test_a_product_of_its_own_is_told_nothing(
    admin_client: Client, pictures: dict[str, IndexedImage]
) -> None:
    for picture in pictures.values():
        assert "You already sell this" not in product_page(admin_client, picture.product)
    assert admin_client.get(reverse("admin:shop_product_add")).status_code == 200


def test_a_crowd_of_duplicates_does_not_fill_the_page(
    admin_client: Client, make_shown: MakeShown, embed_all: EmbedAll
) -> None:
    product = make_shown(shape(), name="First")
    for number in range(7):
        make_shown(shape(), name=f"Copy {number}")
    embed_all()
    html = product_page(admin_client, product)
    assert html.count("the same photo") == 5
    assert "vrs_duplicates" in html


def test_an_error_of_ours_leaves_the_products_page_whole(
    admin_client: Client,
    make_shown: MakeShown,
    embed_all: EmbedAll,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    product, _ = make_shown(shape()), make_shown(shape())
    embed_all()

    def broken(product: Product) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT nothing FROM nowhere")

    monkeypatch.setattr("vrs_app.admin.product.duplicates_of", broken)
    html = product_page(admin_client, product)
    assert "You already sell this" not in html
    assert product.name in html


def test_the_links_of_duplicates_need_the_products_in_the_admin(
    make_shown: MakeShown,
) -> None:
    product = make_shown(shape())
    assert product_url(product, "another_admin") is None
    assert product_url(product, "admin")
