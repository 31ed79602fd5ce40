"""Questions to the recommendations that never take a page down."""

import logging
from collections.abc import Sequence

from django.db import DatabaseError, transaction

from vrs_app.queries import Recommendation, Recommendations

logger = logging.getLogger(__name__)


def answered(found: Recommendations) -> Sequence[Recommendation]:
    """What was found; nothing where that cannot be asked."""
    try:
        with transaction.atomic():  # a failing query must not spoil the page's own
            len(found)  # asks now, while an error is caught
            return found
    except DatabaseError:
        logger.warning("Products could not be searched.", exc_info=True)
        return []
