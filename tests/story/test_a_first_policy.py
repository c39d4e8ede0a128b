"""A newcomer answers ten questions, its lawyer signs, a year passes: the words still go out."""

from datetime import UTC, date, datetime

from tests import cast
from tests.story.telling import Telling, text_of
from tocsin.console.tests.ground import DESK, came_in
from tocsin.disclosure.sheet import Side, Standing
from tocsin.disclosure.starting import answers, drafting
from tocsin.statements import policies, sheets

THE_FIRST_DAY = datetime(2025, 11, 20, 10, 0, tzinfo=UTC)
TEN = """\
field: software
country: FR
customers: firms
admission: liability
notice: 15m
insurer: liability
regimes: [gdpr, nis2]
night: one
reviewers: [incident_lead, legal]
languages: later
"""


def test_a_year_after_the_lawyer_signed_the_console_warns_and_the_words_still_go_out(
    night: Telling,
) -> None:
    page, ada = night.page, cast.ada()
    first_policy = drafting.written(answers.read(TEN), "en")
    kept = policies.adopt(page.id, first_policy, by=ada.actor, at=THE_FIRST_DAY)

    sheets.sign(
        page.id,
        side=Side.LAWYER,
        name="Mara Lindqvist",
        number=kept.number,
        on=date(2025, 11, 20),
        by=ada.actor,
        at=THE_FIRST_DAY,
    )

    (lawyer, insurer) = sheets.sheet_of(page.id, on=date(2025, 11, 21)).sides
    assert (lawyer.standing, insurer.standing) == (Standing.SIGNED, Standing.UNSIGNED)
    (lawyer, _insurer) = sheets.sheet_of(page.id, on=night.at("09:00").date()).sides
    assert lawyer.standing == Standing.LAPSED
    desk = came_in(ada).get(DESK).content.decode()
    assert "The yearly sheet of Linden is due" in desk

    night.said_first("09:07")
    night.run_lanes()

    assert "We are looking into a problem with checkout" in night.reads("index.html")
    assert "We are looking into a problem" in text_of(night.mails_to(cast.SAM)[-1])
