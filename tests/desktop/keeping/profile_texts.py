"""Profiles as their files have them."""

import json
from typing import Any


def profile_text(name: str = "production", host: str = "api.example.com", **fields: Any) -> str:
    known = {
        "name": name,
        "endpoint": f"wss://{host}/stage",
        "region": "eu-central-1",
        "auth": {"mode": "iam", "accessKeyId": "AKIA1234567890ABCDEF", "secretAccessKey": "secret-of-nobody"},
        "https": f"https://{host}/v1",
    }
    return json.dumps(known | fields)
