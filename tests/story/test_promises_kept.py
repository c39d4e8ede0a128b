"""From "resolved" to "all actions proved": what was promised, what slipped, and what shows it."""

from datetime import date, timedelta
from typing import Any

import pytest

from tests import cast
from tests.story.telling import Telling, both, text_of
from tocsin.disclosure import times
from tocsin.disclosure.correcting import DataStatement
from tocsin.disclosure.phases import Phase
from tocsin.disclosure.severity import Severity
from tocsin.followup import one_by_one, promises, reminders, reporting_back
from tocsin.followup.models import Report
from tocsin.followup.pledges import CannotPromise, NoLongerOpen, Pledge, Proof
from tocsin.journal.actors import TERMINAL
from tocsin.people import access
from tocsin.people.models import Role
from tocsin.post.models import Letter
from tocsin.statements import account, answers, policies, progress, published
from tocsin.statements.promised import Fate, Promised
from tocsin.statements.published import Kind
from tocsin.statements.word import Saying
from tocsin.worker import lanes
from tocsin.worker.due import WORDS

ALARM = {
    "en": Promised("Alarm on refused cards", "a card refused twice rings the phone", "on-call"),
    "fr": Promised(
        "Alerter quand une carte est refusée",
        "une carte refusée deux fois fait sonner le téléphone",
        "astreinte",
    ),
}
RENEW = {
    "en": Promised("Renew certificates 30 days ahead", "no certificate is younger", "platform"),
    "fr": Promised(
        "Renouveler les certificats 30 jours avant", "aucun n'est plus récent", "plateforme"
    ),
}
SHOWN = Proof({"en": "It rang twice in the drill.", "fr": "Il a sonné deux fois à l'essai."})
ASKS_LEGAL = "clearance:\n" + "".join(
    f"  {severity}:\n    account: legal\n    within: 24h\n" for severity in Severity
)
SAM = "sam@reader.example"


OVER = Saying(
    phase=Phase.RESOLVED,
    layers=both("You can pay again", "Vous pouvez de nouveau payer"),
    data=DataStatement.NONE_LOST,
)


def resolved(story: Telling) -> str:
    incident = story.said_first("09:07")
    story.said("09:41", incident, OVER, by=story.olu)
    return incident


def test_a_head_that_leads_to_the_promises_leads_nowhere_else(night: Telling) -> None:
    incident, at = resolved(night), night.at("10:00")
    pledge = Pledge(ALARM, at.date() + timedelta(days=20), is_public=True)
    promises.promise(incident, pledge, by=night.olu, at=at)

    lanes.drain(WORDS, at)  # and nobody has written the archive yet

    assert "Alarm on refused cards" in night.reads("promises")


