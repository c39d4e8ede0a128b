"""Sign up, confirm, choose and leave, as a browser without JavaScript does it."""

import re

import pytest
from django.http import HttpResponse
from django.test import Client

from tests.cast import SAM, a_page
from tocsin.announcements import readers
from tocsin.announcements.models import Subscription
from tocsin.announcements.readers import Standing
from tocsin.announcements.tests.readers import a_reader
from tocsin.catalogue import shelf
from tocsin.catalogue.models import Page
from tocsin.catalogue.shelf import Brand
from tocsin.post.models import Letter

pytestmark = pytest.mark.django_db
EVERYTHING = {"follow": "all", "severity": "sev4", "language": "en"}


@pytest.fixture
def page() -> Brand:
    return a_page()


@pytest.fixture
def browser() -> Client:
    # Every form must work without a cookie, so the checks are on.
    return Client(enforce_csrf_checks=True)


def words(response: object) -> str:
    assert isinstance(response, HttpResponse)
    return response.content.decode()


def sign_up(
    browser: Client, email: str = SAM, machine: str = "192.0.2.7", **more: object
) -> object:
    form = {"email": email, **EVERYTHING, **more}
    return browser.post("/subscribe", form, headers={"X-Forwarded-For": machine})


def component(page: Brand, slug: str) -> str:
    node = shelf.components_of(page.id).find(slug)
    assert node is not None
    return node.id


def test_the_form_shows_the_tree_the_thresholds_and_the_languages(
    page: Brand, browser: Client
) -> None:
    shown = words(browser.get("/subscribe"))

    for slug in ("shop", "checkout", "cart", "sign-in"):
        assert f'value="{component(page, slug)}"' in shown
    assert shown.count('name="severity"') == 4
    assert shown.count('name="language"') == 2


def test_a_component_s_page_leads_to_a_form_that_has_chosen_it(
    page: Brand, browser: Client
) -> None:
    shown = words(browser.get("/subscribe?lang=en&component=checkout"))

    chosen = re.findall(r'<input type="(\w+)" name="(\w+)" value="(\w+)" checked', shown)
    checkout = shelf.components_of(page.id).find("checkout")
    assert checkout
    assert ("radio", "follow", "some") in chosen
    assert [value for kind, _, value in chosen if kind == "checkbox"] == [checkout.id]
    assert "?lang=fr&amp;component=checkout" in shown
    assert "?by=slack&amp;lang=en&amp;component=checkout" in shown


@pytest.mark.parametrize("asked", ["nothing", "%22%3E%3Cscript%3E", ""])
def test_a_component_that_is_not_there_chooses_everything(
    page: Brand, browser: Client, asked: str
) -> None:
    shown = words(browser.get(f"/subscribe?component={asked}"))

    assert 'name="follow" value="all" checked' in shown
    assert "<script" not in shown


def test_it_sets_no_cookie_and_runs_no_script(page: Brand, browser: Client) -> None:
    answer = browser.get("/subscribe")

    assert not answer.cookies
    assert "<script" not in words(answer)
    assert "style=" not in words(answer)
    assert "unsafe" not in answer.headers["Content-Security-Policy"]


def test_signing_up_asks_the_mailbox_first(page: Brand, browser: Client) -> None:
    answer = browser.post("/subscribe", {"email": SAM, **EVERYTHING})

    assert answer.status_code == 303
    assert answer.headers["Location"] == "/subscribe/check-your-mail"
    assert readers.count(page.id, standing=Standing.UNCONFIRMED) == 1
    assert Letter.objects.get().to == SAM
    assert browser.get("/subscribe/check-your-mail").status_code == 200


def test_a_known_address_is_answered_like_a_new_one(page: Brand, browser: Client) -> None:
    a_reader(page)

    known = browser.post("/subscribe", {"email": SAM, **EVERYTHING})
    new = browser.post("/subscribe", {"email": "olu@reader.example", **EVERYTHING})

    assert (known.status_code, known.content, known.headers["Location"]) == (
        new.status_code,
        new.content,
        new.headers["Location"],
    )


def test_parts_and_thresholds_are_kept(page: Brand, browser: Client) -> None:
    sign_up(
        browser,
        follow="some",
        component=[component(page, "checkout")],
        severity="sev2",
        language="fr",
    )

    (sam,) = readers.subscribers(page.id)
    assert sam.components == (component(page, "checkout"),)
    assert (sam.minimum_severity, sam.language) == ("sev2", "fr")


@pytest.mark.parametrize(
    "form",
    [
        {"email": ""},
        {"email": "sam"},
        {"email": "sam@reader.example\r\nBcc: eve@evil.example"},
        {"email": "sam\x00@reader.example"},
        {"email": "x" * 5000 + "@reader.example"},
        {"follow": "some"},
        {"follow": "some", "component": ["nothing\x00"]},
        {"severity": "sev9"},
    ],
)
def test_what_cannot_be_is_told_and_nothing_is_written(
    page: Brand, browser: Client, form: dict[str, object]
) -> None:
    answer = sign_up(browser, **form)  # type: ignore[arg-type]

    assert isinstance(answer, HttpResponse)
    assert answer.status_code == 400
    assert re.search(r'role="alert" id="error">[^<]+\.<', words(answer))
    assert not Subscription.objects.exists()


def test_a_refusal_speaks_the_reader_s_language(page: Brand, browser: Client) -> None:
    answer = browser.post("/subscribe?lang=fr", {"email": "sam", **EVERYTHING})

    assert "Une adresse de courriel ressemble à" in words(answer)


