"""Reports as servers write them, about one letter to one reader: written here, in the forms that are theirs."""

from collections.abc import Callable

READER = "reader@example.com"


def returned(tag: str) -> str:
    """The head of a letter as it comes back."""
    return (
        f"Return-Path: <bounce+{tag}@example.org>\n"
        "Received: from mail.example.org (mail.example.org [192.0.2.7])\n"
        "\tby mx.example.com with ESMTPS id 4bHk; Fri, 27 Nov 2026 06:00:02 +0000\n"
        "From: Royal Dutch Updates <letter@example.org>\n"
        f"To: {READER}\n"
        "Subject: =?utf-8?q?E=C3=A9n_gedachte?=\n"
        f"Message-ID: <{tag}@letter.example.org>\n"
        "List-Unsubscribe: <https://letter.example.org/unsubscribe/x>\n"
    )


def report(
    tag: str, fields: str, *, to: str = "", last: str = "text/rfc822-headers", extra: str = ""
) -> bytes:
    """A report in the form of RFC 3464; `to`: where it comes to, when that does not name the letter."""
    return (
        (
            "Return-Path: <>\n"
            f"Delivered-To: {to or f'bounce+{tag}@example.org'}\n"
            "Date: Fri, 27 Nov 2026 06:00:03 +0000 (UTC)\n"
            "From: MAILER-DAEMON@mx.example.com (Mail Delivery System)\n"
            "Subject: Undelivered Mail Returned to Sender\n"
            f"To: {to or f'bounce+{tag}@example.org'}\n"
            "Auto-Submitted: auto-replied\n"
            "MIME-Version: 1.0\n"
            "Content-Type: multipart/report; report-type=delivery-status;\n"
            '\tboundary="4A3B2.1795759203/mx.example.com"\n'
            f"{extra}"
            "\n"
            "This is a MIME-encapsulated message.\n"
            "\n"
            "--4A3B2.1795759203/mx.example.com\n"
            "Content-Description: Notification\n"
            "Content-Type: text/plain; charset=us-ascii\n"
            "\n"
            "This is the mail system at host mx.example.com.\n"
            "\n"
            "I'm sorry to have to inform you that your message could not\n"
            "be delivered to one or more recipients. It's attached below.\n"
            "\n"
            "--4A3B2.1795759203/mx.example.com\n"
            "Content-Description: Delivery report\n"
            "Content-Type: message/delivery-status\n"
            "\n"
            "Reporting-MTA: dns; mx.example.com\n"
            "X-Postfix-Queue-ID: 4A3B2\n"
            "Arrival-Date: Fri, 27 Nov 2026 06:00:02 +0000 (UTC)\n"
            "\n"
            f"{fields}"
            "\n"
            "--4A3B2.1795759203/mx.example.com\n"
            "Content-Description: Undelivered Message\n"
            f"Content-Type: {last}\n"
            "\n"
            f"{returned(tag)}"
            "\n"
            "--4A3B2.1795759203/mx.example.com--\n"
        )
        .replace("\n", "\r\n")
        .encode()
    )


def failed(status: str, diagnostic: str = "", action: str = "failed") -> str:
    """The group of fields about one mailbox."""
    return (
        f"Final-Recipient: rfc822; {READER}\n"
        f"Original-Recipient: rfc822;{READER}\n"
        f"Action: {action}\n"
        f"Status: {status}\n"
        + (f"Remote-MTA: dns; mail.example.com\nDiagnostic-Code: {diagnostic}\n" if diagnostic else "")
    )


def postfix(tag: str) -> bytes:
    return report(
        tag,
        failed(
            "5.1.1",
            f"smtp; 550 5.1.1 <{READER}>: Recipient address\n    rejected: User unknown in virtual mailbox table",
        ),
    )


def postfix_full(tag: str) -> bytes:
    return report(tag, failed("5.2.2", "smtp; 552 5.2.2 Mailbox is full / Quota exceeded"))


def postfix_expired(tag: str) -> bytes:
    return report(
        tag,
        failed("4.4.1", "X-Postfix; connect to mail.example.com[192.0.2.9]:25:\n    Connection timed out"),
    )


def postfix_late(tag: str) -> bytes:
    return report(tag, failed("4.4.1", "X-Postfix; Connection timed out", "delayed"))


def exim(tag: str) -> bytes:
    """It says 5.0.0 for all, and the rest in the words of the other server."""
    return report(
        tag,
        f"Action: failed\nFinal-Recipient: rfc822;{READER}\nStatus: 5.0.0\nRemote-MTA: dns; mail.example.com\n"
        f"Diagnostic-Code: smtp; 550 5.1.1 <{READER}>: Recipient address rejected: User unknown\n",
        last="message/rfc822",
    )


