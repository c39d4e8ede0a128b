import json
import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.core import signing
from django.test import Client
from django.utils import timezone

from tests.cast import NOON, a_page, ada, later, olu
from tests.passkeys import Passkey
from tocsin.console.tests.ground import DESK, HTMX, PASSWORD, came_in, nothing_written, text_of
from tocsin.journal import chain
from tocsin.journal.actors import TERMINAL
from tocsin.people import access, factors, requiring, sessions
from tocsin.people.models import Operator, Role
from tocsin.people.tests.test_factors import code_of
from tocsin.post.models import Letter
from tocsin.statements import asking_letters

pytestmark = pytest.mark.django_db
SIGN_IN, SECOND, OWN = "/console/sign-in", "/console/second", "/console/you"
HERE = "https://testserver"


def with_password(role: Role = Role.RESPONDER) -> Operator:
    token = access.invite(email="olu@linden.example", name="Olu", role=role, by=TERMINAL, at=NOON)
    return access.join(token, password=PASSWORD, at=NOON)


def with_app(operator: Operator) -> str:
    """The secret of an app that was added at noon."""
    secret = factors.new_secret()
    factors.add_app(operator, secret, code=code_of(secret), at=NOON)
    return secret


def by_password(client: Client, **more: str) -> Any:
    told = {"email": "olu@linden.example", "password": PASSWORD, **more}
    return client.post(SIGN_IN, told)


def a_browser() -> Client:
    """One that speaks TLS, as passkeys need."""
    return Client(headers={"X-Forwarded-Proto": "https"})


def freshly_in(operator: Operator) -> Client:
    """A browser in which somebody has come in just now."""
    client = a_browser()
    client.force_login(operator, backend="django.contrib.auth.backends.ModelBackend")
    session = client.session
    session["came_at"] = timezone.now().isoformat()
    session.save()
    return client


def with_passkey(operator: Operator) -> Passkey:
    """A passkey that somebody added in the console."""
    client, passkey = freshly_in(operator), Passkey(HERE)
    options = client.post(f"{OWN}/passkey/begin").json()
    told = {"credential": json.dumps(passkey.made(options)), "name": "Telephone"}
    assert client.post(f"{OWN}/passkey", told).status_code in (200, 302)
    return passkey


def test_a_password_alone_opens_nothing_where_there_is_a_second_factor(client: Client) -> None:
    a_page()
    secret = with_app(with_password())

    asked = by_password(client, next="/console/components")

    assert asked["Location"] == SECOND
    assert client.get(DESK)["Location"].startswith(SIGN_IN)
    assert "recovery code" in text_of(client.get(SECOND))
    response = client.post(SECOND, {"code": code_of(secret, 3)})
    assert response["Location"] == "/console/components"
    assert client.get(DESK).status_code == 200


def test_what_somebody_came_in_by_is_journalled(client: Client) -> None:
    operator = with_password()
    by_password(client)
    secret = with_app(operator)
    by_password(client)
    client.post(SECOND, {"code": code_of(secret, 3)})

    told = chain.acts("people:operator:admitted", ("operator", operator.id))

    assert [note.detail["way"] for note in told] == ["password", "password, totp"]


def test_a_code_that_was_seen_opens_nothing_a_second_time(client: Client) -> None:
    secret = with_app(with_password())
    by_password(client)
    client.post(SECOND, {"code": code_of(secret, 3)})

    other = Client()
    by_password(other)
    response = other.post(SECOND, {"code": code_of(secret, 3)})

    assert response.status_code == 422
    assert "used already" in text_of(response)
    assert other.get(DESK).status_code == 302


def test_a_recovery_code_opens_it_once(client: Client) -> None:
    operator = with_password()
    secret = factors.new_secret()
    codes = factors.add_app(operator, secret, code=code_of(secret), at=NOON)
    by_password(client)

    assert client.post(SECOND, {"code": codes[0]})["Location"] == DESK
    other = Client()
    by_password(other)
    assert other.post(SECOND, {"code": codes[0]}).status_code == 422


def test_who_guesses_codes_waits(client: Client) -> None:
    with_app(with_password())
    by_password(client)
    for _turn in range(factors.MOST_WRONG):
        assert client.post(SECOND, {"code": "000000"}).status_code == 422

    assert client.post(SECOND, {"code": "000000"}).status_code == 429
    elsewhere = Client(REMOTE_ADDR="192.0.2.7")  # codes are counted for the account, wherever from
    by_password(elsewhere)
    assert elsewhere.post(SECOND, {"code": "000000"}).status_code == 429


