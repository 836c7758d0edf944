"""A client cheap enough not to be what is measured: raw sockets kept open, a thread each, bytes made beforehand."""

import random
import selectors
import socket
import threading
import time
from collections.abc import Callable
from functools import partial
from statistics import quantiles
from typing import cast

Request = Callable[[int], bytes]
"""The bytes of the n-th request of one client."""


def get(path: str, cookie: str) -> Request:
    made = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookie}\r\n\r\n".encode()
    return lambda _n: made


def post(path: str, cookie: str, body: Callable[[int], str]) -> Request:
    def make(n: int) -> bytes:
        form = body(n).encode()
        head = (
            f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookie}\r\nSec-Fetch-Site: same-origin\r\n"
            f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(form)}\r\n\r\n"
        )
        return head.encode() + form

    return make


def measure(port: int, requests: list[Request], seconds: float, expected: int, begin: int) -> list[float]:
    """Seconds that each request took, of one client a request maker, for so long. AssertionError on another status.

    `begin`: number of the first request, so that no form's key is used twice in two rounds.
    """
    took: list[list[float]] = [[] for _ in requests]
    problems: list[str] = []
    until = time.perf_counter() + seconds

    def client(which: int) -> None:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=10) as line:
                line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                n = begin
                while (start := time.perf_counter()) < until:
                    line.sendall(requests[which](n))
                    status = _read(line)
                    took[which].append(time.perf_counter() - start)
                    n += 1
                    if status != expected:
                        raise AssertionError(f"status {status} in place of {expected}")
        except (OSError, AssertionError) as error:
            problems.append(repr(error))

    _together([partial(client, which) for which in range(len(requests))])
    assert not problems, problems[0]
    return [one for client_took in took for one in client_took]


def class_of(
    port: int, requests: list[Request], think: float, seconds: float, expected: int, begin: int
) -> list[float]:
    """Seconds that each request took where every client thinks for some `think` seconds before each.

    They begin at random moments of the first `think` seconds, and think a fifth longer or shorter by chance.
    """
    chance = random.Random(2026)
    took: list[list[float]] = [[] for _ in requests]
    problems: list[str] = []
    until = time.perf_counter() + seconds

    def client(which: int, first: float) -> None:
        pause = first
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=10) as line:
                line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                n = begin
                while time.perf_counter() + pause < until:
                    time.sleep(pause)
                    start = time.perf_counter()
                    line.sendall(requests[which](n))
                    status = _read(line)
                    took[which].append(time.perf_counter() - start)
                    if status != expected:
                        raise AssertionError(f"status {status} in place of {expected}")
                    n += 1
                    pause = think * chance.uniform(0.8, 1.2)
        except (OSError, AssertionError) as error:
            problems.append(repr(error))

    _together([partial(client, which, chance.uniform(0, think)) for which in range(len(requests))])
    assert not problems, problems[0]
    return [one for client_took in took for one in client_took]


def at_one_moment(port: int, requests: list[Request], expected: int, begin: int) -> float:
    """Seconds from the moment at which all clients send one request each to the last answer.

    One thread sends all and reads all: two hundred threads would measure themselves.
    """
    lines = [socket.create_connection(("127.0.0.1", port), timeout=30) for _ in requests]
    try:
        made = [request(begin) for request in requests]
        waiting = selectors.DefaultSelector()
        for line in lines:
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            waiting.register(line, selectors.EVENT_READ)
        start = time.perf_counter()
        for line, body in zip(lines, made, strict=True):
            line.sendall(body)
        left = len(lines)
        while left:
            for key, _ in waiting.select(timeout=30):
                line = cast(socket.socket, key.fileobj)
                status = _read(line)
                if status != expected:
                    raise AssertionError(f"status {status} in place of {expected}")
                waiting.unregister(line)
                left -= 1
        return time.perf_counter() - start
    finally:
        for line in lines:
            line.close()


def _together(clients: list[Callable[[], None]]) -> None:
    threads = [threading.Thread(target=client) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def percentile(took: list[float], percent: int) -> float:
    return quantiles(took, n=100)[percent - 1]


def _read(line: socket.socket) -> int:
    """Read one whole answer; its status."""
    data = line.recv(65536)
    while b"\r\n\r\n" not in data:
        data += _more(line)
    head, _, body = data.partition(b"\r\n\r\n")
    wanted = next(
        (
            int(value)
            for name, _, value in (row.partition(b":") for row in head.split(b"\r\n"))
            if name.lower() == b"content-length"
        ),
        0,
    )
    left = wanted - len(body)
    while left > 0:
        left -= len(_more(line))
    return int(head[9:12])


def _more(line: socket.socket) -> bytes:
    data = line.recv(65536)
    if not data:
        raise ConnectionError("the server closed the line")
    return data
