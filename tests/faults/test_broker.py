"""A broker that refuses or never answers, while staff save in the real admin."""

import subprocess
import time

import pytest
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.urls import reverse

from shop.models import Category, Product, ProductImage
from vrs_app.models import Change, ImageEmbedding, IndexedImage
from vrs_app.testing import drain

from ..conftest import MakeShown
from ..processes import broker_at, use_broker, wait_until
from ..product_form import PICTURE, product_form
from ..shapes import shape
from .stage import in_queue, is_idle, states, sweep_until

pytestmark = pytest.mark.django_db(transaction=True)

SECONDS_A_SAVE_MAY_TAKE = 3.0
"""Celery's own patience is ten; ours is a third of a second, and the machine's is its own."""


@pytest.fixture
def client(db: None) -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("owner"))
    return client


def upload(client: Client, category: Category, name: str) -> tuple[int, float]:
    """Save a new product with its picture in the admin: the answer's status, and seconds."""
    file = SimpleUploadedFile(f"{name}.jpg", shape(seed=len(name)), "image/jpeg")
    form = product_form(category, name) | {PICTURE: file}
    began = time.monotonic()
    answer = client.post(reverse("admin:shop_product_add"), form)
    return answer.status_code, time.monotonic() - began


@pytest.mark.slow
def test_a_save_in_the_admin_is_answered_at_once_and_embedded_when_the_broker_is_back(
    client: Client, dead_port: int, marked_worker: "subprocess.Popen[bytes]"
) -> None:
    category = Category.objects.create(name="Things", slug="things")
    assert upload(client, category, "before")[0] == 302
    wait_until(lambda: states() == {"ready": 1})
    wait_until(is_idle)

    with broker_at(dead_port):
        status, seconds = upload(client, category, "meanwhile")
    assert status == 302
    assert seconds < SECONDS_A_SAVE_MAY_TAKE
    product = Product.objects.get(name="meanwhile")
    assert Change.objects.filter(product=product.pk).exists()
    assert states() == {"ready": 1}
    sweep_until(lambda: states() == {"ready": 2})


@pytest.mark.slow
def test_asking_in_the_admin_to_embed_again_is_answered_at_once(
    client: Client, dead_port: int, make_shown: MakeShown
) -> None:
    make_shown(shape())
    chosen = {"action": "embed_again", "_selected_action": [IndexedImage.objects.get().pk]}
    address = reverse("admin:vrs_app_indexedimage_changelist")
    client.get(address)  # a process's first page imports and compiles
    with broker_at(dead_port):
        began = time.monotonic()
        answer = client.post(address, chosen)
        seconds = time.monotonic() - began
    assert seconds < SECONDS_A_SAVE_MAY_TAKE
    assert answer.status_code == 302
    assert IndexedImage.objects.get().revision == 2


def test_what_the_shop_itself_does_after_the_commit_is_done_all_the_same(
    dead_port: int, make_shown: MakeShown
) -> None:
    product = make_shown()
    done: list[str] = []
    with broker_at(dead_port), transaction.atomic():
        file = ContentFile(shape(), "picture.jpg")
        ProductImage.objects.create(product=product, image=file)
        transaction.on_commit(lambda: done.append("the shop's own"))
    assert done == ["the shop's own"]
    assert drain()
    assert IndexedImage.objects.exists()


def test_a_task_that_cannot_even_be_sent_fails_no_save(
    make_shown: MakeShown, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        use_broker(broken, "no-such-transport://nowhere")
        make_shown(shape())
    assert IndexedImage.objects.exists()
    assert not ImageEmbedding.objects.exists()
    assert in_queue() == 0