def test_the_first_proof_lasts_ten_minutes(client: Client) -> None:
    secret = with_app(with_password())
    by_password(client)

    with time_machine.travel(later(14), tick=False):
        response = client.post(SECOND, {"code": code_of(secret, 14)})

    assert response["Location"] == SIGN_IN


def test_a_password_that_was_changed_ends_what_the_former_began(client: Client) -> None:
    operator = with_password()
    secret = with_app(operator)
    by_password(client)

    access.join(access.link_for(operator, at=NOON), password=PASSWORD + "!", at=NOON)

    assert client.post(SECOND, {"code": code_of(secret, 3)})["Location"] == SIGN_IN


def test_who_was_let_go_half_way_stays_out(client: Client) -> None:
    operator = with_password()
    secret = with_app(operator)
    by_password(client)
    access.revoke(operator, by=ada().actor, at=later(2))

    assert client.post(SECOND, {"code": code_of(secret, 3)})["Location"] == SIGN_IN


def test_a_one_time_link_is_no_way_around_the_second_factor(client: Client) -> None:
    operator = with_password()
    secret = with_app(operator)
    link = f"/console/join/{access.link_for(operator, at=NOON)}"

    response = client.post(link, {"password": PASSWORD + "!", "again": PASSWORD + "!"})

    assert response["Location"] == SECOND
    assert client.get(DESK).status_code == 302
    assert client.post(SECOND, {"code": code_of(secret, 3)})["Location"] == DESK


def test_nobody_is_at_the_second_door_without_the_first(client: Client) -> None:
    assert client.get(SECOND)["Location"] == SIGN_IN
    assert client.post(SECOND, {"code": "123456"})["Location"] == SIGN_IN


def test_looking_writes_nothing(client: Client) -> None:
    with_app(with_password())
    by_password(client)

    with nothing_written():
        client.get(SECOND)
        client.head(SECOND)
        assert client.get("/console/passkey/begin").status_code == 405
        assert client.get("/console/passkey").status_code == 405


def test_an_app_is_added_in_the_console(client: Client) -> None:
    a_page()
    operator = olu()
    client = freshly_in(operator)

    shown = text_of(client.post(f"{OWN}/app", follow=True))
    found = re.search(r'class="secret">([A-Z2-7 ]+)<', shown)
    assert found is not None
    secret = found[1].replace(" ", "")
    assert "<svg" in shown
    assert "otpauth://totp/" in shown
    refused = client.post(f"{OWN}/app", {"code": "000000"})
    assert refused.status_code == 422
    added = text_of(client.post(f"{OWN}/app", {"code": code_of(secret, 3)}))

    assert len(re.findall(r"<code>\d{8}</code>", added)) == 10
    assert "<code>" not in text_of(client.get(OWN))
    assert client.get(f"{OWN}/app").status_code == 302
    letter = Letter.objects.get()
    assert (letter.to, "app that shows codes was added" in letter.text) == (operator.email, True)
    assert secret not in letter.text


def test_a_passkey_is_made_named_used_and_removed() -> None:
    a_page()
    operator = with_password()
    passkey = with_passkey(operator)
    client = freshly_in(operator)
    (held,) = factors.factors_of(operator)
    assert held.name == "Telephone"

    client.post(f"{OWN}/{held.id}", {"do": "rename", "name": "  The old   telephone "})
    assert factors.factors_of(operator)[0].name == "The old telephone"

    stranger = a_browser()
    by_password(stranger)
    options = stranger.post("/console/passkey/begin").json()
    shown = json.dumps(passkey.shown(options))
    assert stranger.post(SECOND, {"credential": shown})["Location"] == DESK
    assert stranger.get(DESK).status_code == 200

    client.post(f"{OWN}/{held.id}", {"do": "remove"})
    assert factors.factors_of(operator) == []
    assert client.get(DESK).status_code == 200
    asked_of_all(operator)
    assert client.get(DESK)["Location"] == OWN, "what was shown once is a factor no more"
    verbs = [note.verb for note in chain.read(("operator", operator.id))]
    assert [verb for verb in verbs if verb.startswith("people:factor")] == [
        "people:factor:added",
        "people:factor:added",  # the recovery codes
        "people:factor:renamed",
        "people:factor:removed",
    ]


