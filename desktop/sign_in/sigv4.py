"""Fresh headers for every attempt to connect and every request, signed with Signature Version 4.

client ──▶ **Signer** ──▶ `Authorization`, `X-Amz-Date`, `X-Amz-Security-Token`; good for five minutes, never logged

Headers rather than the query, so that no address carries a signature: addresses end in logs, and API Gateway refuses
one of more than 4,096 characters, as it gets with a long session token.

Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-control-access-iam.html
"""

from collections.abc import Mapping

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest

from desktop.sign_in.auth import IamAuth
from desktop.sign_in.credentials import Source
from desktop.sign_in.findings import Found
from desktop.sign_in.profiles import Profile


class Signer:
    """Signs with the profile's credentials; `forget` makes it read them anew."""

    def __init__(self, profile: Profile) -> None:
        """Raises `TypeError` for a profile that signs in otherwise."""
        if not isinstance(profile.auth, IamAuth):
            raise TypeError("the profile has no AWS credentials")
        self._profile = profile
        self._source = Source(profile.auth)

    def forget(self) -> None:
        """Read the credentials again next time: the service refused those."""
        self._source.forget()

    def left_s(self) -> float | None:
        """Return how long a connection is good that was just signed: AWS looks at the handshake alone."""
        return None

    def describe(self) -> Found:
        """Return which credentials there are. May block; raises what `sign` does."""
        return self._source.describe()

    def sign(self, method: str = "GET", url: str | None = None, body: bytes = b"") -> Mapping[str, str]:
        """Return the headers of a request, or of a handshake with the endpoint.

        May block while a credential process runs.

        Raises:
            NotSignedIn: No credentials were found, or they cannot be used.
            SignInUnreachable: What gives them cannot be reached.
        """
        keys = self._source.read()
        request = AWSRequest(method=method, url=url or self._profile.endpoint, data=body)
        SigV4Auth(keys, "execute-api", self._profile.region).add_auth(request)
        return dict(request.headers.items())
