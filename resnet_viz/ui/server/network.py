"""By which addresses others reach this machine, and whether they answer. Nothing is sent out of it."""

from __future__ import annotations

import socket

from resnet_viz.ui.server.addresses import ip_address

_VIRTUAL = ("docker", "br-", "veth", "virbr", "vmnet", "vboxnet", "podman", "cni", "tun", "tap", "utun", "wg")
"""How interfaces begin whose networks are inside this machine, or private to it."""


def network_address() -> str:
    """The address by which this machine goes out into the network; empty where there is none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # RFC 5737: an address that nobody has
            return str(probe.getsockname()[0])
        except OSError:
            return ""


def network_addresses() -> list[str]:
    """All IPv4 addresses that others may reach, the one by which it goes out first. One type of address is enough for a wall."""
    import psutil  # the server listens before it is asked for by others

    state = psutil.net_if_stats()
    found = {
        one.address
        for name, addresses in psutil.net_if_addrs().items()
        if not name.startswith(_VIRTUAL) and name in state and state[name].isup
        for one in addresses
        if one.family == socket.AF_INET and _is_for_others(one.address)
    }
    first = network_address()
    return [*([first] if first else []), *sorted(found - {first})]


def _is_for_others(address: str) -> bool:
    parsed = ip_address(address)
    return parsed is not None and not (parsed.is_loopback or parsed.is_link_local or parsed.is_unspecified)


def answers_at(address: str, port: int) -> bool:
    """Whether something listens there, as seen from this machine. A firewall in between is not seen."""
    try:
        with socket.create_connection((address, port), timeout=0.5):
            return True
    except OSError:
        return False
