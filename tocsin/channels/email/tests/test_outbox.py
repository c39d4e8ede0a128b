import email
from datetime import UTC, datetime
from email import policy
from pathlib import Path

from tocsin.channels.email.mime import build
from tocsin.channels.email.outbox import Outbox
from tocsin.channels.message import ChannelError, Message, Receipt
from tocsin.channels.stencil import Holes

LEAVE = "https://status.linden.example/subscribe/unsubscribe/" + "k" * 32
AT = datetime(2026, 11, 23, 9, 12, tzinfo=UTC)


def a_mail(key: str = "k1", text: str = "Le paiement échoue.") -> Message:
    stencil = build(
        headers=[
            ("To", "sam@linden.example"),
            ("Subject", "Checkout is failing"),
            ("List-Unsubscribe", f"<{LEAVE}>"),
        ],
        text=text,
        html=f"<p>{text}</p>",
        holes=Holes({}),
        language="fr",
        date=AT,
    )
    return Message(key, "sam@linden.example", stencil.fill({}), "status@linden.example")


def test_a_mail_lands_as_a_file_that_people_can_read(tmp_path: Path) -> None:
    Outbox(tmp_path / "outbox").send_batch([a_mail()])

    (path,) = (tmp_path / "outbox").iterdir()
    assert path.name.startswith("Checkout-is-failing--sam@linden.example--")
    assert path.suffix == ".eml"
    assert "Le paiement échoue." in path.read_text("utf-8")


def test_nobody_else_on_the_machine_reads_the_outbox(tmp_path: Path) -> None:
    Outbox(tmp_path / "outbox").send_batch([a_mail()])

    assert (tmp_path / "outbox").stat().st_mode & 0o077 == 0


def test_a_mail_program_reads_it_too(tmp_path: Path) -> None:
    Outbox(tmp_path).send_batch([a_mail()])

    (path,) = tmp_path.iterdir()
    mail = email.message_from_bytes(path.read_bytes(), policy=policy.default)
    first, second = mail.iter_parts()
    assert (first.get_content_type(), first.get_content().strip()) == (
        "text/plain",
        "Le paiement échoue.",
    )
    assert second.get_content().strip() == "<p>Le paiement échoue.</p>"
    assert mail["Subject"] == "Checkout is failing"


def test_a_long_address_in_a_header_stays_as_it_was_sent(tmp_path: Path) -> None:
    Outbox(tmp_path).send_batch([a_mail()])

    (path,) = tmp_path.iterdir()
    assert f"List-Unsubscribe: <{LEAVE}>\n" in path.read_text("utf-8")


def test_a_repeat_overwrites_and_another_mail_does_not(tmp_path: Path) -> None:
    Outbox(tmp_path).send_batch([a_mail(), a_mail(), a_mail(key="k2")])

    assert len(list(tmp_path.iterdir())) == 2


def test_the_receipt_names_the_file_and_not_the_reader(tmp_path: Path) -> None:
    (receipt,) = Outbox(tmp_path).send_batch([a_mail()])

    assert isinstance(receipt, Receipt)
    assert "Checkout-is-failing" in receipt.detail
    assert "sam" not in receipt.detail


def test_an_outbox_that_cannot_be_written_is_tried_again_later(tmp_path: Path) -> None:
    (tmp_path / "outbox").write_text("in the way")

    (answer,) = Outbox(tmp_path / "outbox").send_batch([a_mail()])

    assert isinstance(answer, ChannelError)
    assert not answer.permanent
