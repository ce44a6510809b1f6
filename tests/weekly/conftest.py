"""A real SMTP server on loopback, in the clear or with TLS, that keeps what it is given."""

import ssl
import subprocess
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

from reconciliation.policy import default_policy
from reconciliation.policy.settings import Mail, Recipients
from tests.prefect_server import free_port

USER, PASSWORD = "briefing", "a long secret"


class Postbox:
    """Keeps every message; refuses addresses of one domain."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        self.logged_in: list[bool] = []

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.endswith("@refused.example"):
            return "550 nobody of that name"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        self.messages.append(message_from_bytes(envelope.content, policy=policy.default))
        self.logged_in.append(bool(session.authenticated))
        return "250 kept"


def _authenticate(server, session, envelope, mechanism, given) -> AuthResult:
    is_known = isinstance(given, LoginPassword) and (given.login, given.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=is_known, handled=False)


@pytest.fixture(scope="session")
def certificate(tmp_path_factory) -> Path:
    """A certificate for `localhost` and its key, in one file."""
    folder = tmp_path_factory.mktemp("certificate")
    made = folder / "localhost.pem"
    subprocess.run(  # noqa: S603 fixed arguments
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",  # noqa: S607
         "-addext", "subjectAltName=DNS:localhost", "-keyout", folder / "key.pem", "-out", folder / "cert.pem"],
        check=True, capture_output=True,
    )  # fmt: skip
    made.write_bytes((folder / "key.pem").read_bytes() + (folder / "cert.pem").read_bytes())
    return made


@pytest.fixture
def trusted(certificate, monkeypatch) -> Path:
    """This machine trusts that certificate."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    return certificate


def serving(postbox: Postbox, certificate: Path | None = None, immediate_tls: bool = False) -> Iterator[Mail]:
    """A server for the postbox, and the policy's settings for it."""
    context = None
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
    tls = {"ssl_context": context} if immediate_tls else {"tls_context": context, "require_starttls": bool(context)}
    controller = Controller(
        postbox,
        hostname="localhost",
        port=free_port(),
        authenticator=_authenticate,
        auth_require_tls=not immediate_tls,
        **tls,
    )
    controller.start()
    port = controller.port
    security = "tls" if immediate_tls else "starttls" if certificate else "none"
    recipients = {role: f"{role}@council.example" for role in Recipients.model_fields}
    try:
        yield default_policy().mail.model_copy(
            update={
                "server": "localhost",
                "port": port,
                "security": security,
                "sender": "reconciliation@council.example",
                "recipients": Recipients(**recipients),
            }
        )
    finally:
        controller.stop()


@pytest.fixture
def postbox() -> Postbox:
    return Postbox()


@pytest.fixture
def plain(postbox) -> Iterator[Mail]:
    """A server that speaks in the clear."""
    yield from serving(postbox)


@pytest.fixture
def starttls(postbox, certificate) -> Iterator[Mail]:
    """A server that insists on STARTTLS."""
    yield from serving(postbox, certificate)


@pytest.fixture
def tls(postbox, certificate) -> Iterator[Mail]:
    """A server that speaks TLS from the first byte."""
    yield from serving(postbox, certificate, immediate_tls=True)
