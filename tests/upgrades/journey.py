"""What an upgraded shop of `shop.fill` must still do; run in a process of its own."""

import json
from io import StringIO
from typing import Any

from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command

from shop.models import ProductImage
from vrs_app import tasks
from vrs_app.contrib import history
from vrs_app.queries import Source, search, similar_products, similar_to

from .shop import NUMBERS, embed, picture_of, product, save

EXPECTED = ("1 picture failed.", "No worker listens to the queue ")
"""What `vrs_status` finds: the shop's broken picture, and that no worker runs in this test."""


def main() -> None:
    require_answers()
    require_rules()
    require_history()
    go_on()
    tasks.sweep()
    require_no_fault()


def require_answers() -> None:
    """From the rows as they are, before any worker has run."""
    for kind, number in (("disc", 1), ("disc", 3), ("stripes", 2)):
        names = {item.product.name for item in similar_to(product(f"{kind} {number}"))[:2]}
        require(names == {f"{kind} {each}" for each in NUMBERS if each != number}, names)
    found = [item.product.name for item in search("dis", expand=False)]
    require({*found} == {f"disc {number}" for number in NUMBERS}, found)


def require_rules() -> None:
    """What the merchant pinned and hid."""
    items = similar_products(product("stripes 1"), minimum=1)
    first, *others = [(item.product.name, item.source) for item in items]
    require(first == ("disc 3", Source.PINNED), first)
    names = {name for name, _ in others}
    require("stripes 2" in names and not names & {"stripes 3", "torn 1"}, names)


def require_history() -> None:
    """What the customer liked says what is recommended to her."""
    anna = User.objects.get(username="anna")
    reasons = {item.because.name for item in history.recommend_for(anna) if item.because}
    require("disc 1" in reasons, reasons)


def go_on() -> None:
    """A worker takes up what waited, and a new product stands beside the old ones."""
    for row in ProductImage.objects.all():
        name = row.image.name
        assert name is not None
        if not default_storage.exists(name):
            default_storage.save(name, ContentFile(picture_of(name.rpartition("/")[2])))
    save("disc 4")
    embed()
    for number in NUMBERS:
        names = {item.product.name for item in similar_to(product(f"bars {number}"))[:2]}
        require(names == {f"bars {each}" for each in NUMBERS if each != number}, names)
    (name,) = (item.product.name for item in similar_to(product("disc 4"))[:1])
    require(name.startswith("disc"), name)
    product("stripes 2").delete()


def require_no_fault() -> None:
    """Exits 1, since a person is needed: for what EXPECTED names, and nothing else."""
    said = StringIO()
    try:
        call_command("vrs_status", "--json", stdout=said)
    except SystemExit:
        facts = json.loads(said.getvalue())
    problems = [problem["what"] for problem in facts["problems"]]
    unexpected = [what for what in problems if not what.startswith(EXPECTED)]
    require(not unexpected, unexpected)
    require(facts["images"] == {"waiting": 0, "ready": 9, "failed": 1}, facts["images"])
    require(facts["index"]["valid"] and facts["recall"] == 1, facts["index"])


def require(is_so: bool, found: Any) -> None:
    if not is_so:
        raise AssertionError(found)