def test_from_resolved_to_all_actions_proved(night: Telling) -> None:
    incident = resolved(night)
    today = night.at("10:00").date()
    alarm = promises.promise(
        incident,
        Pledge(ALARM, today + timedelta(days=20), is_public=True, link="https://tracker.example/7"),
        by=night.olu,
        at=night.at("10:00"),
    ).promise
    renew = promises.promise(
        incident,
        Pledge(RENEW, today + timedelta(days=40), is_public=True),
        by=night.olu,
        at=night.at("10:01"),
    ).promise
    night.run_lanes()
    mailed = len(night.mails_to(SAM))

    page = night.reads("promises")
    assert "Alarm on refused cards" in page
    assert "https://tracker.example/7" in page
    assert "Renouveler les certificats 30 jours avant" in night.reads("fr/promises")
    assert 'href="/promises"' in night.reads("index.html")

    # The account takes its place, and what was promised stays beside it.
    account.draft(
        incident, both("What happened", "Ce qui s'est passé"), by=night.lea, at=night.at("11:00")
    )
    account.publish(incident, by=night.lea, at=night.at("11:01"))
    night.run_lanes()
    mailed += 1
    assert len(night.mails_to(SAM)) == mailed

    late = night.at("12:00")
    slipped = promises.slip(
        alarm.id,
        due_on=today + timedelta(days=60),
        reason={"en": "The bank changed its interface.", "fr": "La banque a changé d'interface."},
        by=night.olu,
        at=late,
    )
    assert slipped.spoken
    assert slipped.spoken.publication.kind == Kind.PROGRESS
    night.run_lanes()
    mail = night.mails_to(SAM)[-1]
    assert len(night.mails_to(SAM)) == mailed + 1
    assert "The bank changed its interface" in text_of(mail)
    assert "What happened" in night.reads(f"incidents/{incident}")  # the account still leads

    proof = Proof({"en": "Rang twice in the drill.", "fr": "A sonné deux fois à l'essai."})
    promises.prove(alarm.id, proof, by=night.olu, at=night.at("13:00"))
    done = promises.prove(
        renew.id,
        Proof(proof.texts, "https://ci.example/1"),
        announces=False,
        by=night.olu,
        at=night.at("13:01"),
    )
    night.run_lanes()

    # That all is done, everyone hears, whatever the last turn asked.
    assert done.spoken
    assert done.spoken.publication.announces
    told = text_of(night.mails_to(SAM)[-1])
    assert "Everything that we promised after this is settled" in told
    page = night.reads("promises")
    assert "Done so far: 2 of 2" in page
    assert "https://ci.example/1" in page
    story = published.story(night.page.audience_id, incident)
    assert story is not None
    assert {promise.fate for promise in story.promises} == {Fate.DONE}
    assert story.phase == Phase.ACCOUNT
    assert [turn.act for turn in promises.kept(alarm.id).turns] == ["made", "slipped", "proved"]
    with pytest.raises(NoLongerOpen):
        promises.drop(alarm.id, reason={"en": "No."}, by=night.olu, at=night.at("14:00"))


def test_readers_are_reported_back_to_after_30_and_90_days(night: Telling) -> None:
    incident = resolved(night)
    start = night.at("10:00")
    promises.promise(
        incident,
        Pledge(ALARM, start.date() + timedelta(days=20), is_public=True),
        by=night.olu,
        at=start,
    )

    assert reporting_back.report(start + timedelta(days=29)) == 0
    assert reporting_back.report(start + timedelta(days=30)) == 1
    assert reporting_back.report(start + timedelta(days=30)) == 0
    story = published.story(night.page.audience_id, incident)
    assert story is not None
    assert story.latest.announces
    assert story.latest.words
    assert "late, it was promised by" in story.latest.words.layers["en"].body
    assert "We report back on" in story.latest.words.layers["en"].body
    assert reporting_back.report(start + timedelta(days=90)) == 1
    assert reporting_back.report(start + timedelta(days=400)) == 0


def test_what_was_settled_before_a_report_was_announced_is_not_reported_on(night: Telling) -> None:
    """Everyone heard that nothing is left, and that nothing more comes: a note says nothing new."""
    incident, start = resolved(night), night.at("10:00")
    alarm = promised_by(night, incident, days=20)

    done = promises.prove(alarm, SHOWN, by=night.olu, at=start + timedelta(days=12))

    assert done.spoken
    assert done.spoken.publication.announces
    for code, last in (
        ("en", "Unless something new comes up, this is our last note about it."),
        ("fr", "Sauf fait nouveau, c’est notre dernier message à ce sujet."),
    ):
        body = newest(night, incident, code)
        assert last in body
        assert "report back" not in body
        assert "bilan" not in body
    for days in (30, 90, 400):
        assert reporting_back.report(start + timedelta(days=days)) == 0


