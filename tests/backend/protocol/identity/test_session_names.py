import pytest

from backend.protocol.identity.session_names import is_default


@pytest.mark.parametrize(
    "name",
    [
        "botocore-session-1795609372",
        "AWS-CLI-session-1795609372",
        "AWSCLI-Session",
        "awscli-session",
        "aws-sdk-js-1795609372123",
        "aws-sdk-js-session-1795609372123",
        "aws-sdk-java-1795609372123",
        "aws-sdk-kotlin-1795609372123",
        "aws-sdk-php-1795609372123",
        "aws-go-sdk-1795609372123456789",
        "1795609372",
        "1795609372123",
        "1795609372123456789",
        "aws-dotnet-sdk-session-639000000000000000",
        "assume-role-from-profile-1795609372123",
        "assume-role-provider-1795609372123",
        "web-identity-token-1795609372123",
        "aws-common-runtime-profile-config1795609372",
        "7f1e2d3c-4b5a-4c6d-8e7f-9a0b1c2d3e4f",
        "7F1E2D3C-4B5A-4C6D-8E7F-9A0B1C2D3E4F",
        "default_session",
        "MTNhMGMwMjgtYmY3Yy00YWUyLWFkMDMtZWMwOWE0MDAwNmRm",
        "temporary-credentials",
        "web-identity",
        "token-file-web-identity",
    ],
)
def test_name_that_a_program_gives_is_a_default(name: str) -> None:
    assert is_default(name)


@pytest.mark.parametrize(
    "name",
    [
        "ann",
        "ann@example.com",
        "nightly",
        "4711",
        "00012345",
        "botocore",
        "ann-botocore-session-1",
        "i-0123456789abcdef0",
        "GitHubActions",
        "ann\n",
        "",
    ],
)
def test_name_that_somebody_chose_is_none(name: str) -> None:
    assert not is_default(name)
