"""What goes into a bundle, and what never does."""

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from tests.cast import NOON, SAM, a_page, an_incident, later, lea, olu
from tocsin.announcements import audience
from tocsin.announcements.models import Announcement, Delivery
from tocsin.catalogue.models import Access
from tocsin.catalogue.shelf import Brand
from tocsin.catalogue.tree import State
from tocsin.disclosure.phases import Phase
from tocsin.followup.evidence import bundling, marks
from tocsin.followup.evidence.checking import check
from tocsin.followup.evidence.comparing import differences
from tocsin.incidents import declaration
from tocsin.journal.actors import TERMINAL
from tocsin.journal.models import Note, Seal
from tocsin.people.access import NotAllowed
from tocsin.statements import circles, coaching, drafting, redaction, word
from tocsin.statements.values import Layer
from tocsin.statements.word import Saying

pytestmark = pytest.mark.django_db

SECRET = "hunter2-Zürich-9f3ab77c"
UNSAID = "It was probably the intern"
Row = dict[str, Any]


@pytest.fixture
def page(own_directories: Path) -> Brand:
    return a_page()


def bundled(folder: Path, incident: str, **choice: bool) -> Path:
    path = folder / f"{incident}.zip"
    bundling.bundle(incident, path, by=TERMINAL, at=later(90), **choice)
    verdict = check(path)
    assert verdict.faults == []
    assert differences(path, verdict) == []
    return path


def rows(path: Path, part: str) -> list[Row]:
    with zipfile.ZipFile(path) as parts:
        return [json.loads(line) for line in parts.read(part).splitlines()]


def said(incident: str, text: str, *, at: float) -> None:
    layers = {"en": Layer(headline="We know more", body=text)}
    word.say(incident, Saying(phase=Phase.INVESTIGATING, layers=layers), by=TERMINAL, at=later(at))


def test_what_was_redacted_stays_redacted(page: Brand, tmp_path: Path) -> None:
    incident = an_incident(page).incident_id
    said(incident, f"The password was {SECRET}.", at=5)
    known = declaration.known_of(incident)
    coaching.wave(known, rule="en-ops-01", phrase=SECRET, reason="x", by=TERMINAL, at=later(6))
    reason = {"en": "A password stood here."}
    redaction.redact(page.id, SECRET, reason=reason, by=TERMINAL, at=later(10))

    outside, inside = (
        bundled(tmp_path, incident, with_internal=with_internal).read_bytes()
        for with_internal in (False, True)
    )

    for content in (outside, inside):
        assert b"9f3ab77c" not in content
        assert b"it may hold what was taken out" in content
        assert b"A password stood here." in content


def test_a_version_that_was_never_said_is_a_mark_to_outsiders(page: Brand, tmp_path: Path) -> None:
    incident = an_incident(page).incident_id
    known = declaration.known_of(incident)
    layers = {"en": Layer(headline="We know more", body=UNSAID)}
    words = word.compose(known, Saying(phase=Phase.INVESTIGATING, layers=layers), at=later(5))
    draft = drafting.open_draft(incident, by=olu().actor, at=later(5))
    drafting.revise(draft.id, words, follows=0, by=lea().actor, at=later(6))

    outside = bundled(tmp_path, incident)
    hidden = rows(outside, "versions.jsonl")[-1]
    assert UNSAID.encode() not in outside.read_bytes()
    inside = bundled(tmp_path, incident, with_internal=True)
    shown = rows(inside, "versions.jsonl")[-1]

    assert (hidden["by"], hidden["was_said"], hidden["words"]) == ("Lea", False, None)
    assert shown["words"]["layers"]["en"]["body"] == UNSAID
    assert shown["mark"] == hidden["mark"], "what outsiders hold is of these very words"


def test_of_a_closed_circle_outsiders_learn_nothing(page: Brand, tmp_path: Path) -> None:
    partners = circles.open_circle(
        page.id, name="Harbour Partners", access=Access.NAMED, by=TERMINAL, at=NOON
    )
    incident = an_incident(page).incident_id

    outside = bundled(tmp_path, incident)
    assert partners.audience_id.encode() not in outside.read_bytes()
    assert b"Harbour" not in outside.read_bytes()
    assert len(rows(outside, "publications.jsonl")) == 1
    inside = bundled(tmp_path, incident, with_internal=True)

    assert {row["audience"] for row in rows(inside, "publications.jsonl")} == {
        page.audience_id,
        partners.audience_id,
    }


def test_receipts_hold_no_address(page: Brand, tmp_path: Path) -> None:
    reader = audience.subscribe(page.id, address=SAM, confirmed=True, by=TERMINAL, at=NOON)
    spoken = an_incident(page)
    publication = spoken.publication
    Announcement.objects.create(
        publication_id=publication.id,
        audience_id=page.audience_id,
        number=1,
        about=spoken.incident_id,
        published_at=NOON,
        begun_at=NOON,
        announced_at=NOON,
        total=1,
    )
    Delivery.objects.create(
        publication_id=publication.id,
        subscription_id=reader.id,
        channel="email",
        about=spoken.incident_id,
        outcome="delivered",
        settled_at=later(1),
        attempts=1,
        receipt=f"250 Ok: queued as 4XyZ for <{SAM.upper()}> via https://relay.example/x",
    )

    path = bundled(tmp_path, spoken.incident_id, with_internal=True)

    [row] = rows(path, "deliveries.jsonl")
    assert SAM.encode() not in path.read_bytes().lower()
    assert row["receipt"] == f"250 Ok: queued as 4XyZ for <{marks.HIDDEN}> via {marks.HIDDEN}"
    assert row["reader"] == marks.of_reader(spoken.incident_id, SAM)
    assert row["reader"] != marks.of_reader("another", SAM), "nobody is followed across incidents"


def test_who_may_not_take_it_out_is_refused_and_nothing_is_left(
    page: Brand, tmp_path: Path
) -> None:
    incident = an_incident(page).incident_id

    with pytest.raises(NotAllowed):
        bundling.bundle(incident, tmp_path / "e.zip", by=olu().actor, at=later(5))

    assert not list(tmp_path.glob("*e.zip*"))


def test_an_incident_of_which_nothing_was_said_has_a_bundle_too(
    page: Brand, tmp_path: Path
) -> None:
    known = declaration.declare(
        page.id, title="x", components={"checkout": State.MAJOR}, by=TERMINAL, at=NOON
    )

    path = bundled(tmp_path, known.id)

    with zipfile.ZipFile(path) as parts:
        assert b"Nothing was published about it." in parts.read("story.en.html")


def test_a_note_that_is_changed_in_the_record_no_longer_agrees_with_the_bundle(
    page: Brand, tmp_path: Path
) -> None:
    """Whoever rewrites a journal seals it anew: the bundle remembers."""
    incident = an_incident(page).incident_id
    path = bundled(tmp_path, incident)
    last = Note.objects.filter(verb="statements:publication:published").latest("pk")
    Seal.objects.filter(note=last).update(digest="0" * 64)

    assert any("of this journal is another" in told for told in differences(path, check(path)))
