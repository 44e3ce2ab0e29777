"""Errors of DynamoDB, as what the ports promise.

report_table, connection_table ──▶ **translated** ──▶ use case
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from backend.service.ports import StoreUnavailable


class ConditionFailed(Exception):
    """The row is not what the write asks for; `item` is how it is, if the write asked for that."""

    def __init__(self, item: Mapping[str, Any] | None) -> None:
        super().__init__()
        self.item = item


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
            raise ConditionFailed(dict[str, Any](error.response).get("Item")) from error
        raise StoreUnavailable(code) from error
    except BotoCoreError as error:
        raise StoreUnavailable(type(error).__name__) from error
