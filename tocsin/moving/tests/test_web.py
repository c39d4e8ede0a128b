"""Reading over the network: patient, bounded, never inside, and with a key for one host alone."""

import pytest

from tests.far_side import Answer, FarSide
from tocsin.moving.arrivals import web
from tocsin.moving.arrivals.cargo import CannotArrive
from tocsin.moving.arrivals.web import Web
from tocsin.moving.tests.arriving import a_web


def test_it_never_reads_inside_our_own_network() -> None:
    with FarSide() as far, Web(may_be_private=False) as reader:
        for url in (
            far.url("/x"),
            "https://10.0.0.7/x",
            "https://localhost/x",
            "file:///etc/passwd",
        ):
            with pytest.raises(CannotArrive):
                reader.json(url)

        assert far.calls == []


def test_a_redirect_inside_is_not_followed_from_outside() -> None:
    with FarSide() as far:
        reader = Web(may_be_private=False)
        with pytest.raises(CannotArrive, match="https"):
            reader._judged(far.url("/inside"))
        reader.close()


def test_a_key_stays_with_its_own_host() -> None:
    with FarSide() as other, FarSide() as far, a_web(key={"Authorization": "OAuth k"}) as reader:
        far.always["/x"] = Answer(302, {"Location": other.url("/y")})
        other.always["/y"] = Answer(body=b"[]")

        assert reader.json(far.url("/x")) == []

        assert far.calls[0].headers["authorization"] == "OAuth k"
        assert "authorization" not in other.calls[0].headers


def test_who_is_busy_is_asked_again_when_they_say() -> None:
    waited: list[float] = []
    with FarSide() as far, a_web(wait=waited.append) as reader:
        far.answers["/x"] = [Answer(429, {"Retry-After": "7"}), Answer(420), Answer(body=b"[1]")]

        assert reader.json(far.url("/x")) == [1]

    assert waited == [7.0, 10.0]


def test_whoever_never_answers_is_given_up() -> None:
    waited: list[float] = []
    with FarSide() as far, a_web(wait=waited.append) as reader:
        far.always["/x"] = Answer(503)

        with pytest.raises(CannotArrive, match="It answers 503"):
            reader.json(far.url("/x"))

        assert len(far.calls) == web.TRIES


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Answer(body=b"<html>"), "else than JSON"),
        (Answer(body=b'{"a":'), "else than JSON"),
        (Answer(401), "lets nobody in"),
        (Answer(404), "answers 404"),
        (Answer(302, {"Location": "/x"}), "in a circle"),
    ],
)
def test_what_cannot_be_read_is_a_sentence(answer: Answer, said: str) -> None:
    with FarSide() as far, a_web() as reader:
        far.always["/x?api_key=secret"] = answer
        far.always["/x"] = answer

        with pytest.raises(CannotArrive, match=said) as fault:
            reader.json(far.url("/x?api_key=secret"))

        assert "secret" not in str(fault.value)


def test_an_answer_without_end_is_cut_short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web, "MOST_OCTETS", 1000)
    with FarSide() as far, a_web() as reader:
        far.always["/x"] = Answer(body=b"[" + b"1," * 5000 + b"1]")

        with pytest.raises(CannotArrive, match="longer than 1000"):
            reader.json(far.url("/x"))
