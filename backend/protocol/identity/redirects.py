"""Where the browser brings back whoever has signed in: addresses of this machine that the issuer must know beforehand.

infra (the client at the issuer), desktop.sign_in ──▶ **REDIRECTS**

Cognito compares the whole address, port and all, and takes plain http for `localhost` alone. Several ports, as another
program may have one; none of those that systems give out by themselves (from 32768 on). Sources:
https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateUserPoolClient.html,
https://www.rfc-editor.org/rfc/rfc8252#section-7.3
"""

from typing import Final

REDIRECT_PORTS: Final = (17431, 17432, 17433, 17434, 17435)
REDIRECT_PATH: Final = "/signed-in"
REDIRECTS: Final = tuple(f"http://localhost:{port}{REDIRECT_PATH}" for port in REDIRECT_PORTS)
SCOPES: Final = ("openid",)
"""Asked for unless a profile names others: more would be known of a person than the service needs."""