def test_a_passkey_opens_the_console_by_itself() -> None:
    a_page()
    operator = with_password()
    passkey = with_passkey(operator)
    stranger = a_browser()

    options = stranger.post("/console/passkey/begin").json()
    assert options["publicKey"]["allowCredentials"] == []  # nobody learns who has one
    told = {"credential": json.dumps(passkey.shown(options)), "next": "/console/components"}
    response = stranger.post("/console/passkey", told)

    assert response["Location"] == "/console/components"
    assert stranger.get(DESK).status_code == 200
    assert chain.read(("operator", operator.id))[-1].detail == {"way": "webauthn"}


def test_what_a_browser_adds_to_a_passkey_is_not_kept() -> None:
    operator = with_password()
    client, passkey = freshly_in(operator), Passkey(HERE)
    options = client.post(f"{OWN}/passkey/begin").json()
    made = passkey.made(options) | {"clientExtensionResults": {"x": "\x00"}, "more": "\x00<script>"}

    client.post(f"{OWN}/passkey", {"credential": json.dumps(made), "name": "\u202e<b>x</b>"})

    kept = Authenticator.objects.get(type="webauthn").data["credential"]
    assert set(kept) == {"id", "rawId", "type", "response", "clientExtensionResults"}
    assert kept["clientExtensionResults"] == {}
    assert "<b>x" not in text_of(client.get(OWN))
    assert shown_to(passkey, a_browser()).status_code == 302


def shown_to(passkey: Passkey, stranger: Client) -> Any:
    options = stranger.post("/console/passkey/begin").json()
    return stranger.post("/console/passkey", {"credential": json.dumps(passkey.shown(options))})


def test_what_a_passkey_answered_once_answers_nothing_again() -> None:
    passkey, stranger = with_passkey(with_password()), a_browser()
    options = stranger.post("/console/passkey/begin").json()
    told = {"credential": json.dumps(passkey.shown(options))}
    assert stranger.post("/console/passkey", told).status_code == 302
    stranger.post("/console/sign-out")

    assert stranger.post("/console/passkey", told).status_code == 422
    stranger.post("/console/passkey/begin")
    assert stranger.post("/console/passkey", told).status_code == 422


def test_a_passkey_alone_must_have_seen_who_holds_it() -> None:
    passkey = with_passkey(with_password())
    passkey.is_verified = False

    response = shown_to(passkey, a_browser())

    assert response.status_code == 422
    assert "could not be checked" in text_of(response)


def test_a_passkey_of_another_origin_or_key_opens_nothing() -> None:
    passkey = with_passkey(with_password())
    forged = Passkey(HERE)
    forged.id, forged.user = passkey.id, passkey.user
    passkey.origin = "https://eve.example"

    for one in (passkey, forged):
        assert shown_to(one, a_browser()).status_code == 422


def test_a_passkey_of_somebody_who_was_let_go_opens_nothing() -> None:
    operator = with_password()
    passkey = with_passkey(operator)
    access.revoke(operator, by=ada().actor, at=later(2))

    assert shown_to(passkey, a_browser()).status_code == 422


def test_a_console_left_open_is_nobody_s_way_in_for_good() -> None:
    a_page()
    operator = olu()
    with_app(operator)
    client = freshly_in(operator)
    (held,) = factors.factors_of(operator)

    with time_machine.travel(later(30), tick=False), nothing_written():
        for path in ("app", "passkey", "passkey/begin", "codes", str(held.id)):
            response = client.post(f"{OWN}/{path}")
            assert response.status_code == 403, path
            assert "Sign in anew" in text_of(response)
        assert client.get(OWN).status_code == 200

    gone = client.post("/console/sign-out", {"next": OWN})
    assert gone["Location"] == f"{SIGN_IN}?next=%2Fconsole%2Fyou"


def asked_of_all(operator: Operator, *, grace: timedelta = timedelta(0)) -> None:
    owner = ada()
    with_app(owner)
    requiring.require(None, by=owner.actor, at=NOON, grace=grace)


def test_within_the_grace_somebody_is_reminded(client: Client) -> None:
    a_page()
    operator = with_password()
    asked_of_all(operator, grace=timedelta(days=7))
    by_password(client)

    assert "A second factor is needed from" in text_of(client.get(DESK))


