"""A wire that takes its time: `python -m tests.bench.latency LISTEN PORT MILLISECONDS`.

What comes in on one port goes out to the other, and every byte arrives half the milliseconds later, both ways: a relay
behind it looks as far away as one in another town. Bytes that are on their way do not wait for each other.
"""

import argparse
import asyncio
from contextlib import suppress


class Wire:
    """One direction of one connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, delay: float) -> None:
        self._reader, self._writer, self._delay = reader, writer, delay

    async def run(self) -> None:
        loop = asyncio.get_running_loop()
        with suppress(OSError):
            while chunk := await self._reader.read(65536):
                loop.call_later(self._delay, self._writer.write, chunk)
        loop.call_later(self._delay, self._writer.close)


async def serve(listen: int, port: int, delay: float) -> None:
    async def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            to_reader, to_writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            writer.close()
            return
        await asyncio.gather(Wire(reader, to_writer, delay).run(), Wire(to_reader, writer, delay).run())

    server = await asyncio.start_server(meet, "127.0.0.1", listen)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench.latency", description=__doc__.splitlines()[0]
    )
    parser.add_argument("listen", type=int, help="port to listen on")
    parser.add_argument("port", type=int, help="port to forward to")
    parser.add_argument("milliseconds", type=int, help="round-trip time in milliseconds")
    asked = parser.parse_args()
    asyncio.run(serve(asked.listen, asked.port, asked.milliseconds / 2000))
