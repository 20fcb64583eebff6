# SPDX-License-Identifier: Apache-2.0
"""Mail by SMTP (RFC 5321). The id is the Message-ID: mail servers take a repeat, readers mostly show it once."""

import smtplib
import ssl
from email.message import EmailMessage
from email.utils import format_datetime
from urllib.parse import SplitResult, unquote, urlsplit

from callbox.host.clock import CLOCK
from callbox.host.directory import LOOPBACK
from callbox.host.environment import wrong
from callbox.kernel.errors import Invalid
from callbox.messages.domain import NOT_TAKEN, REFUSED, TAKEN, UNSURE, Answer, Letter, check_to
from callbox.messages.gateways import CONNECT_S, DEADLINE_S, Settings
from callbox.messages.gateways.cutting import cut_after
from callbox.messages.ways import EMAIL

DROPS_REPEATS = False
FAR_SIDE_OF_ITS_OWN = False
PORTS = {"smtp": 25, "smtp+tls": 587, "smtps": 465}


def check(settings: Settings) -> None:
    """smtps:// or smtp+tls:// (STARTTLS); smtp:// only to this machine; a sender. Raises ConfigError."""
    parts, is_right = _parts(settings)
    if not is_right:
        raise wrong(
            settings.name,
            "is no address of a mail server, or not an encrypted one",
            "smtp+tls://mail.example:587",
        )
    try:
        check_to(EMAIL, settings.sender)
    except Invalid:
        raise wrong(f"{settings.name}_FROM", "is no mail address", "callbox@city.example") from None
    if parts.username and settings.key is None:
        raise wrong(f"{settings.name}_KEY", "names no file with the password", "/etc/callbox/mail.key")


def _parts(settings: Settings) -> tuple[SplitResult, bool]:
    try:
        parts = urlsplit(settings.address)
        has_port = parts.port is None or parts.port > 0
    except ValueError:
        return urlsplit(""), False
    is_safe = parts.scheme in ("smtps", "smtp+tls") or (parts.scheme == "smtp" and parts.hostname in LOOPBACK)
    return parts, bool(parts.hostname) and has_port and is_safe


def send(settings: Settings, letter: Letter) -> Answer:
    """One conversation, at most DEADLINE_S long."""
    parts, _is_right = _parts(settings)
    context = ssl.create_default_context()
    client: smtplib.SMTP = (
        smtplib.SMTP_SSL(timeout=CONNECT_S, context=context)
        if parts.scheme == "smtps"
        else smtplib.SMTP(timeout=CONNECT_S)
    )
    with cut_after(DEADLINE_S, lambda: client.sock):
        try:
            return _greeted(client, parts, settings, context) or _said(client, settings, letter)
        finally:
            client.close()


def _greeted(
    client: smtplib.SMTP, parts: SplitResult, settings: Settings, context: ssl.SSLContext
) -> Answer | None:
    """Connect and sign in; whatever goes wrong here, nothing was taken."""
    host = parts.hostname or ""
    try:
        client._host = host  # type: ignore[attr-defined]  # the name that the certificate must bear; `connect` sets none
        code, _text = client.connect(host, parts.port or PORTS[parts.scheme])
        if code != 220:
            return Answer(NOT_TAKEN, f"answer_{code}")
        if parts.scheme == "smtp+tls":
            client.starttls(context=context)
        if parts.username:
            client.login(unquote(parts.username), settings.secret)
        client.ehlo_or_helo_if_needed()
    except smtplib.SMTPResponseException as refused:
        return Answer(NOT_TAKEN, f"answer_{refused.smtp_code}")
    except (OSError, smtplib.SMTPException) as error:
        return Answer(NOT_TAKEN, _why(error))
    return None


def _said(client: smtplib.SMTP, settings: Settings, letter: Letter) -> Answer:
    """Sender, recipient, text. Only the far side's word after the text says that it took it."""
    text = _mail(settings, letter).as_bytes()
    try:
        for code, _text in (client.mail(settings.sender), client.rcpt(letter.to)):
            if code not in (250, 251):
                return _refusal(code)
        code, _text = client.docmd("DATA")
        if code != 354:
            return _refusal(code)
    except (OSError, smtplib.SMTPException) as error:
        return Answer(NOT_TAKEN, _why(error))
    try:
        client.send(_dotted(text))
        code, _text = client.getreply()
    except (OSError, smtplib.SMTPException) as error:
        return Answer(UNSURE, _why(error))
    return Answer(TAKEN) if code == 250 else _refusal(code)


def _refusal(code: int) -> Answer:
    """RFC 5321, 4.2.1: 5yz is for good, 4yz for now. A far side that speaks no code at all has taken nothing."""
    outcome = REFUSED if code in (550, 551, 553, 552, 554) else NOT_TAKEN
    return Answer(outcome, f"answer_{code}" if code > 0 else "no_answer")


def _why(error: Exception) -> str:
    if isinstance(error, ConnectionRefusedError):
        return "no_line"
    return "no_answer" if isinstance(error, TimeoutError) else "line_lost"


def _mail(settings: Settings, letter: Letter) -> EmailMessage:
    domain = settings.sender.partition("@")[2]
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = settings.sender, letter.to, letter.subject
    mail["Message-ID"] = f"<{letter.id}@{domain}>"
    mail["Date"] = format_datetime(CLOCK.now())
    mail["Content-Language"] = letter.language
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: no automatic answer, please
    mail.set_content(letter.body, cte="base64")  # any server takes it, also one without 8BITMIME
    return mail


def _dotted(text: bytes) -> bytes:
    """RFC 5321, 4.5.2: lines end with CRLF, a leading dot is doubled, a lone dot ends the text."""
    lines = text.replace(b"\r\n", b"\n").rstrip(b"\n").split(b"\n")
    return b"\r\n".join(b"." + line if line.startswith(b".") else line for line in lines) + b"\r\n.\r\n"
