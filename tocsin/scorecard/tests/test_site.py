"""The score where readers are: by choice, from three incidents on, of what everyone was told."""

import html
import io
import re
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from babel.messages import pofile
from django.db import OperationalError

from tests import cast
from tests.cast import NOON
from tests.story.telling import both
from tocsin.catalogue import audiences, shelf, showing
from tocsin.catalogue.models import Access
from tocsin.catalogue.shelf import Brand
from tocsin.catalogue.tree import State
from tocsin.disclosure.phases import Phase
from tocsin.incidents import declaration
from tocsin.incidents.models import MomentKind
from tocsin.journal.actors import TERMINAL
from tocsin.journal.models import Note
from tocsin.page import site as page_site
from tocsin.page.models import Live
from tocsin.people.access import NotAllowed
from tocsin.scorecard import labels, recent, site
from tocsin.scorecard.tests.test_gathering import DAY, MINUTE, a_night
from tocsin.scorecard.tests.test_owed_to_others import promised
from tocsin.scorecard.totals import OURS, Measure
from tocsin.statements import account, circles, word
from tocsin.statements.values import Layer
from tocsin.statements.word import Saying

pytestmark = pytest.mark.django_db
AT = NOON + 5 * DAY
SECRET = "Harbour alone knows"


@pytest.fixture(autouse=True)
def _fresh(own_directories: Path) -> None:
    site.forget()


def a_page_that_shows() -> Brand:
    page = cast.a_page()
    return showing.show_score(page.id, shown=True, by=TERMINAL, at=NOON)


def reads(page: Brand, path: str = "score/index.html") -> str:
    """What lies over the page, as the next compile carries it."""
    found = page_site.placed(page, path)
    assert found is not None, path
    return found.decode()


def test_nobody_is_shown_it_unasked() -> None:
    page = cast.a_page()
    a_night(page)

    assert site.refresh(AT) == 0
    assert page_site.placed(page, "score/index.html") is None


def test_who_may_not_change_the_page_may_not_choose_it() -> None:
    page = cast.a_page()

    with pytest.raises(NotAllowed):
        showing.show_score(page.id, shown=True, by=cast.olu().actor, at=NOON)
    assert not shelf.brand(page.id).shows_score


def test_the_choice_is_in_the_journal_once() -> None:
    page = a_page_that_shows()
    showing.show_score(page.id, shown=True, by=TERMINAL, at=NOON)

    assert Note.objects.filter(verb="catalogue:page:score_shown", page_id=page.id).count() == 1


def test_under_three_incidents_it_says_so_and_shows_no_figure() -> None:
    page = a_page_that_shows()
    a_night(page)
    a_night(page, at=NOON + DAY)

    site.refresh(AT)

    told = reads(page)
    assert "from three incidents on" in told
    assert "told of 2 as they happened" in told
    assert "<svg" not in told
    assert "<table" not in told


def test_it_leads_to_the_promises_as_every_other_page_does_once_there_are_any() -> None:
    page = a_page_that_shows()
    a_night(page)
    site.refresh(AT)
    assert 'href="/promises"' not in reads(page)

    promised(page)
    site.refresh(AT + DAY)

    assert 'href="/promises"' in reads(page)
    assert 'href="/fr/promises"' in reads(page, "fr/score/index.html")


def test_from_three_on_it_shows_pictures_tables_and_lights_in_each_language() -> None:
    page = a_page_that_shows()
    incidents = [a_night(page, at=NOON + turn * DAY) for turn in range(3)]

    assert site.refresh(AT) == 2

    english, french = reads(page), reads(page, "fr/score/index.html")
    assert '<html lang="en"' in english
    assert '<html lang="fr"' in french
    for told in (english, french):
        assert all(f"incidents/{key}" in told for key in incidents)
        pictures = re.findall(r"<svg width.*?</svg>", told, re.DOTALL)
        assert len(pictures) == 4
        for picture in pictures:
            named = re.search(r'aria-labelledby="(\S+) (\S+)"', picture)
            assert named
            assert f'<title id="{named[1]}">' in picture
            assert f'<desc id="{named[2]}">' in picture
        assert told.count("<table") == 5, "one beside each picture, and one of every figure"
    assert "not measured" in english
    assert "non mesuré" in french
    assert "not measured" not in french


def test_what_is_for_our_own_people_is_not_in_it() -> None:
    page = a_page_that_shows()
    for turn in range(3):
        a_night(page, at=NOON + turn * DAY)
    site.refresh(AT)

    told = reads(page)

    ours = recent.scored(page, at=AT).whole.lines
    of_french = {Measure.ANGLICISMS}  # and nothing was said in French
    assert {line.measure for line in ours} == set(Measure) - of_french, "all of it is asked for"
    for line in ours:
        name = html.escape(labels.named(line.measure, line.of, "en"))
        assert (name in told) is (line.measure not in OURS), name


