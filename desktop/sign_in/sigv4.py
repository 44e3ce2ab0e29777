"""Fresh headers for every attempt to connect, signed with Signature Version 4.

client ──▶ **Signer** ──▶ `Authorization`, `X-Amz-Date`, `X-Amz-Security-Token`; good for five minutes, never logged

Headers rather than the query, so that no address carries a signature: addresses end in logs, and API Gateway refuses
one of more than 4,096 characters, as it gets with a long session token.

Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-control-access-iam.html
"""

from collections.abc import Mapping

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import BotoCoreError, ClientError
from botocore.session import Session

from desktop.sign_in.profiles import Profile

_UNREADABLE = (BotoCoreError, ClientError, OSError, ValueError, RuntimeError)
"""Errors of a search for credentials: a refused role raises a `ClientError`; a credential process that is missing, or
prints nonsense, an `OSError` or a `ValueError`; lapsed credentials a `RuntimeError`."""


class NotSignedIn(Exception):
    """There are no credentials to sign with; the sentence says what to do."""


class Signer:
    """Signs with the profile's credentials; `forget` makes it read them anew."""

    def __init__(self, profile: Profile) -> None:
        self._profile = profile
        self._credentials: Credentials | None = None

    def forget(self) -> None:
        """Read the credentials again next time: the service refused those."""
        self._credentials = None

    def sign(self) -> Mapping[str, str]:
        """Return the headers of a handshake with the endpoint. May block while a credential process runs.

        Raises:
            NotSignedIn: No credentials were found, or they cannot be read.
        """
        # Kept in a variable too: while this thread waits, `forget` may be called by the one that gave it up.
        credentials = self._credentials = self._credentials or _load(self._profile)
        request = AWSRequest(method="GET", url=self._profile.endpoint)
        try:
            frozen = credentials.get_frozen_credentials()
        except _UNREADABLE as error:
            raise _not_signed_in(error) from error
        SigV4Auth(frozen, "execute-api", self._profile.region).add_auth(request)
        return dict(request.headers.items())


def _load(profile: Profile) -> Credentials:
    auth = profile.auth
    if auth.access_key_id and auth.secret_access_key:
        return Credentials(auth.access_key_id, auth.secret_access_key)
    try:
        credentials = Session(profile=auth.aws_profile).get_credentials()
    except _UNREADABLE as error:
        raise _not_signed_in(error) from error
    if credentials is None:
        raise NotSignedIn("No AWS credentials were found. Sign in with the AWS CLI, or name a profile.")
    return credentials


def _not_signed_in(error: Exception) -> NotSignedIn:
    return NotSignedIn(f"The AWS credentials cannot be read: {str(error).strip().rstrip('.')}.")
