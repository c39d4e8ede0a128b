"""What a reader reads: every sentence, in their language, as text and as HTML."""

import re
from datetime import timedelta

import pytest

from tests.cast import NOON, SAM, a_page, an_incident, later
from tests.hostile_smtp import HostileSmtp
from tocsin.announcements import message
from tocsin.announcements.tests.readers import a_reader, a_word, html_of, mails, tell, text_of
from tocsin.catalogue import shelf
from tocsin.catalogue.models import Page
from tocsin.channels.sheet import WELL
from tocsin.disclosure.phases import Phase
from tocsin.disclosure.posture import Certainty, Posture
from tocsin.journal.actors import TERMINAL
from tocsin.statements import word
from tocsin.statements.published import Publication
from tocsin.statements.values import Forecast, Layer
from tocsin.statements.word import Saying

pytestmark = pytest.mark.django_db

FULL = Layer(
    headline="Checkout is failing for about one customer in three",
    body="Card payments are **refused** at the last step.\n\nNobody has been charged twice.",
    who="About 34 % of customers in Europe paying by card",
    still_works="Browsing, carts, sign-in",
    workaround="Pay by wallet; your cart is kept for 48 hours",
    cause="A change we made at 09:05 UTC is being taken back",
)
FRENCH = Layer(headline="Le paiement échoue", body="Les paiements par carte sont **refusés**.")


def said_in_full(languages: tuple[str, ...] = ("en",), **more: object) -> Publication:
    page = a_page()
    spoken = an_incident(page)
    layers = {"en": FULL, "fr": FRENCH}
    saying = Saying(
        phase=Phase.IDENTIFIED,
        layers={language: layers[language] for language in languages},
        next_word_at=later(30),
        posture=Posture.CHANGE,
        certainty=Certainty.VERIFIED,
        since=NOON - timedelta(minutes=7),
        **more,  # type: ignore[arg-type]
    )
    return word.say(spoken.incident_id, saying, by=TERMINAL, at=later(1)).publication


def previewed(said: Publication, language: str = "en") -> tuple[str, str, str]:
    return message.preview(said, shelf.brand(said.page_id), language=language)


def test_the_text_answers_the_four_questions_and_names_the_debt() -> None:
    _, text, _ = previewed(said_in_full())

    for line in (
        "Checkout is failing for about one customer in three",
        "Card payments are refused at the last step.",
        "Since: 11:53 UTC",
        "Who: About 34 % of customers in Europe paying by card",
        "Still works: Browsing, carts, sign-in",
        "Meanwhile: Pay by wallet; your cart is kept for 48 hours",
        "Whose side: Ours. A change we made at 09:05 UTC is being taken back",
        "Next word by 12:30 UTC.",
        "You get this mail because you asked Linden to tell you",
    ):
        assert line in text


def test_the_html_says_the_same_with_markdown_made_safe() -> None:
    _, _, html = previewed(said_in_full())

    assert "<strong>refused</strong>" in html
    assert "Browsing, carts, sign-in" in html
    assert "12:30 UTC" in html
    assert '<html lang="en">' in html
    assert "<img" not in html
    assert "<script" not in html
    assert "prefers-color-scheme:dark" in html


def test_hostile_words_stay_words() -> None:
    page = a_page()
    spoken = an_incident(page, title="<script>alert(1)</script>")
    evil = Layer(headline="<b>&Bold</b>", body="<script>x</script>[a](javascript:x)<img src=x>")
    saying = Saying(phase=Phase.INVESTIGATING, layers={"en": evil, "fr": evil})
    said = word.say(spoken.incident_id, saying, by=TERMINAL, at=later(1)).publication

    _, _, html = previewed(said)

    assert "<script" not in html.replace("</script", "")
    assert 'href="javascript' not in html
    assert "<img" not in html
    assert "&lt;b&gt;&amp;Bold&lt;/b&gt;" in html


def test_a_reader_reads_their_own_language() -> None:
    subject, text, html = previewed(said_in_full(("en", "fr")), "fr")

    assert subject == "Linden\N{NO-BREAK SPACE}: Nous examinons un problème concernant le paiement"
    assert "Le paiement échoue" in text
    assert "Prochain point au plus tard à 12:30 UTC." in text
    assert "Vous recevez ce message parce que vous avez demandé à Linden" in " ".join(text.split())
    assert '<html lang="fr">' in html
    assert "/fr/incidents/" in text


