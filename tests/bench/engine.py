"""An engine that takes every batch and keeps nothing, as smtp-sink does: `python -m tests.bench.engine PORT`.

It answers as Lettermint, with a name for each letter, and does not look at what is in a letter.
"""

import argparse
import asyncio
import json
from contextlib import suppress


async def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError, asyncio.IncompleteReadError):
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).lower()
            length = int(head.partition(b"content-length: ")[2].split(b"\r\n")[0])
            body = await reader.readexactly(length)
            names = [
                {"message_id": f"m{one}", "status": "pending"}
                for one in range(body.count(b',"idempotency_key":"'))
            ]
            said = json.dumps(names).encode()
            writer.write(b"HTTP/1.1 202 Accepted\r\nContent-Length: %d\r\n\r\n%b" % (len(said), said))
            await writer.drain()
    writer.close()


async def serve(port: int) -> None:
    async with await asyncio.start_server(meet, "127.0.0.1", port, limit=1 << 24) as server:
        await server.serve_forever()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.bench.engine", description=__doc__.splitlines()[0])
    parser.add_argument("port", type=int, help="port to listen on")
    asyncio.run(serve(parser.parse_args().port))
