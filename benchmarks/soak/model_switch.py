"""The change to another embedder while the shop is in use."""

from collections.abc import Sequence
from io import StringIO

from django.core.management import CommandError, call_command
from django.db import connection

from vrs_app.embedders import Vectors
from vrs_app.embedders.handcrafted import HandcraftedEmbedder
from vrs_app.models import EmbeddingSpace
from vrs_app.vision import Pixels

from .processes import EMBEDDING_WORKERS, PHOTO_WORKER, ShopProcesses
from .report import Report
from .timeline import Outages, Part

SECOND_EMBEDDER = "benchmarks.soak.model_switch.ReversedEmbedder"
NOT_ACTIVATED = "the other embedder's space could not be shown"


class ReversedEmbedder(HandcraftedEmbedder):
    """The handcrafted vectors reversed: as good a space, but not comparable with the other."""

    def embed(self, pictures: Sequence[Pixels]) -> Vectors:
        return super().embed(pictures)[:, ::-1].copy()


class ModelSwitch:
    """Restarts the workers with SECOND_EMBEDDER; activates its space once it is filled."""

    def __init__(self, processes: ShopProcesses, report: Report, outages: Outages) -> None:
        self._processes = processes
        self._report = report
        self._outages = outages
        self.is_begun = self.is_done = False

    def begin(self) -> None:
        """Restart each worker in turn, as a deployment does."""
        self.is_begun = True
        self._processes.environment["SOAK_EMBEDDER"] = SECOND_EMBEDDER
        for name in EMBEDDING_WORKERS:
            self._processes.stop(name)
            self._processes.start(name)
        with self._outages.during(Part.PHOTOS):
            self._processes.stop(PHOTO_WORKER)
            self._processes.start(PHOTO_WORKER)
            self._processes.wait_for_photos()
        self._report.faults["workers restarted with another embedder"] += 1

    def try_to_activate(self) -> None:
        """Run `vrs_switch`, which refuses while pictures wait in the new space."""
        if self.is_begun and not self.is_done and self._refusal():
            self._report.observations["switches refused, since pictures waited"] += 1

    def require_active(self) -> None:
        """After recovery `vrs_switch` must succeed, if it did not before."""
        if not self.is_done and (refusal := self._refusal()):
            self._report.add_violation(NOT_ACTIVATED, refusal)

    def _refusal(self) -> str:
        """Why `vrs_switch` refused; empty where it succeeded."""
        connection.close()  # it may have been cut meanwhile
        space = EmbeddingSpace.objects.filter(embedder=SECOND_EMBEDDER).first()
        if space is None:
            return "no worker has begun it"
        try:
            call_command("vrs_switch", space.pk, stdout=StringIO())
        except CommandError as error:
            return str(error)
        self.is_done = True
        self._report.faults["switch to the other embedder's space"] += 1
        return ""