def test_a_report_for_which_readers_were_told_a_day_goes_out_though_all_is_settled(
    night: Telling,
) -> None:
    incident, start = resolved(night), night.at("10:00")
    alarm = promised_by(night, incident, days=20)
    day_90 = times.day(start.date() + timedelta(days=90), "fr")
    assert reporting_back.report(start + timedelta(days=30)) == 1
    assert f"Prochain bilan le {day_90}" in newest(night, incident, "fr")

    slipped = {"en": "The bank is late.", "fr": "La banque est en retard."}
    due_on = start.date() + timedelta(days=50)
    promises.slip(alarm, due_on=due_on, reason=slipped, by=night.olu, at=start + timedelta(days=31))
    assert f"Prochain bilan le {day_90}" in newest(night, incident, "fr"), "it is told again"
    promises.prove(alarm, SHOWN, by=night.olu, at=start + timedelta(days=40))
    assert f"Comme annoncé, un dernier bilan suivra le {day_90}" in newest(night, incident, "fr")

    assert reporting_back.report(start + timedelta(days=89)) == 0
    promises.tell(incident, announces=False, by=night.olu, at=start + timedelta(days=90))
    told_on_the_day = newest(night, incident, "fr")
    assert f"un dernier bilan suivra le {day_90}" in told_on_the_day, "the worker is yet to come"
    assert reporting_back.report(start + timedelta(days=90)) == 1
    story = published.story(night.page.audience_id, incident)
    assert story is not None
    assert story.latest.announces
    assert "c’est notre dernier message" in newest(night, incident, "fr")
    assert reporting_back.report(start + timedelta(days=91)) == 0


def test_what_is_promised_after_all_was_settled_is_reported_on_again(night: Telling) -> None:
    incident, start = resolved(night), night.at("10:00")
    alarm = promised_by(night, incident, days=20)
    promises.prove(alarm, SHOWN, by=night.olu, at=start + timedelta(days=12))
    pledge = Pledge(RENEW, start.date() + timedelta(days=200), is_public=True)
    promises.promise(incident, pledge, by=night.olu, at=start + timedelta(days=13))

    assert reporting_back.report(start + timedelta(days=30)) == 1
    assert "We report back on" in newest(night, incident, "en")


def test_a_day_that_no_word_named_is_owed_to_nobody(night: Telling) -> None:
    """The worker slept past both days: the one note it tells afterwards announces no other."""
    incident, start = resolved(night), night.at("10:00")
    alarm = promised_by(night, incident, days=20)

    assert reporting_back.report(start + timedelta(days=95)) == 1
    assert "report back" not in newest(night, incident, "en")
    promises.prove(alarm, SHOWN, by=night.olu, at=start + timedelta(days=96))

    assert "our last note" in newest(night, incident, "en")
    assert reporting_back.report(start + timedelta(days=97)) == 0


def test_a_report_takes_nothing_back_that_waits_for_consent(night: Telling) -> None:
    """It tells what readers were told; what waits tells more, and is cleared after it as before."""
    incident, start = resolved(night), night.at("10:00")
    alarm = promised_by(night, incident, days=20)
    mara = cast.an_operator("Mara", Role.LEGAL)
    policies.adopt(night.page.id, ASKS_LEGAL, by=TERMINAL, at=start)
    before = start + timedelta(days=29)
    asked = promises.prove(alarm, SHOWN, by=night.olu, at=before)
    assert asked.spoken
    assert asked.spoken.pending

    assert reporting_back.report(start + timedelta(days=30)) == 1

    assert "late, it was promised by" in newest(night, incident, "en")
    (waiting,) = answers.waiting_of(incident)
    answers.grant(waiting.clearance_id, by=mara.actor, at=before + timedelta(days=1, hours=1))
    assert "It rang twice in the drill" in newest(night, incident, "en")


def promised_by(night: Telling, incident: str, *, days: int) -> str:
    """A public promise, made at ten on the day; its id."""
    start = night.at("10:00")
    pledge = Pledge(ALARM, start.date() + timedelta(days=days), is_public=True)
    return promises.promise(incident, pledge, by=night.olu, at=start).promise.id


def newest(night: Telling, incident: str, language: str) -> str:
    """What the newest word says in a language."""
    story = published.story(night.page.audience_id, incident)
    assert story is not None
    assert story.latest.words
    return story.latest.words.layers[language].body


def test_whoever_keeps_a_promise_is_reminded_before_on_and_after_its_day(night: Telling) -> None:
    incident = resolved(night)
    start = night.at("10:00")
    due_on = start.date() + timedelta(days=30)
    promises.promise(incident, Pledge(ALARM, due_on), by=night.olu, at=start)

    told = [reminders.remind(start + timedelta(days=days)) for days in range(45)]

    assert [day for day, count in enumerate(told) if count] == [23, 30, 37]
    assert Letter.objects.filter(key__startswith="promise:").count() == 3


