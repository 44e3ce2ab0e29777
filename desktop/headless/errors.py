"""Why no report came, as one tree; each message is a sentence for a reader and quotes no key and no link.

headless ── `ReportError` ──▶ commands, notebook
"""


class ReportError(Exception):
    """No report came of it. Catch this for all of those below."""


class NotConnected(ReportError):
    """There is no connection to a service."""


class Refused(ReportError):
    """The service refused what was asked; `code` is its `ErrorCode`, and "" where it had none."""

    def __init__(self, message: str, code: str = "") -> None:
        super().__init__(message)
        self.code = code


class WrongRequest(Refused, ValueError):
    """The report, a parameter or the format is not what the service offers: the same request is never accepted."""


class ReportFailed(ReportError):
    """The report ended without a file; `code` is its `FailureCode`, and "" where it had none."""

    def __init__(self, message: str, code: str = "") -> None:
        super().__init__(message)
        self.code = code


class ReportCancelled(ReportError):
    """Somebody cancelled the report, here or elsewhere, or left before it was asked for."""


class NotSaved(ReportError):
    """The report is there, but its file could not be downloaded, checked or written."""
