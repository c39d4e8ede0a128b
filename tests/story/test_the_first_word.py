"""From the first sentence typed to the last reader told, row by row of the walk.

Olu responds, Lea leads, Sam asked to be told. The clock is turned by hand; the verbs and the
worker's lanes are the real ones. The whole of it stands in `nights/checkout.yaml`.
"""

import pytest

from tests.cast import SAM
from tests.story.telling import Telling, both, text_of
from tocsin.announcements import ledger, progress
from tocsin.disclosure.phases import Phase
from tocsin.incidents import declaration
from tocsin.journal import chain
from tocsin.page import site
from tocsin.statements import cadence, clearance, drafting, publication, published, word
from tocsin.statements.drafting import Overtaken
from tocsin.statements.fitness import NotFitToSay
from tocsin.statements.word import Saying


def test_1_olu_declares_checkout_down_and_nobody_outside_knows(night: Telling) -> None:
    incident = night.declared("09:04")

    night.run_lanes()

    assert [entry.verb for entry in chain.read(("incident", incident))] == [
        "incidents:incident:declared"
    ]
    assert declaration.known_of(incident).is_open
    assert night.summary()["incidents"] == []


def test_2_a_first_word_is_now_owed_by_09_14(night: Telling) -> None:
    incident = night.declared("09:04")

    (owed,) = cadence.owed_words()

    assert (owed.incident_id, owed.by, owed.is_first) == (incident, night.night.when("09:14"), True)
    assert not owed.is_overdue(night.night.when("09:19"))
    assert owed.is_overdue(night.night.when("09:20"))


def test_3_she_types_and_each_revision_is_kept(night: Telling) -> None:
    incident = night.declared("09:04")
    known = declaration.known_of(incident)
    draft = drafting.open_draft(incident, by=night.olu, at=night.at("09:05"))
    saying = Saying(phase=Phase.INVESTIGATING, layers=both("Checkout fails", "Le paiement échoue"))

    words = word.compose(known, saying, at=night.at("09:06"))
    draft = drafting.revise(draft.id, words, follows=0, by=night.olu, at=night.at("09:06"))

    assert (draft.revision, draft.based_on) == (1, 0)
    assert draft.words is not None
    assert draft.words.next_word_at == night.night.when("09:26"), "twenty minutes at sev1"


def test_4_and_5_she_submits_and_the_policy_grants_it_by_name(night: Telling) -> None:
    draft = a_first_draft(night)

    granted = clearance.request(draft, by=night.olu, at=night.at("09:07"))

    (entry,) = chain.read(("clearance", granted.id))
    assert (entry.verb, entry.by) == ("statements:clearance:granted", "the policy")
    assert entry.detail["requested_by"] == "Olu"
    assert entry.detail["words"] == "investigating"


def test_6_the_word_becomes_official(night: Telling) -> None:
    granted = clearance.request(a_first_draft(night), by=night.olu, at=night.at("09:07"))

    said = publication.publish(granted, by=night.olu, at=night.at("09:07"))

    assert (said.number, said.published_at) == (1, night.night.when("09:07"))
    assert publication.faults() == []


def test_7_the_public_page_is_rewritten(night: Telling) -> None:
    night.said_first("09:07")

    site.compile(night.at("09:07"))

    assert night.live() == "1.0"
    assert "We are looking into a problem with checkout." in night.reads("index.html")
    assert "Nous examinons un problème concernant le paiement." in night.reads("fr")
    told = night.summary()
    assert told["status"]["indicator"] == "critical"
    assert [incident["status"] for incident in told["incidents"]] == ["investigating"]


def test_8_the_audience_is_fixed_once_the_page_is_live(night: Telling) -> None:
    said = night.latest(night.said_first("09:07"))
    assert ledger.announce(night.at("09:07")) == 0, "a link in a mail must lead somewhere"
    site.compile(night.at("09:07"))

    ledger.announce(night.at("09:07"))

    counts = progress.progress_of(said.id).counts
    assert (counts.pending, counts.total) == (2, 2)


def test_9_sam_is_told_and_it_can_be_proved(night: Telling) -> None:
    incident = night.said_first("09:07")

    night.run_lanes()

    (mail,) = night.mails_to(SAM)
    assert "Next word by 09:25 UTC" in text_of(mail)
    assert f"/incidents/{incident}" in text_of(mail)
    (fate, _) = progress.fates(night.latest(incident).id)
    assert (fate.fate, fate.reason) == ("delivered", "")
    assert fate.receipt


