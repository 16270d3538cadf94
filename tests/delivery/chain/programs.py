"""Postfix, Dovecot and OpenDKIM of our own on ports of this machine: what stands between `newsletter` and a reader.

```
newsletter ─STARTTLS, password─▶ Postfix ─signed by OpenDKIM─▶ Postfix, as the server of the readers ─▶ maildirs
    ▲                                                              550, 552: a report to the return path ─┘  │
    └────────────────────── IMAP over TLS ◀── Dovecot ◀──────────────────────────────────────────────────────┘
```
"""

import imaplib
import os
import pwd
import smtplib
import ssl
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.machine import find_mail_programs, find_root
from tests.web.running import find_port

USER, PASSWORD = "letter", "not-a-secret"
SELECTOR, DOMAIN = "s1", "example.org"
PATIENCE = 60


@dataclass(frozen=True)
class Chain:
    """The programs, while they run."""

    folder: Path
    relay: int
    """Port of the relay: it offers STARTTLS and wants a password."""
    imap: int
    """Port of IMAP over TLS."""
    certificate: Path
    key: str
    """What DNS would hold for the key that signs."""

    def read(self, mailbox: str) -> list[bytes]:
        """All mail of a mailbox, oldest first, as a mail program gets it."""
        trust = ssl.create_default_context(cafile=str(self.certificate))
        with imaplib.IMAP4_SSL("localhost", self.imap, ssl_context=trust, timeout=PATIENCE) as imap:
            imap.login(mailbox, PASSWORD)
            imap.select(readonly=True)
            numbers = imap.search(None, "ALL")[1][0].split()
            return [imap.fetch(number.decode(), "(BODY.PEEK[])")[1][0][1] for number in numbers]  # type: ignore[index, misc]

    def wait_for(self, mailbox: str, number: int) -> list[bytes]:
        """All mail of a mailbox, once there are so many."""
        until = time.monotonic() + PATIENCE
        while len(found := self.read(mailbox)) < number:
            assert time.monotonic() < until, f"{mailbox} has {len(found)} mails of {number}:\n{self.log}"
            time.sleep(0.1)
        return found

    def post(self, recipient: str, mail: bytes) -> None:
        """A mail from outside."""
        with smtplib.SMTP("localhost", self.relay, timeout=PATIENCE) as relay:
            relay.starttls()
            relay.login(USER, PASSWORD)
            relay.sendmail("outside@example.com", recipient, mail)

    def look_up(self, name: bytes, *_: object, **__: object) -> bytes:
        """DNS, as dkimpy asks it."""
        return self.key.encode() if name.rstrip(b".").decode() == f"{SELECTOR}._domainkey.{DOMAIN}" else b""

    @property
    def log(self) -> str:
        """What Postfix said."""
        return (self.folder / "log").read_text("utf-8", "replace")


@contextmanager
def start_chain(
    certificate: Path, mailboxes: Mapping[str, str], refusing: Mapping[str, str], bouncing: Mapping[str, str]
) -> Iterator[Chain]:
    """`mailboxes`: address → name of its mailbox. No other address of their domains exists.

    `refusing`: address → what the relay answers to RCPT. `bouncing`: address → what the server of the reader answers
    when the relay has taken the mail.
    """
    programs, root = find_mail_programs(), find_root()
    assert root is not None
    owner = pwd.getpwuid(os.getuid() or pwd.getpwnam("nobody").pw_uid)  # a mailbox is never root's

    def run(*command: str | Path) -> None:
        """As root, if need be through sudo."""
        with tempfile.TemporaryFile(
            "w+"
        ) as said:  # no pipe: what goes on in the background would keep it open
            done = subprocess.run(
                [*root, *command],
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                check=False,
                timeout=PATIENCE,
            )
            said.seek(0)
            assert done.returncode == 0, (command, said.read())

    # A short path that everybody may walk: sockets lie in it, and each program has a user of its own.
    folder = Path(tempfile.mkdtemp(prefix="chain"))
    with ExitStack() as stack:
        stack.callback(run, "rm", "--recursive", "--force", folder)
        folder.chmod(0o755)
        for name in ("etc", "queue", "data", "mail"):
            (folder / name).mkdir()
        run("chown", "postfix", folder / "data")
        run("chown", f"{owner.pw_uid}:{owner.pw_gid}", folder / "mail")
        chain = Chain(folder, find_port(), find_port(), certificate, _make_key(folder))
        inner = find_port()
        _write(folder / "opendkim.conf", _OPENDKIM, chain)
        _write(folder / "dovecot.conf", _DOVECOT, chain, uid=owner.pw_uid, gid=owner.pw_gid)
        _write(
            folder / "etc/main.cf",
            _MAIN,
            chain,
            uid=owner.pw_uid,
            gid=owner.pw_gid,
            domains=" ".join(sorted({address.partition("@")[2] for address in mailboxes})),
            mailboxes=_table({address: f"{name}/" for address, name in mailboxes.items()}),
            refusing=_table(refusing),
            bouncing=_table(bouncing),
        )
        _write(folder / "etc/master.cf", _MASTER, chain, inner=inner)
        run(programs["opendkim"], "-x", folder / "opendkim.conf")
        stack.callback(_stop_opendkim, run, folder)
        run(programs["dovecot"], "-c", folder / "dovecot.conf")
        stack.callback(run, programs["dovecot"], "-c", folder / "dovecot.conf", "stop")
        _wait_for([folder / "dkim", folder / "auth"])
        run(programs["postfix"], "-c", folder / "etc", "start")
        stack.callback(run, programs["postfix"], "-c", folder / "etc", "stop")
        yield chain


