"""The one error of the embedded services."""


class ServiceError(Exception):
    """A server cannot be had; the message says why, and what to do."""
