"""The owner behind an event, and a line in the log where there is none.

router, web.door ── event ──▶ **identified** ──▶ domain.caller
"""

import logging
from collections.abc import Mapping
from functools import cache
from typing import Any

from backend.domain.caller import NoIdentity, SignIn, UnfitIdentity, sign_in_of

log = logging.getLogger(__name__)


def identified(event: Mapping[str, Any], *, access_key_is_identity: bool, extra: Mapping[str, str]) -> SignIn:
    """Return who asks; `extra` says of what in the log.

    Raises:
        NoIdentity: There is nobody who can own reports.
    """
    try:
        return sign_in_of(event, access_key_is_identity=access_key_is_identity)
    except UnfitIdentity as unfit:
        log.warning("identity refused", extra={**extra, "userArn": unfit.arn, "reason": str(unfit)})
        raise
    except NoIdentity as nobody:
        log.warning("no identity", extra=extra)
        _log_fields(nobody.fields)
        raise


@cache
def _log_fields(names: tuple[str, ...]) -> None:
    """Log which fields an identity has, once a process: names alone, for whoever finds that everybody is refused."""
    log.error("the identity of requestContext has no userArn", extra={"fields": ", ".join(names)})