def test_it_needs_nothing_that_the_policy_forbids() -> None:
    page = a_page_that_shows()
    for turn in range(3):
        a_night(page, at=NOON + turn * DAY)
    site.refresh(AT)
    told = reads(page)

    assert " style=" not in told
    assert len(re.findall(r"<script", told)) == 1, "the page's own, and nothing inline"
    assert 'http-equiv="Content-Security-Policy"' in told


def test_nothing_new_writes_nothing() -> None:
    page = a_page_that_shows()
    a_night(page)
    site.refresh(AT)

    assert site.refresh(AT) == 0
    assert site.refresh(AT + timedelta(hours=2)) == 0, "read again, and the same"
    site.forget()
    assert site.refresh(AT) == 0, "another process finds it as it is"


def test_a_night_that_comes_is_told_with_the_next_look() -> None:
    page = a_page_that_shows()
    for turn in range(3):
        a_night(page, at=NOON + turn * DAY)
    site.refresh(AT)
    before = reads(page)

    a_night(page, at=NOON + 4 * DAY)

    assert site.refresh(AT) == 2
    assert reads(page) != before


def test_hidden_again_it_goes_in_every_language() -> None:
    page = a_page_that_shows()
    a_night(page)
    site.refresh(AT)

    showing.show_score(page.id, shown=False, by=TERMINAL, at=AT)

    assert site.refresh(AT) == 2
    assert page_site.placed(page, "score/index.html") is None
    assert page_site.placed(page, "fr/score/index.html") is None
    assert site.refresh(AT) == 0


def test_a_closed_circles_night_is_in_no_public_figure() -> None:
    page = a_page_that_shows()
    audiences.open_circle(page.id, name="Harbour", access=Access.NAMED, by=TERMINAL, at=NOON)
    circles.join_due(NOON)
    for turn in range(3):
        a_night(page, at=NOON + turn * DAY)
    word.declare(
        page.id,
        title=SECRET,
        components={"cart": State.MAJOR},
        layers=both(SECRET, SECRET),
        audience="harbour",
        by=TERMINAL,
        at=NOON + 3 * DAY,
    )

    site.refresh(AT)

    assert SECRET not in reads(page)
    inside = recent.scored(shelf.brand(page.id), at=AT)
    outside = recent.scored(shelf.brand(page.id), at=AT, is_public=True)
    assert (len(inside.cards), len(outside.cards)) == (4, 3)


def test_the_compiled_page_carries_it_and_leads_there() -> None:
    page = a_page_that_shows()
    for turn in range(3):
        a_night(page, at=NOON + turn * DAY)
    site.refresh(AT)

    while page_site.compile(AT):
        pass

    released = page_site.directory_of(page)
    live = (released / "live").read_text().strip()
    front = (released / "releases" / live / "index.html").read_text("utf-8")
    assert (released / "releases" / live / "score" / "index.html").exists()
    assert 'href="/score"' in front
    assert 'href="/fr/score"' in (released / "releases" / live / "fr" / "index.html").read_text()


def test_whoever_speaks_german_reads_no_english_there() -> None:
    """Every sentence of ours that a score can hold has its German (and its French)."""
    catalogues = {
        code: pofile.read_po(io.BytesIO(place.read_bytes()))
        for code in ("fr", "de")
        for place in [Path(site.__file__).parent / f"locale/{code}/LC_MESSAGES/django.po"]
    }

    known = {code: {(m.id, m.context) for m in told if m.id} for code, told in catalogues.items()}
    assert known["fr"] == known["de"]
    for told in catalogues.values():
        assert all(all(m.string) if isinstance(m.string, tuple) else m.string for m in told if m.id)


# Beside the account


def an_account(incident: str, at: datetime) -> None:
    told = {"en": Layer("What happened", "It was us."), "fr": Layer("Les faits", "C’était nous.")}
    account.draft(incident, told, by=TERMINAL, at=at)
    account.publish(incident, by=TERMINAL, at=at)


def compiled(page: Brand, incident: str, prefix: str = "", *, at: datetime = AT) -> str:
    while page_site.compile(at) + page_site.settle(at):
        pass
    archive = page_site.directory_of(page) / "archive"
    return (archive / f"{prefix}incidents/{incident}/index.html").read_text("utf-8")


