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

    `code` is short, stable and what the database keeps; `why` and `way_out` tell people, in
    the language of whoever reads them. `detail` is for those who know about files. `digest`
    is that of the file's bytes: empty where there is no file, None where nobody knows.
    """

    code = "unreadable"
    why = _("The file could not be read as a picture.")
    way_out = _("Upload it again as JPEG, PNG or WebP.")

    digest: str | None = None

    def __init__(self, detail: str = "") -> None:
        self.detail = detail
        super().__init__(explain(self.code, detail))

    @property
    def text(self) -> str:
        return explain(self.code)


def kind_of(code: str) -> type[PictureError]:
    """The error of this code; the most general one for a code of another version."""
    kinds = {kind.code: kind for kind in PictureError.__subclasses__()}
    return kinds.get(code, PictureError)


def explain(code: str, detail: str = "") -> str:
    """Why a picture failed, what to do about it, and the detail."""
    kind = kind_of(code)
    text = f"{kind.why} {kind.way_out}"
    return f"{text} ({detail})" if detail else text


class PictureMissing(PictureError):
    code = "missing"
    digest = ""
    why = _("The picture's file is gone.")
    way_out = _("Upload the picture again.")


class PictureEmpty(PictureError):
    code = "empty"
    why = _("The file is empty.")
    way_out = _("Upload the picture again.")


class PictureTooLarge(PictureError):
    code = "too_large"
    why = _("The picture is too large.")
    way_out = _("Upload a smaller one, or the same one as JPEG.")


class PictureFormatRefused(PictureError):
    code = "format"
    why = _("This kind of file is not accepted.")
    way_out = _("Upload a JPEG, PNG, WebP or GIF picture.")


class PictureDamaged(PictureError):
    code = "damaged"
    why = _("The file is damaged or cut short.")
    way_out = _("Upload the picture again.")


class PictureWithoutContent(PictureError):
    code = "no_content"
    why = _("There is nothing to compare in this picture.")
    way_out = _("Upload one that shows the product.")


class PictureKilledWorker(PictureError):
    code = "worker_lost"
    why = _("This picture took too long or too much memory, each time it was tried.")
    way_out = _("Upload it smaller, or in another format.")


class PictureNotEmbedded(PictureError):
    code = "not_embedded"
    why = _("The program that compares pictures failed at this one, each time it was tried.")
    way_out = _("Show the details to a technician; when the fault is mended, try it again.")


class SurroundingsError(VrsError):
    """Something around the pictures is missing: weights, storage, a library, a space."""


class EmbedderUnavailable(SurroundingsError):
    """The embedder cannot be loaded; the text lists what was tried and the ways out."""


class SpaceUnavailable(SurroundingsError):
    """The space of the settings' embedder cannot be made at this moment."""


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


class SpaceRefused(VrsError):
    """A space cannot be shown or dropped as it is now; the text says why, and the way out."""
