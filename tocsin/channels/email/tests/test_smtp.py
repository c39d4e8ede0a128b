"""The sender against servers that behave, and one that does not."""

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message as Keeping

from tests.hostile_smtp import HostileSmtp
from tocsin.channels.email.relay import relay_of
from tocsin.channels.email.smtp import Sender
from tocsin.channels.email.verdict import Answer
from tocsin.channels.message import ChannelError, Message, Receipt

BODY = b"Subject: Checkout is failing\r\n\r\nFirst line.\r\n.A dot first.\r\n..\r\nLast line.\r\n"


def a_mail(name: str, wire: bytes = BODY) -> Message:
    return Message(name, f"{name}@linden.example", wire, "status@linden.example")


def mails(count: int) -> list[Message]:
    return [a_mail(f"r{number}") for number in range(count)]


@contextmanager
def a_sender(
    server: HostileSmtp, options: str = "", scheme: str = "smtp", user: str = ""
) -> Iterator[Sender]:
    url = f"{scheme}://{user}127.0.0.1:{server.port}?timeout=2{options}"
    sender = Sender(relay_of(url))
    yield sender
    sender.close()


def sent_through(server: HostileSmtp, messages: list[Message], **options: str) -> list[Answer]:
    with a_sender(server, **options) as sender:
        return sender.send_batch(messages)


def error_of(answer: Answer) -> ChannelError:
    assert isinstance(answer, ChannelError)
    return answer


@pytest.fixture
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def ca_file(authority: trustme.CA, tmp_path: Path) -> str:
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    return f"&ca={tmp_path / 'ca.pem'}"