def _stop_opendkim(run: Callable[..., None], folder: Path) -> None:
    run("sh", "-c", f"kill $(cat {folder}/dkim.pid)")


def _make_key(folder: Path) -> str:
    """A key for signing in `key.pem`; gives its public half as it stands in DNS."""
    openssl = ("openssl", "rsa", "-in", str(folder / "key.pem"))
    subprocess.run(
        ["openssl", "genrsa", "-out", str(folder / "key.pem"), "2048"], check=True, capture_output=True
    )
    public = subprocess.run([*openssl, "-pubout"], check=True, capture_output=True, text=True).stdout
    return "v=DKIM1; k=rsa; p=" + "".join(public.splitlines()[1:-1])


def _table(rows: Mapping[str, str]) -> str:
    """As Postfix writes a table into its settings."""
    return "inline:{ " + ", ".join(f"{{ {key} = {value} }}" for key, value in rows.items()) + " }"


def _write(path: Path, text: str, chain: Chain, **more: object) -> None:
    names = {
        "folder": chain.folder,
        "relay": chain.relay,
        "imap": chain.imap,
        "certificate": chain.certificate,
        "password": PASSWORD,
        "selector": SELECTOR,
        "domain": DOMAIN,
        **more,
    }
    for name, value in names.items():
        text = text.replace(f"<{name}>", str(value))
    path.write_text(text, "utf-8")


def _wait_for(paths: Sequence[Path]) -> None:
    until = time.monotonic() + PATIENCE
    while not all(path.exists() for path in paths):
        assert time.monotonic() < until, paths
        time.sleep(0.05)


# --- Settings ---

_OPENDKIM = """\
Socket local:<folder>/dkim
PidFile <folder>/dkim.pid
UMask 000
Mode s
Domain <domain>
Selector <selector>
KeyFile <folder>/key.pem
RequireSafeKeys no
Canonicalization relaxed/relaxed
SignHeaders *,+List-Unsubscribe-Post
"""

_DOVECOT = """\
base_dir = <folder>/run
log_path = <folder>/dovecot.log
protocols = imap
listen = 127.0.0.1
ssl = required
ssl_cert = <<certificate>
ssl_key = <<certificate>
mail_location = maildir:<folder>/mail/%n
mail_uid = <uid>
mail_gid = <gid>
first_valid_uid = 1
service imap-login {
  inet_listener imap {
    port = 0
  }
  inet_listener imaps {
    port = <imap>
    ssl = yes
  }
}
service auth {
  unix_listener <folder>/auth {
    mode = 0666
  }
}
passdb {
  driver = static
  args = password=<password>
}
userdb {
  driver = static
  args = uid=<uid> gid=<gid> home=<folder>/mail/%n
}
"""

_MAIN = """\
compatibility_level = 3.6
queue_directory = <folder>/queue
data_directory = <folder>/data
maillog_file = <folder>/log
maillog_file_prefixes = <folder>
myhostname = mail.<domain>
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
mydestination =
alias_maps =
disable_dns_lookups = yes
smtp_host_lookup = native
recipient_delimiter = +
virtual_mailbox_domains = <domains>
virtual_mailbox_maps = <mailboxes>
virtual_mailbox_base = <folder>/mail
virtual_uid_maps = static:<uid>
virtual_gid_maps = static:<gid>
virtual_minimum_uid = 1
smtpd_relay_restrictions = permit_sasl_authenticated, permit_mynetworks, reject
smtpd_tls_cert_file = <certificate>
smtpd_tls_key_file = <certificate>
smtpd_tls_auth_only = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = <folder>/auth
milter_default_action = tempfail
refuses = check_recipient_access <refusing>, permit_sasl_authenticated, reject
bounces = check_recipient_access <bouncing>, permit_mynetworks, reject
"""

_MASTER = """\
127.0.0.1:<relay> inet n - n - - smtpd
  -o smtpd_tls_security_level=may
  -o smtpd_sasl_auth_enable=yes
  -o smtpd_recipient_restrictions=$refuses
  -o smtpd_reject_unlisted_recipient=no
  -o smtpd_milters=unix:<folder>/dkim
  -o content_filter=smtp:[127.0.0.1]:<inner>
127.0.0.1:<inner> inet n - n - - smtpd
  -o smtpd_recipient_restrictions=$bounces
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
error unix - - n - - error
retry unix - - n - - error
virtual unix - n n - - virtual
tlsmgr unix - - n 1000? 1 tlsmgr
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""