def test_one_machine_may_ask_only_so_often(page: Brand, browser: Client) -> None:
    answers = [sign_up(browser, f"r{number}@reader.example") for number in range(25)]

    codes = [answer.status_code for answer in answers if isinstance(answer, HttpResponse)]
    assert codes == [303] * 20 + [429] * 5
    other = sign_up(browser, machine="192.0.2.8")
    assert isinstance(other, HttpResponse)
    assert other.status_code == 303


def test_one_address_is_written_to_only_so_often_and_nobody_can_tell(
    page: Brand, browser: Client
) -> None:
    answers = [sign_up(browser, machine=f"192.0.2.{number}") for number in range(8)]

    codes = {answer.status_code for answer in answers if isinstance(answer, HttpResponse)}
    assert codes == {303}
    assert Letter.objects.count() <= 3


def test_confirming_takes_a_button(page: Brand, browser: Client) -> None:
    sign_up(browser)
    link = f"/subscribe/confirm/{Subscription.objects.get().asking_token}"

    assert "<button>" in words(browser.get(link))
    assert readers.count(page.id, standing=Standing.ACTIVE) == 0
    done = words(browser.post(link))

    assert "You will be told" in done
    assert readers.count(page.id, standing=Standing.ACTIVE) == 1
    assert "You will be told" in words(browser.post(link))


def test_preferences_are_shown_and_changed(page: Brand, browser: Client) -> None:
    sam = a_reader(page, components=("checkout",), severity="sev2")
    link = f"/subscribe/preferences/{sam.token}"

    shown = words(browser.get(link))
    assert f'value="{component(page, "checkout")}" checked' in shown
    assert 'value="sev2" checked' in shown
    answer = browser.post(
        link,
        {
            "follow": "some",
            "component": [component(page, "cart")],
            "severity": "sev3",
            "language": "fr",
        },
    )

    assert "enregistré" in words(answer)
    (changed,) = readers.subscribers(page.id)
    assert changed.components == (component(page, "cart"),)
    assert (changed.minimum_severity, changed.language) == ("sev3", "fr")


def test_a_get_never_unsubscribes(page: Brand, browser: Client) -> None:
    sam = a_reader(page)
    link = f"/subscribe/unsubscribe/{sam.token}"

    assert "<button>" in words(browser.get(link))
    browser.head(link)

    assert readers.count(page.id, standing=Standing.ACTIVE) == 1


def test_the_button_unsubscribes_and_twice_is_once(page: Brand, browser: Client) -> None:
    sam = a_reader(page)
    link = f"/subscribe/unsubscribe/{sam.token}"

    assert "You are unsubscribed" in words(browser.post(link))
    assert "You are unsubscribed" in words(browser.post(link))
    assert "You are unsubscribed" in words(browser.get(link))

    assert readers.count(page.id, standing=Standing.ACTIVE) == 0


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data"])
def test_a_mail_program_s_one_click_unsubscribes_without_cookie_or_redirect(
    page: Brand, browser: Client, kind: str
) -> None:
    sam = a_reader(page)
    body = "List-Unsubscribe=One-Click"
    if kind == "multipart/form-data":
        kind += "; boundary=x"
        body = (
            '--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\n'
            "One-Click\r\n--x--\r\n"
        )

    answer = browser.post(f"/subscribe/unsubscribe/{sam.token}", body, content_type=kind)

    assert answer.status_code == 200
    assert not answer.cookies
    assert readers.count(page.id, standing=Standing.UNSUBSCRIBED) == 1


@pytest.mark.parametrize("what", ["confirm", "preferences", "unsubscribe"])
def test_a_link_of_nobody_is_told_so(page: Brand, browser: Client, what: str) -> None:
    for answer in (
        browser.get(f"/subscribe/{what}/nobody"),
        browser.post(f"/subscribe/{what}/nobody"),
    ):
        assert answer.status_code == 404
        assert "This link is no longer known" in words(answer)
    assert browser.get(f"/subscribe/{what}/no%00body").status_code == 404


def test_a_reader_s_pages_are_kept_from_others(page: Brand, browser: Client) -> None:
    sam = a_reader(page)

    answer = browser.get(f"/subscribe/preferences/{sam.token}")

    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["X-Robots-Tag"] == "noindex"


def test_the_host_says_which_page(page: Brand, browser: Client) -> None:
    a_page(name="Oak")
    elm = a_page(name="Elm")
    Page.objects.filter(pk=elm.id).update(domain="status.elm.example")

    for host, name in [
        ("oak.localhost", "Oak"),
        ("status.elm.example", "Elm"),
        ("192.0.2.1", "Linden"),
    ]:
        shown = words(browser.get("/subscribe", headers={"X-Forwarded-Host": host}))
        assert f"{name} writes to you" in shown


def test_the_language_is_asked_for_known_or_the_browser_s(page: Brand, browser: Client) -> None:
    sam = a_reader(page, language="fr")

    assert '<html lang="fr">' in words(browser.get("/subscribe?lang=fr"))
    french = browser.get("/subscribe", headers={"Accept-Language": "fr-CA,fr;q=0.9"})
    assert "À partir de quelle gravité" in words(french)
    assert '<html lang="fr">' in words(browser.get(f"/subscribe/unsubscribe/{sam.token}"))
    assert '<html lang="en">' in words(browser.get("/subscribe?lang=de"))


def test_without_any_page_there_is_nothing_to_follow(browser: Client) -> None:
    assert browser.get("/subscribe").status_code == 404


def test_what_is_reserved_is_not_there_yet(page: Brand, browser: Client) -> None:
    assert browser.get("/us").status_code == 404
