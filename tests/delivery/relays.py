"""Relays that are really there: aiosmtpd on a port of this machine, which answers as a test tells it to."""

import asyncio
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from socket import create_server
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword, Session

HOST = "127.0.0.1"


@dataclass(frozen=True)
class Arrived:
    """A mail as a relay took it."""

    sender: str
    recipients: tuple[str, ...]
    message: bytes
    connection: int
    """Which one it was, counting from 1."""
    encrypted: bool
    user: str | None
    hello: str


@dataclass
class Relaying:
    """A relay, and what it is told to do."""

    port: int = 0
    arrived: list[Arrived] = field(default_factory=list)
    replies: dict[str, str] = field(default_factory=dict)
    """To a recipient, or to a command (`MAIL`, `DATA`): this instead of yes."""
    hang: str = ""
    """Never answer to this command."""
    drop: str = ""
    """Hang up at this command, once."""
    users: dict[str, str] = field(default_factory=dict)
    connections: list[Any] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    """The commands of all connections."""

    async def _answer(self, command: str, server: Any, usual: str, key: str = "") -> str:
        self.asked.append(command)
        if self.hang == command:
            await asyncio.sleep(60)
        if self.drop == command:
            self.drop = ""
            server.transport.abort()
        return self.replies.get(key or command, usual)

    async def handle_EHLO(  # noqa: N802 (aiosmtpd finds it by this name)
        self, server: Any, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        if server.transport not in self.connections:
            self.connections.append(server.transport)
        return responses

    async def handle_MAIL(  # noqa: N802
        self, server: Any, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        reply = await self._answer("MAIL", server, "250 OK")
        envelope.mail_from = address
        return reply

    async def handle_RCPT(  # noqa: N802
        self, server: Any, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        reply = await self._answer("RCPT", server, "250 OK", address)
        if reply.startswith("250"):
            envelope.rcpt_tos.append(address)
        return reply

    async def handle_DATA(self, server: Any, session: Session, envelope: Envelope) -> str:  # noqa: N802
        reply = await self._answer("DATA", server, "250 OK")
        if reply.startswith("250"):
            user = session.auth_data.login.decode() if session.auth_data else None
            self.arrived.append(
                Arrived(
                    envelope.mail_from,
                    tuple(envelope.rcpt_tos),
                    envelope.content,
                    self.connections.index(server.transport) + 1,
                    session.ssl is not None,
                    user,
                    session.host_name,
                )
            )
        return reply

    def authenticate(
        self, server: Any, session: Session, envelope: Envelope, kind: str, data: Any
    ) -> AuthResult:
        good = (
            isinstance(data, LoginPassword) and self.users.get(data.login.decode()) == data.password.decode()
        )
        return AuthResult(success=good, auth_data=data if good else None, handled=False)

    def wait(self, number: int) -> list[Arrived]:
        """The mails that arrived, when there are so many."""
        deadline = time.monotonic() + 60
        while len(self.arrived) < number and time.monotonic() < deadline:
            time.sleep(0.01)
        return self.arrived


@contextmanager
def relaying(  # noqa: PLR0913 (what a relay may be)
    *,
    port: int = 0,
    starttls: ssl.SSLContext | None = None,
    tls: ssl.SSLContext | None = None,
    users: dict[str, str] | None = None,
    size: int = 33_554_432,
    utf8: bool = False,
) -> Iterator[Relaying]:
    """A relay on a free port, or on this one; with `users` it wants to know who sends."""
    relay = Relaying(users=users or {})
    relay.port = port or free_port()
    controller = Controller(
        relay,
        hostname=HOST,
        port=relay.port,
        ssl_context=tls,
        tls_context=starttls,
        authenticator=relay.authenticate if users else None,
        auth_required=bool(users and starttls),
        auth_require_tls=bool(starttls),
        data_size_limit=size,
        enable_SMTPUTF8=utf8,
    )
    controller.start()
    try:
        yield relay
    finally:
        controller.stop()


def free_port() -> int:
    with create_server((HOST, 0)) as server:
        return server.getsockname()[1]
