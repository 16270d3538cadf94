"""The relays whose web hooks are read: how each proves itself, what it reports, and what a letter must carry for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from generator.delivery.incoming.hooks import events, signatures
from generator.delivery.incoming.hooks.notifications import TOPIC
from generator.errors import SecretError, SignatureError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime

VARIABLE = "NEWSLETTER_HOOK_"
"""The beginning of the names of all variables with a secret; each ends in the name of the relay."""

_SHORTEST = 16
"""Characters of a secret that the operator makes up."""


@dataclass(frozen=True, slots=True)
class Relay:
    """One of them."""

    name: str
    """In the path of the hook."""
    read: Callable[[Any, Mapping[str, str]], Iterable[events.Found]]
    check: Callable[[str, Mapping[str, str], bytes, datetime], None] | None = None
    """None: SES, whose check needs certificates (see notifications)."""
    header: str = ""
    """Carries our tag in each letter, for who returns neither its Message-ID nor its return path."""

    @property
    def variable(self) -> str:
        """The environment variable with the secret."""
        return f"{VARIABLE}{self.name.upper()}"


RELAYS = (
    Relay("ses", events.read_ses),
    Relay("postmark", events.read_postmark, signatures.check_secret, f"X-PM-Metadata-{events.KEY}"),
    Relay("mailgun", events.read_mailgun, signatures.check_mailgun),
    Relay("brevo", events.read_brevo, signatures.check_secret, "X-Mailin-custom"),
    Relay("resend", events.read_resend, signatures.check_svix, "X-Letter"),
    Relay("lettermint", events.read_lettermint, signatures.check_lettermint, f"X-LM-Metadata-{events.KEY}"),
)


def check_secret(relay: Relay, secret: str) -> None:
    """Raise SecretError for what cannot be the secret of this relay."""
    if relay.name == "ses" and not TOPIC.fullmatch(secret):
        raise SecretError(
            f"{relay.variable} is no topic; expected one like arn:aws:sns:eu-west-1:123456789012:letters"
        )
    if relay.check is signatures.check_secret and len(secret) < _SHORTEST:
        raise SecretError(f"{relay.variable} has fewer than {_SHORTEST} characters; make up a longer one")
    if relay.name == "resend":
        try:
            signatures.read_svix_secret(secret)
        except SignatureError:
            raise SecretError(
                f"{relay.variable} is no signing secret of Resend; expected one that begins with whsec_"
            ) from None