def exim_old(tag: str) -> bytes:
    return (
        "Return-path: <>\n"
        f"Envelope-to: bounce+{tag}@example.org\n"
        f"X-Failed-Recipients: {READER}\n"
        "Auto-Submitted: auto-replied\n"
        "From: Mail Delivery System <Mailer-Daemon@mx.example.com>\n"
        f"To: bounce+{tag}@example.org\n"
        "Subject: Mail delivery failed: returning message to sender\n"
        "\n"
        "This message was created automatically by mail delivery software.\n"
        "\n"
        "A message that you sent could not be delivered to one or more of its\n"
        "recipients. This is a permanent error. The following address(es) failed:\n"
        "\n"
        f"  {READER}\n"
        "    host mail.example.com [192.0.2.9]\n"
        f"    SMTP error from remote mail server after RCPT TO:<{READER}>:\n"
        "    550 5.1.1 Recipient address rejected: User unknown\n"
        "\n"
        "------ This is a copy of the message, including all the headers. ------\n"
        "\n"
        f"{returned(tag)}\n"
        "Our policy says no spam 554 5.7.1\n"
    ).encode()


def exchange(tag: str) -> bytes:
    return (
        "From: Microsoft Outlook\n"
        " <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@example.com>\n"
        f"To: <bounce+{tag}@example.org>\n"
        "Subject: Undeliverable: Een gedachte\n"
        f"In-Reply-To: <{tag}@letter.example.org>\n"
        f"References: <{tag}@letter.example.org>\n"
        "X-MS-Exchange-Message-Is-Ndr:\n"
        "Auto-Submitted: auto-replied\n"
        "MIME-Version: 1.0\n"
        "Content-Type: multipart/report; report-type=delivery-status;\n"
        ' boundary="0d2c5ec7-3aa1-4d8e-8ff6-1b2a66a6d1a4"\n'
        "\n"
        "--0d2c5ec7-3aa1-4d8e-8ff6-1b2a66a6d1a4\n"
        "Content-Type: multipart/alternative; differences=Content-Type;\n"
        ' boundary="5f3f5a3d-2a4c-4d0e-9f5c-aa31b5a2c6f1"\n'
        "\n"
        "--5f3f5a3d-2a4c-4d0e-9f5c-aa31b5a2c6f1\n"
        "Content-Type: text/plain; charset=us-ascii\n"
        "Content-Transfer-Encoding: quoted-printable\n"
        "\n"
        f"Your message to {READER} couldn't be delivered.\n"
        "--5f3f5a3d-2a4c-4d0e-9f5c-aa31b5a2c6f1--\n"
        "--0d2c5ec7-3aa1-4d8e-8ff6-1b2a66a6d1a4\n"
        "Content-Type: message/delivery-status\n"
        "\n"
        "Reporting-MTA: dns;AM0PR01MB0001.example.com\n"
        "Received-From-MTA: dns;mail.example.org\n"
        "Arrival-Date: Fri, 27 Nov 2026 06:00:02 +0000\n"
        "\n"
        f"Final-Recipient: rfc822;{READER}\n"
        "Action: failed\n"
        "Status: 5.1.10\n"
        "Diagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient\n"
        f" {READER} not found by SMTP address lookup\n"
        "X-Display-Name: Reader\n"
        "\n"
        "--0d2c5ec7-3aa1-4d8e-8ff6-1b2a66a6d1a4\n"
        "Content-Type: message/rfc822\n"
        "\n"
        f"{returned(tag)}\n"
        "--0d2c5ec7-3aa1-4d8e-8ff6-1b2a66a6d1a4--\n"
    ).encode()


