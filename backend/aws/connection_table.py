"""The table of connections, and the counters beside them.

router, rates ──▶ **ConnectionTable** ──▶ DynamoDB
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from backend.aws.dynamodb_errors import ConditionFailed, translated
from backend.aws.report_items import Item, encode
from backend.domain.caller import SignIn

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

CONNECTION_TTL = timedelta(hours=1)
_IS_LIVE = "attribute_exists(connectionId) AND expiresAt > :now"


@dataclass(frozen=True, slots=True)
class ConnectionTable:
    """A `ports.ConnectionStore`."""

    client: DynamoDBClient
    table: str

    def put(self, connection_id: str, sign_in: SignIn, now: datetime) -> None:
        """Store who is behind a connection."""
        item: Item = {
            "connectionId": {"S": connection_id},
            "owner": {"S": sign_in.owner},
            "connectedAt": encode("connected_at", now),
            "expiresAt": encode("expires_at", now + CONNECTION_TTL),
        }
        if sign_in.valid_until:
            item["validUntil"] = encode("valid_until", sign_in.valid_until)
        if sign_in.groups:
            item["groups"] = {"SS": sorted(sign_in.groups)}
        with translated():
            self.client.put_item(TableName=self.table, Item=item)

    def renew(self, connection_id: str, now: datetime) -> SignIn | None:
        """Keep the connection for another hour and return who is behind it; None if it is unknown."""
        try:
            with translated():
                renewed = self.client.update_item(
                    TableName=self.table,
                    Key={"connectionId": {"S": connection_id}},
                    UpdateExpression="SET expiresAt = :later",
                    ConditionExpression=_IS_LIVE,
                    ExpressionAttributeValues={
                        ":now": encode("expires_at", now),
                        ":later": encode("expires_at", now + CONNECTION_TTL),
                    },
                    ReturnValues="ALL_NEW",
                )
        except ConditionFailed:
            return None
        item = renewed["Attributes"]
        until = item.get("validUntil")
        return SignIn(
            owner=item["owner"]["S"],
            valid_until=datetime.fromisoformat(until["S"]) if until else None,
            groups=frozenset(item.get("groups", {}).get("SS", ())),
        )

    def count(self, name: str, until: datetime) -> int:
        """Count, as a `ports.Counter`. Counters expire like connections; only their ids have a `#`."""
        with translated():
            counted = self.client.update_item(
                TableName=self.table,
                Key={"connectionId": {"S": f"count#{name}"}},
                UpdateExpression="ADD #count :one SET expiresAt = :until",
                ExpressionAttributeNames={"#count": "count"},
                ExpressionAttributeValues={":one": {"N": "1"}, ":until": encode("expires_at", until)},
                ReturnValues="UPDATED_NEW",
            )
        return int(counted["Attributes"]["count"]["N"])

    def delete(self, connection_id: str) -> None:
        """Forget a connection, known or not."""
        with translated():
            self.client.delete_item(TableName=self.table, Key={"connectionId": {"S": connection_id}})
