from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from django.conf import settings
from pytest_django.fixtures import Settings

from tests import cast
from tocsin.catalogue import shelf
from tocsin.catalogue.shelf import Brand
from tocsin.disclosure.correcting import DataStatement
from tocsin.disclosure.phases import Phase
from tocsin.disclosure.posture import Certainty, Posture
from tocsin.incidents import declaration
from tocsin.incidents.models import Incident
from tocsin.journal import chain
from tocsin.journal.actors import TERMINAL
from tocsin.statements import publication, published, shouted, shouts, word
from tocsin.statements.models import Shout as ShoutRow
from tocsin.statements.shouted import Shout, Unreadable
from tocsin.statements.values import Forecast, Layer
from tocsin.statements.word import Saying

pytestmark = pytest.mark.django_db
FIRST = "shout0000001"


@pytest.fixture
def page(tmp_path: Path, settings: Settings) -> Brand:
    settings.TOCSIN = replace(settings.TOCSIN, site_dir=tmp_path)
    return cast.a_page()


def a_shout(
    page: Brand,
    key: str = FIRST,
    *,
    about: str = "",
    is_over: bool = False,
    text: str = "We are down.",
    at: datetime = cast.NOON,
    slug: str = "",
) -> Path:
    """A shout that waits; returns its file."""
    told = Shout(
        id=key,
        about=about or key,
        page_id=page.id,
        is_over=is_over,
        severity="sev1",
        layers={"en": text, "fr": "Nous sommes en panne."},
        at=at,
        next_word_at=None if is_over else cast.later(30),
        by="root at db1",
    )
    path = settings.TOCSIN.site_dir / (slug or page.slug) / "shouts" / f"{key}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(shouted.written(told))
    return path


def numbers(page: Brand) -> int:
    return published.last_number(page.audience_id)


def test_what_is_written_is_what_is_read(page: Brand) -> None:
    content = a_shout(page).read_bytes()

    assert shouted.written(shouted.read(content)) == content


def test_a_shout_is_taken_in_once(page: Brand) -> None:
    path = a_shout(page)

    assert shouts.take_in(cast.later(9)) == 1
    assert shouts.take_in(cast.later(9)) == 0

    assert numbers(page) == 1
    assert not path.exists()
    (row,) = ShoutRow.objects.all()
    assert (row.shouted_at, row.taken_in_at) == (cast.NOON, cast.later(9))
    assert row.shouted_by == "root at db1"
    assert publication.faults() == []
    verbs = [entry.verb for entry in chain.read(("publication", row.publication_id))]
    assert "statements:shout:taken_in" in verbs


def test_killed_after_the_record_has_it_only_the_file_goes(page: Brand) -> None:
    path = a_shout(page)
    content = path.read_bytes()
    shouts.take_in(cast.later(9))
    path.write_bytes(content)  # as it is when the worker is killed before it takes it away

    assert published.shouts_waiting(path.parent.parent) == ()
    assert shouts.take_in(cast.later(10)) == 0

    assert numbers(page) == 1
    assert not path.exists()


class Killed(BaseException):
    """Not an Exception: nothing may catch it on the way."""


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "line",
    [
        "declaration.take_over",
        "drafting.open_draft",
        "drafting.revise",
        "clearance.break_glass",
        "publication.publish",
        "chain.note",
        "shouted.settle",
    ],
)
def test_killed_at_any_line_it_is_said_once_in_the_end(
    line: str, page: Brand, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object, **__: object) -> None:
        raise Killed

    path = a_shout(page)
    with monkeypatch.context() as patched:
        patched.setattr(f"tocsin.statements.shouts.{line}", killed)
        with pytest.raises(Killed):
            shouts.take_in(cast.later(9))
    assert path.exists()
    assert Incident.objects.count() == ShoutRow.objects.count() == numbers(page)

    shouts.take_in(cast.later(10))

    assert (numbers(page), Incident.objects.count()) == (1, 1)
    assert not path.exists()


def test_one_that_cannot_be_read_holds_up_no_other(page: Brand) -> None:
    broken = a_shout(page, "shout0000009", at=cast.later(-5))
    broken.write_text('{"id": "shout0000009"')
    a_shout(page)

    assert shouts.take_in(cast.later(9)) == 1
    with pytest.raises(shouts.UntakenShout, match=r"shout0000009\.json: it cannot be read"):
        shouts.take_in(cast.later(9))

    assert broken.exists()
    assert numbers(page) == 1


