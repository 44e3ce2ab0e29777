"""Certificates as they come over the wire, whole and broken."""

import ssl
from datetime import UTC, datetime

import pytest

from desktop.outside.tls.certificates import Certificate, read
from tests.desktop.doctor.benches import CERTIFICATES


def der_of(name: str) -> bytes:
    text = (CERTIFICATES / f"{name}.pem").read_text()
    return ssl.PEM_cert_to_DER_cert(text[text.index("-----BEGIN CERTIFICATE") :])


@pytest.mark.parametrize(
    ("name", "issuer", "until"),
    [
        ("trusted", "Test authority (Tests of Reportwire)", datetime(2049, 12, 31, 12, tzinfo=UTC)),
        ("expired", "Test authority (Tests of Reportwire)", datetime(2021, 3, 1, 12, tzinfo=UTC)),
        ("inspected", "Inspecting proxy (Example Company)", datetime(2099, 12, 31, 12, tzinfo=UTC)),
    ],
)
def test_issuer_and_end_are_read(name: str, issuer: str, until: datetime) -> None:
    assert read(der_of(name)) == Certificate(issuer, until)


def test_what_is_cut_or_changed_anywhere_is_none_or_read() -> None:
    whole = der_of("trusted")
    for at in range(len(whole)):
        assert read(whole[:at]) is None
        for byte in (0x00, 0x30, 0x80, 0xFF):
            read(whole[:at] + bytes([byte]) + whole[at + 1 :])
