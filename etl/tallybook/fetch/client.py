"""The fetcher: one URL at a time, with manners.

Nothing here raises but FetchError. Proxies of the environment are not used: behind one, nobody
could tell what address was connected to.
"""

from __future__ import annotations

import os
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urljoin, urlsplit, urlunsplit

from urllib3 import BaseHTTPResponse, Timeout
from urllib3.exceptions import (
    ConnectTimeoutError,
    DecodeError,
    HTTPError,
    LocationParseError,
    NameResolutionError,
    ReadTimeoutError,
    SSLError,
)
from urllib3.util import Retry, parse_url

from tallybook.fetch import robots
from tallybook.fetch.address import AddressError, Deadline, Gate
from tallybook.fetch.cache import Cache, Entry
from tallybook.fetch.manners import FetchError, Manners

_LONGEST_WAIT = 120.0
"""Seconds; who asks for a longer one is asked again by the next run."""
_AGAIN = frozenset((429, 500, 502, 503, 504))
_MOVED = frozenset((301, 302, 303, 307, 308))
_PIECE = 64 * 1024


@dataclass(frozen=True, slots=True)
class Fetched:
    """A body in a file, which is there until the fetch is left."""

    url: str
    final: str
    path: Path
    media_type: str | None
    charset: str | None
    unchanged: bool = False
    """True where the server was not asked, or said that nothing changed."""


class _TryAgainError(Exception):
    def __init__(self, message: str, after: float | None = None) -> None:
        super().__init__(message)
        self.after = after


@dataclass(slots=True)
class _Answer:
    url: str
    status: int
    headers: dict[str, str]
    body: Path


