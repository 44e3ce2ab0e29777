"""Credentials from wherever AWS's tools would find them: keys, files, roles, a program, a sign-in portal.

profile ──▶ **Source** ──▶ sigv4

All of these are somebody else's, and botocore checks few of their types: whatever goes wrong becomes a sentence here.
"""

import os
from collections.abc import Mapping
from datetime import datetime

from botocore.credentials import (
    AssumeRoleProvider,
    AssumeRoleWithWebIdentityProvider,
    Credentials,
    ReadOnlyCredentials,
)
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    HTTPClientError,
    MissingDependencyException,
    ProfileNotFound,
)
from botocore.exceptions import ConnectionError as BotoConnectionError
from botocore.session import Session
from msgspec import Struct

from backend.protocol.identity import session_names
from desktop.outside.sentence import Sentence
from desktop.sign_in.auth import IamAuth
from desktop.sign_in.findings import Found, NotSignedIn, SignInUnreachable

SIGN_IN = "Sign in with the AWS CLI, and try again."
ASKS_FOR_A_CODE = "This AWS profile asks for an MFA code, and there is nobody here to ask."
UNREADABLE = "The AWS credentials cannot be read: {reason}. {help}"
NEEDS_CRT = (
    'Credentials of "aws login" need a package that is not installed: pip install "botocore[crt]". '
    "Or name an AWS profile with credential_process = aws configure export-credentials --profile PROFILE."
)
"""The package, `awscrt`, has 12 MB, and would make every start of the program a tenth of a second longer.

Source of the other way: https://docs.aws.amazon.com/cli/latest/reference/configure/export-credentials.html
"""
NAMES_NO_SESSION = (
    "The AWS profile {profile} assumes a role without saying who you are: each start of this program would be another "
    'person. Add "role_session_name = YOUR USER NAME" to it in {file}.'
)
SETS_NO_SESSION = (
    "The role of AWS_WEB_IDENTITY_TOKEN_FILE is assumed without saying who you are: each start of this program would "
    "be another person. Set AWS_ROLE_SESSION_NAME to a name of your own."
)
HELP: Mapping[str, str] = {
    "AccessDenied": "The role may be for others, or want your user name as role_session_name: ask who manages it.",
    "ForbiddenException": "The sign-in portal does not assign you this account and role: ask who manages it.",
    "ExpiredToken": SIGN_IN,
    "ExpiredTokenException": SIGN_IN,
    "InvalidClientTokenId": "The access key is wrong, or has been deleted.",
}
"""What may help where AWS refuses to give credentials, by its code for that."""


class Source(Struct):
    """The credentials of a profile, which renew themselves until `forget`."""

    auth: IamAuth
    _found: Credentials | None = None

    def forget(self) -> None:
        """Read the credentials again next time: the service refused those."""
        self._found = None

    def read(self) -> ReadOnlyCredentials:
        """Return keys that are good now. May block while a program or a portal is asked.

        Raises:
            NotSignedIn: There are none, or what was found makes no sense.
            SignInUnreachable: A portal or a role cannot be asked.
        """
        try:
            # Kept in a variable too: while this thread waits, `forget` may be called by the one that gave it up.
            found = self._found = self._found or _find(self.auth)
            return _checked(found.get_frozen_credentials())
        except (NotSignedIn, SignInUnreachable):
            raise
        except (HTTPClientError, BotoConnectionError) as error:
            raise SignInUnreachable("The sign-in cannot be reached: {reason}.", reason=_words(error)) from error
        except ProfileNotFound as error:
            raise NotSignedIn("There is no AWS profile called {name}.", name=error.kwargs["profile"]) from error
        except ClientError as error:
            raise _refused(error) from error
        except MissingDependencyException as error:
            raise NotSignedIn(NEEDS_CRT) from error
        except (BotoCoreError, OSError, RuntimeError, ValueError) as error:
            raise NotSignedIn(UNREADABLE, reason=_words(error), help=Sentence(SIGN_IN)) from error
        except Exception as error:  # of a wrong type somewhere in what was found
            raise NotSignedIn(
                "The AWS credentials cannot be used: what was found has a wrong form ({error}).",
                error=type(error).__name__,
            ) from error

    def describe(self) -> Found:
        """Read the keys, and return what they are. Raises what `read` does."""
        self.read()
        ends_at = getattr(self._found, "_expiry_time", None)  # botocore has no other name for it
        return Found(
            origin=str(getattr(self._found, "method", "")), ends_at=ends_at if isinstance(ends_at, datetime) else None
        )


def _find(auth: IamAuth) -> Credentials:
    if auth.access_key_id and auth.secret_access_key:
        return Credentials(auth.access_key_id, auth.secret_access_key)
    session = Session(profile=auth.aws_profile)
    for provider in session.get_component("credential_provider").providers:
        if isinstance(provider, AssumeRoleProvider):
            vars(provider)["_prompter"] = _refuse_to_prompt  # botocore takes none from a session
    found = session.get_credentials()
    if found is None:
        raise NotSignedIn("No AWS credentials were found. Sign in with the AWS CLI, or name a profile.")
    _check_session_name(session, found.method)
    return found


def _check_session_name(session: Session, method: str) -> None:
    """Refuse a role whose session nobody named: reports belong to the role and that name. Nothing has been sent yet.

    The service refuses such a session too: sessions are also made elsewhere.
    """
    by_web_identity = method == AssumeRoleWithWebIdentityProvider.METHOD
    if method != AssumeRoleProvider.METHOD and not by_web_identity:
        return
    profile = session.get_scoped_config()
    name = profile.get("role_session_name")
    if by_web_identity and session.instance_variables().get("profile") is None:
        name = os.environ.get("AWS_ROLE_SESSION_NAME", name)
    if isinstance(name, str) and name and not session_names.is_default(name):
        return
    if "role_arn" not in profile:
        raise NotSignedIn(SETS_NO_SESSION)
    file = session.get_config_variable("config_file")
    raise NotSignedIn(NAMES_NO_SESSION, profile=session.profile or "default", file=file)


def _refuse_to_prompt(_question: str) -> str:
    raise NotSignedIn("{first} {second}", first=Sentence(ASKS_FOR_A_CODE), second=Sentence(SIGN_IN))


def _checked(keys: ReadOnlyCredentials) -> ReadOnlyCredentials:
    """Return keys that can stand in a header."""
    for name, value in zip(("access key", "secret access key", "session token"), keys, strict=False):
        is_missing = value is None and name == "session token"
        if not is_missing and not (isinstance(value, str) and value and value.isascii() and value.isprintable()):
            raise NotSignedIn("The AWS credentials cannot be used: the {name} is none.", name=Sentence(name))
    return keys


def _refused(error: ClientError) -> NotSignedIn:
    """Return AWS's refusal, with a sentence to go on with if there is one."""
    refusal = Sentence("AWS refused the sign-in: {reason}.", reason=_words(error))
    help_ = HELP.get(str(error.response.get("Error", {}).get("Code")))
    return NotSignedIn("{first} {second}", first=refusal, second=Sentence(help_)) if help_ else NotSignedIn(refusal)


def _words(error: Exception) -> str:
    """Return a library's message as the end of a sentence; none of those caught above quotes a key."""
    return " ".join(str(error).split()).rstrip(".")
