"""A subscriber who is due → their copy of the letter, and its envelope."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING, TypeAlias

from generator.delivery.outgoing.signing import relax
from generator.delivery.sessions import Envelope
from generator.errors import MailingError
from generator.model import Personal
from generator.render.email.first import add_welcome, set_date
from generator.render.email.master import Master
from generator.subscribers.ledger.tags import make_tag
from generator.subscribers.store.keys import PREFERENCES, UNSUBSCRIBE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from generator.delivery.outgoing.signing import Signer
    from generator.model import Due, Language, Mailing, Welcome
    from generator.settings import Settings
    from generator.subscribers.store.keys import Keys


_Masters: TypeAlias = tuple[Master, Master | None]
"""A master, and when we sign, the same one as the signature covers it: what all copies share is made canonical once."""


@dataclass(frozen=True, slots=True)
class Copy:
    """The letter of one subscriber: the bytes of the message, and its envelope."""

    envelope: Envelope = field(repr=False)
    message: bytes = field(repr=False)


class Copies:
    """Makes the copies of one mailing: for the same subscriber always the same bytes. Threads may share it."""

    def __init__(  # noqa: PLR0913 (each is a thing that copies are made from)
        self,
        mailing: Mailing,
        masters: Mapping[Language, bytes],
        keys: Keys,
        settings: Settings,
        signer: Signer | None = None,
        find_welcome: Callable[[str], Welcome | None] = lambda _: None,
        find_master: Callable[[str], bytes | None] = lambda _: None,
    ) -> None:
        """`signer` adds our own DKIM signatures; `find_welcome` finds words of welcome by their digest, and
        `find_master` the master of a lesson: it has no `masters` for everybody.

        Raises MailingError for a master that is damaged, and SecretError when the key of the mailing is gone.
        """
        self._week, self._keys = mailing.week, keys.led_by(mailing.key)
        self.digests = {language: sha256(content).hexdigest() for language, content in masters.items()}
        """SHA-256 of each master, hexadecimal."""
        self._contents, self._find_welcome, self._find_content = masters, find_welcome, find_master
        self._signer = signer
        self._masters = {(language, ""): self._parse(content) for language, content in masters.items()}
        """By language, and the digest of the words of welcome; those with words are made when somebody gets them."""
        self._lessons: dict[str, _Masters] = {}
        """By the digest of their content; read when somebody gets them."""
        self._zone = settings.timezone
        self._sender, self._bounces = settings.sender_address, settings.bounces

    def make(self, due: Due) -> Copy:
        """The copy of one subscriber. Raises MailingError when the letter has no edition in their language."""
        master, relaxed = self._find_master(due)
        tag = make_tag(self._keys, self._week, due.handle)
        unsubscribe, preferences = (
            self._keys.sign(purpose, due.handle) for purpose in (UNSUBSCRIBE, PREFERENCES)
        )
        personal = Personal(tag, due.address, unsubscribe, preferences)
        message = master.copy(personal)
        if due.joined is not None:
            message = set_date(message, due.joined, self._zone)
        if self._signer is not None and relaxed is not None:
            message = self._signer.sign(message, relaxed.copy(personal))
        return Copy(Envelope(self._return_path(tag), due.address, len(message)), message)

    def _parse(self, content: bytes) -> _Masters:
        # No value of a gap in a body has white space, so a copy of the relaxed master is the copy, relaxed.
        return Master(content), Master(relax(content)) if self._signer else None

    def _find_master(self, due: Due) -> _Masters:
        if due.master:
            return self._find_lesson(due.master)
        content = self._contents.get(due.language)
        if content is None:
            raise MailingError(f"{self._week.name} was frozen without an edition in “{due.language}”")
        kind = (due.language, due.welcome)
        if (known := self._masters.get(kind)) is not None:
            return known
        master = self._masters[(due.language, "")]
        welcome = self._find_welcome(due.welcome)
        if welcome is not None:
            # A letter whose template has no place for them goes without: it must not keep all others from leaving.
            with suppress(MailingError):
                master = self._parse(add_welcome(content, welcome))
        return self._masters.setdefault(kind, master)

    def _find_lesson(self, digest: str) -> _Masters:
        known = self._lessons.get(digest)
        if known is None:
            content = self._find_content(digest)
            if content is None:
                raise MailingError(f"{self._week}: the lesson with the digest {digest} is not kept")
            known = self._lessons.setdefault(digest, self._parse(content))
        return known

    def _return_path(self, tag: str) -> str:
        """Where a bounce of this one copy goes: an address with its tag (VERP)."""
        if not self._bounces:
            return self._sender
        local, _, domain = self._bounces.rpartition("@")
        return f"{local}+{tag}@{domain}"
