"""`vrs_duplicates`: list near-duplicate products."""

import json
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from typing import Any

from django.core.management.base import BaseCommand
from django.template.defaultfilters import pluralize

from vrs_app.conf import conf
from vrs_app.display import title_of
from vrs_app.exceptions import NoActiveSpace
from vrs_app.management.terminal import command_errors
from vrs_app.reports.duplicates import Group, Pair, groups


class Command(BaseCommand):
    help = (
        "List products with the same photo or nearly the same, hidden ones too, in groups. "
        "Each pair is the strongest that joins its products."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--threshold",
            type=float,
            help='lowest similarity, 0 to 1 (VRS["DUPLICATE_THRESHOLD"])',
        )
        parser.add_argument("--json", action="store_true", help="print JSON, for programs")

    def handle(self, *args: Any, **options: Any) -> None:
        threshold, as_json = options["threshold"], options["json"]
        quiet = as_json or not options["verbosity"]
        with command_errors(NoActiveSpace, ValueError):
            found = groups(threshold, quiet=quiet)
        lowest = conf.DUPLICATE_THRESHOLD if threshold is None else threshold
        if as_json:
            facts = {"threshold": lowest, "groups": [_facts(group) for group in found]}
            self.stdout.write(json.dumps(facts, indent=2, default=str))
        else:
            for line in _lines(found, lowest):
                self.stdout.write(line)


def _facts(group: Group) -> dict[str, Any]:
    products = [{"key": product.pk, "title": title_of(product)} for product in group.products]
    return {"products": products, "pairs": [_pair_facts(pair) for pair in group.pairs]}


def _pair_facts(pair: Pair) -> dict[str, Any]:
    return {
        "keys": [pair.product.pk, pair.other.pk],
        "similarity": round(pair.similarity, 6),
        "same_photo": pair.same_photo,
        "pictures": [pair.picture.name, pair.other_picture.name],
    }


def _lines(found: Sequence[Group], threshold: float) -> Iterator[str]:
    if threshold > 1:
        yield f'VRS["DUPLICATE_THRESHOLD"] is {threshold}: nothing is a duplicate. Name another:'
        yield "manage.py vrs_duplicates --threshold 0.98"
        return
    if not found:
        yield f"No two products have pictures that are alike by {threshold} or more."
        return
    products = sum(len(group.products) for group in found)
    yield (
        f"{len(found)} group{pluralize(len(found))} of near-duplicates, {products} products, "
        f"at {threshold} or above"
    )
    for group in found:
        yield ""
        for product in group.products:
            yield f"{product.pk}  {title_of(product)}"
        for pair in group.pairs:
            same = ", the same photo" if pair.same_photo else ""
            yield f"    {pair.product.pk} = {pair.other.pk}: {pair.similarity:.3f}{same}"
