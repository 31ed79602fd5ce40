"""On commit, log a picture's outcome and send the signal for it to the shop's receivers."""

from typing import Any

from django.db import transaction

from ..exceptions import explain
from ..infra.db import database
from ..infra.log import EventLog
from ..models import ImageEmbedding
from ..signals import embedding_failed, embedding_ready

log = EventLog(__name__)


def ready(*, product_id: Any, image_id: int, space_id: int, seconds: float) -> None:
    """Notify that the picture's vector is stored; `seconds` is the worker's time for it."""
    keys = {"product_id": product_id, "image_id": image_id, "space_id": space_id}

    def notify() -> None:
        log.info(
            "picture_ready", product=product_id, image=image_id, space=space_id, seconds=seconds
        )
        embedding_ready.send_robust(ImageEmbedding, **keys, seconds=seconds)

    transaction.on_commit(notify, using=database())


def failed(
    *,
    product_id: Any,
    image_id: int,
    space_id: int,
    file: str,
    code: str,
    detail: str = "",
    seconds: float | None = None,
) -> None:
    """Notify that the picture cannot be embedded.

    `code` and `detail` are of a PictureError. `seconds` is None if its worker was lost.
    """
    keys = {"product_id": product_id, "image_id": image_id, "space_id": space_id}

    def notify() -> None:
        log.warning(
            "picture_failed",
            product=product_id,
            image=image_id,
            space=space_id,
            code=code,
            detail=detail or None,
            file=file,
            seconds=seconds,
        )
        embedding_failed.send_robust(
            ImageEmbedding, **keys, seconds=seconds, code=code, reason=explain(code, detail)
        )

    transaction.on_commit(notify, using=database())
