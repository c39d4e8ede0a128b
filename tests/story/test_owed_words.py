"""A stated time is a debt: a word kept, one missed, and one long night."""

from datetime import timedelta
from email.message import EmailMessage

import pytest

from tests.cast import SAM
from tests.story.telling import Telling, both, mails, read, text_of
from tests.story.test_planned_work import announced, opens, turned_to
from tocsin.disclosure.phases import Phase
from tocsin.journal import chain
from tocsin.statements import debts, nudges, published
from tocsin.statements.debts import Fate
from tocsin.statements.fitness import NotFitToSay
from tocsin.statements.models import Step
from tocsin.statements.word import Saying

OLU, LEA = "olu@linden.example", "lea@linden.example"
NIGHT_SHIFT = {
    "en": "We work through the night on a spare database; nothing changes before the morning.",
    "fr": "Nous travaillons toute la nuit sur une base de secours ; rien ne change d’ici au matin.",
}


def test_a_word_kept(night: Telling) -> None:
    incident = night.said_first("09:07")  # and they will hear again by 09:25
    turned(night, "09:15", "09:16")

    night.said("09:24", incident, night.identified("We know why", "09:44"), by=night.olu)
    turned(night, "09:30")

    assert [mail["To"] for mail in reminders()] == [OLU], "half of 18 minutes had passed at 09:16"
    (first, second) = debts.debts_of(story_of(night, incident), at=night.night.now)
    assert (first.fate, first.is_strictly_kept) == (Fate.KEPT, True)
    assert second.fate == Fate.OWED
    assert "statements:debt:kept" in verbs(incident)
    assert "overdue" not in night.reads("index.html")
    assert "late" not in text_of(night.mails_to(SAM)[-1])


def test_a_word_within_the_grace_is_kept_and_known_as_late(night: Telling) -> None:
    incident = night.said_first("09:07")

    night.said("09:30", incident, night.identified("We know why", "09:50"), by=night.olu)

    (first, _) = debts.debts_of(story_of(night, incident), at=night.night.now)
    assert (first.fate, first.is_strictly_kept) == (Fate.KEPT, False)
    words = night.latest(incident).words
    assert words is not None
    assert not words.layers["en"].body.startswith("This update is late")


def test_a_word_missed(night: Telling) -> None:
    incident = night.said_first("09:07")  # by 09:25, and the page says so from 09:30 on
    turned(night, "09:16", "09:22", "09:25", "09:28", "09:29")
    before = night.reads("index.html")

    turned(night, "09:31", "09:40")

    assert "This word is overdue." not in before
    assert "This word is overdue." in night.reads("index.html")
    assert "en retard" in night.reads("fr")
    assert [
        (mail["To"], step) for mail, step in zip(reminders(), steps(incident), strict=True)
    ] == [
        (OLU, (Step.UNDER_WAY, 50)),
        (OLU, (Step.UNDER_WAY, 80)),
        (OLU, (Step.DUE, 100)),
        (LEA, (Step.PAST, 100)),
        (OLU, (Step.MISSED, 100)),
        (LEA, (Step.MISSED, 100)),
    ]
    assert "The page now says that it is overdue" in " ".join(text_of(reminders()[-1]).split())


def test_after_a_missed_word_the_next_one_owns_up_first(night: Telling) -> None:
    incident = night.said_first("09:07")
    turned(night, "09:31")

    night.said("09:41", incident, night.identified("We know why", "10:00"), by=night.olu)
    night.run_lanes()

    told = text_of(night.mails_to(SAM)[-1])
    late = "This update is late: we said 09:25 UTC and it is 09:41 UTC."
    assert late in " ".join(told.split())
    assert late in night.reads(f"incidents/{incident}")
    assert "Ce point arrive en retard" in night.reads(f"fr/incidents/{incident}")
    assert verbs(incident).count("statements:debt:missed") == 1
    tally = debts.tally([story_of(night, incident)], at=night.night.now)
    assert (tally.kept, tally.missed, tally.owed) == (0, 1, 1)
    assert tally.lateness_median is not None
    assert tally.lateness_median.total_seconds() == 16 * 60


