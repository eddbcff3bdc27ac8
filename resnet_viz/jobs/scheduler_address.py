"""Which scheduler may be talked to, and how. Whoever can talk to a scheduler can run programs in its workers.

Without TLS only this machine is trusted. With TLS, both sides prove by a certificate of one authority that they belong together.
"""

from __future__ import annotations

import ipaddress
import os
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from resnet_viz.refused import Refused

if TYPE_CHECKING:
    from distributed import Security

VARIABLES = ("RESNET_VIZ_TLS_CA", "RESNET_VIZ_TLS_CERT", "RESNET_VIZ_TLS_KEY")
INSECURE = "RESNET_VIZ_INSECURE_SCHEDULER"


class SchedulerRefused(Refused):
    """A scheduler's address that cannot be read, or that would let strangers in."""


class Certificates(NamedTuple):
    """Files in PEM format."""

    ca: str
    """Certificate of the authority that has signed all certificates of the cluster."""
    cert: str
    key: str

    def security(self) -> Security:
        """What Dask needs to talk through TLS and in no other way."""
        from distributed import Security

        files = {
            f"tls_{role}_{part}": getattr(self, part) for role in ("client", "worker", "scheduler") for part in ("cert", "key")
        }
        return Security(require_encryption=True, tls_ca_file=self.ca, **files)


def certificates(environment: Mapping[str, str] = os.environ) -> Certificates | None:
    """The files that the environment names; None where it names none. Raises `SchedulerRefused` where one cannot be read."""
    named = [environment.get(name, "") for name in VARIABLES]
    if not any(named):
        return None
    for name, path in zip(VARIABLES, named, strict=True):
        try:
            Path(path).open("rb").close()
        except OSError:
            raise SchedulerRefused("scheduler_files", variable=name, given=path) from None
    return Certificates(*named)


def security(address: str, environment: Mapping[str, str] = os.environ) -> Security | None:
    """What a `distributed.Client` of this address is made with."""
    found = certificates(environment) if address.startswith("tls:") else None
    return found.security() if found else None


def check_address(text: str, environment: Mapping[str, str] = os.environ) -> str:
    """A scheduler's address as Dask takes it. Raises `SchedulerRefused`.

    >>> check_address("127.0.0.1:8786", {})
    'tcp://127.0.0.1:8786'
    >>> check_address("tcp://192.0.2.1:8786", {})
    Traceback (most recent call last):
    resnet_viz.jobs.scheduler_address.SchedulerRefused: 'tcp://192.0.2.1:8786' is not on this machine: ...
    """
    address = text if "://" in text else f"tcp://{text}"
    try:
        parts = urlsplit(address)
        scheme, host, port = parts.scheme, parts.hostname or "", parts.port
    except ValueError:
        scheme, host, port = "", "", None
    written = f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"
    if scheme not in ("tcp", "tls") or not host or not port or written.lower() != address.lower():
        raise SchedulerRefused("scheduler_address", given=text[:200])
    if scheme == "tls":
        if certificates(environment) is None:
            raise SchedulerRefused("scheduler_files", variable=VARIABLES[0], given="")
    elif environment.get(INSECURE) != "1" and not is_loopback(host):
        raise SchedulerRefused("scheduler_open", given=text[:200])
    return written


def is_loopback(host: str) -> bool:
    """Whether a name or number means this machine and nothing else. Raises `SchedulerRefused` for a name that nobody knows."""
    try:
        found = {str(entry[4][0]) for entry in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)}
    except (OSError, UnicodeError):
        raise SchedulerRefused("scheduler_unknown", given=host[:200]) from None
    return all(_is_loopback(ipaddress.ip_address(number.partition("%")[0])) for number in found)


def _is_loopback(number: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    mapped = number.ipv4_mapped if isinstance(number, ipaddress.IPv6Address) else None
    return (mapped or number).is_loopback
