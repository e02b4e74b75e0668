"""A real mail server for the tests: it keeps what it is given, and can refuse, hang or break off on demand."""

import asyncio
import email
import email.policy
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


class MailSink:
    """What the server keeps, and how it behaves: set `rcpt` or `data` to an SMTP answer, or `hangs` or `drops`."""

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []
        self.rcpt = ""
        self.data = ""
        self.hangs = False
        self.drops = False
        self.begun = 0
        self.address = ("127.0.0.1", 0)

    @property
    def message_ids(self) -> list[str]:
        return [str(letter["Message-ID"]) for letter in self.letters]

    def options(self, **more: Any) -> dict[str, Any]:
        """The options of a mailer that writes here."""
        host, port = self.address
        return {"host": host, "port": port, "timeout": 2, **more}

    async def handle_RCPT(  # noqa: N802 - the name that aiosmtpd calls
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.rcpt:
            return self.rcpt
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        self.begun += 1
        if self.hangs:
            await asyncio.sleep(30)
        if self.data:
            return self.data
        letter = email.message_from_bytes(envelope.original_content or b"", policy=email.policy.default)
        self.letters.append(letter)
        if self.drops and server.transport:
            server.transport.abort()
        return "250 OK"


class _Controller(Controller):
    def _trigger_server(self) -> None:
        # The base class connects to the port it was given; ours is chosen by the system, so read it first.
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextmanager
def running_sink() -> Iterator[MailSink]:
    """Keep a mail server on a free port of this machine as long as the block lasts."""
    sink = MailSink()
    controller = _Controller(sink, hostname="127.0.0.1", port=0)
    controller.start()
    sink.address = ("127.0.0.1", controller.port)
    try:
        yield sink
    finally:
        controller.stop()
