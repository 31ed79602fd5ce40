"""The errors that this app raises.

Two families that the pipeline handles differently. A PictureError fails that one picture, with
a reason for the shop. A SurroundingsError fails no picture and costs no attempt: the work is
retried once the surroundings are repaired.
"""

from celery.exceptions import SoftTimeLimitExceeded
from django.utils.translation import gettext_lazy as _


class VrsError(Exception):
    """The base class of this app's errors."""


class PictureError(VrsError):
    """A picture that cannot be embedded.

    `code` is stable and stored in the database, at most 20 characters. `why` and `way_out`
    are sentences for staff, translated when shown; `detail` is for technicians. `digest` is
    the SHA-256 of the file's bytes: empty if there is no file, None if it is unknown.
    `may_be_storage` if a storage that gives wrong or too few bytes causes such an error too.
    """

    code = "unreadable"
    why = _("The file could not be read as a picture.")
    way_out = _("Upload it again as JPEG, PNG or WebP.")

    digest: str | None = None
    may_be_storage = False

    def __init__(self, detail: str = "") -> None:
        self.detail = detail
        super().__init__(explain(self.code, detail))

    @property
    def text(self) -> str:
        """Why the picture failed, and what to do about it."""
        return explain(self.code)


def storage_codes() -> list[str]:
    """The codes of the errors that a storage which gives wrong bytes may cause."""
    return [kind.code for kind in PictureError.__subclasses__() if kind.may_be_storage]


def error_class(code: str) -> type[PictureError]:
    """The PictureError of this code; PictureError itself for a code of another version."""
    kinds = {kind.code: kind for kind in PictureError.__subclasses__()}
    return kinds.get(code, PictureError)


def explain(code: str, detail: str = "") -> str:
    """Why a picture failed, what to do about it, and the detail, for an error's code."""
    kind = error_class(code)
    text = f"{kind.why} {kind.way_out}"
    return f"{text} ({detail})" if detail else text


class PictureMissing(PictureError):
    """The storage has no such file."""

    code = "missing"
    digest = ""
    why = _("The picture's file is gone.")
    way_out = _("Upload the picture again.")


class PictureEmpty(PictureError):
    """The file has no bytes."""

    code = "empty"
    may_be_storage = True
    why = _("The file is empty.")
    way_out = _("Upload the picture again.")


class PictureTooLarge(PictureError):
    """Above a limit on its bytes, pixels, sides, frames or memory."""

    code = "too_large"
    why = _("The picture is too large.")
    way_out = _("Upload a smaller one, or the same one as JPEG.")


class PictureFormatRefused(PictureError):
    """No picture, or of a format that is not among IMAGE_FORMATS."""

    code = "format"
    may_be_storage = True
    why = _("This kind of file is not accepted.")
    way_out = _("Upload a JPEG, PNG, WebP or GIF picture.")


class PictureNeedsExtra(PictureError):
    """A HEIC, where the package that reads it is not installed."""

    code = "needs_extra"
    why = _("This server cannot read HEIC, the format of iPhone photos.")
    way_out = _(
        "Upload the picture as JPEG, or let a technician install the extra: django-vrs[heif]."
    )


class PictureDamaged(PictureError):
    """The decoder failed, or found too few bytes."""

    code = "damaged"
    may_be_storage = True
    why = _("The file is damaged or cut short.")
    way_out = _("Upload the picture again.")


class PictureWithoutContent(PictureError):
    """Its vector is zero or not finite, and has no cosine."""

    code = "no_content"
    why = _("There is nothing to compare in this picture.")
    way_out = _("Upload one that shows the product.")


class PictureKilledWorker(PictureError):
    """Each of MAX_ATTEMPTS attempts ended with a lost worker."""

    code = "worker_lost"
    why = _("This picture took too long or too much memory, each time it was tried.")
    way_out = _("Upload it smaller, or in another format.")


class PictureNotEmbedded(PictureError):
    """The embedder raised at each of MAX_ATTEMPTS attempts."""

    code = "not_embedded"
    why = _("The program that compares pictures failed at this one, each time it was tried.")
    way_out = _("Show the details to a technician; when the fault is fixed, try it again.")


class SurroundingsError(VrsError):
    """Weights, storage, a library, a space or a worker is unavailable. No picture is at fault."""


class EmbedderUnavailable(SurroundingsError):
    """The embedder cannot be loaded; the message lists what was tried and the ways out."""


class SpaceUnavailable(SurroundingsError):
    """The space of the settings' embedder cannot be created now; retry later."""


class StorageUnavailable(SurroundingsError):
    """The storage does not give files now, which says nothing about any picture."""


class StorageHangs(SoftTimeLimitExceeded, StorageUnavailable):
    """The soft time limit was met while the storage was giving the file `name`."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(f"The storage takes too long to give {name}.")

    def __str__(self) -> str:
        return str(self.args[0])


class PhotoSearchUnavailable(SurroundingsError):
    """No photo worker answers in time, or all are busy. `retry_after` is in seconds."""

    def __init__(self, text: str, *, retry_after: int) -> None:
        self.retry_after = retry_after
        super().__init__(text)


class CatalogueLacks(VrsError):
    """A function needs a Catalogue method that returns None in this shop."""


class NoActiveSpace(VrsError):
    """No space is active, since nothing has been embedded yet."""


class SpaceRefused(VrsError):
    """A space cannot be switched to, dropped or indexed now; the message has the way out."""