def test_the_machine_says_nothing_of_itself(night: Telling) -> None:
    incident = night.said_first("09:07")

    turned(night, "09:31", "12:00", "18:00", "23:59")

    assert night.latest(incident).number == 1


def test_one_long_night(night: Telling) -> None:
    incident = night.said_first("09:07")
    night.said("09:24", incident, night.identified("We know why", "09:44"), by=night.olu)
    early = slower(night)
    with pytest.raises(NotFitToSay, match="told of for 2 hours"):
        night.said("09:40", incident, early, by=night.olu)
    for minute in ("09:42", "10:00", "10:18", "10:36", "10:54"):
        night.said(minute, incident, still_at_it(), by=night.olu)
    said = night.said("11:12", incident, still_at_it(), by=night.olu)
    assert words_of(said).next_word_at == night.night.when("11:32"), "time alone slows nothing"

    night.said("11:20", incident, slower(night), by=night.lea)
    turned(night, "11:20", "11:41")

    assert NIGHT_SHIFT["en"] in night.reads("index.html")
    assert NIGHT_SHIFT["fr"] in night.reads("fr")
    assert NIGHT_SHIFT["en"] in " ".join(text_of(night.mails_to(SAM)[-1]).split())
    assert "overdue" not in night.reads("index.html")
    carried = night.said("19:00", incident, still_at_it(), by=night.lea)
    assert words_of(carried).next_word_at == night.night.when("20:00")
    usual = night.said(
        "19:30",
        incident,
        Saying(phase=Phase.IDENTIFIED, layers=both("So", "Donc"), ends_long=True),
        by=night.lea,
    )
    assert words_of(usual).long_mode is None
    assert words_of(usual).next_word_at == night.night.when("19:50")


def words_of(said: published.Publication) -> published.Words:
    assert said.words is not None
    return said.words


def test_nobody_is_reminded_of_what_the_clock_will_say(night: Telling) -> None:
    work = announced(night, ends_itself=False)
    start = opens(night, work)
    turned_to(night, start)
    for part in (70, 100, 119):
        turned_to(night, start + timedelta(minutes=part))
    assert steps(work) == [], "the word of the end, or of the overrun, is cleared and waits"

    turned_to(night, start + timedelta(minutes=120))
    turned_to(night, start + timedelta(minutes=175))

    assert steps(work) != [], "past its window somebody owes the next word"


def still_at_it() -> Saying:
    return Saying(phase=Phase.IDENTIFIED, layers=both("Still failing", "Toujours en panne"))


def slower(night: Telling) -> Saying:
    return Saying(
        phase=Phase.IDENTIFIED,
        layers=both("Checkout fails; the repair takes until morning", "La réparation dure"),
        long_reason=NIGHT_SHIFT,
        next_word_at=night.night.when("19:00"),
    )


def turned(night: Telling, *clocks: str) -> None:
    """Let the clock go on, and the worker look at each of these times."""
    for clock in clocks:
        night.at(clock)
        night.run_lanes()


def reminders() -> list[EmailMessage]:
    """What our own people were reminded of, in the order of sending."""
    found = [read(path) for path in mails() if any(name in path.name for name in (OLU, LEA))]
    return sorted(found, key=lambda mail: (mail["Date"].datetime, mail["To"] == LEA))


def steps(incident: str) -> list[tuple[Step, int]]:
    return [(told.step, told.percent) for told in reversed(nudges.nudges_of(incident))]


def verbs(incident: str) -> list[str]:
    return [entry.verb for entry in chain.read(("incident", incident))]


def story_of(night: Telling, incident: str) -> published.Story:
    story = published.story(night.page.audience_id, incident)
    assert story is not None
    return story
