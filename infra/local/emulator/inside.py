"""What is changed in MiniStack itself, before it serves.

child ──▶ **inside** ──▶ MiniStack's modules, of version 1.5.33

Must run in MiniStack's process.
"""

import hmac
from typing import Any

from ministack import app
from ministack.core import iam_evaluator, lambda_runtime


def salt_role_credentials(salt: bytes) -> None:
    """Make the keys of functions' roles this start's own: MiniStack computes them from the functions' names alone."""

    class Salted:
        @staticmethod
        def sha256(data: bytes) -> Any:  # noqa: ANN401  hashlib's own type has no name
            return hmac.new(salt, data, "sha256")

    lambda_runtime.hashlib = Salted


def count_loopback_as_encrypted() -> None:
    """Have policies see every request as one over TLS: nobody listens on loopback."""

    def pin_request_origin(source_ip: str, _is_encrypted: bool) -> None:  # noqa: FBT001  MiniStack's own
        iam_evaluator.pin_request_origin(source_ip, True)  # noqa: FBT003  as above

    app.pin_request_origin = pin_request_origin
