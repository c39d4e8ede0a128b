"""A secret published at night: the bytes are gone, the number stays, and who has it is said."""

import gzip
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import brotli
import pytest
from django.conf import settings
from django.db import connection

from tests.cast import SAM
from tests.story.telling import Telling, text_of
from tocsin.announcements import progress
from tocsin.announcements.models import Delivery
from tocsin.disclosure.phases import Phase
from tocsin.incidents import declaration
from tocsin.journal import chain
from tocsin.page import memory, packing, site
from tocsin.people.access import NotAllowed
from tocsin.statements import drafting, publication, redaction, scrubbing, word
from tocsin.statements.models import Publication, Redaction, Revision
from tocsin.statements.redaction import CannotRedact, Redacted
from tocsin.statements.sweeping import Sought, mark
from tocsin.statements.values import Layer

SECRET = "hunter2-Zürich-9f3ab77c"
REASON = {"en": "A password stood here.", "fr": "Un mot de passe se trouvait ici."}
UNPACK = {".gz": gzip.decompress, ".br": brotli.decompress}


def leaked(night: Telling) -> str:
    """Olu pastes what she should not have, in words, in a draft and in a fact."""
    incident = night.said_first("09:07")
    night.run_lanes()
    saying = night.identified("We know why checkout fails", "09:45")
    layers = {
        code: replace(layer, details=f"psql 'password={SECRET}'\n", body=f"{layer.body} {SECRET}.")
        for code, layer in saying.layers.items()
    }
    night.said("09:22", incident, replace(saying, layers=layers), by=night.olu)
    draft = drafting.open_draft(incident, by=night.olu, at=night.at("09:23"))
    known = declaration.known_of(incident)
    unsaid = word.compose(known, replace(saying, layers=layers), at=night.at("09:23"))
    drafting.revise(draft.id, unsaid, follows=0, by=night.olu, at=night.at("09:23"))
    declaration.learn(incident, text=f"It was {SECRET}", by=night.olu, at=night.at("09:24"))
    return incident


def redacted(night: Telling, clock: str = "09:30") -> Redacted:
    done = redaction.redact(night.page.id, SECRET, reason=REASON, by=night.lea, at=night.at(clock))
    night.run_lanes()
    return done


def holding(folder: Path) -> list[str]:
    """Every file below a folder that holds the secret, packed or plain, escaped or not."""
    told = (SECRET.encode(), SECRET.encode("ascii", "backslashreplace"), b"9f3ab77c")
    return [
        path.relative_to(folder).as_posix()
        for path, content in contents(folder)
        if any(form in content for form in told)
    ]


