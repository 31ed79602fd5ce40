"""Whether the index can be relied on, for `vrs_status`."""

from django.db import Error, connections

from ..conf import conf
from ..infra.locks import set_locally
from ..infra.transactions import taken_back
from ..models import EmbeddingSpace, ImageEmbedding
from ..queries.filters import offered
from ..queries.knn_sql import exactly, main_vector, pictures_by_distance
from .evaluation.index_recall import forced

SAMPLE, DEPTH = 10, 10
"""Products that ask, and the nearest pictures that each should be answered with."""

ITERATIVE_SCAN = "hnsw.iterative_scan"


def refusal(using: str) -> str:
    """Why PostgreSQL refuses to go on scanning an index for rows that a filter took; "" if not."""
    try:
        with taken_back(using), connections[using].cursor() as cursor:
            cursor.execute("SELECT '[1]'::vector")  # else any name is taken for a setting
            set_locally(using, {ITERATIVE_SCAN: "strict_order"})
            cursor.execute("SELECT current_setting(%s)", [ITERATIVE_SCAN])
            [found] = cursor.fetchone()
    except Error as error:
        return str(error).partition("\n")[0]
    return "" if found == "strict_order" else f"{ITERATIVE_SCAN} stays {found}"


def recall(space: EmbeddingSpace) -> float | None:
    """Of the pictures truly nearest to a few products, the share that the index finds.

    None where there is nothing to ask about.
    """
    shown = offered()
    asking = ImageEmbedding.objects.filter(ImageEmbedding.is_servable(), space=space)
    keys = asking.order_by("?").values_list("image__product", flat=True)[:SAMPLE]
    shares = []
    for product in shown.filter(pk__in=list(keys)):
        point = main_vector(product)
        if point is not None:
            near = pictures_by_distance(point, shown, [product.pk]).values("pk", "distance")
            with forced(conf.EF_SEARCH, using=shown.db):
                found = {row["pk"] for row in near[:DEPTH]}
            wanted = {row["pk"] for row in exactly(near)[:DEPTH]}
            shares.append(len(found & wanted) / len(wanted) if wanted else 1.0)
    return sum(shares) / len(shares) if shares else None
