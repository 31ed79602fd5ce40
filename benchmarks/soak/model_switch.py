"""The change to another embedder while the shop is in use."""

from collections.abc import Sequence
from io import StringIO

from django.core.management import CommandError, call_command
from django.db import connection

from vrs_app.embedders import Vectors
from vrs_app.embedders.handcrafted import HandcraftedEmbedder
from vrs_app.models import EmbeddingSpace
from vrs_app.vision import Pixels

from .processes import EMBEDDING, PHOTOS, Household
from .report import Journal
from .timeline import Outages, Part

SECOND = "benchmarks.soak.model_switch.BackwardsEmbedder"


class BackwardsEmbedder(HandcraftedEmbedder):
    """Another space: as good as the other one, and near nothing in it."""

    def embed(self, pictures: Sequence[Pixels]) -> Vectors:
        return super().embed(pictures)[:, ::-1].copy()


NEVER_SHOWN = "the other embedder's space could not be shown"


class Switch:
    """Restarts the workers with the second embedder; shows its space once it is filled."""

    def __init__(self, house: Household, journal: Journal, outages: Outages) -> None:
        self._house = house
        self._journal = journal
        self._outages = outages
        self.is_begun = self.is_done = False

    def begin(self) -> None:
        """A deployment: each worker in turn."""
        self.is_begun = True
        self._house.environment["SOAK_EMBEDDER"] = SECOND
        for name in EMBEDDING:
            self._house.stop(name)
            self._house.start(name)
        with self._outages.of(Part.PHOTOS):
            self._house.stop(PHOTOS)
            self._house.start(PHOTOS)
            self._house.wait_for_photos()
        self._journal.faults["workers restarted with another embedder"] += 1

    def try_to_show(self) -> None:
        """`vrs_switch`, which refuses while pictures wait in the new space."""
        if self.is_begun and not self.is_done and self._refusal():
            self._journal.notes["switches refused, since pictures waited"] += 1

    def require(self) -> None:
        """Nothing waits any more, and what is gone is known to be: nothing stands in the way."""
        if not self.is_done and (refusal := self._refusal()):
            self._journal.accuse(NEVER_SHOWN, refusal)

    def _refusal(self) -> str:
        """Why the space cannot be shown; empty where it is shown now."""
        connection.close()  # it may have been cut meanwhile
        space = EmbeddingSpace.objects.filter(embedder=SECOND).first()
        if space is None:
            return "no worker has begun it"
        try:
            call_command("vrs_switch", space.pk, stdout=StringIO())
        except CommandError as error:
            return str(error)
        self.is_done = True
        self._journal.faults["switch to the other embedder's space"] += 1
        return ""
