"""The error of the embedded services."""


class ServiceError(Exception):
    """A server cannot be started; the message says why, and what to do."""
