"""The embedder that a soaked shop changes to at half-time."""

from collections.abc import Sequence

from vrs_app.embedders import Vectors
from vrs_app.embedders.handcrafted import HandcraftedEmbedder
from vrs_app.vision import Pixels

SECOND = "benchmarks.soak.embedders.BackwardsEmbedder"


class BackwardsEmbedder(HandcraftedEmbedder):
    """Another space: as good as the other one, and near nothing in it."""

    def embed(self, pictures: Sequence[Pixels]) -> Vectors:
        return super().embed(pictures)[:, ::-1].copy()
