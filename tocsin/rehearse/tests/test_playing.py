from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings as installed

from tocsin.announcements import ledger, progress
from tocsin.incidents import declaration, drafted
from tocsin.journal.actors import TERMINAL
from tocsin.rehearse import linden, reading
from tocsin.rehearse.player import Night
from tocsin.rehearse.playing import CannotPlay, Play
from tocsin.rehearse.scenario import Reader
from tocsin.rehearse.telling import sentence, telling
from tocsin.statements import published
from tocsin.statements.models import Clearance
from tocsin.watch.models import Signal

NINE = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
WORDS = '{en: {headline: "Since {09:02} it fails", body: It fails.}}'

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_directories")]


def played(*steps: str, readers: str = "[]") -> Play:
    head = f'name: {{en: A}}\nabout: B\nopens: "09:00"\nreaders: {readers}\nstory:\n'
    scenario = reading.read(head + "".join(f"  - {step}\n" for step in steps))
    page = linden.open_page(by=TERMINAL, at=NINE)
    cast = linden.invite_cast(by=TERMINAL, at=NINE)
    play = Play(scenario, Night(page, NINE, scenario.opens), cast, by=TERMINAL)
    play.let_in()
    return play


ALERT = '{at: "09:02", alert: {title: 5xx, component: checkout}}'
DECLARE = (
    '{at: "09:04", declare: {name: {en: Checkout fails}, components: {checkout: major_outage}}}'
)


TWO = "[{name: sam}, {name: ana}]"


def say(clock: str, rest: str = "phase: investigating") -> str:
    return f'{{at: "{clock}", say: {{{rest}, words: {WORDS}}}}}'


def story_of(play: Play) -> published.Story:
    story = published.story(play.night.page.audience_id, play.incident)
    assert story is not None
    return story


def test_an_alert_is_drafted_and_one_tap_says_it() -> None:
    play = played(ALERT, '{at: "09:05", by: lea, tap: }', readers="[{name: sam}]")

    alert, tap = play.play()

    assert (alert.waits, alert.said, tap.waits) == (True, None, False)
    assert tap.said is not None
    assert tap.told is not None
    assert (tap.told.delivered, tap.by_name) == (1, ("sam",))
    detected = declaration.known_of(play.incident).moments["detected"]
    assert detected == play.night.when("09:02")
    assert list(telling(tap)) == ["No. 1 tells 1 of 1: Sam"]


def test_an_incident_that_is_declared_takes_in_what_alerted_though_the_lanes_are_idle() -> None:
    play = played(
        ALERT, DECLARE, '{at: "09:30", alert: {title: 5xx, component: checkout, over: true}}'
    )
    play.night.works = False

    play.whole()

    assert Signal.objects.count() == 2
    assert drafted.open_ones([play.night.page.id], at=play.night.now) == []
    noticed = drafted.noticed_of(play.incident, at=play.night.now)
    assert noticed is not None
    assert noticed.is_over


def test_what_alerts_suggest_can_be_dismissed() -> None:
    play = played(ALERT, '{at: "09:05", dismiss: {because: a load test}}')

    play.whole()

    assert drafted.open_ones([play.night.page.id], at=play.night.now) == []
    assert published.last_number(play.night.page.audience_id) == 0


def test_a_draft_is_seen_by_nobody_until_somebody_else_clears_it() -> None:
    draft = say("09:20", "phase: identified").replace("say:", "draft:")
    play = played(DECLARE, draft, '{at: "09:24", by: lea, clear: }')
    steps = play.play()
    next(steps)

    drafting, number = next(steps), story_of(play).latest.number
    cleared = next(steps)

    assert drafting.said is None
    assert number == 1
    assert cleared.said is not None
    assert cleared.said.number == 2
    cleared_by = Clearance.objects.order_by("requested_at").values_list("requested_by", flat=True)
    assert list(cleared_by) == ["Olu", "Lea"]


def test_times_in_braces_are_told_as_readers_see_them() -> None:
    play = played(DECLARE, say("09:10"))

    play.whole()

    words = story_of(play).latest.words
    assert words is not None
    assert words.layers["en"].headline == "Since 09:02 UTC it fails"


