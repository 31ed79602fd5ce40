"""Tells the log and the shop's own receivers what became of a picture, once it is committed."""

from typing import Any

from django.db import transaction

from ..exceptions import explain
from ..infra.db import database
from ..infra.log import EventLog
from ..models import ImageEmbedding
from ..signals import embedding_failed, embedding_ready

log = EventLog(__name__)


def ready(*, product_id: Any, image_id: int, space_id: int, seconds: float) -> None:
    """The picture's vector is stored."""
    keys = {"product_id": product_id, "image_id": image_id, "space_id": space_id}

    def tell() -> None:
        log.info(
            "picture_ready", product=product_id, image=image_id, space=space_id, seconds=seconds
        )
        embedding_ready.send_robust(ImageEmbedding, **keys, seconds=seconds)

    transaction.on_commit(tell, using=database())


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
    """The picture cannot be embedded; `seconds` is None where its worker was lost."""
    keys = {"product_id": product_id, "image_id": image_id, "space_id": space_id}

    def tell() -> None:
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

    transaction.on_commit(tell, using=database())
