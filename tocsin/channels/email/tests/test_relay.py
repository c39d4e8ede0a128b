import pytest

from tocsin.channels.email.relay import BadRelay, own_name, relay_of


def test_a_url_says_everything() -> None:
    relay = relay_of("smtps://olu:p%40ss@mail.linden.example?connections=3&timeout=9")

    assert (relay.host, relay.port, relay.user, relay.password) == (
        "mail.linden.example",
        465,
        "olu",
        "p@ss",
    )
    assert (relay.tls, relay.connections, relay.timeout) == ("implicit", 3, 9)


def test_smtp_takes_tls_when_offered_and_port_25_by_itself() -> None:
    relay = relay_of("smtp://mail.linden.example")

    assert (relay.tls, relay.port) == ("offered", 25)


def test_credentials_for_another_machine_require_verified_tls() -> None:
    assert relay_of("smtp://olu:secret@mail.linden.example").tls == "required"


@pytest.mark.parametrize(
    "url",
    [
        "mail.linden.example",
        "http://mail.linden.example",
        "smtp://",
        "smtp://mail.linden.example:99999",
        "smtp://mail.linden.example?tls=maybe",
        "smtp://mail.linden.example?connections=many",
        "smtp://mail.linden.example?connections=0",
        "smtp://mail.linden.example?colour=red",
        "smtp://olu:secret@mail.linden.example?tls=off",
    ],
)
def test_what_cannot_be_used_is_refused_in_a_sentence(url: str) -> None:
    with pytest.raises(BadRelay) as refused:
        relay_of(url)

    assert str(refused.value).endswith(".")
    assert "secret" not in str(refused.value)


def test_we_call_ourselves_something_a_relay_accepts() -> None:
    assert "." in own_name("192.0.2.7")