def gmail(tag: str) -> bytes:
    return (
        "From: Mail Delivery Subsystem <mailer-daemon@googlemail.com>\n"
        f"To: bounce+{tag}@example.org\n"
        "Auto-Submitted: auto-replied\n"
        "Subject: Delivery Status Notification (Failure)\n"
        f"References: <{tag}@letter.example.org>\n"
        f"In-Reply-To: <{tag}@letter.example.org>\n"
        f"X-Failed-Recipients: {READER}\n"
        'Content-Type: multipart/report; boundary="00000000000073ad5d0643d7a3a2"; report-type=delivery-status\n'
        "\n"
        "--00000000000073ad5d0643d7a3a2\n"
        'Content-Type: multipart/related; boundary="00000000000073b1e30643d7a3a7"\n'
        "\n"
        "--00000000000073b1e30643d7a3a7\n"
        'Content-Type: text/html; charset="UTF-8"\n'
        "\n"
        "<h2>Address not found</h2>\n"
        "--00000000000073b1e30643d7a3a7--\n"
        "--00000000000073ad5d0643d7a3a2\n"
        "Content-Type: message/delivery-status\n"
        "\n"
        "Reporting-MTA: dns; googlemail.com\n"
        f"Received-From-MTA: dns; bounce+{tag}@example.org\n"
        f"X-Original-Message-ID: <{tag}@letter.example.org>\n"
        "\n"
        f"Final-Recipient: rfc822; {READER}\n"
        "Action: failed\n"
        "Status: 5.1.1\n"
        "Remote-MTA: dns; mx.example.com. (192.0.2.27, the server for the domain example.com.)\n"
        "Diagnostic-Code: smtp; 550-5.1.1 The email account that you tried to reach does not exist. Please try\n"
        " 550-5.1.1 double-checking the recipient's email address for typos or\n"
        " 550 5.1.1 unnecessary spaces. 5b1f17b1804b1-4a3 - gsmtp\n"
        "Last-Attempt-Date: Fri, 27 Nov 2026 06:00:03 -0800 (PST)\n"
        "\n"
        "--00000000000073ad5d0643d7a3a2\n"
        "Content-Type: message/rfc822\n"
        "\n"
        f"{returned(tag)}\n"
        "--00000000000073ad5d0643d7a3a2--\n"
    ).encode()


def qmail(tag: str, why: str = "Sorry, no mailbox here by that name. (#5.1.1)") -> bytes:
    return (
        "Return-Path: <>\n"
        f"Delivered-To: bounce+{tag}@example.org\n"
        "Date: 27 Nov 2026 06:00:03 -0000\n"
        "From: MAILER-DAEMON@mx.example.com\n"
        f"To: bounce+{tag}@example.org\n"
        "Subject: failure notice\n"
        "\n"
        "Hi. This is the qmail-send program at mx.example.com.\n"
        "I'm afraid I wasn't able to deliver your message to the following addresses.\n"
        "This is a permanent error; I've given up. Sorry it didn't work out.\n"
        "\n"
        f"<{READER}>:\n"
        f"{why}\n"
        "\n"
        "--- Below this line is a copy of the message.\n"
        "\n"
        f"{returned(tag)}\n"
        "Our policy says no spam 554 5.7.1\n"
    ).encode()


def complaint(
    tag: str,
    kind: str = "abuse",
    token: str = "",
    to: str = "complaints@example.org",
) -> bytes:
    """As Yahoo reports that somebody pressed a button (RFC 5965); without a tag it was cut out."""
    name = f"{tag}@letter.example.org" if tag else "redacted@example.net"
    return (
        "Return-Path: <feedback@arf.example.net>\n"
        "From: Mail AntiSpam Feedback <feedback@arf.example.net>\n"
        f"To: {to}\n"
        "Subject: FW:Een gedachte\n"
        "MIME-Version: 1.0\n"
        "Content-Type: multipart/report; boundary=9f3c; report-type=feedback-report\n"
        "\n"
        "--9f3c\n"
        "Content-Type: text/plain; charset=utf-8\n"
        "\n"
        "This is an email abuse report for an email message from example.org.\n"
        "--9f3c\n"
        "Content-Type: message/feedback-report\n"
        "\n"
        f"Feedback-Type: {kind}\n"
        "User-Agent: Mail-Feedback/2.0\n"
        "Version: 0.1\n"
        f"Original-Mail-From: <{f'bounce+{tag}' if tag else 'redacted'}@example.org>\n"
        "Original-Rcpt-To: redacted@example.net\n"
        "Received-Date: Fri, 27 Nov 2026 07:00:00 UTC\n"
        "Reported-Domain: example.org\n"
        "\n"
        "--9f3c\n"
        "Content-Type: message/rfc822\n"
        "Content-Disposition: inline\n"
        "\n"
        "From: Royal Dutch Updates <letter@example.org>\n"
        "Subject: Een gedachte\n"
        f"Message-ID: <{name}>\n"
        f"List-Unsubscribe: <https://letter.example.org/unsubscribe/{token}>\n"
        "\n"
        "Een gedachte.\n"
        "--9f3c--\n"
    ).encode()


HARD: dict[str, Callable[[str], bytes]] = {
    "Postfix": postfix,
    "Exim": exim,
    "Exim as it was": exim_old,
    "Exchange Online": exchange,
    "Gmail": gmail,
    "qmail": qmail,
}