@pytest.fixture
def tls(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    return context


def a_free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


class Kept(Keeping):
    def __init__(self) -> None:
        super().__init__()
        self.seen: list[Any] = []

    def handle_message(self, message: Any) -> None:
        self.seen.append(message)


def test_a_well_known_server_takes_the_mail() -> None:
    kept = Kept()
    port = a_free_port()
    controller = Controller(kept, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        sender = Sender(relay_of(f"smtp://127.0.0.1:{port}"))
        answers = sender.send_batch(mails(30))
        sender.close()
    finally:
        controller.stop()

    assert all(isinstance(answer, Receipt) for answer in answers)
    assert sorted(m["X-RcptTo"] for m in kept.seen) == sorted(m.to for m in mails(30))
    assert "..A" not in kept.seen[0].get_payload()


@pytest.mark.parametrize("offers", [("PIPELINING", "SIZE 1000000"), ()])
def test_every_mail_arrives_once_and_whole(offers: tuple[str, ...]) -> None:
    with HostileSmtp(offers=offers) as server:
        answers = sent_through(server, mails(25))

    assert [type(answer) for answer in answers] == [Receipt] * 25
    assert sorted(server.recipients) == sorted(m.to for m in mails(25))
    assert {body for _, body in server.bodies} == {BODY}


def test_connections_are_kept_between_batches() -> None:
    with HostileSmtp() as server, a_sender(server) as sender:
        for _ in range(5):
            sender.send_batch(mails(4))

    assert server.connections == 1
    assert len(server.bodies) == 20


def test_a_connection_that_went_stale_is_replaced_unseen() -> None:
    with HostileSmtp(closes_after=3) as server, a_sender(server, "&connections=1") as sender:
        answers = sender.send_batch(mails(10))

    assert [type(answer) for answer in answers] == [Receipt] * 10
    assert len(server.bodies) == 10
    assert server.connections == 4


def test_a_refused_reader_does_not_disturb_the_others() -> None:
    gone = {("RCPT", "r1@linden.example"): "550 5.1.1 <r1@linden.example>: no such user"}
    with HostileSmtp(replies=gone) as server:
        answers = sent_through(server, mails(4))

    assert [type(answer) for answer in answers] == [Receipt, ChannelError, Receipt, Receipt]
    error = error_of(answers[1])
    assert error.permanent
    assert error.is_address_gone
    assert "no such user" in error.reason
    assert "r1@" not in error.reason


def test_a_server_that_wants_a_body_with_nobody_to_receive_it_gets_an_empty_one() -> None:
    gone = {("RCPT", "r1@linden.example"): "550 5.1.1 no such user"}
    with HostileSmtp(replies=gone, accepts_data_always=True) as server:
        answers = sent_through(server, mails(4))

    assert [type(answer) for answer in answers] == [Receipt, ChannelError, Receipt, Receipt]
    assert len(server.bodies) == 3


def test_try_later_is_not_permanent() -> None:
    with HostileSmtp(replies={("RCPT", "r0@linden.example"): "451 4.7.1 greylisted"}) as server:
        answers = sent_through(server, mails(2))

    assert not error_of(answers[0]).permanent
    assert isinstance(answers[1], Receipt)


@pytest.mark.parametrize(
    ("reply", "permanent", "is_gone"),
    [
        ("554 5.7.1 looks like spam", True, False),
        ("552 5.2.2 mailbox full", False, False),
        ("452 4.2.2 mailbox full", False, False),
        ("550 5.1.1 no such user", True, True),
    ],
)
def test_a_refused_body_is_judged_by_its_code(reply: str, permanent: bool, is_gone: bool) -> None:
    with HostileSmtp(on_body={"r0@linden.example": [reply]}) as server:
        answers = sent_through(server, mails(3))

    error = error_of(answers[0])
    assert (error.permanent, error.is_address_gone) == (permanent, is_gone)
    assert [type(answer) for answer in answers[1:]] == [Receipt, Receipt]


def test_a_refused_sender_never_costs_a_reader() -> None:
    refused = {("MAIL", "status@linden.example"): "553 5.7.1 sender not allowed"}
    with HostileSmtp(replies=refused) as server:
        answers = sent_through(server, mails(2))

    assert [error_of(answer).permanent for answer in answers] == [False, False]


def test_a_drop_in_mid_data_leaves_that_mail_unknown_and_the_rest_delivered() -> None:
    with HostileSmtp(on_body={"r1@linden.example": [None]}) as server:
        answers = sent_through(server, mails(4), options="&connections=1")

    assert [type(answer) for answer in answers] == [Receipt, ChannelError, Receipt, Receipt]
    error = error_of(answers[1])
    assert not error.permanent
    assert "not known" in error.reason
    assert len(server.bodies) == 3


def test_a_goodbye_hands_the_rest_to_another_connection() -> None:
    with HostileSmtp(on_body={"r1@linden.example": ["421 4.3.2 closing"]}) as server:
        answers = sent_through(server, mails(4), options="&connections=1")

    assert [type(answer) for answer in answers] == [Receipt, ChannelError, Receipt, Receipt]
    assert not error_of(answers[1]).permanent
    assert server.connections == 2


def test_a_server_that_always_closes_gives_every_mail_back() -> None:
    closing = {("MAIL", "status@linden.example"): "421 4.3.2 closing"}
    with HostileSmtp(replies=closing) as server:
        answers = sent_through(server, mails(4))

    assert [error_of(answer).permanent for answer in answers] == [False] * 4


def test_a_silent_server_is_not_waited_for_for_ever() -> None:
    with HostileSmtp(greeting=None) as server:
        answers = sent_through(server, mails(2), options="&timeout=0.2")

    assert all("no answer" in error_of(answer).reason for answer in answers)


def test_a_server_that_talks_nonsense_is_left() -> None:
    with HostileSmtp(greeting="HTTP/1.1 400 Bad Request") as server:
        answers = sent_through(server, mails(1))

    assert "does not speak SMTP" in error_of(answers[0]).reason


def test_nobody_listening_is_told_and_not_permanent() -> None:
    with HostileSmtp() as server:
        port = server.port

    sender = Sender(relay_of(f"smtp://127.0.0.1:{port}"))
    (answer,) = sender.send_batch(mails(1))
    sender.close()

    assert not error_of(answer).permanent
    assert f"127.0.0.1:{port}" in error_of(answer).reason


def test_a_mail_larger_than_the_server_takes_is_not_sent() -> None:
    with HostileSmtp(offers=("PIPELINING", "SIZE 100")) as server:
        answers = sent_through(server, [a_mail("sam", b"x" * 200), a_mail("olu", b"x" * 50)])

    assert error_of(answers[0]).permanent
    assert isinstance(answers[1], Receipt)


def test_an_address_outside_ascii_needs_a_server_that_knows_it() -> None:
    with HostileSmtp() as server:
        (refused,) = sent_through(server, [a_mail("josé")])
    with HostileSmtp(offers=("PIPELINING", "SMTPUTF8")) as server:
        (taken,) = sent_through(server, [a_mail("josé")])

    assert error_of(refused).permanent
    assert isinstance(taken, Receipt)
    assert any(line.endswith("SMTPUTF8") for line in server.lines)


def test_tls_is_taken_when_it_is_offered(tls: ssl.SSLContext) -> None:
    with HostileSmtp(tls=tls) as server:
        (answer,) = sent_through(server, mails(1))

    assert isinstance(answer, Receipt)
    assert "STARTTLS" in server.lines


def test_required_tls_is_verified(tls: ssl.SSLContext, ca_file: str) -> None:
    with HostileSmtp(tls=tls) as server:
        (stranger,) = sent_through(server, mails(1), options="&tls=required")
        (known,) = sent_through(server, mails(1), options=f"&tls=required{ca_file}")

    assert "fails at TLS" in error_of(stranger).reason
    assert isinstance(known, Receipt)


def test_required_tls_that_is_not_offered_sends_nothing() -> None:
    with HostileSmtp() as server:
        (answer,) = sent_through(server, mails(1), options="&tls=required")

    assert "no STARTTLS" in error_of(answer).reason
    assert not server.bodies


def test_implicit_tls_works(tls: ssl.SSLContext, ca_file: str) -> None:
    with HostileSmtp(tls=tls, is_implicit_tls=True) as server:
        (answer,) = sent_through(server, mails(1), scheme="smtps", options=ca_file)

    assert isinstance(answer, Receipt)


def test_words_slipped_in_before_tls_end_the_talk(tls: ssl.SSLContext) -> None:
    with HostileSmtp(tls=tls, slips_in_clear=True) as server:
        (answer,) = sent_through(server, mails(1))

    assert "before TLS" in error_of(answer).reason
    assert not server.bodies


@pytest.mark.parametrize("offers", [("AUTH PLAIN",), ("AUTH LOGIN",)])
def test_signing_in_works_over_tls(
    tls: ssl.SSLContext, ca_file: str, offers: tuple[str, ...]
) -> None:
    with HostileSmtp(tls=tls, offers=offers, user="", password="") as server:
        server.user, server.password = "olu", "s3cret:/@"
        (answer,) = sent_through(
            server, mails(1), user="olu:s3cret%3A%2F%40@", options=f"&tls=required{ca_file}"
        )

    assert isinstance(answer, Receipt)
    assert server.clear_sign_ins == 0


def test_a_wrong_password_is_ours_to_mend() -> None:
    with HostileSmtp(user="olu", password="right") as server:
        (answer,) = sent_through(server, mails(1), user="olu:wrong@")

    assert not error_of(answer).permanent
    assert "refuses the sign-in" in error_of(answer).reason
    assert "wrong@" not in error_of(answer).reason


def test_a_password_is_never_sent_in_clear_to_another_machine() -> None:
    relay = relay_of("smtp://olu:secret@mail.linden.example:587")

    assert not relay.may_sign_in_in_clear
    assert relay_of("smtp://olu:secret@127.0.0.1").may_sign_in_in_clear


def test_a_body_and_the_next_envelope_leave_in_one_write() -> None:
    with HostileSmtp() as server:
        sent_through(server, mails(3), options="&connections=1")

    verbs = [line.split()[0] for line in server.lines]
    assert verbs == ["EHLO", *["MAIL", "RCPT", "DATA"] * 3, "QUIT"]