def test_only_whoever_sees_the_page_keeps_a_promise_and_is_reminded(night: Telling) -> None:
    """A reminder names what only our own people know of an incident."""
    incident, start = resolved(night), night.at("10:00")
    due_on = start.date() + timedelta(days=30)
    elsewhere = cast.an_operator("Eve", Role.RESPONDER, page_id="b" * 12)
    with pytest.raises(CannotPromise, match="sees this page"):
        promises.promise(
            incident, Pledge(ALARM, due_on, keeper_id=elsewhere.id), by=night.olu, at=start
        )
    kim = cast.an_operator("Kim", Role.RESPONDER, page_id=night.page.id)
    promises.promise(incident, Pledge(ALARM, due_on, keeper_id=kim.id), by=night.olu, at=start)
    access.end_role(
        kim, role=Role.RESPONDER, page_id=night.page.id, by=TERMINAL, at=start + timedelta(days=1)
    )

    assert reminders.remind(start + timedelta(days=30)) == 1

    told = Letter.objects.filter(key__startswith="promise:").values_list("to", flat=True)
    assert kim.email not in told


def test_one_incident_that_cannot_be_told_keeps_no_other_from_its_day(
    night: Telling, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = resolved(night)
    second = cast.an_incident(night.page, component="cart", at=night.at("09:42")).incident_id
    night.said("09:50", second, OVER, by=night.olu)
    start = night.at("10:00")
    for incident in (first, second):
        pledge = Pledge(ALARM, start.date() + timedelta(days=20), is_public=True)
        promises.promise(incident, pledge, by=night.olu, at=start)
    stuck = min(first, second)
    tell = progress.tell

    def stands_in(incident_id: str, *args: Any, **told: Any) -> Any:
        if incident_id == stuck:
            raise progress.CannotTell("No language has the words of every promise.")
        return tell(incident_id, *args, **told)

    monkeypatch.setattr(progress, "tell", stands_in)

    with pytest.raises(progress.CannotTell):
        reporting_back.report(start + timedelta(days=30))

    assert list(Report.objects.values_list("incident_id", flat=True)) == [max(first, second)]


def test_what_is_internal_stays_inside(night: Telling) -> None:
    incident = resolved(night)
    promises.promise(incident, Pledge(ALARM, date(2030, 1, 1)), by=night.olu, at=night.at("10:00"))
    night.run_lanes()

    story = published.story(night.page.audience_id, incident)
    assert story is not None
    assert story.promises == ()
    with pytest.raises(AssertionError):
        night.reads("promises")


def test_a_promise_needs_an_end_that_can_be_seen(night: Telling) -> None:
    incident = resolved(night)
    for action, done_when in [
        ("Improve the monitoring", ""),
        ("Be more careful", "be more careful"),
        ("Investigate the bank's refusals", "it is better"),
        ("The monitoring", "an alarm rings at 5 refusals"),
    ]:
        pledge = Pledge({"en": Promised(action, done_when, "on-call")}, date(2030, 1, 1))
        with pytest.raises(CannotPromise):
            promises.promise(incident, pledge, by=night.olu, at=night.at("10:00"))


def test_a_report_tells_how_promises_stand_when_it_is_told(
    night: Telling, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever was told after the worker looked what is due: it must not be taken back."""
    incident, start = resolved(night), night.at("10:00")
    alarm, on = promised_by(night, incident, days=20), start + timedelta(days=30)
    each_of_them = one_by_one.sum_of

    def proved_meanwhile(act: Any, pieces: Any) -> int:
        found = list(pieces)
        promises.prove(alarm, SHOWN, by=night.olu, at=on, announces=False)
        return each_of_them(act, found)

    monkeypatch.setattr(one_by_one, "sum_of", proved_meanwhile)
    reporting_back.report(on)

    assert "It rang twice in the drill" in newest(night, incident, "en")
    assert Report.objects.count() == 0, "all was settled before a report was announced"
