import email
import quopri
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.channels.email.mime import build, quoted_printable
from tocsin.channels.stencil import CannotBuild, Holes, Stencil

AT = datetime(2026, 11, 23, 9, 12, tzinfo=UTC)
HOLES = Holes({"to": 40, "token": 43})
VALUES = {"to": b"sam@linden.example", "token": b"T" * 43}


def a_stencil(subject: str = "Checkout is failing", text: str = "Hello.") -> Stencil:
    headers = [
        ("From", "Linden <status@linden.example>"),
        ("To", HOLES.stand_in("to")),
        ("Subject", subject),
    ]
    html = f'<p>{text}</p><a href="https://x.example/u/{HOLES.stand_in("token")}">stop</a>'
    return build(headers=headers, text=text, html=html, holes=HOLES, language="en", date=AT)


def parsed(wire: bytes) -> EmailMessage:
    return email.message_from_bytes(wire, policy=policy.default)


def words_of(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body(preferencelist=(kind,))
    assert part is not None
    return str(part.get_content())


def test_a_filled_stencil_is_a_mail_that_others_can_read() -> None:
    mail = parsed(a_stencil().fill(VALUES))

    assert mail["To"] == "sam@linden.example"
    assert mail["Date"].datetime == AT
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    assert f"/u/{'T' * 43}" in words_of(mail, "html")
    assert not mail.defects


def test_two_readers_share_everything_but_their_own_values() -> None:
    stencil = a_stencil()

    sam, eve = stencil.fill(VALUES), stencil.fill({"to": b"e@x.example", "token": b"E" * 43})

    assert sam.replace(b"sam@linden.example", b"e@x.example").replace(b"T" * 43, b"E" * 43) == eve


def test_no_line_is_too_long_and_each_ends_in_crlf() -> None:
    wire = a_stencil(subject="é" * 90, text="ÿ" * 5000 + " word" * 2000).fill(VALUES)

    assert max(len(line) for line in wire.split(b"\r\n")) <= 200
    assert b"\n" not in wire.replace(b"\r\n", b"")
    assert b"\r" not in wire.replace(b"\r\n", b"")


def test_a_subject_in_french_survives() -> None:
    subject = "Paiement : « échec » pour un client sur trois – nous cherchons"

    assert parsed(a_stencil(subject=subject).fill(VALUES))["Subject"] == subject


def test_a_senders_name_outside_ascii_survives() -> None:
    headers = [("From", "Société Tilleul <status@tilleul.example>")]
    stencil = build(headers=headers, text="a", html="b", holes=Holes({}), language="fr", date=AT)

    sender = parsed(stencil.fill({}))["From"].addresses[0]

    assert (sender.display_name, sender.addr_spec) == ("Société Tilleul", "status@tilleul.example")


@pytest.mark.parametrize("subject", ["a\r\nBcc: eve@evil.example", "a\nb", "a\0b"])
def test_a_header_takes_no_line_break(subject: str) -> None:
    with pytest.raises(CannotBuild):
        a_stencil(subject=subject)


@pytest.mark.parametrize("subject", ["Panne à <l’étape>", "é <a@b.example>", "Über <<ö>> <x>"])
def test_angles_in_a_subject_are_words_like_others(subject: str) -> None:
    assert parsed(a_stencil(subject).fill(VALUES))["Subject"] == subject


@pytest.mark.parametrize("name", ["Linden <é>", "é <eve@evil.example>"])
def test_a_senders_name_with_angles_adds_no_address(name: str) -> None:
    wire = build(
        headers=[("From", f"{name} <status@linden.example>")],
        text="",
        html="",
        holes=Holes({}),
        language="fr",
        date=AT,
    ).fill({})

    (sender,) = parsed(wire)["From"].addresses
    assert (sender.display_name, sender.addr_spec) == (name, "status@linden.example")


def test_what_turns_text_around_is_left_out() -> None:
    mail = parsed(a_stencil("All \u202ewell\x1b", text="Good\u2066 news\x07.").fill(VALUES))

    assert mail["Subject"] == "All well"
    assert words_of(mail, "plain").startswith("Good news.")


def test_a_value_takes_no_line_break() -> None:
    with pytest.raises(CannotBuild):
        a_stencil().fill(VALUES | {"to": b"sam@x.example\r\nBcc: eve@evil.example"})


@given(st.text(st.characters(codec="utf-8", exclude_characters="\r\n")))
def test_quoted_printable_reads_back_as_written(line: str) -> None:
    written = quoted_printable(line)

    assert quopri.decodestring(written).decode() == line
    assert max(len(part) for part in written.split(b"\r\n")) <= 76
    assert not any(part.startswith(b".") for part in written.split(b"\r\n"))
    assert not any(part.endswith((b" ", b"\t")) for part in written.split(b"\r\n"))


@given(st.text(max_size=80), st.integers(min_value=0, max_value=80))
def test_a_hole_is_never_broken_by_a_line_end(words: str, place: int) -> None:
    hole = HOLES.stand_in("token")

    written = quoted_printable(words[:place] + hole + words[place:], [hole])

    assert hole.encode() in written
