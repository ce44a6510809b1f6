"""Sending a letter by SMTP: encrypted, or not at all. User name and password come from the environment alone."""

import ipaddress
import os
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formatdate, make_msgid

from reconciliation.errors import Refusal
from reconciliation.policy.settings import Mail

USER_VARIABLE = "RECONCILIATION_SMTP_USER"
PASSWORD_VARIABLE = "RECONCILIATION_SMTP_PASSWORD"  # noqa: S105 the variable's name, not a password
TIMEOUT_SECONDS = 30


@dataclass(frozen=True)
class Letter:
    """One message in plain text to one address."""

    recipient: str
    subject: str
    body: str


def is_on(mail: Mail) -> bool:
    """Whether the policy names a mail server; it is off by default."""
    return bool(mail.server)


def send(mail: Mail, letter: Letter) -> None:
    """Hand a letter to the policy's mail server.

    Raises `Refusal` when it cannot be sent, or could only be sent in the clear over a network. A cause names the
    server and never the recipient or anything of the letter.
    """
    message = _message(mail, letter)
    with _told_plainly(mail), _connected(mail) as server:
        _log_in(server)
        server.send_message(message)


def _message(mail: Mail, letter: Letter) -> EmailMessage:
    message = EmailMessage()
    try:
        message["From"], message["To"], message["Subject"] = mail.sender, letter.recipient, letter.subject
    except ValueError:
        raise Refusal("policy [mail]: an address is no address; expected such as finance@council.example") from None
    message["Date"] = formatdate()
    message["Message-ID"] = make_msgid(domain=mail.sender.rpartition("@")[2] or "localhost")
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.body)
    return message


@contextmanager
def _connected(mail: Mail) -> Iterator[smtplib.SMTP]:
    """A session with the server, encrypted unless the server is this very machine and the policy says so."""
    trusted = ssl.create_default_context()
    if mail.security == "tls":
        with smtplib.SMTP_SSL(mail.server, mail.port, timeout=TIMEOUT_SECONDS, context=trusted) as server:
            yield server
        return
    if mail.security == "none" and not _is_this_machine(mail.server):
        raise Refusal(
            f'policy [mail]: security = "none" would send the briefing in the clear to {mail.server}; '
            'set "starttls" or "tls", or name a server on this machine'
        )
    with smtplib.SMTP(mail.server, mail.port, timeout=TIMEOUT_SECONDS) as server:
        if mail.security == "starttls":
            server.starttls(context=trusted)
        yield server


def _is_this_machine(server: str) -> bool:
    if server.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(server).is_loopback
    except ValueError:
        return False


def _log_in(server: smtplib.SMTP) -> None:
    """Log in where the environment names a user; smtplib sends a password over TLS, or to this machine, alone."""
    user = os.environ.get(USER_VARIABLE)
    if user:
        server.login(user, os.environ.get(PASSWORD_VARIABLE, ""))


@contextmanager
def _told_plainly(mail: Mail) -> Iterator[None]:
    where = f"mail server {mail.server}:{mail.port}"
    try:
        yield
    except smtplib.SMTPAuthenticationError:
        raise Refusal(f"{where}: refused the user or password; check {USER_VARIABLE} and {PASSWORD_VARIABLE}") from None
    except smtplib.SMTPNotSupportedError:
        raise Refusal(
            f'{where}: does not offer what [mail] security = "{mail.security}" or the log-in needs; '
            "check the port, or ask whoever runs it"
        ) from None
    except (smtplib.SMTPRecipientsRefused, smtplib.SMTPSenderRefused):
        raise Refusal(f"{where}: refused an address; check [mail] sender and [mail.recipients]") from None
    except ssl.SSLError as fault:
        raise Refusal(f"{where}: its certificate or encryption is not trusted ({fault.reason})") from None
    except (smtplib.SMTPException, OSError) as fault:
        raise Refusal(f"{where}: could not take the letter ({type(fault).__name__}); see that it is there") from None