def test_mail_that_no_relay_takes_is_tried_again_until_it_is_mended() -> None:
    before = installed.TOCSIN
    play = played(
        '{at: "09:01", fail: {what: mail}}',
        DECLARE,
        '{at: "09:10", mend: {what: mail}}',
        '{at: "09:40", wait: }',
        readers="[{name: sam}]",
    )
    steps = play.play()

    failed = next(steps)
    failing = next(steps)
    assert failing.said is not None
    assert failing.told is not None
    assert (failing.told.delivered, failing.told.retrying) == (0, 1)
    assert "1 still to be told" in next(telling(failing))
    assert "--no-worker" in next(telling(failed))
    for _ in steps:
        pass

    assert progress.progress_of(failing.said.id).counts.delivered == 1
    assert before == installed.TOCSIN


def test_while_the_worker_is_away_nothing_is_told_and_then_everything() -> None:
    play = played(
        '{at: "09:01", fail: {what: worker}}',
        DECLARE,
        '{at: "09:10", mend: {what: worker}}',
        readers="[{name: sam}]",
    )
    steps = play.play()

    next(steps)
    said = next(steps).said
    assert said is not None
    assert not ledger.is_live(said, at=play.night.now)
    next(steps)

    assert progress.progress_of(said.id).counts.delivered == 1


def test_readers_come_and_go() -> None:
    play = played(
        DECLARE,
        '{at: "09:05", join: {name: bao, language: fr}}',
        say("09:10"),
        '{at: "09:12", leave: {name: sam}}',
        say("09:15"),
        readers="[{name: sam}]",
    )

    told = [happened.by_name for happened in play.play() if happened.said]

    assert [set(names) for names in told] == [{"sam"}, {"sam", "bao"}, {"bao"}]


def test_a_night_made_shorter_is_no_storm() -> None:
    said = [say(f"09:{10 + minute}") for minute in range(25)]
    play = played(DECLARE, *said, readers=TWO)
    play.night = replace(play.night, speed=60)

    told = [happened for happened in play.play() if happened.said]

    assert {happened.told.delivered for happened in told[:20] if happened.told} == {2}
    (held, *_) = [happened for happened in told if happened.was_held]
    assert "Lea let them go" in list(telling(held))[-1]
    assert progress.held(play.night.page.audience_id) == []


def test_what_an_earlier_night_left_held_and_old_does_not_hold_up_this_one() -> None:
    earlier = played(DECLARE, *[say(f"09:10:{second}") for second in range(10, 23)], readers=TWO)
    earlier.whole()
    assert progress.held(earlier.night.page.audience_id)
    late = Night(earlier.night.page, NINE + timedelta(hours=9), "09:00", speed=60)
    play = Play(earlier.scenario, late, earlier.cast, by=TERMINAL)

    declared = next(play.play())

    assert declared.told is not None
    assert declared.told.delivered == 2


def test_a_reader_of_an_earlier_night_hears_of_what_this_one_says() -> None:
    everything = played(DECLARE, readers=TWO)
    everything.whole()
    search = Reader("sam", components=("search",))
    scenario = replace(everything.scenario, readers=(search,))
    night = Night(everything.night.page, NINE + timedelta(hours=2), "09:00")
    later = Play(scenario, night, everything.cast, by=TERMINAL)
    later.let_in()

    (declared,) = later.play()

    assert declared.by_name == ("ana",)


def test_a_refused_step_names_its_line_and_leaves_nothing_half_done() -> None:
    play = played(DECLARE, say("09:10", 'phase: investigating, next_word: "09:08"'))

    with pytest.raises(CannotPlay, match=r"^Line 7, at 09:10: 'Next word by' has passed already"):
        play.whole()

    assert story_of(play).latest.number == 1


def test_a_night_can_be_taken_up_where_it_was_left() -> None:
    first = played(DECLARE, say("09:10"), say("09:20"))
    first.whole(until="09:12")
    again = replace(first, night=replace(first.night), incident=first.incident)

    again.whole(after="09:12")

    assert story_of(again).latest.number == 3
    assert again.night.now == NINE + timedelta(minutes=20)


def test_every_act_has_a_sentence() -> None:
    for name in reading.shipped():
        for step in reading.named(name).story:
            assert len(sentence(step).split()) >= 2
