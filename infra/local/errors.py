"""Errors of the local backend, each with a message of one line for the person who started it."""


class LocalBackendError(RuntimeError):
    """The local backend cannot run; the message is one line."""


class UnsupportedResource(LocalBackendError):
    """The program declares something that is not applied locally; the message lists it."""


class UnresolvedReference(LocalBackendError):
    """A resource refers to an attribute that applying the other did not give."""


class DataError(RuntimeError):
    """Data cannot be added, listed or removed; the message is one line."""