def test_whoever_shows_the_score_tells_how_it_was_told_below_each_account() -> None:
    page = a_page_that_shows()
    incident, other = a_night(page), a_night(page, at=NOON + DAY)
    compiled(page, incident)
    an_account(incident, NOON + 3 * DAY)
    assert "How we told you" not in compiled(page, incident), "the score was not made yet"

    site.refresh(AT)

    told, french = compiled(page, incident), compiled(page, incident, "fr/")
    section = told.partition("How we told you</h2>")[2].partition("</section>")[0]
    assert section.count("<dt>") == 5
    assert "<strong>Not measured: nobody recorded when the effect began.</strong>" in section
    assert "Times that we gave for a next word, and kept" in section
    assert "Comment nous vous avons informés" in french
    assert "Non mesuré" in french
    assert "Not measured" not in french
    assert "How we told you" not in compiled(page, other), "it has no account"
    assert site.refresh(AT) == 0


def test_hidden_again_nothing_is_told_below_an_account() -> None:
    page = a_page_that_shows()
    incident = a_night(page)
    an_account(incident, NOON + DAY)
    site.refresh(AT)
    assert "How we told you" in compiled(page, incident)

    showing.show_score(page.id, shown=False, by=TERMINAL, at=AT)

    page = shelf.brand(page.id)
    assert "How we told you" not in compiled(page, incident, at=AT + MINUTE), "before any refresh"
    site.refresh(AT + MINUTE)
    assert page_site.reviewed(page) == {}
    assert site.refresh(AT + MINUTE) == 0


def test_a_moment_that_is_recorded_later_is_told_with_the_next_look() -> None:
    page = a_page_that_shows()
    incident = a_night(page)
    an_account(incident, NOON + DAY)
    site.refresh(AT)
    compiled(page, incident)

    for kind, minutes in ((MomentKind.STARTED, -12), (MomentKind.CUSTOMER_FIRST, -4)):
        moment = NOON + minutes * MINUTE
        declaration.set_moment(
            incident, kind=kind, moment_at=moment, reason="logs", by=TERMINAL, at=AT
        )
    site.refresh(AT)

    told = compiled(page, incident)
    assert "<dd>12\N{NO-BREAK SPACE}min</dd>" in told
    assert "A customer wrote to us 4\N{NO-BREAK SPACE}min before our first word." in told


def test_what_was_told_stays_when_it_lies_further_back_than_the_score() -> None:
    page = a_page_that_shows()
    incident = a_night(page)
    an_account(incident, NOON + DAY)
    site.refresh(AT)

    site.refresh(AT + 800 * DAY)

    assert "How we told you" in compiled(page, incident, at=AT + 800 * DAY)


def test_an_account_that_was_taken_back_takes_it_along() -> None:
    page = a_page_that_shows()
    incident = a_night(page)
    an_account(incident, NOON + DAY)
    site.refresh(AT)

    account.take_back(incident, by=TERMINAL, at=NOON + 2 * DAY)

    assert "How we told you" not in compiled(page, incident), "at once"
    site.refresh(AT)
    assert page_site.reviewed(page) == {}


def test_an_export_tells_it_too(tmp_path: Path) -> None:
    page = a_page_that_shows()
    incident = a_night(page)
    an_account(incident, NOON + DAY)
    site.refresh(AT)

    page_site.export(shelf.brand(page.id), tmp_path, at=AT)

    assert "How we told you" in (tmp_path / f"incidents/{incident}/index.html").read_text()
    assert not (tmp_path / "reviews.json").exists()


def test_a_closed_circles_account_is_told_of_nowhere_else() -> None:
    page = a_page_that_shows()
    audiences.open_circle(page.id, name="Harbour", access=Access.NAMED, by=TERMINAL, at=NOON)
    circles.join_due(NOON)
    spoken = word.declare(
        page.id,
        title=SECRET,
        components={"cart": State.MAJOR},
        layers=both(SECRET, SECRET),
        audience="harbour",
        by=TERMINAL,
        at=NOON,
    )
    saying = Saying(
        phase=Phase.RESOLVED,
        layers=both("Over", "Fini"),
        components={"cart": State.OPERATIONAL},
    )
    word.say(spoken.incident_id, saying, by=TERMINAL, at=NOON + 60 * MINUTE)
    an_account(spoken.incident_id, NOON + DAY)

    site.refresh(AT)

    assert page_site.reviewed(page) == {}


def test_what_broke_before_the_archive_was_told_to_follow_is_made_up_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    page = a_page_that_shows()
    incident = a_night(page)
    compiled(page, incident)
    an_account(incident, NOON + DAY)
    compiled(page, incident)

    def broken(*_: object, **__: object) -> None:
        raise OperationalError("the database went away")

    with monkeypatch.context() as patch:
        patch.setattr(Live, "save", broken)
        with pytest.raises(OperationalError):
            site.refresh(AT)
    site.refresh(AT)

    assert "How we told you" in compiled(page, incident)
