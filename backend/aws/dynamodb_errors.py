"""Errors of DynamoDB, as what the ports promise.

report_table, connection_table ──▶ **translated** ──▶ use case
"""

from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import BotoCoreError, ClientError

from backend.service.ports import StoreUnavailable


class ConditionFailed(Exception):
    """The row is not what the write asks for."""


@contextmanager
def translated() -> Iterator[None]:
    """Translate errors of the SDK.

    Raises:
        ConditionFailed: The write is conditional, and its condition was not met.
        StoreUnavailable: Anything else.
    """
    try:
        yield
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "")
        if code == "ConditionalCheckFailedException":
            raise ConditionFailed from error
        raise StoreUnavailable(code) from error
    except BotoCoreError as error:
        raise StoreUnavailable(type(error).__name__) from error
