from django.core.files.storage import FileSystemStorage


class Overwriting(FileSystemStorage):
    """As S3 is by default: a file of the same name replaces the one before."""

    def __init__(self) -> None:
        super().__init__(allow_overwrite=True)
