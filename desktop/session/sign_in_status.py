"""How the sign-in in the browser stands, as the desk tells the window. Values only: no socket, no clock, no Qt.

desk.browser_sign_in ── `SignInStatus` ──▶ wording, window
"""

from msgspec import Struct


class SignInStatus(Struct, frozen=True, kw_only=True):
    """Of a connection to which people sign in, in the browser."""

    who: str = ""
    """Who is signed in; "" is nobody, or not known yet."""
    is_kept: bool = True
    """Whether they will be after the next start."""
    is_in_browser: bool = False
    """Whether the browser is open for it."""
    address: str = ""
    """The address to be opened in the browser, where none could be opened; it has nothing secret in it."""
    failure: str = ""
    """Why the last attempt came to nothing."""
