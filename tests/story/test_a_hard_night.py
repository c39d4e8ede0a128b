"""A night as `nights/hard.yaml` has it: an alert, one tap, a draft, mail that fails, a way back.

Each test plays it up to a time of the night and looks around from there.
"""

from tests.cast import SAM
from tests.story.telling import Telling, text_of
from tocsin.announcements import progress
from tocsin.disclosure.phases import Phase
from tocsin.incidents import declaration, drafted
from tocsin.journal import chain
from tocsin.rehearse.playing import address_of
from tocsin.statements import debts, publication, published


def test_what_a_machine_notices_is_drafted_and_readers_learn_nothing(night: Telling) -> None:
    night.plays("hard", until="09:03")

    (waiting,) = drafted.open_ones([night.page.id], at=night.night.now)
    assert waiting.noticed.firing == 1
    assert night.summary()["incidents"] == []
    assert night.mails_to(SAM) == []


def test_one_tap_says_it(night: Telling) -> None:
    incident = night.plays("hard", until="09:05")

    assert "We are looking into a problem with checkout" in night.reads("index.html")
    (mail,) = night.mails_to(SAM)
    assert incident in text_of(mail)
    detected = declaration.known_of(incident).moments["detected"]
    assert detected == night.night.when("09:03")


def test_what_is_drafted_is_not_said_until_lea_lets_it_be(night: Telling) -> None:
    incident = night.plays("hard", until="09:18")
    assert night.latest(incident).number == 1
    assert "A change of ours" not in night.reads("index.html")

    night.plays("hard", until="09:22")

    assert "A change of ours breaks checkout" in night.reads("index.html")
    assert "Une de nos modifications bloque le paiement" in night.reads("fr")


def test_while_no_relay_takes_mail_the_page_speaks_and_nobody_is_forgotten(night: Telling) -> None:
    incident = night.plays("hard", until="09:40")
    assert "The change is taken back" in night.reads("index.html")
    assert len(night.mails_to(SAM)) == 2
    assert progress.progress_of(night.latest(incident).id).counts.retrying == 2

    night.plays("hard", until="09:52")

    assert "The change is taken back" in text_of(night.mails_to(SAM)[-1])
    assert progress.progress_of(night.latest(incident).id).counts.delivered == 2


def test_going_back_is_told_with_its_reason_and_elif_hears_from_there_on(night: Telling) -> None:
    incident = night.plays("hard", until="09:58")

    reason = "At 09:55 UTC two servers began to refuse again."
    assert reason in night.reads(f"incidents/{incident}")
    (heard,) = night.mails_to(address_of("elif"))
    told = " ".join(text_of(heard).split())
    assert "À 09:55 UTC, deux serveurs ont recommencé à refuser." in told
    assert "Deux serveurs ont gardé la modification." in told


def test_that_the_alert_ends_says_nothing_by_itself(night: Telling) -> None:
    incident = night.plays("hard", until="10:20")

    noticed = drafted.noticed_of(incident, at=night.night.now)
    assert noticed is not None
    assert noticed.is_over
    assert declaration.known_of(incident).is_open
    assert "Every second order is refused" in night.reads("index.html")


def test_it_is_over_and_every_word_can_be_answered_for(night: Telling) -> None:
    incident = night.plays("hard")

    assert night.summary()["status"]["indicator"] == "none"
    assert "From 09:03 UTC to 10:20 UTC" in night.reads(f"incidents/{incident}")
    story = published.story(night.page.audience_id, incident)
    assert story is not None
    assert [said.words.phase for said in story.publications if said.words] == [
        Phase.HOLDING,
        Phase.IDENTIFIED,
        Phase.MONITORING,
        Phase.IDENTIFIED,
        Phase.RESOLVED,
    ]
    kept = debts.debts_of(story, at=night.night.now)
    assert [debt.fate for debt in kept] == ["kept"] * 4
    assert [debt.lateness.seconds for debt in kept] == [0, 0, 0, 4 * 60], "within the grace"
    assert chain.verify().faults == []
    assert publication.faults() == []