def test_then_the_cause_is_known(night: Telling) -> None:
    incident = night.plays("checkout", until="09:22")

    assert "We know why" in night.reads(f"incidents/{incident}")
    first, second = night.mails_to(SAM)
    assert second["References"] == first["References"] == second["In-Reply-To"], "one thread"
    assert second["Subject"] == first["Subject"]
    assert second["Message-ID"] != first["Message-ID"]
    (owed,) = cadence.owed_words()
    assert owed.by == night.night.when("09:42")


def test_two_operators_at_once_and_the_second_sees_the_difference(night: Telling) -> None:
    incident = night.said_first("09:07")
    by_olu = drafting.open_draft(incident, by=night.olu, at=night.at("09:20"))
    by_lea = drafting.open_draft(incident, by=night.lea, at=night.at("09:20"))
    hers = night.identified("We know why checkout fails", "09:42")
    word.say(incident, hers, draft_id=by_lea.id, by=night.lea, at=night.at("09:22"))

    his = night.identified("Checkout fails since a change of ours", "09:45")
    with pytest.raises(Overtaken) as refused:
        word.say(incident, his, draft_id=by_olu.id, by=night.olu, at=night.at("09:23"))

    assert "-headline (en): We know why checkout fails" in refused.value.difference
    assert "+headline (en): Checkout fails since a change of ours" in refused.value.difference
    assert night.latest(incident).number == 2


def test_going_back_from_monitoring_has_to_be_explained(night: Telling) -> None:
    incident = night.said_first("09:07")
    night.said("09:22", incident, night.identified("We know why", "09:42"), by=night.olu)
    night.said("09:40", incident, night.watching("10:40"), by=night.olu)
    back = Saying(phase=Phase.INVESTIGATING, layers=both("Refused again", "De nouveau refusé"))

    with pytest.raises(NotFitToSay, match="say why"):
        night.said("09:58", incident, back, by=night.olu)

    assert night.latest(incident).number == 3


def test_going_back_explained_is_told(night: Telling) -> None:
    incident = night.said_first("09:07")
    night.said("09:40", incident, night.watching("10:40"), by=night.olu)
    reason = {"en": "The repair did not hold in Europe.", "fr": "La réparation n’a pas tenu."}
    back = Saying(
        phase=Phase.INVESTIGATING,
        layers=both("Refused again", "De nouveau refusé"),
        turn_reason=reason,
    )

    night.said("09:58", incident, back, by=night.olu)
    night.run_lanes()

    assert reason["en"] in night.reads(f"incidents/{incident}")
    assert night.summary()["incidents"][0]["status"] == "investigating"


def test_a_word_that_stays_away_shows(night: Telling) -> None:
    night.said_first("09:07")  # and they will hear again by 09:25
    night.at("09:29")
    night.run_lanes()
    in_time = night.reads("index.html")

    night.at("09:31")
    night.run_lanes()

    assert night.live() == "1.1", "the same word, as it looks later"
    assert "overdue" not in in_time
    assert "overdue" in night.reads("index.html")


def test_it_is_over_and_the_record_holds(night: Telling) -> None:
    incident = night.plays("checkout")

    assert night.summary()["status"]["indicator"] == "none"
    assert "Checkout works again" in night.reads(f"incidents/{incident}")
    assert len(night.mails_to(SAM)) == 4
    assert cadence.owed_words() == []
    (span,) = published.spans_between(
        night.page.audience_id, night.night.when("09:00"), night.night.when("11:00")
    )[-1:]
    assert span.until == night.night.when("10:05"), "what was told, not when it was typed"
    assert chain.verify().faults == []
    assert publication.faults() == []


def a_first_draft(night: Telling) -> drafting.Drafted:
    incident = night.declared("09:04")
    saying = Saying(phase=Phase.INVESTIGATING, layers=both("Checkout fails", "Le paiement échoue"))
    words = word.compose(declaration.known_of(incident), saying, at=night.at("09:05"))
    draft = drafting.open_draft(incident, by=night.olu, at=night.at("09:05"))
    return drafting.revise(draft.id, words, follows=0, by=night.olu, at=night.at("09:06"))