def test_after_the_grace_one_comes_in_as_far_as_adding_one_and_then_all_the_way() -> None:
    a_page()
    operator = with_password()
    asked_of_all(operator)
    client = a_browser()
    by_password(client)

    assert client.get(DESK)["Location"] == OWN
    assert client.get(DESK, headers=HTMX)["HX-Redirect"] == OWN
    with nothing_written():
        assert client.post("/console/declare", {"do": "publish"})["Location"] == OWN
    assert "and the console is open again" in text_of(client.get(OWN))
    passkey = Passkey(HERE)
    options = client.post(f"{OWN}/passkey/begin").json()
    client.post(f"{OWN}/passkey", {"credential": json.dumps(passkey.made(options))})

    assert client.get(DESK).status_code == 200
    (held,) = factors.factors_of(operator)
    kept = client.post(f"{OWN}/{held.id}", {"do": "remove"})
    assert kept.status_code == 409
    assert "Add another one" in text_of(kept)


def test_a_session_that_was_open_before_is_asked_too() -> None:
    a_page()
    operator = olu()
    client = came_in(operator)
    assert client.get(DESK).status_code == 200

    asked_of_all(operator)

    assert client.get(DESK)["Location"] == OWN


def test_an_owner_asks_resets_and_ends_a_role() -> None:
    a_page()
    owner, operator = ada(), olu()
    with_app(operator)
    client = came_in(owner)
    people = "/console/people"

    refused = client.post(f"{people}/second-factor", {"do": "require", "days": "14", "role": ""})
    assert refused.status_code == 409
    assert "Add your own first" in text_of(refused)
    with_app(owner)
    client = proved(owner)
    told = {"do": "require", "days": "14", "role": "responder"}
    assert client.post(f"{people}/second-factor", told).status_code == 302
    assert "Asked of: Responder" in text_of(client.get(people))
    client.post(f"{people}/{operator.id}/factors")
    assert not factors.is_enrolled(operator.id)
    assert Letter.objects.get().to == operator.email
    client.post(f"{people}/{operator.id}/role", {"role": "responder", "on_page": ""})
    assert access.roles_of(operator) == []
    last = client.post(f"{people}/{owner.id}/role", {"role": "owner", "on_page": ""})
    assert last.status_code == 409


def proved(operator: Operator) -> Client:
    client = came_in(operator)
    session = client.session
    session["second_factor_shown"] = True
    session.save()
    return client


@pytest.mark.parametrize("path", ["second-factor", "{id}/factors", "{id}/role"])
def test_nobody_else_touches_how_others_come_in(path: str) -> None:
    a_page()
    owner, client = ada(), came_in(olu())
    with_app(owner)

    with nothing_written():
        told = {"do": "require", "days": "1", "role": "owner"}
        response = client.post(f"/console/people/{path.format(id=owner.id)}", told)

    assert response.status_code == 403


@pytest.mark.parametrize("days", ["", "x", "-1", "9" * 9, "١٤"])
def test_a_grace_that_is_no_number_of_days_is_refused(days: str) -> None:
    a_page()
    owner = ada()
    with_app(owner)

    with nothing_written():
        told = {"do": "require", "days": days, "role": ""}
        response = proved(owner).post("/console/people/second-factor", told)

    assert response.status_code in (409, 422)


def test_a_session_at_the_door_ends_soon_and_one_inside_lasts() -> None:
    a_page()
    passkey, stranger = with_passkey(with_password()), a_browser()
    options = stranger.post("/console/passkey/begin").json()
    assert stranger.session.get_expiry_age() <= 600

    stranger.post("/console/passkey", {"credential": json.dumps(passkey.shown(options))})

    assert stranger.session.get_expiry_age() == 14 * 24 * 3600


def test_sessions_that_are_over_are_forgotten() -> None:
    stranger, inside = a_browser(), came_in(olu())
    stranger.post("/console/passkey/begin")

    assert sessions.purge(later(3)) == 0
    assert sessions.purge(later(14)) == 1
    assert inside.get(DESK).status_code in (200, 403)


def test_the_language_is_one_s_own_before_a_factor_is_added() -> None:
    a_page()
    operator = with_password()
    asked_of_all(operator)
    client = a_browser()
    by_password(client)

    client.post("/console/language", {"language": "fr", "next": OWN})

    assert "Un second facteur vous est demandé" in text_of(client.get(OWN))


def test_a_link_for_whoever_signs_in_is_no_way_around_it() -> None:
    a_page()
    operator = with_password()
    asked_of_all(operator)
    client = a_browser()
    by_password(client)
    token = signing.dumps(["7", asking_letters.WHOEVER], salt=asking_letters.SALT)

    for answer in (client.get, client.post):
        assert answer(f"/console/answer/{token}")["Location"] == OWN
