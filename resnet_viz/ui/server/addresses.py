"""Where a request comes from and what it asks for, whichever way the server is reached."""

from __future__ import annotations

import ipaddress

import streamlit as st
from starlette.types import Scope


def base_path() -> str:
    """`/resnet` where `server.baseUrlPath` is set, else empty."""
    base = str(st.get_option("server.baseUrlPath") or "").strip("/")
    return f"/{base}" if base else ""


def path_below_base(scope: Scope) -> str:
    """The path that is asked for, without the base path: `/_stcore/health` with and without `server.baseUrlPath`."""
    path, base = str(scope["path"]), base_path()
    return path.removeprefix(base) if base and path.startswith(f"{base}/") else path


def ip_address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """An address without its zone; an IPv4 address that arrived at an IPv6 socket is that IPv4 address.

    >>> ip_address("::ffff:127.0.0.1"), ip_address("localhost")
    (IPv4Address('127.0.0.1'), None)
    """
    try:
        found = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return (found.ipv4_mapped or found) if isinstance(found, ipaddress.IPv6Address) else found


def is_loopback(text: str) -> bool:
    """Whether this is an address of this machine that no other machine can send from."""
    found = ip_address(text)
    return found is not None and found.is_loopback


def is_this_machine(name: str) -> bool:
    """Whether a host's name or address is one by which a machine calls itself, and nobody else calls it.

    >>> is_this_machine("app.localhost"), is_this_machine("::1"), is_this_machine("192.0.2.7")
    (True, True, False)
    """
    return name == "localhost" or name.endswith(".localhost") or is_loopback(name)


def origin_of_load(text: str) -> str:
    """Whom a connection is counted for: an IPv4 address, or the /64 network that one IPv6 machine may use as it likes.

    Loopback is nobody (empty): it is the machine itself, or a proxy on it that does not say for whom it asks.

    >>> origin_of_load("192.0.2.7"), origin_of_load("2001:db8::1:2"), origin_of_load("127.0.0.1")
    ('192.0.2.7', '2001:db8::/64', '')
    """
    found = ip_address(text)
    if found is None or found.is_loopback:
        return ""
    return str(found) if found.version == 4 else str(ipaddress.ip_network((found, 64), strict=False))
