"""Health of the vector index: support for iterative scans, and recall."""

from django.db import Error, connections

from ..conf import conf
from ..infra.transactions import rolled_back, set_locally
from ..models import EmbeddingSpace, ImageEmbedding
from ..queries.filters import offered
from ..queries.knn_sql import exact_scan, pictures_by_distance, stored_vector
from .evaluation.index_recall import forced_index

QUERIES = 10
"""Products whose neighbours are queried."""

NEIGHBOURS = 10
"""The k of recall@k."""

ITERATIVE_SCAN = "hnsw.iterative_scan"


def iterative_scan_refusal(using: str) -> str:
    """Why PostgreSQL refuses iterative index scans; "" if it does not.

    Queries with filters need them. `using` is the alias of the database.
    """
    try:
        with rolled_back(using), connections[using].cursor() as cursor:
            # Load pgvector; before that PostgreSQL accepts any name with a dot as a setting.
            cursor.execute("SELECT '[1]'::vector")
            set_locally(using, {ITERATIVE_SCAN: "strict_order"})
            cursor.execute("SELECT current_setting(%s)", [ITERATIVE_SCAN])
            [found] = cursor.fetchone()
    except Error as error:
        return str(error).partition("\n")[0]
    return "" if found == "strict_order" else f"{ITERATIVE_SCAN} stays {found}"


def recall(space: EmbeddingSpace) -> float | None:
    """recall@10 of the index, averaged over the neighbours of a few random products.

    None where no product of `space` can be queried.
    """
    shown = offered()
    servable = ImageEmbedding.objects.filter(ImageEmbedding.is_servable(), space=space)
    keys = servable.order_by("?").values_list("image__product", flat=True)[:QUERIES]
    shares = []
    for product in shown.filter(pk__in=list(keys)):
        point = stored_vector(product)
        if point is not None:
            near = pictures_by_distance(point, shown, [product.pk]).values("pk", "distance")
            with forced_index(conf.EF_SEARCH, using=shown.db):
                found = {row["pk"] for row in near[:NEIGHBOURS]}
            wanted = {row["pk"] for row in exact_scan(near)[:NEIGHBOURS]}
            shares.append(len(found & wanted) / len(wanted) if wanted else 1.0)
    return sum(shares) / len(shares) if shares else None