def test_an_end_that_comes_after_the_incident_was_closed_is_said_all_the_same(page: Brand) -> None:
    a_shout(page)
    shouts.take_in(cast.later(1))
    declaration.resolve(FIRST, by=TERMINAL, at=cast.later(2))
    a_shout(page, "shout0000002", about=FIRST, is_over=True, at=cast.later(3))

    shouts.take_in(cast.later(4))

    story = published.story(page.audience_id, FIRST)
    assert story is not None
    assert story.phase == Phase.RESOLVED


def test_more_of_what_was_closed_meanwhile_is_an_incident_of_its_own(page: Brand) -> None:
    a_shout(page)
    shouts.take_in(cast.later(1))
    declaration.resolve(FIRST, by=TERMINAL, at=cast.later(2))
    a_shout(page, "shout0000002", about=FIRST, text="Down again.", at=cast.later(3))

    shouts.take_in(cast.later(4))

    assert declaration.known_of("shout0000002").is_open
    assert declaration.known_of("shout0000002").title == "Down again"


def test_more_of_a_shout_whose_first_word_was_lost_begins_it(page: Brand) -> None:
    a_shout(page, "shout0000002", about=FIRST, is_over=True, at=cast.later(3))

    shouts.take_in(cast.later(4))

    assert not declaration.known_of(FIRST).is_open
    assert numbers(page) == 1


def test_an_incident_of_another_page_is_left_alone(page: Brand) -> None:
    other = shelf.open_page(name="Harbour", by=TERMINAL, at=cast.NOON)
    incident = cast.an_incident(page).incident_id
    a_shout(other, about=incident, slug="harbour")

    shouts.take_in(cast.later(4))

    assert declaration.known_of(FIRST).page_id == other.id
    assert numbers(page) == 1


def test_shouted_where_no_page_was_known_it_is_the_default_one_s(page: Brand) -> None:
    a_shout(replace(page, id=""), slug="status")

    shouts.take_in(cast.later(4))

    assert declaration.known_of(FIRST).page_id == page.id


@pytest.mark.parametrize(
    ("broken", "sentence"),
    [
        (b"[]", "cannot be read"),
        (b"\xff\x00", "cannot be read"),
        (b'{"id": ' + b"[" * 5000, "cannot be read"),
    ],
)
def test_what_is_no_shout_is_said_to_be_none(broken: bytes, sentence: str) -> None:
    with pytest.raises(Unreadable, match=sentence):
        shouted.read(broken)


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("id", "../../etc", "is no id"),
        ("about", "", "is no id"),
        ("severity", "worst", "no severity"),
        ("layers", {}, "says nothing"),
        ("layers", {"en": " \n"}, "says nothing"),
        ("layers", {"../x": "a"}, "language"),
        ("layers", {"en": "x" * 25_001}, "longer than"),
        ("layers", ["en"], "cannot be read"),
        ("at", "2026-11-24T09:12:00", "no zone"),
        ("at", 12, "cannot be read"),
    ],
)
def test_a_file_that_was_tampered_with_is_refused(
    field: str, value: object, sentence: str, page: Brand
) -> None:
    import json

    told = json.loads(a_shout(page).read_bytes()) | {field: value}

    with pytest.raises(Unreadable, match=sentence):
        shouted.read(json.dumps(told).encode())


def test_what_was_said_before_and_is_not_shouted_anew_stands(page: Brand) -> None:
    incident = cast.an_incident(page).incident_id
    layers = {code: Layer("Cards are refused", "Pay by transfer.") for code in page.languages}
    basis = {"en": "It is being restored.", "fr": "La restauration est en cours."}
    saying = Saying(
        phase=Phase.IDENTIFIED,
        layers=layers,
        posture=Posture.SUPPLIER,
        certainty=Certainty.VERIFIED,
        forecast=Forecast(cast.later(300), cast.later(400), basis),
        long_reason={"en": "It takes the night.", "fr": "Cela prend la nuit."},
        data=DataStatement.NONE_LOST,
    )
    before = word.say(incident, saying, by=TERMINAL, at=cast.later(200)).publication.words
    assert before
    a_shout(page, about=incident, at=cast.later(210))

    shouts.take_in(cast.later(215))

    story = published.story(page.audience_id, incident)
    assert story
    told = story.words
    assert told.is_shouted
    assert told.layers["en"].body == "We are down."
    assert (told.cause_side, told.certainty) == (before.cause_side, before.certainty)
    assert (told.long_mode, told.data, told.forecast) == (
        before.long_mode,
        before.data,
        before.forecast,
    )
    a_shout(page, "shout0000002", about=incident, is_over=True, at=cast.later(220))
    shouts.take_in(cast.later(225))
    last = published.story(page.audience_id, incident)
    assert last
    assert (last.words.long_mode, last.words.forecast) == (None, None)
    assert last.words.data == before.data
