"""Print how far the embedding has come, as the demo reads it."""

import json
import time
from typing import Any

from django.core.management.base import BaseCommand
from django.db.models import Count

from vrs_app import spaces
from vrs_app.infra import heartbeats
from vrs_app.infra.heartbeats import Part
from vrs_app.models import ImageEmbedding, IndexedImage

PAUSE_SECONDS = 0.5


class Command(BaseCommand):
    help = "Prints the pictures by state, and the worker's problem, a JSON line each half second."

    def handle(self, *args: Any, **options: Any) -> None:
        while True:
            self.stdout.write(json.dumps(progress()))
            self.stdout.flush()
            time.sleep(PAUSE_SECONDS)


def progress() -> dict[str, Any]:
    """The part of what `vrs_status --json` prints that needs neither broker nor workers."""
    states = dict.fromkeys(ImageEmbedding.State.values, 0)
    rows = IndexedImage.objects.shown().with_state(spaces.active()).values_list("state")
    states.update(rows.annotate(count=Count("pk")))
    beat, age = heartbeats.last(Part.WORKER), heartbeats.age(Part.WORKER)
    worker = {
        "problem": beat.problem if beat else "",
        "seconds_ago": age.total_seconds() if age is not None else None,
    }
    return {"images": states, "worker": worker}
