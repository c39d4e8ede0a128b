"""From "resolved" to "all actions proved", in one go: a quarter of a year, and what it came to."""

from dataclasses import replace
from datetime import date, datetime, timedelta

from tests.cast import an_operator
from tests.story.telling import Telling, both, text_of
from tests.story.test_promises_kept import ALARM, RENEW, SAM
from tests.story.test_the_account import written
from tocsin.disclosure import times
from tocsin.disclosure.correcting import DataStatement
from tocsin.disclosure.phases import Phase
from tocsin.followup import accounts, promises
from tocsin.followup.pledges import Pledge, Proof
from tocsin.followup.promises import Kept
from tocsin.journal import chain
from tocsin.journal.actors import TERMINAL
from tocsin.page import site
from tocsin.page.log import checking
from tocsin.people.models import Operator, Role
from tocsin.scorecard import gathering, measures, totals
from tocsin.scorecard.figures import Share
from tocsin.scorecard.totals import Measure
from tocsin.statements import answers, policies, published
from tocsin.statements.promised import Promised
from tocsin.statements.word import Saying

ASKS_LEGAL = "clearance:\n  sev1:\n    account: legal\n    within: 24h\n"
SECOND_BANK = {
    "en": Promised("Sign with a second bank", "a card goes through it every day", "finance"),
    "fr": Promised(
        "Signer avec une seconde banque", "une carte y passe chaque jour", "direction financière"
    ),
}
EFFECT = {"en": "Cards were refused.", "fr": "Les cartes étaient refusées."}
LATE = {"en": "The bank changed its interface.", "fr": "La banque a changé d'interface."}
NOT_NOW = {"en": "No bank takes us before 2028.", "fr": "Aucune banque avant 2028."}
SHOWN = {"en": "It rang twice in the drill.", "fr": "Il a sonné deux fois à l'essai."}


def test_the_last_word(night: Telling) -> None:
    policies.adopt(night.page.id, ASKS_LEGAL, by=TERMINAL, at=night.at("09:00"))
    mara = an_operator("Mara", Role.LEGAL)

    incident, started = resolved(night), night.at("10:00")
    alarm, renew, bank = promised(night, incident)
    granted(night, incident, mara)
    assert "Sign with a second bank" in night.reads("promises")
    mailed = len(night.mails_to(SAM))

    # On the second day the account is ready, and legal clears it; who was told is told.
    written_and_asked_for(night, incident, mara)
    account = night.mails_to(SAM)[-1]
    assert len(night.mails_to(SAM)) == mailed + 1
    assert "What made it possible" in text_of(account)
    assert "Renouveler les certificats" in night.reads(f"fr/incidents/{incident}")

    # On the tenth one slips; on the twentieth one is dropped, with its reason.
    at = later(night, days=8)
    promises.slip(alarm.id, due_on=day(at, 30), reason=LATE, by=night.olu, at=at)
    granted(night, incident, mara)
    assert "The bank changed its interface" in text_of(night.mails_to(SAM)[-1])
    at = later(night, days=10)
    promises.drop(bank.id, reason=NOT_NOW, by=night.olu, at=at)
    granted(night, incident, mara)
    assert "No bank takes us before 2028" in text_of(night.mails_to(SAM)[-1])

    # On the twenty-fifth one is proved. On the thirtieth everyone hears how the rest stands.
    at = later(night, days=5)
    promises.prove(renew.id, Proof(SHOWN), by=night.olu, at=at)
    granted(night, incident, mara)
    mailed = len(night.mails_to(SAM))
    later(night, days=6)
    reported = text_of(night.mails_to(SAM)[-1])
    assert len(night.mails_to(SAM)) == mailed + 1
    assert "Alarm on refused cards" in reported
    announced = times.day(day(started, 90), "en")
    assert f"We report back on {announced}" in reported

    # On the fortieth the last one is proved: everyone hears that nothing is left, and that the
    # report for which they were told a day comes all the same.
    at = later(night, days=9)
    promises.prove(
        alarm.id, Proof(SHOWN, "https://tracker.example/7"), by=night.olu, at=at, announces=False
    )
    granted(night, incident, mara)
    settled = text_of(night.mails_to(SAM)[-1])
    assert "Everything that we promised after this is settled" in settled
    assert f"As announced, we report back once more on {announced}" in settled
    assert "our last note" not in settled

    # On the ninetieth it does, and says that it is the last; then nothing more is said of it.
    mailed = len(night.mails_to(SAM))
    later(night, days=49)
    assert len(night.mails_to(SAM)) == mailed
    later(night, days=2)
    assert len(night.mails_to(SAM)) == mailed + 1, "a word that was given is kept"
    last = text_of(night.mails_to(SAM)[-1])
    assert "It rang twice in the drill" in last
    assert "this is our last note about it" in last
    later(night, days=300)
    assert len(night.mails_to(SAM)) == mailed + 1

    what_readers_see(night)
    what_it_came_to(night, incident)
    what_can_be_checked(night)


