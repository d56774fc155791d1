"""Connections that go to public addresses only.

The name is resolved once, each address is checked, and the connection goes to the address that
was checked: a name that resolves differently a moment later gains nothing. As each redirect opens
a connection of its own, it is checked like the first.
"""

from __future__ import annotations

import socket
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from threading import Lock, Timer
from types import TracebackType
from typing import Any, Self

from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError

from tallybook.fetch.manners import FetchError, Manners

_NAT64 = IPv6Network("64:ff9b::/96")


class AddressError(FetchError):
    """The host is in a network that is not to be fetched from."""


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """True for an address of the open network, none that only leads to an inner one."""
    if isinstance(address, IPv6Address):
        inner = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
        if address in _NAT64:
            inner.append(IPv4Address(int(address) & 0xFFFFFFFF))
        if not all(is_public(a) for a in inner if a is not None):
            return False
        if address.ipv4_mapped:
            return True
    return address.is_global and not address.is_multicast


class Deadline:
    """Cuts the connections it watches when time is up, however lively they are."""

    def __init__(self, seconds: float) -> None:
        self.passed = False
        self._lock = Lock()
        self._sockets: list[socket.socket] = []
        self._timer = Timer(seconds, self._cut)
        self._timer.daemon = True

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.cancel()
        with self._lock:
            for sock in self._sockets:
                sock.close()
            self._sockets.clear()

    def watch(self, sock: socket.socket) -> None:
        """Cut this connection too; a copy of the socket, for TLS takes the socket itself."""
        with self._lock:
            self._sockets.append(sock.dup())
        if self.passed:
            self._cut()

    def _cut(self) -> None:
        self.passed = True
        with self._lock:
            for sock in self._sockets:
                try:
                    sock.shutdown(socket.SHUT_RDWR)
                except OSError:
                    continue  # the other side has gone already


class Gate:
    """Opens the connections of one fetch."""

    def __init__(self, manners: Manners, deadline: Deadline) -> None:
        self._manners, self._deadline = manners, deadline

    def pool(self, scheme: str, host: str, port: int) -> HTTPConnectionPool:
        """Give what connects to one host."""
        kind = _HTTPSPool if scheme == "https" else _HTTPPool
        return kind(host, port, maxsize=1, gate=self)

    def connect(self, connection: HTTPConnection) -> socket.socket:
        """Open a connection to the first address of the host that may be fetched from and answers."""
        host, port = connection._dns_host, connection.port
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (socket.gaierror, UnicodeError) as error:
            gone = error if isinstance(error, socket.gaierror) else socket.gaierror(str(error))
            raise NameResolutionError(host, connection, gone) from error
        open_to = [item for item in found if self._may(str(item[4][0]))]
        if not open_to:
            raise AddressError(
                f"is at {found[0][4][0]}, which is no public address:"
                " add its network to `private` under [fetch] if it is to be read"
            )
        fault: OSError | None = None
        for family, kind, proto, _, where in open_to:
            sock = socket.socket(family, kind, proto)
            try:
                sock.settimeout(self._manners.connect_timeout)
                self._deadline.watch(sock)
                sock.connect(where)
            except OSError as error:
                sock.close()
                fault = error
                continue
            sock.settimeout(self._manners.read_timeout)
            return sock
        if isinstance(fault, TimeoutError):
            raise ConnectTimeoutError(connection, str(fault)) from fault
        raise NewConnectionError(connection, str(fault)) from fault

    def _may(self, text: str) -> bool:
        address = ip_address(text.partition("%")[0])
        if is_public(address):
            return True
        told = address.ipv4_mapped or address if isinstance(address, IPv6Address) else address
        return any(told in network for network in self._manners.private)


class _GatedHTTP(HTTPConnection):
    def __init__(self, *args: Any, gate: Gate, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self._gate = gate

    def _new_conn(self) -> socket.socket:
        return self._gate.connect(self)


class _GatedHTTPS(HTTPSConnection):
    def __init__(self, *args: Any, gate: Gate, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self._gate = gate

    def _new_conn(self) -> socket.socket:
        return self._gate.connect(self)


class _HTTPPool(HTTPConnectionPool):
    ConnectionCls = _GatedHTTP


class _HTTPSPool(HTTPSConnectionPool):
    ConnectionCls = _GatedHTTPS
