"""Names that programs give to the sessions of roles where nobody chose one.

desktop.sign_in, domain.caller ──▶ **is_default**

Reports belong to a role and the name of its session. A default is another name at each start, or the same one for all
who copied it from a page, so neither side accepts one.
"""

import re

_BY_PROGRAM = (
    r"botocore-session-.*",  # Python, the AWS CLI: botocore/credentials.py
    r"aws-cli-session-.*",  # the AWS CLI before it used botocore's
    r"awscli-session",  # everybody who follows https://repost.aws/knowledge-center/iam-assume-role-cli
    r"aws-sdk-(java|js|kotlin|php|ruby|swift)-.*",
    r"temporary-credentials|(token-file-)?web-identity",  # JavaScript, version 2
    r"aws-go-sdk-.*",
    r"\d{10}(\d{3}){0,3}",  # Go, version 1 and by web identity: a time since 1970, here from seconds to nanoseconds
    r"aws-dotnet-sdk-session-.*",  # .NET, PowerShell
    r"(assume-role-from-profile|assume-role-provider|web-identity-token)-\d+",  # Rust
    r"aws-common-runtime-profile-config.*",  # aws-c-auth
    r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}",  # C++: a UUID
    r"default_session|[0-9a-z+=]{48}",  # Ruby: by profile; by web identity, a UUID in Base64
)
"""Each from the code of the AWS SDK for that language, as of November 2026."""
_DEFAULT = "|".join(_BY_PROGRAM)


def is_default(session_name: str) -> bool:
    """Return whether a program gave this name to a session of a role."""
    return re.fullmatch(_DEFAULT, session_name, re.IGNORECASE | re.ASCII) is not None
