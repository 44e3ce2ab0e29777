"""The certificates that are trusted.

`CERTIFICATE_FILES`, the system ──▶ **trust** ──▶ transport.websocket, http

Apart from `environment`, which a window needs before it is painted; `ssl` takes a moment to load.
"""

import os
import ssl
from pathlib import Path

from desktop.outside.environment import CERTIFICATE_FILES, WrongEnvironment
from desktop.outside.sentence import Sentence


def any_certificate() -> ssl.SSLContext:
    """Return a context that takes any certificate: to look at one that is not trusted, and never to send anything."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def trust() -> ssl.SSLContext:
    """Return the certificates that are trusted: the system's, or those of `CERTIFICATE_FILES`.

    Raises:
        WrongEnvironment: The file that a variable names is not there, or holds no certificate.
    """
    variable = next((each for each in CERTIFICATE_FILES if os.environ.get(each)), None)
    if variable is None:
        return ssl.create_default_context()
    file = Path(os.environ[variable])
    try:
        return ssl.create_default_context(cafile=str(file))
    except ssl.SSLError as error:
        raise WrongEnvironment(
            Sentence("{variable} names {file}, which holds no certificate.", variable=variable, file=file)
        ) from error
    except OSError as error:
        raise WrongEnvironment(
            Sentence(
                "{variable} names {file}, which cannot be read: {reason}.",
                variable=variable,
                file=file,
                reason=error.strerror,
            )
        ) from error
