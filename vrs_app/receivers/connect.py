"""Connect the receivers to the signals of the models that may change a product."""

from django.db.models.signals import m2m_changed, post_save, pre_delete, pre_save

from ..indexing import file_changes
from ..infra.log import EventLog
from . import relations, saves
from .watched import watched_models

log = EventLog(__name__)


def connect() -> None:
    """Connect to the models that the Catalogue watches, their families and relations.

    To no other model: a receiver of every model's signals would disable Django's fast deletes.
    """
    try:
        watched = watched_models()
    except Exception as error:  # the shop's Catalogue may raise anything; a check reports it too
        log.error("saves_not_watched", error=error, stack=error)
        return
    saves.watch(watched)
    for model in watched:
        file_changes.track_writes(model)
        pre_save.connect(saves.before_save, model, dispatch_uid="vrs_app.before")
        post_save.connect(saves.after_save, model, dispatch_uid="vrs_app.saved")
        pre_delete.connect(saves.before_delete, model, dispatch_uid="vrs_app.deleted")
    senders = relations.find(watched)
    for model in senders.throughs:
        m2m_changed.connect(relations.relation_changed, model, dispatch_uid="vrs_app.related")
    for model in senders.tagged:
        for signal in (post_save, pre_delete):
            signal.connect(relations.tagged_changed, model, dispatch_uid="vrs_app.tagged")
    for model in senders.targets:
        pre_delete.connect(
            relations.before_target_deleted, model, dispatch_uid="vrs_app.target_deleted"
        )
