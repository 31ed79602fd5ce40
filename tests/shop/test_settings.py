import ast

from shop.settings import CELERY_BEAT_SCHEDULE, VRS
from vrs_app.conf import Settings

from ..projects.documents import DOCUMENTS


def schedule_in_the_documents() -> object:
    """What a shop is told to write."""
    text, optional = DOCUMENTS["tutorial"], DOCUMENTS["for-you"]
    written = text.partition("\nCELERY_BEAT_SCHEDULE = ")[2].partition("\n```")[0]
    added = optional.partition('\nCELERY_BEAT_SCHEDULE["vrs-history"] = ')[2].partition("\n```")[0]
    return ast.literal_eval(written) | {"vrs-history": ast.literal_eval(added)}


def test_the_demo_sweeps_as_the_documents_tell_a_shop_to() -> None:
    assert schedule_in_the_documents() == CELERY_BEAT_SCHEDULE


def test_a_sweep_outlives_the_batch_before_it_in_the_queue() -> None:
    entry = CELERY_BEAT_SCHEDULE["vrs-sweep"]
    assert isinstance(entry["options"], dict)
    assert entry["options"]["expires"] > Settings.BATCH_TIME_LIMIT.default


def test_a_killed_demo_does_not_keep_the_next_one_waiting() -> None:
    assert VRS["WEIGHTS_TIMEOUT"] < VRS["BATCH_TIME_LIMIT"] <= 60
