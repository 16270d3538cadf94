"""A name server that is really there: on a port of this machine, with the records that a test gives it."""

import socket
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from threading import Thread

import dns.flags
import dns.message
import dns.rcode
import dns.rrset

from generator.doctor.names import Names

Zone = Mapping[tuple[str, str], Sequence[str]]
"""Name and kind → records as they stand in a zone; ["servfail"] and ["silence"] are no records, but what happens.

A name with the kind AD: the server has checked the signatures of this name, and says so when it is asked to."""


@contextmanager
def naming(zone: Zone, patience: float = 5.0) -> Iterator[Names]:
    """A way to ask a server that knows this zone, and nothing else."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        thread = Thread(target=_serve, args=(server, zone), daemon=True)
        thread.start()
        try:
            yield Names(server.getsockname(), patience)
        finally:
            server.sendto(b"", server.getsockname())
            thread.join(5)


def _serve(server: socket.socket, zone: Zone) -> None:
    while True:
        query, client = server.recvfrom(4096)
        if not query:
            return
        if (answer := _answer(dns.message.from_wire(query), zone)) is not None:
            server.sendto(answer, client)


def _answer(query: dns.message.Message, zone: Zone) -> bytes | None:
    (question,) = query.question
    name = question.name.to_text(omit_final_dot=True).lower()
    records = zone.get((name, question.rdtype.name))
    response = dns.message.make_response(query)
    response.flags |= dns.flags.RA
    if zone.get((name, "AD")) and query.flags & dns.flags.AD:
        response.flags |= dns.flags.AD
    if records == ["silence"]:
        return None
    if records == ["servfail"]:
        response.set_rcode(dns.rcode.SERVFAIL)
    elif records:
        response.answer.append(dns.rrset.from_text(question.name, 60, "IN", question.rdtype, *records))
    elif not any(name == known for known, _ in zone):
        response.set_rcode(dns.rcode.NXDOMAIN)
    return response.to_wire()
