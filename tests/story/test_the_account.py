"""The last word: owed by a day, drafted from the record, shown without what is withheld."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest
from click.testing import CliRunner

from tests.cast import an_operator
from tests.story.telling import Telling, both, text_of
from tocsin.catalogue.tree import State
from tocsin.cli.main import main
from tocsin.disclosure import outline, withholding
from tocsin.disclosure.correcting import DataStatement
from tocsin.disclosure.phases import Phase
from tocsin.followup import account_nudges, accounts, downtime, staff_notes
from tocsin.followup.accounts import CannotAccount
from tocsin.incidents import declaration
from tocsin.people.models import Role
from tocsin.post.models import Letter
from tocsin.scorecard import gathering
from tocsin.scorecard.history import Account
from tocsin.statements import published
from tocsin.statements.word import Saying

SAM = "sam@reader.example"


def resolved(night: Telling) -> str:
    incident = night.said_first("09:07")
    declaration.learn(incident, text="Acme Corp saw it first", by=night.olu, at=night.at("09:20"))
    over = Saying(
        phase=Phase.RESOLVED,
        layers=both("You can pay again", "Vous pouvez de nouveau payer"),
        since=night.night.when("09:00"),
        until=night.night.when("09:36"),
        data=DataStatement.NONE_LOST,
    )
    night.said("09:41", incident, over, by=night.olu)
    return incident


def written(draft: str) -> str:
    return outline.LEFT.sub("We wrote this down.", draft)


def test_an_account_is_filled_from_the_record_and_shown_without_what_is_withheld(
    night: Telling,
) -> None:
    incident = resolved(night)
    draft = accounts.drafted(incident, "en", at=night.at("10:00"))

    assert "## 4. Timeline" in draft
    assert "You can pay again" in draft
    assert "36 minutes" in draft
    assert "[[not for readers |" in draft
    french = accounts.drafted(incident, "fr", at=night.at("10:00"))
    accounts.keep(incident, {"en": draft}, by=night.olu, at=night.at("10:01"))
    with pytest.raises(CannotAccount, match="Still to be written"):
        accounts.public(incident)
    sources = {"en": written(draft), "fr": written(french)}
    accounts.keep(incident, sources, by=night.olu, at=night.at("10:02"))
    said = accounts.publish(incident, by=night.lea, at=night.at("10:03")).publication
    night.run_lanes()

    assert said.words
    assert said.words.phase == Phase.ACCOUNT
    page, mail = night.reads(f"incidents/{incident}"), text_of(night.mails_to(SAM)[-1])
    for shown in (page, mail, night.reads(f"fr/incidents/{incident}")):
        assert "Acme" not in shown
    assert "[not shown: not for readers]" in page
    assert "What made it possible" in page
    assert "Ce qui l’a rendu possible" in night.reads(f"fr/incidents/{incident}")


@pytest.mark.parametrize("brackets", [2, 3, 4, 5])
def test_what_a_fact_quotes_does_not_end_its_mark(night: Telling, brackets: int) -> None:
    """A machine's own message may hold anything, and whoever sends it may hope for readers."""
    incident = night.said_first("09:07")
    text = f"x{']' * brackets} Acme Corp {'[' * brackets} a | b"
    declaration.learn(incident, text=text, by=night.olu, at=night.at("09:20"))
    written_down = written(accounts.drafted(incident, "en", at=night.at("10:00")))

    assert list(withholding.faults(written_down, "en")) == []
    assert "Acme" not in withholding.public(written_down, "en")
    assert "Acme" in withholding.inside(written_down)


def test_a_heading_that_is_missing_and_a_slip_are_told_together(night: Telling) -> None:
    incident = resolved(night)
    source = written(accounts.drafted(incident, "en", at=night.at("10:00")))
    source = source.replace("## 3. Your data", "") + "Acme Corp saw it first: [[a name | Acme]]."

    accounts.keep(incident, {"en": source}, by=night.olu, at=night.at("10:02"))

    with pytest.raises(CannotAccount) as refused:
        accounts.publish(incident, by=night.olu, at=night.at("10:03"))
    assert any("Your data" in fault for fault in refused.value.faults)
    assert any("stands elsewhere" in fault for fault in refused.value.faults)


