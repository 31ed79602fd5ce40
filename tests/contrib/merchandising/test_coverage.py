"""The count over the whole catalogue, its command, its task and its page."""

import datetime
import json
import math
from collections import Counter
from io import StringIO
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models.signals import post_delete, post_save
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from shop.models import Category, Product
from vrs_app.catalogue import catalogue
from vrs_app.contrib.merchandising import coverage, coverage_job, rules, tasks
from vrs_app.contrib.merchandising.models import CoverageReport, CoverageRow, Hidden
from vrs_app.queries import similar_products

from ...processes import use_broker, wait_until, worker
from .conftest import LogIn, change_url

PAGE = "admin:vrs_merchandising_coveragerow_changelist"


@pytest.fixture(autouse=True)
def few_places(settings: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """Four places a page, so that some of two dozen products are left out."""
    monkeypatch.setitem(settings.VRS, "LIMIT", 4)  # type: ignore[attr-defined]


@pytest.fixture
def count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(coverage_job, "PRODUCTS_A_BATCH", 7)


def counted(**options: float) -> coverage.Summary:
    coverage.begin(**options)
    assert coverage_job.run(seconds=math.inf) is False
    report = coverage.latest()
    assert report is not None
    return coverage.summary(report)


def by_hand() -> Counter[object]:
    """On how many pages each product is, one page after the other."""
    pages = (similar_products(product) for product in Product.objects.all())
    items = (item for page in pages for item in page)
    return Counter(each.product.pk for item in items for each in (item, *item.duplicates))


@pytest.mark.django_db
class TestCount:
    @pytest.mark.slow
    def test_every_page_counts_once(self, discs: list[Product], count: None) -> None:
        rules.arrange(discs[0], {discs[1].pk: rules.EVERYWHERE, discs[2].pk: "1"})
        found, expected = counted(), by_hand()
        rows = dict(CoverageRow.objects.values_list("product_id", "pages"))
        assert rows == {product.pk: expected[product.pk] for product in Product.objects.all()}
        assert rows[discs[1].pk] == 0
        assert found.products == 24
        assert found.recommended == len(expected)
        assert found.never == 24 - len(expected) > 0
        assert found.mean == pytest.approx(expected.total() / 24)

    def test_the_rows_of_the_last_report_go_without_signals(self) -> None:
        """An audit log of all models would fetch and log one for each product."""
        Product.objects.create(category=Category.objects.create(), name="disc", price=1)
        counted()
        heard: list[type[Any]] = []

        def hear(sender: type[Any], **_: Any) -> None:
            heard.append(sender)

        post_delete.connect(hear)
        try:
            counted()
        finally:
            post_delete.disconnect(hear)
        assert CoverageReport.objects.count() == CoverageRow.objects.count() == 1
        assert heard == [CoverageReport]

    @pytest.mark.slow
    def test_what_is_recommended_too_often_is_found(self, discs: list[Product]) -> None:
        for page in Product.objects.exclude(pk=discs[0].pk):
            rules.arrange(page, {discs[0].pk: "1"})
        found = counted(too_often=3)
        assert found.too_often == 1
        assert found.limit == pytest.approx(3 * found.mean)
        assert found.top_share == pytest.approx(23 / (24 * found.mean))

    def test_a_count_that_was_stopped_goes_on(self, discs: list[Product], count: None) -> None:
        begun = coverage.begin()
        assert coverage_job.run(seconds=1e-9) is True
        begun.refresh_from_db()
        assert begun.asked == 7
        assert coverage.latest() is None
        assert coverage.begin() == begun
        coverage_job.run(seconds=math.inf)
        assert coverage.latest() == begun
        assert begun.rows.count() == 24

    def test_a_count_of_long_ago_starts_anew(self, discs: list[Product]) -> None:
        begun = coverage.begin()
        CoverageReport.objects.update(started_at=timezone.now() - datetime.timedelta(days=2))
        assert coverage.begin() != begun

    @pytest.mark.slow
    def test_the_former_report_is_shown_until_the_new_one_is_done(
        self, discs: list[Product], count: None
    ) -> None:
        counted()
        former = coverage.latest()
        coverage.begin()
        coverage_job.run(seconds=1e-9)
        assert coverage.latest() == former
        coverage_job.run(seconds=math.inf)
        assert coverage.latest() != former
        assert CoverageRow.objects.count() == 24

    def test_an_empty_shop_has_an_empty_report(self) -> None:
        assert counted().share == 0

    @pytest.mark.slow
    def test_what_is_also_offered_as_another_is_recommended(
        self, discs: list[Product], settings: Settings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setitem(settings.VRS, "SOURCES", ("visual",))
        monkeypatch.setitem(settings.VRS, "MINIMUM", 1)
        monkeypatch.setitem(settings.VRS, "DUPLICATE_THRESHOLD", 0.5)
        twins = {
            twin.product.pk
            for product in Product.objects.all()
            for item in similar_products(product)
            for twin in item.duplicates
        }
        assert twins
        counted()
        rows = dict(CoverageRow.objects.values_list("product_id", "pages"))
        expected = by_hand()
        assert all(rows[twin] == expected[twin] > 0 for twin in twins)

    def test_products_that_are_not_on_sale_are_left_out(self, discs: list[Product]) -> None:
        Product.objects.filter(pk=discs[0].pk).update(published=False)
        Product.objects.filter(pk=discs[1].pk).update(stock=0)
        assert counted().products == 22


@pytest.mark.django_db
class TestWhatGoesWrong:
    def test_a_fault_of_one_product_keeps_no_other_waiting(
        self,
        discs: list[Product],
        count: None,
        settings: Settings,
        monkeypatch: pytest.MonkeyPatch,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        monkeypatch.setitem(settings.VRS, "SOURCES", ("category",))
        others = catalogue().same_category

        def same_category(product: Product, queryset: Any) -> Any:
            if product == discs[2]:
                return queryset.extra(where=["nothing"])  # an error of the database's
            return others(product, queryset)

        monkeypatch.setattr(catalogue(), "same_category", same_category)
        found = counted()
        assert (found.products, found.unanswered) == (24, 1)
        assert found.recommended > 0
        assert f"product {discs[2].pk}" in caplog.text

    def test_the_page_and_the_command_tell_of_faults(
        self, log_in: LogIn, discs: list[Product], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        client, said = log_in("view_product"), "could not be looked at"
        counted()
        assert said not in client.get(reverse(PAGE)).content.decode()
        monkeypatch.setattr(coverage_job, "similar_products", lambda product: 1 / 0)
        errors = StringIO()
        call_command("vrs_coverage", stdout=StringIO(), stderr=errors)
        assert "24 pages failed" in errors.getvalue()
        assert f"24 products {said}" in client.get(reverse(PAGE)).content.decode()

    def test_a_product_that_is_deleted_meanwhile_gets_no_row(
        self, discs: list[Product], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        gone = discs[1].pk
        visible, looks = catalogue().visible, iter(range(100))

        def visible_until_it_goes(request: Any = None) -> Any:
            if next(looks) == 24:  # at the last page that is asked, others showed it before
                Product.objects.filter(pk=gone).delete()
            return visible(request)

        monkeypatch.setattr(catalogue(), "visible", visible_until_it_goes)
        found = counted()
        assert not Product.objects.filter(pk=gone).exists()
        assert found.products == 23
        assert not CoverageRow.objects.filter(product=gone).exists()
        connection.check_constraints()
        assert found.mean == sum(CoverageRow.objects.values_list("pages", flat=True)) / 23

    def test_a_join_in_visible_repeats_no_page(
        self, discs: list[Product], count: None, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        joined = Product.objects.filter(category__products__published=True)
        assert joined.count() > 24
        monkeypatch.setattr(catalogue(), "visible", lambda request=None: joined)
        assert counted().products == 24
        assert CoverageReport.objects.get().asked == 24


@pytest.mark.django_db
class TestCommand:
    def test_it_counts_and_prints(self, discs: list[Product]) -> None:
        out = StringIO()
        call_command("vrs_coverage", stdout=out)
        assert "% of 24 products" in out.getvalue()

    def test_for_machines(self, discs: list[Product]) -> None:
        out = StringIO()
        call_command("vrs_coverage", "--json", "--too-often", "2", stdout=out)
        found = json.loads(out.getvalue())
        assert found["products"] == 24
        assert 0 < found["share"] <= 1
        assert found["limit"] == pytest.approx(2 * found["mean"])

    def test_too_often_holds_for_a_count_that_was_begun_otherwise(
        self, discs: list[Product], count: None
    ) -> None:
        coverage.begin(too_often=9)
        coverage_job.run(seconds=1e-9)
        out = StringIO()
        call_command("vrs_coverage", "--json", "--too-often", "2", stdout=out)
        found = json.loads(out.getvalue())
        assert (found["products"], CoverageReport.objects.count()) == (24, 1)
        assert found["limit"] == pytest.approx(2 * found["mean"])

    def test_a_count_that_goes_on_keeps_what_it_was_begun_with(
        self, discs: list[Product], count: None
    ) -> None:
        coverage.begin(too_often=2)
        coverage_job.run(seconds=1e-9)
        call_command("vrs_coverage", stdout=StringIO())
        assert CoverageReport.objects.get().too_often_times == 2

    @pytest.mark.parametrize("times", ["0", "-1", "nan", "inf", "1e308"])
    def test_odd_factors_are_refused(self, times: str) -> None:
        with pytest.raises(CommandError, match="above 0"):
            call_command("vrs_coverage", f"--too-often={times}")


@pytest.mark.django_db
class TestPage:
    def test_before_the_first_count_it_says_so(self, log_in: LogIn) -> None:
        html = log_in("change_product").get(reverse(PAGE)).content.decode()
        assert "Nothing has been counted yet." in html
        assert "Compute again" in html

    def test_it_leads_to_the_products(self, log_in: LogIn, discs: list[Product]) -> None:
        Hidden.objects.create(hidden=discs[0])
        found = counted()
        client = log_in("view_product")
        html = client.get(reverse(PAGE), {"often": "never"}).content.decode()
        assert html.count("field-product_link") == found.never
        assert f'href="{change_url(discs[0])}"' in html
        assert "hidden everywhere" in html
        assert "Compute again" not in html

    @pytest.mark.slow
    def test_too_often_is_a_filter(self, log_in: LogIn, discs: list[Product]) -> None:
        for page in Product.objects.exclude(pk=discs[0].pk):
            rules.arrange(page, {discs[0].pk: "1"})
        counted()
        html = log_in("view_product").get(reverse(PAGE), {"often": "too-often"}).content.decode()
        assert html.count("field-product_link") == 1
        assert discs[0].name in html

    def test_it_takes_few_queries(
        self,
        log_in: LogIn,
        discs: list[Product],
        django_assert_max_num_queries: DjangoAssertNumQueries,
    ) -> None:
        counted()
        client = log_in("change_product")
        with django_assert_max_num_queries(22):
            client.get(reverse(PAGE))

    def test_the_button_asks_a_worker(
        self, log_in: LogIn, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        client = log_in("change_product")
        url = reverse("admin:vrs_merchandising_coveragerow_compute")
        assert client.get(url).status_code == 405
        html = client.post(url, follow=True).content.decode()
        assert "A worker counts now" in html
        assert "Go on counting" in html
        assert "the worker was stopped" in html
        use_broker(monkeypatch, "redis://127.0.0.1:1/0")
        assert "The count could not be enqueued" in client.post(url, follow=True).content.decode()

    def test_staff_who_may_only_look_start_no_count(self, log_in: LogIn) -> None:
        url = reverse("admin:vrs_merchandising_coveragerow_compute")
        assert log_in("view_product").post(url).status_code == 403
        assert not CoverageReport.objects.exists()

    def test_others_see_nothing(self, log_in: LogIn, client: Client) -> None:
        assert log_in("view_user").get(reverse(PAGE)).status_code == 403
        assert "Merchandising" not in client.get(reverse("admin:index")).content.decode()

    def test_the_button_needs_the_form_that_it_stands_in(self, log_in: LogIn) -> None:
        user = log_in("change_product").session["_auth_user_id"]
        strict = Client(enforce_csrf_checks=True)
        strict.force_login(User.objects.get(pk=user))
        url = reverse("admin:vrs_merchandising_coveragerow_compute")
        assert strict.post(url).status_code == 403


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_product_that_is_deleted_just_before_the_commit_is_counted_without(
    discs: list[Product],
) -> None:
    def delete() -> None:
        Product.objects.filter(pk=discs[1].pk).delete()
        connection.close()

    def delete_once_written(instance: CoverageReport, **options: Any) -> None:
        if instance.asked == 24:
            thread = Thread(target=delete)
            thread.start()
            thread.join()

    post_save.connect(delete_once_written, sender=CoverageReport)
    try:
        found = counted()
    finally:
        post_save.disconnect(delete_once_written, sender=CoverageReport)
    assert found.products == 23


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_worker_counts_slice_by_slice(discs: list[Product], tmp_path: Path) -> None:
    with worker(tmp_path / "worker.log"):
        coverage.begin()
        assert tasks.enqueue()
        wait_until(lambda: coverage.latest() is not None, seconds=30)
    assert CoverageRow.objects.count() == 24
