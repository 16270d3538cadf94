"""Requests to a service of Amazon, signed (Signature Version 4) with the credentials of the environment.

Other places where the programs of Amazon look for credentials (a profile in the home folder, the metadata of a machine)
are not looked at: what an operator tries by hand is then sent with the identity of the service, or not at all.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from hashlib import sha256
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from generator.delivery.engines.http import Line
from generator.subscribers.list.networks import is_here

if TYPE_CHECKING:
    from collections.abc import Mapping
    from urllib.parse import SplitResult

    from generator.delivery.engines.http import Answer

KEY, SECRET, TOKEN = "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"
"""The variables with the credentials. The third one is for credentials that expire."""

_REGION = re.compile(r"[a-z]{2}(-[a-z]+)+-\d")

_PATIENCE = 10.0
"""Seconds that signing may take; it takes a tenth of a millisecond."""


@dataclass(frozen=True, slots=True)
class Account:
    """A region of Amazon, and who asks there."""

    region: str
    key: str = field(repr=False)
    secret: str = field(repr=False)
    token: str = field(default="", repr=False)
    host: str = ""
    """A server on this machine that stands for Amazon, with its port; empty for Amazon."""


def find_account(region: str, secrets: Mapping[str, str], host: str = "") -> Account:
    """The account of a region. Raises ValueError, whose message says what is missing, and shows no secret."""
    if not _REGION.fullmatch(region):
        raise ValueError("no region of Amazon, like eu-west-1")
    if host and not is_here(host.rpartition(":")[0]):
        raise ValueError("a host that is not this machine; host= is for tests")
    key, secret, token = (secrets.get(name, "").strip() for name in (KEY, SECRET, TOKEN))
    if not key or not secret:
        raise ValueError(f"Amazon, but {KEY} and {SECRET} are not both set")
    if find_spec("awscrt") is None:
        raise ValueError("Amazon, for which a package is not installed (see Amazon SES in deploy/SET-UP.md)")
    return Account(region, key, secret, token, host)


def read_settings(parts: SplitResult, *names: str) -> dict[str, str]:
    """What stands behind the question mark of an address: `host`, and others by name. Raises ValueError."""
    fields = parse_qsl(parts.query, keep_blank_values=True)
    given = dict(fields)
    known = given.keys() <= {"host", *names} and all(
        re.fullmatch(r"[\w.:-]+", value) for value in given.values()
    )
    if not known or len(fields) != len(given) or bool(fields) != bool(parts.query):
        raise ValueError(f"something behind “?” that is not {'=… or '.join(names or ('host',))}=…")
    return given


class Service:
    """One service of an account, such as "ses", over a connection of its own. For one thread, except `hang_up`."""

    def __init__(
        self,
        account: Account,
        service: str,
        host: str,
        name: str,
        headers: Mapping[str, str],
    ) -> None:
        """`host` is that of the service in this region, without its domain; `name` is for messages."""
        domain = "amazonaws.com.cn" if account.region.startswith("cn-") else "amazonaws.com"
        self.host = account.host or f"{host}.{account.region}.{domain}"
        self._account, self._service, self._headers = account, service, dict(headers)
        self._line = Line(f"http{'' if account.host else 's'}://{self.host}", name, headers)
        self._provider: Any = None

    def ask(
        self, method: str, path: str, content: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Make one request, signed. Returns and raises what `http.Line.ask` does."""
        given = dict(headers or {})
        return self._line.ask(method, path, content or None, given | self._sign(method, path, content, given))

    def close(self) -> None:
        """End the connection, if there is one. Raises nothing; the next `ask` opens another."""
        self._line.close()

    def hang_up(self) -> None:
        """End the connection at once. Any thread may call it."""
        self._line.hang_up()

    def _sign(self, method: str, path: str, content: bytes, headers: Mapping[str, str]) -> dict[str, str]:
        """The headers that prove who asks."""
        from awscrt import auth, http  # noqa: PLC0415 (an extra, for those who use Amazon)

        if self._provider is None:
            account = self._account
            self._provider = auth.AwsCredentialsProvider.new_static(
                account.key, account.secret, account.token or None
            )
        before = {"host": self.host, **self._headers, **headers}
        config = auth.AwsSigningConfig(
            algorithm=auth.AwsSigningAlgorithm.V4,
            signature_type=auth.AwsSignatureType.HTTP_REQUEST_HEADERS,
            credentials_provider=self._provider,
            region=self._account.region,
            service=self._service,
            signed_body_value=sha256(content).hexdigest(),
        )
        request = http.HttpRequest(method, path, http.HttpHeaders(list(before.items())))
        signed = auth.aws_sign_request(request, config).result(_PATIENCE)
        return {name: value for name, value in signed.headers if name not in before}


def find_kind(answer: Answer) -> str:
    """What Amazon calls a refusal, like `MessageRejected`; empty when it does not say."""
    body = answer.read()
    said = answer.headers.get("x-amzn-errortype", "") or (
        body.get("__type") if isinstance(body, dict) else ""
    )
    # Some services put a namespace before it, and an address behind it.
    return str(said or "").rpartition("#")[2].partition(":")[0]
