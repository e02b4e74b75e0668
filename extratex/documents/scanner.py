"""The malware scanner: a small client of clamd's INSTREAM command. Whatever is unclear counts as "not scanned"."""

import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings

CHUNK = 64 * 1024
LONGEST_ANSWER = 4096
TIMEOUT_SECONDS = 30.0


class ScannerUnavailable(Exception):
    """The scanner gave no clear answer; the file stays where it is."""


def is_on() -> bool:
    """Answer whether a scanner is configured."""
    return bool(settings.CLAMD_ADDRESS)


def finding(content: bytes) -> str | None:
    """Return the name of the malware that the scanner finds, or None where it says that the content is clean.

    Raises ScannerUnavailable on a time-out, a refusal, garbage, or anything but a clear answer.
    """
    try:
        answer = _ask(content)
    except OSError as fault:
        raise ScannerUnavailable(str(fault)) from fault
    if answer == "stream: OK":
        return None
    if answer.startswith("stream: ") and answer.endswith(" FOUND"):
        return answer.removeprefix("stream: ").removesuffix(" FOUND")
    raise ScannerUnavailable(f"unclear answer: {answer[:100]!r}")


def _ask(content: bytes) -> str:
    with _connection() as connection:
        connection.sendall(b"zINSTREAM\0")
        for start in range(0, len(content), CHUNK):
            chunk = content[start : start + CHUNK]
            connection.sendall(struct.pack("!I", len(chunk)) + chunk)
        connection.sendall(struct.pack("!I", 0))
        answer = b""
        while not answer.endswith(b"\0") and len(answer) < LONGEST_ANSWER:
            received = connection.recv(LONGEST_ANSWER)
            if not received:
                break
            answer += received
    return answer.removesuffix(b"\0").decode("utf-8", "replace").strip()


@contextmanager
def _connection() -> Iterator[socket.socket]:
    """Connect to `host:port`, or to a path of a Unix socket."""
    address: str = settings.CLAMD_ADDRESS
    if address.startswith("/"):
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(TIMEOUT_SECONDS)
            connection.connect(address)
            yield connection
    else:
        host, _colon, port = address.rpartition(":")
        if not port.isdigit():
            raise ScannerUnavailable(f"CLAMD_ADDRESS is not host:port: {address!r}")
        with socket.create_connection((host.strip("[]"), int(port)), timeout=TIMEOUT_SECONDS) as connection:
            yield connection
