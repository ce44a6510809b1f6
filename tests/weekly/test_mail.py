"""A letter arrives encrypted, or on this very machine, or not at all; what goes wrong is said without its content."""

import pytest

from reconciliation.errors import Refusal
from reconciliation.mail import PASSWORD_VARIABLE, USER_VARIABLE, Letter, is_on, send
from reconciliation.policy import default_policy
from tests.weekly.conftest import PASSWORD, USER

LETTER = Letter("director@council.example", "What you must know", "Family F1 is owed £1,234.50 — please read.\n")


@pytest.fixture
def credentials(monkeypatch):
    monkeypatch.setenv(USER_VARIABLE, USER)
    monkeypatch.setenv(PASSWORD_VARIABLE, PASSWORD)


def test_mail_is_off_until_the_policy_names_a_server():
    assert not is_on(default_policy().mail)


def test_a_letter_arrives_as_it_was_written(plain, postbox):
    send(plain, LETTER)
    (message,) = postbox.messages
    assert (message["To"], message["From"]) == (LETTER.recipient, plain.sender)
    assert message["Subject"] == LETTER.subject
    assert message.get_content().splitlines() == LETTER.body.splitlines()


@pytest.mark.parametrize("server", ["starttls", "tls"])
def test_a_letter_arrives_encrypted_with_the_environments_user(server, request, postbox, trusted, credentials):
    send(request.getfixturevalue(server), LETTER)
    assert postbox.messages[0].get_content().splitlines() == LETTER.body.splitlines()
    assert postbox.logged_in == [True]


def test_a_certificate_that_nobody_vouches_for_is_refused(starttls, postbox):
    with pytest.raises(Refusal, match="not trusted"):
        send(starttls, LETTER)
    assert postbox.messages == []


def test_a_server_that_cannot_encrypt_gets_nothing(plain, postbox, trusted):
    with pytest.raises(Refusal, match="does not offer"):
        send(plain.model_copy(update={"security": "starttls"}), LETTER)
    assert postbox.messages == []


@pytest.mark.parametrize("server", ["mail.council.example", "192.0.2.7", "localhost.council.example"])
def test_nothing_goes_over_a_network_in_the_clear(plain, server):
    """It is refused before anyone is called."""
    with pytest.raises(Refusal, match="in the clear"):
        send(plain.model_copy(update={"server": server}), LETTER)


def test_a_wrong_password_is_said_without_it(tls, postbox, trusted, monkeypatch):
    monkeypatch.setenv(USER_VARIABLE, USER)
    monkeypatch.setenv(PASSWORD_VARIABLE, "guessed")
    with pytest.raises(Refusal, match="refused the user or password") as refusal:
        send(tls, LETTER)
    assert "guessed" not in str(refusal.value)
    assert postbox.messages == []


def test_a_refused_address_is_said_without_it(plain):
    with pytest.raises(Refusal, match="refused an address") as refusal:
        send(plain, Letter("smith@refused.example", LETTER.subject, LETTER.body))
    assert "smith" not in str(refusal.value)


def test_an_address_cannot_smuggle_in_another_header(plain, postbox):
    with pytest.raises(Refusal, match="no address"):
        send(plain, Letter("director@council.example\nBcc: all@council.example", LETTER.subject, LETTER.body))
    assert postbox.messages == []


def test_a_server_that_is_not_there_is_named(plain):
    with pytest.raises(Refusal, match="mail server localhost:1: could not take the letter"):
        send(plain.model_copy(update={"port": 1}), LETTER)
