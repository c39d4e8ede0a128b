"""The morning after: how well did we tell it, and what does nobody know?"""

import csv
import io
import json
from datetime import timedelta

from click.testing import CliRunner, Result

from tests.story.telling import Telling
from tests.story.test_promises_kept import ALARM
from tocsin.cli.main import main
from tocsin.followup import promises
from tocsin.followup.pledges import Pledge, Proof
from tocsin.incidents import declaration
from tocsin.incidents.models import MomentKind
from tocsin.scorecard import gathering, measures, totals
from tocsin.scorecard.figures import NotMeasured, Share, Why
from tocsin.scorecard.lights import Lamp, Light, lights
from tocsin.scorecard.measures import Stage
from tocsin.scorecard.totals import Measure

MINUTE = timedelta(minutes=1)


def tocsin(*words: str) -> Result:
    return CliRunner().invoke(main, words)


def a_night(night: Telling) -> str:
    """The walk of one update, with what was found out of it: it began at 08:58, and a customer
    wrote at 09:15."""
    incident = night.plays("checkout")
    night.run_lanes()
    at = night.night.now
    for kind, clock in ((MomentKind.STARTED, (8, 58)), (MomentKind.CUSTOMER_FIRST, (9, 15))):
        moment = at.replace(hour=clock[0], minute=clock[1])
        declaration.set_moment(
            incident, kind=kind, moment_at=moment, reason="the graphs", by=night.olu, at=at
        )
    return incident


def test_a_night_and_its_score(night: Telling) -> None:
    incident = a_night(night)
    at = night.night.now

    history = gathering.history(night.page, at=at)
    card = measures.card(history.incidents[0], at=at)

    assert card.incident.id == incident
    assert card.first_notice == 9 * MINUTE, "from 08:58 to 09:07"
    assert card.lead == 8 * MINUTE, "we told it before the first customer wrote"
    assert card.stages[Stage.NOTICED] == 9 * MINUTE
    assert card.told["email"] != NotMeasured(Why.NOBODY_TOLD)
    assert card.reach["email"] == (2, 2), "Sam and Bao"
    assert card.silence == 32 * MINUTE, "from 09:40 to 10:12"
    assert [debt.is_strictly_kept for debt in card.debts] == [True, True, True]
    shown = lights(card, at=at)
    assert shown[Lamp.FIRST_NOTICE] == shown[Lamp.OWED_WORDS] == Light.GREEN
    assert shown[Lamp.ACCOUNT] == Light.GREY, "none is late yet, and none is there"
    assert totals.score(history).figure(Measure.ACTIONS_30).left_out == {Why.NO_ACTIONS: 1}


def test_what_was_promised_and_proved_counts_and_what_is_internal_does_not(night: Telling) -> None:
    incident = a_night(night)
    at = night.night.now
    due = at.date() + timedelta(days=20)
    first, *_others = [
        promises.promise(
            incident, Pledge(ALARM, due, is_public=is_public), by=night.olu, at=at + MINUTE
        ).promise
        for is_public in (True, True, False)
    ]
    proof = Proof({"en": "It rang twice.", "fr": "Elle a sonné deux fois."})
    promises.prove(first.id, proof, by=night.olu, at=at + timedelta(days=3))

    after = gathering.history(night.page, at=at + timedelta(days=40))

    done = totals.score(after).figure(Measure.ACTIONS_30)
    assert isinstance(done, Share)
    assert (done.hits, done.n) == (1, 2)
    (told,) = after.incidents
    assert len(told.words) == 4, "what becomes of a promise is no word on the incident"


def test_the_terminal_tells_it_to_people_and_to_machines(night: Telling) -> None:
    incident = a_night(night)

    told, one = tocsin("score"), tocsin("score", "--incident", incident)
    facts = json.loads(tocsin("score", "--json").stdout)
    rows = list(csv.DictReader(io.StringIO(tocsin("score", "--csv").stdout)))

    assert told.exit_code == one.exit_code == 0
    assert "no action was promised (1)" in told.stdout
    assert "First notice, from the first effect" in one.stdout
    figures = {(row["measure"], row["of"]): row for row in facts["figures"]}
    assert figures["first_notice", None]["values_seconds"] == [540.0]
    assert figures["owed_kept", None]["share"] == 1.0
    assert figures["actions_30", None]["share"] is None
    assert {row["of"] for row in rows} == {"all", "2026Q4"}
    (kept,) = [r for r in rows if (r["of"], r["measure"]) == ("2026Q4", "owed_kept")]
    assert (kept["hits"], kept["n"]) == ("3", "3")


def test_a_quarter_without_incidents_is_no_perfect_quarter(night: Telling) -> None:
    a_night(night)

    told = tocsin("score", "--quarter", "2026Q3", "--json")
    assert {row["n"] for row in json.loads(told.stdout)["figures"]} == {0}
    assert tocsin("score", "--quarter", "summer").exit_code == 2
    assert tocsin("score", "--incident", "nosuchthing1").exit_code == 1
