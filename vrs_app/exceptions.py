"""The errors that this app names.

Two families, because the pipeline answers them differently: an error of a *picture*
fails that picture alone and tells the shop why; an error of the *surroundings* fails
nothing, costs no attempt, and goes away when the surroundings are mended.
"""

from django.utils.translation import gettext_lazy as _


class VrsError(Exception):
    """The base of every error that this app raises on purpose."""


class PictureError(VrsError):
    """A picture that cannot be embedded.

    `code` is short, stable and what the database keeps; `text` tells staff what to do, in
    the language of whoever reads it. See `explain`.
    """

    code = "unreadable"
    text = _("The file could not be read as a picture. Upload it again as JPEG, PNG or WebP.")

    def __init__(self, detail: str = "") -> None:
        self.detail = detail
        super().__init__(explain(self.code, detail))


def explain(code: str, detail: str = "") -> str:
    """What staff read of a failed picture: the text of its `code`, and the detail."""
    kinds = {kind.code: kind for kind in PictureError.__subclasses__()}
    text = kinds.get(code, PictureError).text
    return f"{text} ({detail})" if detail else str(text)


class PictureMissing(PictureError):
    code = "missing"
    text = _("The file is gone from the storage. Upload the picture again.")


class PictureEmpty(PictureError):
    code = "empty"
    text = _("The file is empty. Upload the picture again.")


class PictureTooLarge(PictureError):
    code = "too_large"
    text = _("The picture is too large. Upload a smaller one.")


class PictureFormatRefused(PictureError):
    code = "format"
    text = _("This kind of file is not accepted. Upload a JPEG, PNG, WebP or GIF picture.")


class PictureDamaged(PictureError):
    code = "damaged"
    text = _("The file is damaged or cut short. Upload the picture again.")


class PictureWithoutContent(PictureError):
    code = "no_content"
    text = _("There is nothing to compare in this picture. Upload one that shows the product.")


class PictureKilledWorker(PictureError):
    code = "worker_lost"
    text = _(
        "The worker died or ran out of time each time it read this picture. "
        "Upload it in another format or size."
    )


class SurroundingsError(VrsError):
    """Something around the pictures is missing: weights, storage, a library, a space."""


class EmbedderUnavailable(SurroundingsError):
    """The embedder cannot be loaded; the text lists what was tried and the ways out."""


class StorageUnavailable(SurroundingsError):
    """The storage does not answer, which says nothing about any picture."""


class PhotoSearchUnavailable(SurroundingsError):
    """No worker looks at photos now, or all are busy; `retry_after` is in seconds."""

    def __init__(self, text: str, *, retry_after: int) -> None:
        self.retry_after = retry_after
        super().__init__(text)


class CatalogueLacks(VrsError):
    """A function needs something that the shop's Catalogue does not have."""


class NoActiveSpace(VrsError):
    """Nothing has been embedded yet, so there is nothing to compare with."""