def resolved(night: Telling) -> str:
    """Checkout fails at nine, and works again at 09:36. Return the incident."""
    incident = night.said_first("09:07")
    over = Saying(
        phase=Phase.RESOLVED,
        layers={
            code: replace(layer, effect=EFFECT[code])
            for code, layer in both("You can pay again", "Vous pouvez de nouveau payer").items()
        },
        since=night.night.when("09:00"),
        until=night.night.when("09:36"),
        data=DataStatement.NONE_LOST,
    )
    night.said("09:41", incident, over, by=night.olu)
    night.run_lanes()
    return incident


def promised(night: Telling, incident: str) -> tuple[Kept, ...]:
    """Three promises, public from the start."""
    at = night.at("10:00")
    made = (
        promises.promise(
            incident, Pledge(texts, day(at, due), is_public=True), by=night.olu, at=at
        ).promise
        for texts, due in ((ALARM, 20), (RENEW, 40), (SECOND_BANK, 60))
    )
    return tuple(made)


def written_and_asked_for(night: Telling, incident: str, mara: Operator) -> None:
    """Olu writes the account, Mara of legal clears it."""
    at = later(night, days=2)
    sources = {code: written(accounts.drafted(incident, code, at=at)) for code in ("en", "fr")}
    accounts.keep(incident, sources, by=night.olu, at=at)
    spoken = accounts.publish(incident, by=night.olu, at=at)
    assert spoken.pending is not None, "nobody clears their own"
    night.run_lanes()
    assert "What made it possible" not in night.reads(f"incidents/{incident}")
    granted(night, incident, mara)


def granted(night: Telling, incident: str, mara: Operator) -> None:
    """An hour later Mara has cleared what waits."""
    (waiting,) = answers.waiting_of(incident)
    later(night, days=0, hours=1)
    answers.grant(waiting.clearance_id, by=mara.actor, at=night.night.now)
    night.run_lanes()


def what_readers_see(night: Telling) -> None:
    for page in (night.reads("promises"), night.reads("fr/promises")):
        assert "https://tracker.example/7" in page
    page = night.reads("promises")
    assert "It rang twice in the drill" in page
    assert "No bank takes us before 2028" in page
    assert "Aucune banque avant 2028" in night.reads("fr/promises")


def what_it_came_to(night: Telling, incident: str) -> None:
    at = night.night.now
    history = gathering.history(night.page, at=at)
    card, score = measures.card(history.incidents[0], at=at), totals.score(history)

    assert card.incident.id == incident
    assert card.complete is True, "since, until, effect and data were told"
    assert card.account_on_time is True, "two days, of ten business days"
    soon, in_the_end = score.figure(Measure.ACTIONS_30), score.figure(Measure.ACTIONS_90)
    assert isinstance(soon, Share)
    assert isinstance(in_the_end, Share)
    assert (soon.hits, soon.n) == (1, 2), "what was dropped leaves the count"
    assert (in_the_end.hits, in_the_end.n) == (2, 2)


def what_can_be_checked(night: Telling) -> None:
    """The public log by anybody, the journal by us."""
    root = site.directory_of(night.page)

    def read(path: str) -> bytes | None:
        for folder in (root / "releases" / night.live(), root / "archive"):
            if (folder / path).is_file():
                return (folder / path).read_bytes()
        return None

    verdict = checking.check(read)
    assert verdict.is_whole
    assert verdict.number == published.last_number(night.page.audience_id)
    chain.seal(night.night.now)
    assert chain.verify().faults == []


def later(night: Telling, *, days: int, hours: int = 0) -> datetime:
    """So long on, the worker having done what came due."""
    night.night.now += timedelta(days=days, hours=hours)
    night.run_lanes()
    return night.night.now


def day(at: datetime, days: int) -> date:
    return at.date() + timedelta(days=days)