def contents(folder: Path) -> Iterator[tuple[Path, bytes]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield path, UNPACK.get(path.suffix, bytes)(path.read_bytes())


def test_nothing_that_is_compiled_holds_it_any_more(night: Telling) -> None:
    incident = leaked(night)
    night.run_lanes()
    while packing.pack_one(site.directory_of(night.page)):
        pass
    site.place(night.page, "note.txt", SECRET.encode(), at=night.at("09:25"))
    assert len(holding(settings.TOCSIN.site_dir)) > 5

    redacted(night)
    site.scour(night.page, Sought(SECRET).pattern, mark("en"), at=night.at("09:31"))
    night.run_lanes()

    assert site.holding(night.page, Sought(SECRET).pattern) == []
    assert holding(settings.TOCSIN.site_dir) == []
    page = night.reads(f"incidents/{incident}")
    assert "password=(removed)" in page
    assert "A password stood here." in page
    assert "(retiré)" in night.reads(f"fr/incidents/{incident}")
    assert "Un mot de passe se trouvait ici." in night.reads(f"fr/incidents/{incident}")


def test_a_closed_incident_is_written_anew_in_the_archive(night: Telling) -> None:
    incident = leaked(night)
    over = {code: Layer("Working again", f"It was {SECRET}.") for code in ("en", "fr")}
    saying = replace(night.watching("10:00"), phase=Phase.RESOLVED, layers=over)
    saying = replace(saying, components=None, next_word_at=None)
    night.said("09:26", incident, saying, by=night.olu)
    night.run_lanes()

    redacted(night)

    assert holding(settings.TOCSIN.site_dir) == []
    assert "(removed)" in night.reads(f"api/v2/incidents/{incident}.json")


def test_the_number_and_the_hash_stay_and_the_chain_verifies(night: Telling) -> None:
    leaked(night)
    night.run_lanes()
    before = Publication.objects.get(number=2)

    done = redacted(night)

    after = Publication.objects.get(number=2)
    assert done.stood.numbers == (2,)
    assert (after.number, after.digest) == (before.number, before.digest)
    assert after.salt != before.salt
    assert publication.faults() == []
    assert chain.verify().faults == []
    assert redaction.told() == [
        "No. 2 was redacted on 2026-11-24T09:30:00.000Z: A password stood here."
    ]


def test_who_takes_words_out_without_a_note_is_found(night: Telling) -> None:
    leaked(night)
    redacted(night)

    Publication.objects.filter(number=2).update(content={"words": None, "changes": []})

    assert publication.faults() == ["Publication no. 2 was changed after it was published."]
    Redaction.objects.all().update(digest="0" * 64)
    assert any("the journal knows nothing" in fault for fault in publication.faults())


def test_drafts_facts_and_journal_hold_it_no_more(night: Telling) -> None:
    incident = leaked(night)

    done = redacted(night)

    assert done.sealed == ()
    assert done.rows > 2
    assert not any(SECRET in str(row.words) for row in Revision.objects.all())
    assert [text for _, _, text in declaration.facts_of(incident)] == ["It was (removed)"]


def test_what_has_left_is_counted_and_what_has_not_leaves_without_it(night: Telling) -> None:
    incident = leaked(night)
    night.run_lanes()
    told = [mail for mail in night.mails_to(SAM) if SECRET in text_of(mail)]
    assert len(told) == 1
    saying = replace(
        night.watching("10:00"),
        layers={"en": Layer("A repair is in place", f"Not {SECRET} any more.")},
    )
    night.said("09:28", incident, saying, by=night.olu)
    site.compile(night.at("09:28"))

    done = redacted(night)

    assert progress.reached(done.stood.publications).told == 2  # Sam and Bao, of no. 2
    assert len([mail for mail in night.mails_to(SAM) if SECRET in text_of(mail)]) == 1
    assert "Not (removed) any more." in text_of(night.mails_to(SAM)[-1])
    assert not Delivery.objects.filter(next_at__isnull=False).exists()


def test_a_second_time_there_is_nothing_left_to_take_out(night: Telling) -> None:
    leaked(night)
    redacted(night)

    with pytest.raises(CannotRedact, match="No word of this page holds that text"):
        redacted(night, "09:40")


def test_olu_may_not_and_a_refusal_names_no_secret(night: Telling) -> None:
    leaked(night)

    with pytest.raises(NotAllowed):
        redaction.redact(night.page.id, SECRET, reason=REASON, by=night.olu, at=night.at("09:30"))
    with pytest.raises(CannotRedact) as refused:
        redaction.redact(
            night.page.id, SECRET, reason={"en": SECRET}, by=night.lea, at=night.at("09:30")
        )
    assert SECRET not in str(refused.value)


def test_a_worker_killed_before_it_says_so_does_it_again(
    night: Telling, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    def kill(*_: object, **__: object) -> None:
        raise Killed

    leaked(night)
    night.run_lanes()
    redaction.redact(night.page.id, SECRET, reason=REASON, by=night.lea, at=night.at("09:30"))
    for place in ("tocsin.page.disk.prune", "tocsin.page.disk.sweep", "tocsin.page.disk.release"):
        with monkeypatch.context() as patched:
            patched.setattr(place, kill)
            with pytest.raises(Killed):
                site.compile(night.at("09:31"))
    memory.forget()

    night.at("09:32")
    night.run_lanes()

    assert holding(settings.TOCSIN.site_dir) == []


@pytest.mark.django_db(transaction=True)
def test_not_a_byte_of_the_database_file_holds_it(night: Telling) -> None:
    leaked(night)
    night.run_lanes()
    # Of a server's files only that they were written anew can be known from here.
    assert any(b"9f3ab77c" in path.read_bytes() for path in files()) or not files()

    redacted(night)

    assert not scrubbing.waits()
    assert [path.name for path in files() if b"9f3ab77c" in path.read_bytes()] == []


def files() -> list[Path]:
    """The database's own, where it is one of ours: itself, its log and its index."""
    if connection.vendor != "sqlite":
        return []
    file = Path(connection.settings_dict["NAME"])
    return [file, *file.parent.glob(f"{file.name}-*")]
