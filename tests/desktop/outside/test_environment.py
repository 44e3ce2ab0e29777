"""Proxies and certificates, in every form that a shell or curl's users give them."""

import ssl
from pathlib import Path

import pytest

from desktop.outside.environment import CERTIFICATE_FILES, WrongEnvironment, proxy_of
from desktop.outside.tls.trust import trust

URL = "wss://abc.execute-api.eu-central-1.amazonaws.com/prod"


@pytest.mark.parametrize(
    ("text", "url", "name"),
    [
        ("http://proxy.example:3128", "http://proxy.example:3128", "proxy.example:3128"),
        ("proxy.example:3128", "http://proxy.example:3128", "proxy.example:3128"),
        ("proxy.example", "http://proxy.example", "proxy.example:80"),
        (" http://proxy.example:3128/ ", "http://proxy.example:3128", "proxy.example:3128"),
        ("HTTP://proxy.example:3128", "http://proxy.example:3128", "proxy.example:3128"),
        ("https://proxy.example", "https://proxy.example", "proxy.example:443"),
        ("http://anna:s%40cret@proxy.example:3128", "http://anna:s%40cret@proxy.example:3128", "proxy.example:3128"),
        ("http://[::1]:3128", "http://[::1]:3128", "[::1]:3128"),
    ],
)
@pytest.mark.parametrize("variable", ["https", "all"])
def test_proxy_is_read_as_curl_reads_it(variable: str, text: str, url: str, name: str) -> None:
    proxy = proxy_of(URL, {variable: text})
    assert proxy is not None
    assert (proxy.url, proxy.name) == (url, name)


@pytest.mark.parametrize("variables", [{}, {"https": ""}, {"https": " "}, {"http": "http://proxy.example:1"}])
def test_there_may_be_none(variables: dict[str, str]) -> None:
    assert proxy_of(URL, variables) is None


@pytest.mark.parametrize("url", ["ws://127.0.0.1:1/local", "http://localhost:1", "http://[::1]:1"])
def test_this_machine_is_reached_without_a_proxy(url: str) -> None:
    assert proxy_of(url, {"https": "http://proxy.example", "all": "socks5://127.0.0.1:1"}) is None


@pytest.mark.parametrize("scheme", ["socks5", "socks5h", "socks4", "socks4a", "socks"])
@pytest.mark.parametrize("variable", ["https", "all"])
def test_socks_is_refused_by_name(variable: str, scheme: str) -> None:
    with pytest.raises(WrongEnvironment) as told:
        proxy_of(URL, {variable: f"{scheme}://anna:secret@127.0.0.1:1080"})
    assert str(told.value) == (
        f"{variable.upper()}_PROXY names a SOCKS proxy, 127.0.0.1:1080. Only HTTP proxies are possible."
    )


@pytest.mark.parametrize(
    "text", ["http://", "http://:3128", "http://proxy:port", "http://proxy:99999", "ftp://proxy", "http://[::1", "://x"]
)
def test_what_is_no_proxy_is_refused_by_the_name_of_its_variable(text: str) -> None:
    with pytest.raises(WrongEnvironment, match=r"HTTPS_PROXY is no address of a proxy, as http://host:port is\."):
        proxy_of(URL, {"https": text})


@pytest.mark.parametrize(
    ("exempt", "host", "is_exempt"),
    [
        ("*", "reports.example", True),
        ("reports.example", "reports.example", True),
        ("example", "reports.example", True),
        (".example", "reports.example", True),
        ("*.example", "reports.example", True),
        ("REPORTS.example.", "reports.example", True),
        ("orts.example", "reports.example", False),
        ("a.example,reports.example", "reports.example", True),
        ("a.example reports.example", "reports.example", True),
        ("a.example, ,", "reports.example", False),
        ("reports.example:443", "reports.example", True),
        ("reports.example:8443", "reports.example", False),
        ("reports.example:8443", "reports.example:8443", True),
        ("10.0.0.0/8", "10.1.2.3", True),
        ("10.0.0.0/8", "11.1.2.3", False),
        ("10.1.2.3", "10.1.2.3", True),
        ("fe11::/16", "[fe11::1]", True),
        ("fe11::/16", "reports.example", False),
        ("[fe11::1]", "[fe11::1]", True),
        ("fe11::1", "[fe11::1]", True),
        ("[fe11::1]:443", "[fe11::1]", True),
        ("[::1]", "reports.example", False),
        ("http://reports.example", "other.example", False),
        ("[", "reports.example", False),
        ("", "reports.example", False),
    ],
)
@pytest.mark.parametrize("scheme", ["wss", "https"])
def test_exemptions_are_names_domains_addresses_and_networks(
    scheme: str, exempt: str, host: str, *, is_exempt: bool
) -> None:
    proxy = proxy_of(f"{scheme}://{host}/prod", {"https": "http://proxy.example:3128", "no": exempt})
    assert (proxy is None) is is_exempt


@pytest.mark.parametrize("variable", CERTIFICATE_FILES)
def test_file_of_certificates_that_is_none_is_named(
    variable: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for each in CERTIFICATE_FILES:
        monkeypatch.delenv(each, raising=False)
    missing, empty = tmp_path / "missing.pem", tmp_path / "empty.pem"
    empty.write_text("no certificate")
    monkeypatch.setenv(variable, str(missing))
    with pytest.raises(WrongEnvironment, match=f"{variable} names {missing}, which cannot be read: No such file"):
        trust()
    monkeypatch.setenv(variable, str(empty))
    with pytest.raises(WrongEnvironment, match=f"{variable} names {empty}, which holds no certificate"):
        trust()
    monkeypatch.delenv(variable)
    assert isinstance(trust(), ssl.SSLContext)


@pytest.mark.parametrize(("variable", "source"), [("HTTPS_PROXY", "HTTPS_PROXY"), ("all_proxy", "ALL_PROXY")])
def test_proxy_tells_which_variable_names_it(variable: str, source: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv(variable, "proxy.example:3128")
    proxy = proxy_of(URL)
    assert proxy is not None
    assert proxy.source == source


def test_proxy_of_the_systems_settings_has_no_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("urllib.request.getproxies", lambda: {"https": "http://proxy.example:3128"})
    monkeypatch.setattr("urllib.request.getproxies_environment", dict)
    proxy = proxy_of(URL)
    assert proxy is not None
    assert proxy.source == ""
