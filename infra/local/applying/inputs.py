"""The inputs of one resource while it is applied: whatever nobody reads is an error.

graph ──▶ **inputs** ──▶ appliers. Pure.
"""

from collections.abc import Mapping
from typing import Any

SPELLED_OTHERWISE = {
    "id": "ID",
    "sseAlgorithm": "SSEAlgorithm",
    "enforceWorkgroupConfiguration": "EnforceWorkGroupConfiguration",
    "publishCloudwatchMetricsEnabled": "PublishCloudWatchMetricsEnabled",
    "kmsKeyArn": "KmsKey",
    "serDeInfo": "SerdeInfo",
}
"""Names that boto3 has for inputs, where it does not only begin them with a capital."""


class Inputs:
    """Resolved inputs, noting which were read."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = values
        self._read: set[str] = set()

    def __getitem__(self, name: str) -> Any:  # noqa: ANN401  as wide as JSON
        """Return an input that is always given."""
        self._read.add(name)
        return self._values[name]

    def get(self, name: str, default: Any = None) -> Any:  # noqa: ANN401  as wide as JSON
        """Return an input, or `default` where it is not given."""
        self._read.add(name)
        return self._values.get(name, default)

    def unread(self) -> list[str]:
        """Return the inputs nobody read."""
        return sorted(self._values.keys() - self._read)


def pascal(value: Any) -> Any:  # noqa: ANN401  as wide as JSON
    """Return nested inputs with the keys boto3 knows them by: `logFormat` is `LogFormat`."""
    match value:
        case dict():
            return {SPELLED_OTHERWISE.get(key, key[:1].upper() + key[1:]): pascal(item) for key, item in value.items()}
        case list():
            return [pascal(item) for item in value]
        case _:
            return value


def tag_list(tags: Mapping[str, str]) -> list[dict[str, str]]:
    """Return tags as most services want them."""
    return [{"Key": key, "Value": value} for key, value in tags.items()]
