"""The contact sheet: queries and their neighbours as pictures, in one HTML file."""

import base64
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from io import BytesIO
from typing import Any

import numpy as np
from django.template.loader import render_to_string
from PIL import Image

from ... import vision
from ...catalogue import catalogue
from ...display import title_of
from ...exceptions import VrsError
from ...indexing import storage
from ...queries.options import NO_THRESHOLD
from ...spaces.vectors import main_pictures
from . import summary
from .figures import Answer, Evaluation

SIDE = 160
"""Pixels of the longer side; some 5 KB a picture."""
QUALITY = 75

ROWS = 40
"""Queries on a sheet, by default."""
MOST_ROWS, MOST_NEIGHBOURS = 200, 24
"""Queries on a sheet, and neighbours of each, at most: they bound the file to some 30 MB."""
TEMPLATE = "vrs_app/contact_sheet.html"

Spread = dict[str, Any]


def data_uri(name: str) -> str | None:
    """The picture `name` of the storage as a data: URI; None if it cannot be read.

    One picture is in memory at a time, within the limits of the settings.
    """
    try:
        loaded = vision.load(storage.read_file(name), SIDE)
    except VrsError:
        return None
    scale = SIDE / max(loaded.width, loaded.height)
    size = (max(1, round(loaded.width * scale)), max(1, round(loaded.height * scale)))
    small = Image.fromarray(loaded.pixels).resize(size, Image.Resampling.BILINEAR)
    written = BytesIO()
    small.save(written, "JPEG", quality=QUALITY)
    return "data:image/jpeg;base64," + base64.b64encode(written.getvalue()).decode()


def contact_sheet(found: Evaluation, *, rows: int = ROWS) -> str:
    """Self-contained HTML: the figures, then the worst and the best of at most `rows` answers.

    They are ranked by precision, then by mean similarity.
    """
    ranked = sorted((answer for answer in found.answers if answer.neighbours), key=_goodness)
    rows = min(rows, len(ranked), MOST_ROWS)
    worst, best = ranked[: (rows + 1) // 2], ranked[::-1][: rows // 2]
    picture = lru_cache(maxsize=None)(data_uri)
    shown = _RowBuilder([*worst, *best], picture)
    context = {
        "found": found,
        "summary": list(summary.lines(found)),
        "advice": summary.advice(found),
        "cuts": [(cut, summary.effect(cut, found.minimum)) for cut in found.cuts],
        "spreads": _spreads(found),
        "groups": [
            {"name": "worst", "rows": [shown.row(answer, found) for answer in worst]},
            {"name": "best", "rows": [shown.row(answer, found) for answer in best]},
        ],
    }
    return render_to_string(TEMPLATE, context)


def _goodness(answer: Answer) -> tuple[float, float]:
    """The key that answers are ranked by; without precision an answer ranks in the middle."""
    near = [each.similarity for each in answer.neighbours if each.similarity is not None]
    precision = 0.5 if answer.precision is None else answer.precision
    return precision, float(np.mean(near)) if near else -1.0


class _RowBuilder:
    """Builds rows of the sheet; fetches the products of all `answers` in one query.

    `picture` maps a storage name to a data: URI.
    """

    def __init__(self, answers: Sequence[Answer], picture: Any) -> None:
        keys = {answer.key for answer in answers}
        others = {each.key for answer in answers for each in answer.neighbours[:MOST_NEIGHBOURS]}
        self.products = catalogue().visible().in_bulk(list(keys | others))
        self.names = _main_pictures(keys)
        self.picture = picture

    def title(self, key: Any) -> str:
        product = self.products.get(key)  # None if hidden meanwhile
        return title_of(product) if product is not None else str(key)

    def row(self, answer: Answer, found: Evaluation) -> dict[str, Any]:
        name = self.names.get(answer.key)
        threshold = found.suggestion.threshold if found.suggestion else NO_THRESHOLD
        return {
            "title": self.title(answer.key),
            "picture": self.picture(name) if name else None,
            "precision": answer.precision,
            "neighbours": [
                {
                    "title": self.title(each.key),
                    "picture": self.picture(each.picture.name) if each.picture else None,
                    "similarity": each.similarity,
                    "same": each.same,
                    "cut": each.similarity is not None and each.similarity < threshold,
                }
                for each in answer.neighbours[:MOST_NEIGHBOURS]
            ],
        }


def _main_pictures(keys: Iterable[Any]) -> Mapping[Any, str]:
    """The storage name of each product's main picture."""
    found = main_pictures().filter(image__product__in=keys)
    return dict(found.values_list("image__product_id", "image__name"))


def _spreads(found: Evaluation) -> list[Spread]:
    """Each kind of pair as a box plot: positions and widths in percent of the axis."""
    if not found.similarities:
        return []
    low = min(values[5] for values in found.similarities.values())
    low = np.floor(low * 10) / 10

    def along(similarity: float) -> float:
        return float(100 * (similarity - low) / max(1 - low, 0.01))

    at = found.suggestion
    return [
        {
            "name": name,
            "low": along(values[5]),
            "width": along(values[95]) - along(values[5]),
            "box": along(values[25]),
            "box_width": along(values[75]) - along(values[25]),
            "middle": along(values[50]),
            "cut": along(at.threshold) if at else None,
            "values": [f"{value:.2f}" for value in values.values()],
        }
        for name, values in found.similarities.items()
    ]
