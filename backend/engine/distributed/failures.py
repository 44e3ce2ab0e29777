"""Reasons why queries did not succeed, as the failures of reports.

`Reason` ──▶ **FAILURES** ──▶ execution
"""

from collections.abc import Mapping

from backend.engine.distributed.cluster import Reason
from backend.protocol.messages import Failure, FailureCode

_SENTENCES: Mapping[Reason, tuple[FailureCode, str]] = {
    Reason.BUSY: (
        FailureCode.ENGINE_UNAVAILABLE,
        "The query engine has had no room for this report for too long. Try again later.",
    ),
    Reason.SCAN_LIMIT: (
        FailureCode.SCAN_LIMIT,
        "The report would read more data than a query may. Ask for less at a time.",
    ),
    Reason.TIME_LIMIT: (
        FailureCode.TIMED_OUT,
        "The query took longer than the query engine lets it. Ask for less at a time.",
    ),
    Reason.MEMORY: (FailureCode.OUT_OF_MEMORY, "The report is too large for the query engine. Ask for less."),
    Reason.NODE_LOST: (FailureCode.ENGINE_UNAVAILABLE, "The query engine lost one of its machines. Try again."),
    Reason.STOPPED: (
        FailureCode.ENGINE_UNAVAILABLE,
        "Somebody stopped the query of this report in the query engine. Try again, or ask whoever looks after it.",
    ),
    Reason.REFUSED: (
        FailureCode.DEFINITION_ERROR,
        "This report's query fails in the query engine. Tell whoever looks after the reports.",
    ),
    Reason.DENIED: (
        FailureCode.ENGINE_UNAVAILABLE,
        "The query engine refuses the service, or has no access to the data. Tell whoever looks after the service.",
    ),
    Reason.OTHER_ROWS: (
        FailureCode.ENGINE_UNAVAILABLE,
        "The query engine does not see this report's data as they are. Try again, or tell whoever looks after them.",
    ),
    Reason.LOST: (FailureCode.ENGINE_UNAVAILABLE, "The query engine has lost the query of this report. Try again."),
    Reason.SILENT: (FailureCode.ENGINE_UNAVAILABLE, "The query engine does not answer. Try again later."),
    Reason.FAULT: (FailureCode.ENGINE_UNAVAILABLE, "The query engine failed at this report. Try again."),
}
FAILURES: Mapping[Reason, Failure] = {
    reason: Failure(code=code, message=message) for reason, (code, message) in _SENTENCES.items()
}
NO_ENGINE = Failure(
    code=FailureCode.ENGINE_UNAVAILABLE,
    message="The report needs a distributed engine, and the service has none. Tell whoever looks after the reports.",
)
NO_TEXT = Failure(
    code=FailureCode.DEFINITION_ERROR,
    message="The report needs a distributed engine, and is not compiled for it. Tell whoever looks after the reports.",
)