class Fetcher:
    """Fetches URLs, each host at its own pace; with a cache, only what has changed."""

    def __init__(
        self,
        manners: Manners | None = None,
        cache: Path | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.manners = manners or Manners()
        self._cache = Cache(cache) if cache is not None else None
        self._swept = False
        self._sleep = sleep
        self._free_at: dict[str, float] = {}
        self._rules: dict[tuple[str, bool, str], robots.Rules | FetchError] = {}

    @contextmanager
    def fetch(self, url: str, manners: Manners | None = None, mark: str | None = None) -> Iterator[Fetched]:
        """Fetch a URL; raises FetchError.

        With a `mark`, the cached body that was stored under the same mark is taken without asking.
        """
        manners = manners or self.manners
        held = self._cache.find(url) if self._cache else None
        if self._cache and held and mark is not None and held.mark == mark:
            yield _held(self._cache, held)
            return
        with tempfile.TemporaryDirectory(prefix="tallybook-fetch-", dir=self._aside()) as aside:
            answer = self._patiently(_checked(url), manners, held, Path(aside) / "body")
            if answer.status == 304 and self._cache and held:
                yield _held(self._cache, held)
                return
            kind, charset = _content_type(answer.headers.get("content-type"))
            fetched = Fetched(url, answer.url, answer.body, kind, charset)
            yield self._keep(fetched, answer, mark)

    def _keep(self, fetched: Fetched, answer: _Answer, mark: str | None) -> Fetched:
        etag, modified = answer.headers.get("etag"), answer.headers.get("last-modified")
        if self._cache is None:
            return fetched
        if not (etag or modified or mark):
            self._cache.drop(fetched.url)
            return fetched
        entry = self._cache.put(
            answer.body,
            fetched.url,
            final=answer.url,
            media_type=fetched.media_type,
            charset=fetched.charset,
            etag=etag,
            modified=modified,
            mark=mark,
        )
        return replace(fetched, path=self._cache.path(entry))

    def _aside(self) -> str | None:
        # Beside the cache, so that a body gets its place there by a rename.
        if self._cache is None:
            return None
        if not self._swept:
            self._cache.sweep()
            self._swept = True
        try:
            self._cache.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            reason = f"cannot be kept in {self._cache.folder} ({error.strerror}): mend that"
            raise FetchError(reason) from error
        return str(self._cache.folder)

    def _patiently(self, url: str, manners: Manners, held: Entry | None, body: Path) -> _Answer:
        fault = ""
        for turn in range(manners.retries + 1):
            try:
                return self._follow(url, manners, held, body)
            except _TryAgainError as error:
                fault = str(error)
                wait = error.after if error.after is not None else min(60.0, 2.0**turn + random.random())
                if turn == manners.retries:
                    break
                if wait > _LONGEST_WAIT:
                    raise FetchError("asks to be left alone for now: run again later") from None
                self._sleep(wait)
        raise FetchError(f"{fault}, {manners.retries + 1} times: run again later")

    def _follow(self, url: str, manners: Manners, held: Entry | None, body: Path) -> _Answer:
        with Deadline(manners.total_timeout) as deadline:
            for _ in range(manners.redirects + 1):
                if manners.robots:
                    self._ask_robots(url, manners)
                answer = self._once(url, manners, deadline, body, manners.max_mb * 1024**2, held)
                if answer.status == 304 and not (held and held.final == url):
                    raise FetchError("answered 304 to what was never fetched: check the address")
                if answer.status not in _MOVED:
                    return _settled(answer)
                where = answer.headers.get("location")
                if not where:
                    raise FetchError(f"answered {answer.status} without saying where to: check the address")
                try:
                    url = _checked(urljoin(url, where), "redirects to an address that")
                except ValueError:
                    raise FetchError("redirects to what is no address: check the address") from None
            raise FetchError(f"redirects more than {manners.redirects} times: check the address in a browser")

    def _once(
        self,
        url: str,
        manners: Manners,
        deadline: Deadline,
        body: Path,
        limit: int,
        held: Entry | None = None,
    ) -> _Answer:
        """Ask once; gives any answer that came whole, raises _TryAgainError for one that did not."""
        self._wait_for(url, manners)
        parts = parse_url(url)
        scheme, host = parts.scheme or "http", parts.host or ""
        asked = {
            "User-Agent": manners.user_agent,
            "Accept": "text/html, application/rss+xml, application/atom+xml, */*;q=0.8",
            "Accept-Encoding": "gzip, deflate",
        }
        if held and held.final == url:
            asked |= {"If-None-Match": held.etag} if held.etag else {}
            asked |= {"If-Modified-Since": held.modified} if held.modified else {}
        pool = Gate(manners, deadline).pool(scheme, host, parts.port or (443 if scheme == "https" else 80))
        try:
            response = pool.request(
                "GET",
                parts.request_uri,
                headers=asked,
                timeout=Timeout(connect=manners.connect_timeout, read=manners.read_timeout),
                retries=False,
                redirect=False,
                preload_content=False,
            )
            with response:
                headers = {key.lower(): value for key, value in response.headers.items()}
                if response.status in (200, 203):
                    _save(response, headers, body, limit)
            if deadline.passed:  # a connection that is cut ends like one without a stated length
                raise ConnectionError
            return _Answer(url, response.status, headers, body)
        except FetchError:
            raise
        except (HTTPError, OSError, ValueError) as error:
            if deadline.passed:
                raise _TryAgainError(f"was not through after {manners.total_timeout:g} seconds") from error
            raise _fault(error, manners) from error
        finally:
            pool.close()

    def _wait_for(self, url: str, manners: Manners) -> None:
        host = urlsplit(url).netloc
        rules = self._rules.get(_origin(url, manners))
        asked = rules.delay if isinstance(rules, robots.Rules) else 0.0
        now = time.monotonic()
        free = self._free_at.get(host, now)
        wait = max(0.0, free - now)
        if wait:
            self._sleep(wait)
        self._free_at[host] = max(now, free) + max(manners.delay, min(asked, _LONGEST_WAIT))

    def _ask_robots(self, url: str, manners: Manners) -> None:
        key = _origin(url, manners)
        if key not in self._rules:
            self._rules[key] = self._robots(url, manners)
        rules = self._rules[key]
        if isinstance(rules, FetchError):
            raise FetchError(str(rules))
        parts = urlsplit(url)
        if not rules.allows((parts.path or "/") + (f"?{parts.query}" if parts.query else "")):
            raise FetchError("may not be fetched, says the robots.txt of the host: leave it out")

    def _robots(self, url: str, manners: Manners) -> robots.Rules | FetchError:
        """Give the rules of a host: none where it has no file, and no leave where it cannot tell."""
        plain = replace(manners, robots=False, retries=min(1, manners.retries))
        at = urlunsplit((*urlsplit(url)[:2], "/robots.txt", "", ""))
        with tempfile.TemporaryDirectory(prefix="tallybook-fetch-") as aside:
            try:
                answer = self._patiently(at, plain, None, Path(aside) / "body")
            except _RefusedError:
                return robots.Rules()
            except AddressError as error:
                return error
            except FetchError as error:
                return FetchError(f"has a robots.txt that {error}")
            text = answer.body.read_bytes()[: robots.SIZE_LIMIT].decode("utf-8", "replace")
        return robots.parse(text, manners.user_agent.partition("/")[0].strip())


class _RefusedError(FetchError):
    """The server has it not: an answer from 400 to 499."""


def _settled(answer: _Answer) -> _Answer:
    status = answer.status
    if status in (200, 203, 304):
        return answer
    if status in _AGAIN:
        raise _TryAgainError(f"answered {status}", _retry_after(answer.headers.get("retry-after")))
    if 400 <= status < 500:
        raise _RefusedError(f"answered {status}: check the address")
    raise FetchError(f"answered {status}, which is no page: check the address")


def _retry_after(stated: str | None) -> float | None:
    try:
        return Retry().parse_retry_after(stated) if stated else None
    except (HTTPError, ValueError, OverflowError):
        return None


def _save(response: BaseHTTPResponse, headers: dict[str, str], body: Path, limit: int) -> None:
    """Write the body as it comes; it is unpacked by pieces, so a bomb is met early."""
    told = headers.get("content-length", "")
    big = FetchError(f"is over {limit // 1024**2} MiB: raise max_mb under [fetch] if it is to be read")
    if told.isdigit() and int(told) > limit:
        raise big
    size = 0
    with body.open("wb") as out:
        while piece := response.read1(_PIECE):
            size += len(piece)
            if size > limit:
                raise big
            out.write(piece)


def _fault(error: Exception, manners: Manners) -> Exception:
    """Say in words what went wrong."""
    inner = error.reason if isinstance(error, HTTPError) and hasattr(error, "reason") else error
    if isinstance(inner, FetchError):
        return inner
    if isinstance(inner, NameResolutionError):
        return _TryAgainError("has a host whose name cannot be resolved")
    if isinstance(inner, ConnectTimeoutError):
        return _TryAgainError(f"did not answer within {manners.connect_timeout:g} seconds")
    if isinstance(inner, (ReadTimeoutError, TimeoutError)):
        return _TryAgainError(f"sent nothing for {manners.read_timeout:g} seconds")
    if isinstance(inner, SSLError):
        return FetchError("has no certificate that holds: check the address")
    if isinstance(inner, LocationParseError):
        return FetchError("is no address that can be fetched: check it")
    if isinstance(inner, DecodeError):
        return FetchError("is not packed as its Content-Encoding says: tell the host")
    if isinstance(inner, OSError) and inner.errno and not isinstance(inner, ConnectionError):
        return FetchError(f"cannot be written down ({os.strerror(inner.errno)}): mend that")
    return _TryAgainError("broke off, or did not answer as HTTP has it")


def _checked(url: str, which: str = "is an address that") -> str:
    """Give a URL as it is asked for: ASCII, without fragment; only of the web."""
    if any(c <= " " or c == "\x7f" for c in url.strip()):
        raise FetchError(f"{which} has blanks or control characters in it: correct it")
    try:
        parts = urlsplit(url.strip())
        host = parts.hostname or ""
        host = host if host.isascii() else host.encode("idna").decode("ascii")
        port = parts.port
    except (ValueError, UnicodeError):
        raise FetchError(f"{which} cannot be understood: correct it") from None
    if parts.scheme not in ("http", "https"):
        raise FetchError(f"{which} begins with {parts.scheme}: and is not fetched; only http and https are")
    if parts.username is not None or parts.password is not None:
        raise FetchError(f"{which} has a user's name in it, which would be stored: leave the name out")
    if not host:
        raise FetchError(f"{which} names no host: correct it")
    where = f"[{host}]" if ":" in host else host
    where += f":{port}" if port else ""
    plain = urlunsplit((parts.scheme, where, parts.path or "/", parts.query, ""))
    try:
        return parse_url(plain).url
    except LocationParseError:
        raise FetchError(f"{which} cannot be understood: correct it") from None


def _origin(url: str, manners: Manners) -> tuple[str, bool, str]:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}", manners.robots, manners.user_agent


def _content_type(header: str | None) -> tuple[str | None, str | None]:
    if not header:
        return None, None
    kind, _, rest = header.partition(";")
    _, _, charset = rest.lower().partition("charset=")
    return kind.strip().lower() or None, charset.partition(";")[0].strip().strip("\"'") or None


def _held(cache: Cache, entry: Entry) -> Fetched:
    return Fetched(entry.url, entry.final, cache.path(entry), entry.media_type, entry.charset, unchanged=True)