def test_words_in_one_language_only_are_shown_and_marked_with_it() -> None:
    _, text, html = previewed(said_in_full(("en",)), "fr")

    assert "Checkout is failing for about one customer in three" in text
    assert "Ces mots n’existent qu’en anglais." in text
    assert '<h1 lang="en"' in html


def test_times_are_in_the_page_s_zone_and_in_utc() -> None:
    page = a_page()
    Page.objects.update(time_zone="Europe/Paris")
    said = a_word(an_incident(page), at=later(1))

    _, text, _ = previewed(said)

    assert re.search(r"Next word by 1\d:\d\d CET \(1\d:\d\d UTC\)\.", text)


def test_a_suspicion_is_not_told_as_fact() -> None:
    page = a_page()
    saying = Saying(
        phase=Phase.INVESTIGATING,
        layers={"en": FULL, "fr": FRENCH},
        posture=Posture.SUPPLIER,
        certainty=Certainty.SUSPECTED,
    )
    said = word.say(an_incident(page).incident_id, saying, by=TERMINAL, at=later(1)).publication

    assert "Whose side: Probably a service that we rely on." in previewed(said)[1]


def test_a_forecast_is_a_range_with_its_basis() -> None:
    forecast = Forecast(later(20), later(40), {"en": "Two of five servers are back."})

    _, text, _ = previewed(said_in_full(forecast=forecast))

    assert (
        "Repair expected: between 12:20 UTC and 12:40 UTC. Two of five servers are back."
        in " ".join(text.split())
    )


def test_the_last_word_owes_no_other() -> None:
    page = a_page()
    spoken = an_incident(page)
    said = a_word(spoken, "It works again.", at=later(9), phase=Phase.RESOLVED)

    subject, text, html = previewed(said)

    assert subject == "Linden: Checkout is failing"
    assert text.startswith("Resolved · 12:09 UTC")
    assert "Next word" not in text
    assert WELL in html


def test_updates_of_one_incident_thread_in_a_mail_program(server: HostileSmtp) -> None:
    page = a_page()
    a_reader(page)
    spoken = an_incident(page)
    tell(page, spoken.publication)
    tell(page, a_word(spoken, "Second.", at=later(1)))

    first, second = mails(server)

    assert first["Subject"] == second["Subject"]
    assert first["References"] == second["References"] == second["In-Reply-To"]
    assert first["Message-ID"] != second["Message-ID"]
    assert spoken.incident_id in first["References"]


def test_two_readers_have_threads_of_their_own(server: HostileSmtp) -> None:
    page = a_page()
    a_reader(page)
    a_reader(page, "olu@reader.example")
    tell(page, an_incident(page).publication)

    sam, olu = mails(server)

    assert sam["References"] != olu["References"]
    assert sam["Message-ID"] != olu["Message-ID"]


def test_a_reader_can_leave_with_one_click(server: HostileSmtp) -> None:
    page = a_page()
    sam = a_reader(page)
    tell(page, an_incident(page).publication)

    (mail,) = mails(server)

    link = f"http://127.0.0.1:8000/subscribe/unsubscribe/{sam.token}"
    assert mail["List-Unsubscribe"] == f"<{link}>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert link in text_of(mail)
    assert link in html_of(mail)
    assert f"/subscribe/preferences/{sam.token}" in html_of(mail)


def test_a_mail_says_that_a_machine_sent_it_to_a_list(server: HostileSmtp) -> None:
    page = a_page()
    a_reader(page)
    tell(page, an_incident(page).publication)

    (mail,) = mails(server)

    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["List-Id"] == "<linden.127.0.0.1>"
    assert len(mail["Feedback-ID"].split(":")) == 4
    assert mail["To"] == SAM
    assert mail["From"] == "Linden <status@localhost>"
    assert server.lines.count("MAIL FROM:<status@localhost> SIZE=" + str(len(server.bodies[0][1])))


def test_every_mail_is_well_formed_and_holds_no_stand_in(server: HostileSmtp) -> None:
    page = a_page()
    for number in range(3):
        a_reader(page, f"reader-with-a-long-name-{number}@mail.reader.example", language="fr")
    tell(page, an_incident(page).publication)

    for mail, (_, body) in zip(mails(server), server.bodies, strict=True):
        assert not mail.defects
        assert max(len(line) for line in body.split(b"\r\n")) <= 998
        assert not re.search(rb"Q[0-9a-f]{7}q", body)
    assert len({mail["To"] for mail in mails(server)}) == 3
