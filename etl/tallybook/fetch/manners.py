"""How to behave on other people's servers: limits, delays, and where not to go."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network

from tallybook import __version__


@dataclass(frozen=True, slots=True)
class Manners:
    """The limits of a fetch; times are seconds."""

    user_agent: str = f"tallybook/{__version__}"
    """Its first word is the name that robots.txt is asked for."""
    connect_timeout: float = 10.0
    read_timeout: float = 20.0
    """Without a byte."""
    total_timeout: float = 120.0
    """From the first connection to the last byte, redirects included, retries not."""
    max_mb: int = 64
    """Of a body, unpacked."""
    redirects: int = 5
    retries: int = 3
    delay: float = 1.0
    """Least time between two requests to a host; its robots.txt may ask for more."""
    robots: bool = True
    private: tuple[IPv4Network | IPv6Network, ...] = ()
    """Networks that may be fetched from although they are not public."""


class FetchError(Exception):
    """A URL that was not fetched; the message says why and what to do."""
