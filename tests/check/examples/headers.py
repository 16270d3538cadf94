"""The headers of the message."""

from collections.abc import Callable
from dataclasses import replace

from generator.check.proofs import Proof
from tests.check.examples import Edit, Example


def alter(old: bytes, new: bytes) -> Callable[[Proof], None]:
    """Write something else into the message."""

    def write(proof: Proof) -> None:
        assert proof.email.message.count(old) == 1, old
        proof.__dict__["email"] = replace(proof.email, message=proof.email.message.replace(old, new))

    return write


HTTPS = b"List-Unsubscribe: <https://example.org/u/1>, "

EXAMPLES = {
    "header-fields": Example(alter=alter(b"Date: Fri, 06 Nov", b"Date: Thu, 05 Nov"), at="published:"),
    "header-unsubscribe": Example(alter=alter(b"List-Unsubscribe: ", HTTPS)),
    "header-lines": Example(alter=alter(b"X-Unsent: 1\r\n", b"X-Unsent: 1\n")),
    "header-words": Example(
        alter=alter(b"Subject: Wie belt jou", b"Subject: Wie  belt jou"),
        at="title:",
        good=(
            Edit("title: Wie belt jou als je contact weg is?", "title: Eén — twéé “drie” €4, ’t is × en ½?"),
        ),
    ),
}