def test_it_is_owed_by_a_day_and_whoever_leads_is_reminded(night: Telling) -> None:
    incident = resolved(night)
    story = published.story(night.page.audience_id, incident)
    assert story is not None
    due = accounts.due(story, night.page)
    assert due is not None
    over = night.at("09:41")

    told = [account_nudges.nudge(over + timedelta(hours=hours)) for hours in range(0, 600, 6)]

    assert sum(told) == 5
    assert Letter.objects.filter(key__startswith=f"account:{incident}").count() == 5
    assert due.summary_at < due.full_at


def test_the_day_that_was_promised_is_shown_and_kept_to(night: Telling) -> None:
    """Readers count on that day, so nudges and score do (R-50)."""
    incident = night.said_first("09:07")
    promised = date(2026, 12, 1)
    over = Saying(
        phase=Phase.RESOLVED,
        layers=both("You can pay again", "Vous pouvez de nouveau payer"),
        account_due=promised,
    )
    night.said("09:41", incident, over, by=night.olu)
    night.run_lanes()

    assert "by 1 December 2026, here" in night.reads(f"incidents/{incident}")
    assert "au plus tard le 1" in night.reads(f"fr/incidents/{incident}")
    assert "Full account" in text_of(night.mails_to(SAM)[-1])
    story = published.story(night.page.audience_id, incident)
    assert story is not None
    due = accounts.due(story, night.page)
    assert due is not None
    assert due.full_at == datetime(2026, 12, 2, tzinfo=UTC), "until that day is over"
    assert due.summary_at < due.full_at
    (scored,) = gathering.history(night.page, at=night.at("10:00")).incidents
    assert scored.account == Account(due.full_at, None, due.over_at)


def test_whoever_answers_customers_has_the_facts_within_a_day(night: Telling) -> None:
    """What was published, and nothing that only we know (R-53); once, whoever else is told what."""
    kim = an_operator("Kim", Role.READER)
    incident = resolved(night)
    over = night.at("09:41")

    told = [staff_notes.send(over + timedelta(minutes=minutes)) for minutes in range(0, 300, 20)]

    assert told.index(2) == 3, "an hour after it was over"
    assert sum(told) == 2, "Kim, who only reads, and Olu, who responds"
    text = Letter.objects.get(key=f"staff:{incident}:{kim.id}").text
    assert "36 minutes" in text
    assert "Acme" not in text
    assert incident in text
    assert staff_notes.send(over + timedelta(days=3)) == 0


def test_how_it_was_told_stands_beside_the_account(night: Telling) -> None:
    """Five numbers (R-57), for the meeting, for programs, and for the account itself."""
    incident = resolved(night)
    run = CliRunner()

    told = run.invoke(main, ["account", "review", incident, "--lang", "fr", "--markdown"])
    facts = json.loads(run.invoke(main, ["account", "review", incident, "--json"]).stdout)

    assert told.exit_code == 0, told.output
    assert len(told.stdout.splitlines()) == 2 + 5
    assert "| Premier point, depuis le premier effet | 7\N{NO-BREAK SPACE}min |" in told.stdout
    assert facts["silence"] == 34 * 60
    assert facts["first_notice"] == 7 * 60
    assert facts["lead"] == {"not_measured": "no_customer"}


def test_downtime_is_counted_from_published_states(night: Telling) -> None:
    incident = resolved(night)

    (down,) = downtime.of_incident(incident, at=night.at("12:00"))

    assert (down.slug, down.state) == ("checkout", State.MAJOR)
    assert down.lasted_for == timedelta(minutes=36)
