"""Settings of the environment: the proxy of an address, and the variables that name certificates.

variables ──▶ **proxy_of** ──▶ transport.websocket, files

One reading for the WebSocket and for HTTPS: the libraries below each have their own, and differ.
"""

import ipaddress
from collections.abc import Mapping
from typing import Final
from urllib.parse import SplitResult, urlsplit

from msgspec import Struct

from desktop.outside.sentence import Sentence

LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})

CERTIFICATE_FILES = ("AWS_CA_BUNDLE", "SSL_CERT_FILE")
"""Variables that name a file of certificates, the first that is set; AWS's tools know the first, OpenSSL the second."""
_PROXIES = ("https", "all")
_SCHEMES = ("http", "https")


class WrongEnvironment(ValueError):
    """A variable has a value that cannot be used; the sentence names both."""


class Proxy(Struct, frozen=True):
    """An HTTP proxy. The address may hold a password: show `name`."""

    url: str
    name: str
    """Host and port."""
    source: str = ""
    """The variable that names it; "" for the system's settings."""


def proxy_of(url: str, variables: Mapping[str, str] | None = None) -> Proxy | None:
    """Return the proxy for an https or wss address; None for this machine and for what `NO_PROXY` lists.

    Args:
        url: The address.
        variables: By lower-case name without `_proxy`; else those of the environment, or the system's settings.

    Raises:
        WrongEnvironment: The variable that names the proxy is no address, or that of a SOCKS proxy.
    """
    from urllib import request  # noqa: PLC0415  brings all of http.client, for which the first paint would wait

    known = request.getproxies() if variables is None else variables
    named = request.getproxies_environment() if variables is None else variables
    target = urlsplit(url)
    if target.hostname in LOOPBACK or _is_exempt(target, known.get("no", "")):
        return None
    for variable in _PROXIES:
        if text := known.get(variable, "").strip():
            return _proxy(f"{variable.upper()}_PROXY", text, is_variable=variable in named)
    return None


def _proxy(variable: str, text: str, *, is_variable: bool) -> Proxy:
    address = text if "://" in text else f"http://{text}"  # as curl reads it
    try:
        parts = urlsplit(address)
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port, parts = None, None, urlsplit("")
    if not host or (parts.scheme not in _SCHEMES and not parts.scheme.startswith("socks")):
        raise WrongEnvironment(
            Sentence("{variable} is no address of a proxy, as http://host:port is.", variable=variable)
        )
    name = f"{f'[{host}]' if ':' in host else host}:{port or (443 if parts.scheme == 'https' else 80)}"
    if parts.scheme.startswith("socks"):
        raise WrongEnvironment(
            Sentence(
                "{variable} names a SOCKS proxy, {name}. Only HTTP proxies are possible.", variable=variable, name=name
            )
        )
    return Proxy(f"{parts.scheme}://{parts.netloc}", name, variable if is_variable else "")


def _is_exempt(target: SplitResult, exempt: str) -> bool:
    """Return whether `NO_PROXY` lists a host: as a name, a domain, an address, a network, or with a port."""
    host = (target.hostname or "").rstrip(".")
    port = target.port or 443
    return any(_is_listed(host, port, entry) for entry in exempt.replace(",", " ").lower().split())


def _is_listed(host: str, port: int, entry: str) -> bool:
    if entry == "*":
        return True
    name, _, wanted_port = entry.rpartition(":")
    if name and wanted_port.isdecimal() and (":" not in name or name.endswith("]")):
        if int(wanted_port) != port:
            return False
        entry = name
    entry = entry.strip("[]")
    try:
        return ipaddress.ip_address(host) in ipaddress.ip_network(entry, strict=False)
    except ValueError:
        domain = entry.removeprefix("*").strip(".")
        return bool(domain) and (host == domain or host.endswith(f".{domain}"))
