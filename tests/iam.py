"""The keys of a profile that signs with AWS credentials."""

from desktop.sign_in.auth import IamAuth
from desktop.sign_in.profiles import Profile


def keys_of(profile: Profile) -> IamAuth:
    assert isinstance(profile.auth, IamAuth)
    return profile.auth
