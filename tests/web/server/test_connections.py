"""What the service overrides in uvicorn, whose methods are not documented: an upgrade that changes them fails here.

tests/web/threats/test_connections.py says what it is for.
"""

import asyncio
import inspect
from collections.abc import Callable
from typing import Any

import pytest
import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from generator.web.server.connections import BoundedConnection
from tests.web.asking import Loop

OWN = {name: value for name, value in vars(BoundedConnection).items() if not name.startswith("__")}
OVERRIDDEN = [name for name in OWN if not name.startswith("_")]
READ = f"Read HttpToolsProtocol of uvicorn {uvicorn.__version__}, and adapt web/server/connections.py"


async def say_yes(_: Any, __: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body"})


def connect(protocol: type[HttpToolsProtocol]) -> HttpToolsProtocol:
    """A connection as uvicorn's server makes it, inside a running loop."""
    config = uvicorn.Config(say_yes, http=protocol, lifespan="off", log_config=None)
    config.load()
    return protocol(config, ServerState(), {})


@pytest.mark.parametrize("name", OVERRIDDEN)
def test_uvicorn_still_has_each_method_that_we_override(name: str) -> None:
    theirs = getattr(HttpToolsProtocol, name, None)
    assert callable(theirs), f"{name} is gone. {READ}"
    assert list(inspect.signature(theirs).parameters) == list(inspect.signature(OWN[name]).parameters), (
        f"{name} takes other arguments. {READ}"
    )


def test_uvicorn_has_none_of_our_names(loop: Loop) -> None:
    async def list_names() -> set[str]:
        return set(dir(connect(HttpToolsProtocol)))

    taken = loop.run(list_names()) & (OWN.keys() - OVERRIDDEN)
    assert not taken, f"uvicorn uses {taken} too. {READ}"


def test_uvicorn_calls_each_method_in_the_order_that_we_expect(loop: Loop) -> None:
    called: list[str] = []
    lost = asyncio.Event()

    def record(name: str) -> Callable[..., Any]:
        def call(self: BoundedConnection, *given: Any) -> Any:
            called.append(name)
            if name == "connection_lost":
                lost.set()
            return OWN[name](self, *given)

        return call

    recording = type("Recording", (BoundedConnection,), {name: record(name) for name in OVERRIDDEN})

    async def ask() -> bytes:
        server = await asyncio.get_running_loop().create_server(lambda: connect(recording), "127.0.0.1", 0)
        async with server:
            reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
            writer.write(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nConnection: close\r\n\r\nx")
            answer = await reader.read()
            writer.close()
            await writer.wait_closed()
            await lost.wait()
        return answer

    assert loop.run(ask()).startswith(b"HTTP/1.1 204 ")
    assert called == [
        "connection_made",
        "data_received",
        "on_message_begin",
        "on_headers_complete",
        "on_message_complete",
        "on_response_complete",
        "connection_lost",
    ], f"uvicorn calls them differently. {READ}"
