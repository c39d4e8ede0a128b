import pytest

from tocsin.channels.email.addresses import normalised
from tocsin.channels.message import BadAddress


@pytest.mark.parametrize(
    ("told", "spelled"),
    [
        ("  Sam@Linden.Example ", "sam@linden.example"),
        ("sam+status@mail.linden.example", "sam+status@mail.linden.example"),
        ("sam@bücher.example", "sam@xn--bcher-kva.example"),
        ("josé@linden.example", "josé@linden.example"),
        ("jose\u0301@linden.example", "josé@linden.example"),
        ("o'neil@linden.example", "o'neil@linden.example"),
        ("sam@localhost", "sam@localhost"),
    ],
)
def test_an_address_has_one_spelling(told: str, spelled: str) -> None:
    assert normalised(told) == spelled

    assert normalised(spelled) == spelled


@pytest.mark.parametrize(
    "told",
    [
        "",
        "   ",
        "sam",
        "@linden.example",
        "sam@",
        "sam@linden",
        "sam@.example",
        "sam@linden..example",
        ".sam@linden.example",
        "sam..m@linden.example",
        "sam@linden.example\r\nBcc: eve@evil.example",
        "sam\n@linden.example",
        "sam@linden.example\x00",
        "sam eve@linden.example",
        "sam@linden.example, eve@evil.example",
        "sam@eve@linden.example",
        '"sam"@linden.example',
        "<sam@linden.example>",
        "sam@-linden.example",
        "sam@192.0.2.7",
        "sam@[192.0.2.7]",
        "sam\u202e@linden.example",
        "a" * 65 + "@linden.example",
        "sam@" + "a" * 64 + ".example",
        "sam@" + ".".join(["a" * 60] * 5),
    ],
)
def test_what_mail_cannot_reach_is_refused_in_a_sentence(told: str) -> None:
    with pytest.raises(BadAddress) as refused:
        normalised(told)

    assert str(refused.value).endswith(".")
