"""A real HTTP server on this machine that misbehaves, each path in a way of its own."""

from __future__ import annotations

import gzip
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

STORY = "Khorgos handled 2,193 China-Europe freight trains in the first quarter of 2025, the station said."
PAGE = (
    "<!doctype html><html><head><title>Khorgos trains</title>"
    '<meta property="article:published_time" content="2025-04-24T10:00:00+08:00"></head>'
    f"<body><nav><a href='/'>Home</a></nav><article><h1>Khorgos trains</h1><p>{STORY}</p>"
    "<p>The station expects that more trains will follow over the summer, officials said there.</p>"
    "</article></body></html>"
)


@dataclass(slots=True)
class Server:
    """Where it is, what it gives, and what it was asked."""

    port: int
    pages: dict[str, tuple[int, dict[str, str], bytes]] = field(default_factory=dict)
    acts: dict[str, Callable[[BaseHTTPRequestHandler], None]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    stop: threading.Event = field(default_factory=threading.Event)

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"

    def give(
        self, path: str, body: str | bytes, media_type: str = "text/html", status: int = 200, **headers: str
    ) -> str:
        data = body.encode() if isinstance(body, str) else body
        told = {key.replace("_", "-"): value for key, value in headers.items()}
        self.pages[path] = (status, {"Content-Type": media_type, **told}, data)
        return self.url(path)

    def act(self, path: str, how: Callable[[BaseHTTPRequestHandler], None]) -> str:
        self.acts[path] = how
        return self.url(path)

    def asked_for(self, path: str) -> int:
        return self.asked.count(path)


@contextmanager
def serving() -> Iterator[Server]:
    """Serve until left; a path that nobody gave is a 404."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            server.asked.append(self.path)
            server.headers.append({k.lower(): v for k, v in self.headers.items()})
            self.close_connection = True
            try:
                if self.path in server.acts:
                    server.acts[self.path](self)
                    return
                status, headers, body = server.pages.get(self.path, (404, {}, b"no such page"))
                etag = headers.get("ETag")
                if etag and self.headers.get("If-None-Match") == etag:
                    status, body = 304, b""
                self.send_response(status)
                for key, value in headers.items():
                    self.send_header(key, value)
                if status != 304:
                    self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
            except OSError:
                return  # the reader went away, as it should

        def log_message(self, *args: object) -> None:
            return

    httpd = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    httpd.daemon_threads = True
    server = Server(httpd.server_address[1])
    thread = threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.stop.set()
        httpd.shutdown()
        httpd.server_close()
        thread.join()


def hangs(server: Server) -> Callable[[BaseHTTPRequestHandler], None]:
    def act(handler: BaseHTTPRequestHandler) -> None:
        server.stop.wait(60)

    return act


def drips(server: Server, head: bool = False) -> Callable[[BaseHTTPRequestHandler], None]:
    """Sends a byte every now and then, for ever: the body, or already the head."""

    def act(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n" + (b"X-A: " if head else b"\r\n"))
        while not server.stop.wait(0.05):
            handler.wfile.write(b"a")

    return act


def endless(server: Server) -> Callable[[BaseHTTPRequestHandler], None]:
    def act(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
        while not server.stop.is_set():
            handler.wfile.write(b"612 trains " * 9000)

    return act


def says(raw: bytes, reset: bool = False) -> Callable[[BaseHTTPRequestHandler], None]:
    """Sends these bytes and goes; with `reset`, by a reset of the connection."""

    def act(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(raw)
        if reset:
            handler.wfile.flush()
            linger = b"\x01\x00\x00\x00\x00\x00\x00\x00"
            handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            handler.connection.close()

    return act


def bomb(megabytes: int) -> bytes:
    """Zeros, packed a thousandfold."""
    return gzip.compress(bytes(megabytes * 1024**2), 9)
