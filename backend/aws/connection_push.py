"""Posting to WebSocket connections through API Gateway's management API.

announcing, router ── frame ──▶ **ConnectionPush** ──▶ `PostToConnection`
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from backend.service.ports import Delivery

if TYPE_CHECKING:
    from mypy_boto3_apigatewaymanagementapi import ApiGatewayManagementApiClient

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ConnectionPush:
    """A `ports.Push`."""

    client: ApiGatewayManagementApiClient

    def __call__(self, connection_id: str, frame: bytes) -> Delivery:
        """Post the frame; say what became of it."""
        try:
            self.client.post_to_connection(ConnectionId=connection_id, Data=frame)
        except self.client.exceptions.GoneException:
            return Delivery.GONE
        except (ClientError, BotoCoreError) as error:
            log.warning("post failed", extra={"connectionId": connection_id, "reason": type(error).__name__})
            return Delivery.UNDELIVERED
        return Delivery.DELIVERED
